#include "serve/table.h"

#include "base/text.h"
#include "look/holder.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOLDER_TEXT 128 /* bytes of words about who holds a port */

struct row {
    char *service, *endpoint, *command, *note; /* owned */
};

enum { COLUMNS = 3 }; /* that are aligned; the note hangs below its row */

static char *const *column(const struct row *row, int number)
{
    char *const *columns[COLUMNS] = { &row->service, &row->endpoint, &row->command };

    return columns[number];
}

static void release_row(struct row *row)
{
    free(row->service);
    free(row->endpoint);
    free(row->command);
    free(row->note);
}

/* --- what stands in a row ------------------------------------------------------------------------- */

static bool is_default_host(const char *host)
{
    return !*host || strcmp(host, "127.0.0.1") == 0 || strcmp(host, "::1") == 0 || strcmp(host, "localhost") == 0;
}

/* What a client types after `connect`: as short as it can be. */
static char *target_of(const zoc_endpoint *endpoint)
{
    zoc_endpoint bare = { .scheme = endpoint->scheme,
                          .host = endpoint->host,
                          .port = endpoint->port,
                          .path = endpoint->path,
                          .abstract = endpoint->abstract,
                          .type = endpoint->type,
                          .fd = endpoint->fd,
                          .options = { .tos = -1, .mode = -1 } };

    if (bare.host && is_default_host(bare.host))
        bare.host = "";
    char *text = zoc_endpoint_text(&bare);
    if (text && strncmp(text, "tcp://", 6) == 0)
        memmove(text, text + 6, strlen(text + 6) + 1);
    return text;
}

/* A datagram has to be asked for. */
static char *command_of(const struct place *place, const char *program)
{
    const struct service *service = place->spec->service;
    char *target = target_of(place_endpoint(place)), *command = NULL;
    const char *ask = place->datagrams && service->amplifies ? "echo | " : "";
    const char *pipe = service->look ? " | " : "", *look = service->look ? service->look : "";

    if (target && asprintf(&command, "%s%s connect %s%s%s", ask, program, target, pipe, look) < 0)
        command = NULL;
    free(target);
    return command;
}

/* Who stands where the service was to be. */
static char *note_of(const struct place *place)
{
    char holder[HOLDER_TEXT];
    char *wanted = target_of(place->wanted), *note = NULL;
    const char *what = wanted ? wanted : "";

    int found = look_holder(place->wanted, holder, sizeof holder);
    int size = found == 0 ? asprintf(&note, _("moved: %s is held by %s"), what, holder)
                          : asprintf(&note, _("moved: %s is held by somebody whose name this user may not see"), what);
    free(wanted);
    return size < 0 ? NULL : note;
}

static struct row row_of(const struct place *place, const char *program)
{
    const zoc_endpoint *endpoint = place_endpoint(place);
    zoc_endpoint shown = *endpoint;

    shown.options = (zoc_endpoint_options){ .tos = -1, .mode = -1 };
    return (struct row){ .service = strdup(place->spec->service->name),
                         .endpoint = zoc_endpoint_text(&shown),
                         .command = command_of(place, program),
                         .note = place_moved(place) ? note_of(place) : NULL };
}

/* --- the table ------------------------------------------------------------------------------------ */

static const char *cell(const struct row *row, int number)
{
    const char *text = *column(row, number);

    return text ? text : "";
}

static void print_row(zoc_buffer *text, const struct row *row, const size_t widths[COLUMNS])
{
    for (int i = 0; i < COLUMNS - 1; i++)
        zoc_buffer_printf(text, "%s%*s", cell(row, i), (int)(widths[i] - strlen(cell(row, i)) + 2), "");
    zoc_buffer_printf(text, "%s\n", cell(row, COLUMNS - 1));
    if (row->note)
        zoc_buffer_printf(text, "%*s%s\n", (int)widths[0] + 2, "", row->note);
}

static void measure(const struct row *rows, size_t count, size_t ret_widths[COLUMNS])
{
    for (int i = 0; i < COLUMNS; i++) {
        ret_widths[i] = 0;
        for (size_t k = 0; k < count; k++)
            if (strlen(cell(&rows[k], i)) > ret_widths[i])
                ret_widths[i] = strlen(cell(&rows[k], i));
    }
}

/* The first place that another service has than the one of the first row; that row itself when there is none. */
static const struct row *another(const struct row *rows, size_t count)
{
    for (size_t i = 2; i <= count; i++)
        if (strcmp(cell(&rows[i], 0), cell(&rows[1], 0)) != 0)
            return &rows[i];
    return &rows[1];
}

/* The two things to try first. */
static void print_try(zoc_buffer *text, const struct row *rows, size_t count)
{
    if (count == 0)
        return;
    zoc_buffer_printf(text, _("\ntry first, in another terminal (here Ctrl-C ends it all):\n"));
    zoc_buffer_printf(text, "  echo hola | %s\n", cell(&rows[1], 2));
    zoc_buffer_printf(text, "  %s\n", cell(another(rows, count), 2));
}

int table_print(zoc_buffer *text, const struct place *places, size_t count, const char *program, bool colour)
{
    size_t widths[COLUMNS];
    struct row *rows = calloc(count + 1, sizeof *rows);

    if (!rows)
        return -ENOMEM;
    rows[0] = (struct row){ strdup(_("service")), strdup(_("listens at")), strdup(_("type this to try it")), NULL };
    for (size_t i = 0; i < count; i++)
        rows[i + 1] = row_of(&places[i], program);
    measure(rows, count + 1, widths);

    zoc_buffer_printf(text, "%s", colour ? "\033[1m" : "");
    print_row(text, &rows[0], widths);
    zoc_buffer_printf(text, "%s", colour ? "\033[0m" : "");
    for (size_t i = 0; i < count; i++)
        print_row(text, &rows[i + 1], widths);
    print_try(text, rows, count);
    for (size_t i = 0; i <= count; i++)
        release_row(&rows[i]);
    free(rows);
    return 0;
}

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

/* What a client types after `connect`: as short as it can be, and with the pin (NULL: none) of the certificate that it
 * is to see. */
static char *target_of(const zoc_endpoint *endpoint, const char *pin)
{
    zoc_endpoint bare = { .scheme = endpoint->scheme,
                          .host = endpoint->host,
                          .port = endpoint->port,
                          .path = endpoint->path,
                          .abstract = endpoint->abstract,
                          .type = endpoint->type,
                          .fd = endpoint->fd,
                          .options = { .tos = -1, .mode = -1, .tls.pin = (char *)pin } };

    if (bare.host && is_default_host(bare.host))
        bare.host = "";
    char *text = zoc_endpoint_text(&bare);
    if (text && strncmp(text, "tcp://", 6) == 0)
        memmove(text, text + 6, strlen(text + 6) + 1);
    return text;
}

/* A word as a shell takes it: between quotes where it needs them. */
static char *quote(const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%+=:,./_-";
    zoc_buffer quoted = { 0 };
    int result = 0;

    if (word[strspn(word, plain)] == '\0')
        return strdup(word);
    for (const char *at = word; *at && result == 0; at++)
        result = *at == '\'' ? zoc_buffer_append(&quoted, "'\\''", 4) : zoc_buffer_append(&quoted, at, 1);
    char *text = NULL;
    if (result == 0 && asprintf(&text, "'%.*s'", (int)quoted.size, quoted.data) < 0)
        text = NULL;
    zoc_buffer_release(&quoted);
    return text;
}

/* What is to be typed to connect. */
static char *connect_to(const struct place *place, const char *program)
{
    const zoc_tls_context *tls = place_tls(place);
    char *bare = target_of(place_endpoint(place), tls ? zoc_tls_context_pin(tls) : NULL),
         *target = bare ? quote(bare) : NULL, *called = quote(program), *command = NULL;

    if (target && called && asprintf(&command, "%s connect %s", called, target) < 0)
        command = NULL;
    free(bare);
    free(target);
    free(called);
    return command;
}

/* A datagram has to be asked for. */
static char *command_of(const struct place *place, const char *program)
{
    const struct service *service = place->spec->service;
    char *connect = connect_to(place, program), *command = NULL;
    const char *ask = place->datagrams && service->amplifies ? "echo | " : "";
    const char *pipe = service->look ? " | " : "", *look = service->look ? service->look : "";

    if (connect && asprintf(&command, "%s%s%s%s", ask, connect, pipe, look) < 0)
        command = NULL;
    free(connect);
    return command;
}

/* Who stands where the service was to be. */
static char *note_of(const struct place *place)
{
    char holder[HOLDER_TEXT];
    char *wanted = target_of(place->wanted, NULL), *note = NULL;
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

/* How many columns a text takes: of UTF-8, those bytes that begin a character. */
static size_t width(const char *text)
{
    size_t count = 0;

    for (; *text; text++)
        count += (*text & 0xc0) != 0x80;
    return count;
}

static void print_row(zoc_buffer *text, const struct row *row, const size_t widths[COLUMNS])
{
    for (int i = 0; i < COLUMNS - 1; i++)
        zoc_buffer_printf(text, "%s%*s", cell(row, i), (int)(widths[i] - width(cell(row, i)) + 2), "");
    zoc_buffer_printf(text, "%s\n", cell(row, COLUMNS - 1));
    if (row->note)
        zoc_buffer_printf(text, "%*s%s\n", (int)widths[0] + 2, "", row->note);
}

static void measure(const struct row *rows, size_t count, size_t ret_widths[COLUMNS])
{
    for (int i = 0; i < COLUMNS; i++) {
        ret_widths[i] = 0;
        for (size_t k = 0; k < count; k++)
            if (width(cell(&rows[k], i)) > ret_widths[i])
                ret_widths[i] = width(cell(&rows[k], i));
    }
}

/* The first place that takes connections, to which anything can be said; of none, the first one. */
static size_t first_to_try(const struct place *places, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (places[i].listener)
            return i;
    return 0;
}

/* The first place that another service has; that place itself when there is none. */
static size_t another(const struct place *places, size_t count, size_t than)
{
    for (size_t i = 0; i < count; i++)
        if (places[i].spec->service != places[than].spec->service)
            return i;
    return than;
}

/* The two things to try first. `rows` are those of the places. */
static void print_try(zoc_buffer *text, const struct place *places, const struct row *rows, size_t count)
{
    if (count == 0)
        return;
    size_t first = first_to_try(places, count), second = another(places, count, first);
    const char *say = places[first].listener ? "echo hola | " : "";

    zoc_buffer_printf(text, _("\ntry first, in another terminal (here Ctrl-C ends it all):\n"));
    zoc_buffer_printf(text, "  %s%s\n", say, cell(&rows[first], 2));
    if (second != first || *say)
        zoc_buffer_printf(text, "  %s\n", cell(&rows[second], 2));
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
    print_try(text, places, rows + 1, count);
    for (size_t i = 0; i <= count; i++)
        release_row(&rows[i]);
    free(rows);
    return 0;
}

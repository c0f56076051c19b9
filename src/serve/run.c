#include "serve/run.h"

#include "serve/table.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <zocalo/error.h>
#include <zocalo/log.h>
#include <zocalo/sync.h>

struct square {
    const struct serve_options *options;
    zoc_crew *crew;
    zoc_signals *signals;
    struct place *places;
    size_t place_count;
    zoc_stream *output; /* stays open, so that nothing else gets its number */
    zoc_group services;
};

/* --- opening and closing --------------------------------------------------------------------------- */

static size_t count_endpoints(const struct specs *specs)
{
    size_t count = 0;

    for (size_t i = 0; i < specs->count; i++)
        count += specs->list[i].endpoint_count;
    return count;
}

static int open_places(struct square *square)
{
    const struct specs *specs = &square->options->specs;

    square->places = calloc(count_endpoints(specs), sizeof *square->places);
    if (!square->places)
        return -ENOMEM;
    for (size_t i = 0; i < specs->count; i++)
        for (size_t k = 0; k < specs->list[i].endpoint_count; k++) {
            const struct spec *spec = &specs->list[i];
            int result = place_open(&square->places[square->place_count], spec, spec->endpoints[k], square->crew);
            if (result < 0)
                return result;
            square->place_count++;
        }
    return 0;
}

static int open_square(struct square *square)
{
    static const int signals[] = { SIGINT, SIGTERM, SIGUSR2, 0 };
    int result = zoc_signals_open(signals, &square->signals);

    if (result == 0)
        result = zoc_crew_new(square->options->threads, &square->crew);
    return result < 0 ? result : open_places(square);
}

static void close_square(struct square *square)
{
    for (size_t i = 0; i < square->place_count; i++)
        place_close(&square->places[i]);
    free(square->places);
    zoc_crew_free(square->crew);
    zoc_close(square->output);
    zoc_signals_close(square->signals);
}

/* --- telling where ---------------------------------------------------------------------------------- */

static int print_lines(zoc_buffer *text, const struct square *square)
{
    int result = 0;

    for (size_t i = 0; i < square->place_count && result == 0; i++) {
        zoc_endpoint shown = *place_endpoint(&square->places[i]);
        shown.options = (zoc_endpoint_options){ .tos = -1, .mode = -1 };
        result = zoc_buffer_printf(text, "listening %s ", square->places[i].spec->service->name);
        if (result == 0)
            result = zoc_endpoint_print(&shown, text);
        if (result == 0)
            result = zoc_buffer_append(text, "\n", 1);
    }
    return result;
}

/* A standard output that nobody reads, or that was closed, stops no service. */
static int announce(struct square *square)
{
    const struct serve_options *options = square->options;
    zoc_buffer text = { 0 };
    int result = options->table
                     ? table_print(&text, square->places, square->place_count, options->program, options->colour)
                     : print_lines(&text, square);

    if (result == 0 && zoc_stream_of_fd(1, false, true, &square->output) == 0)
        zoc_write(square->output, text.data, text.size);
    zoc_buffer_release(&text);
    return result;
}

/* --- serving ---------------------------------------------------------------------------------------- */

static int start_services(struct square *square)
{
    int result = 0;

    for (struct place *place = square->places; place < square->places + square->place_count && result == 0; place++)
        result = zoc_go(&square->services, place_serve, place);
    return result;
}

static int dump_loop(void *unused)
{
    (void)unused;
    zoc_dump(2);
    return 0;
}

static void discard_nothing(void *unused)
{
    (void)unused;
}

static void dump_all(const struct square *square)
{
    zoc_crew_group *group;

    if (zoc_crew_group_new(square->crew, &group) < 0)
        return;
    for (unsigned i = 0; i < zoc_crew_size(square->crew); i++)
        zoc_crew_go(group, i, dump_loop, NULL, discard_nothing);
    zoc_crew_group_wait(group);
    zoc_crew_group_free(group);
}

/* Waits for a signal that means the end. */
static int wait_for_stop(const struct square *square)
{
    int signal;

    while ((signal = zoc_signals_wait(square->signals)) == SIGUSR2)
        dump_all(square);
    return signal < 0 ? signal : 0;
}

static int cancel_at_second_signal(void *arg)
{
    struct square *square = arg;

    if (wait_for_stop(square) == 0)
        zoc_group_cancel(&square->services);
    return 0;
}

static void stop_services(struct square *square)
{
    ZOC_GROUP(impatience);
    char grace[ZOC_UNIT_TEXT];

    zoc_log(ZOC_LOG_INFO, "stopping: what is under way has %s",
            zoc_duration_format(square->options->grace, grace, sizeof grace));
    zoc_group_stop(&square->services);
    zoc_go(&impatience, cancel_at_second_signal, square);
    ZOC_WITHIN(square->options->grace)
        zoc_group_wait(&square->services);
}

int serve_run(const struct serve_options *options)
{
    struct square square = { .options = options };
    int result = open_square(&square);

    if (result == 0)
        result = start_services(&square);
    if (result == 0)
        result = announce(&square);
    if (result == 0)
        result = wait_for_stop(&square);
    if (result == 0)
        stop_services(&square);
    zoc_group_end(&square.services);
    close_square(&square);
    return result;
}

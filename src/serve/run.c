#include "serve/run.h"

#include "serve/notify.h"
#include "serve/rights.h"
#include "serve/set.h"
#include "serve/table.h"

#include <assert.h>
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
    struct set *set;    /* that is served now */
    zoc_stream *output; /* stays open, so that nothing else gets its number */
    zoc_group services; /* this set, and earlier ones that still have connections */
    zoc_event settled;  /* no reload is in the middle of replacing the set */
    bool stopping;
};

/* --- opening and closing --------------------------------------------------------------------------- */

static int open_set(struct square *square, struct set *previous, struct set **ret_set)
{
    struct specs specs = { 0 };
    int result = sources_read(&square->options->sources, &specs);

    if (result == 0)
        result = set_open(&specs, square->crew, previous, ret_set);
    specs_release(&specs);
    return result;
}

static void warn_of_unused(void)
{
    zoc_buffer names = { 0 };

    if (zoc_inherited_unused(&names) > 0)
        zoc_log(ZOC_LOG_WARNING, "inherited, and no endpoint is there: %.*s", (int)names.size, names.data);
    zoc_buffer_release(&names);
}

static int open_square(struct square *square)
{
    static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGUSR2, 0 };
    const struct serve_options *options = square->options;
    int result = zoc_signals_open(signals, &square->signals);

    if (result == 0)
        result = zoc_inherit();
    if (result >= 0)
        result = zoc_crew_new(options->threads, &square->crew);
    if (result == 0)
        result = open_set(square, NULL, &square->set);
    if (result == 0)
        result = rights_give_up(options->user, options->group);
    if (result == 0)
        warn_of_unused();
    return result;
}

static void close_square(struct square *square)
{
    set_free(square->set);
    zoc_crew_free(square->crew);
    zoc_close(square->output);
    zoc_signals_close(square->signals);
}

/* --- telling where ---------------------------------------------------------------------------------- */

/* Those that were open before have had their line. */
static int print_lines(zoc_buffer *text, const struct set *set)
{
    int result = 0;

    for (const struct place *place = set->places; place < set->places + set->place_count && result == 0; place++) {
        if (place->heir_of)
            continue;
        zoc_endpoint shown = *place_endpoint(place);
        shown.options = (zoc_endpoint_options){ .tos = -1, .mode = -1 };
        result = zoc_buffer_printf(text, "listening %s ", place->spec->service->name);
        if (result == 0)
            result = zoc_endpoint_print(&shown, text);
        if (result == 0)
            result = zoc_buffer_append(text, "\n", 1);
    }
    return result;
}

static int print_square(zoc_buffer *text, const struct square *square)
{
    const struct serve_options *options = square->options;
    const struct set *set = square->set;

    return options->table ? table_print(text, set->places, set->place_count, options->program, options->colour)
                          : print_lines(text, set);
}

#define ANNOUNCE_TIME ZOC_SECOND /* a standard output without room for so long gets no more */

/* A standard output that nobody reads, or that was closed, stops no service. Returns 0, -EIO when it is a terminal that
 * is gone, or another negative errno. */
static int announce(struct square *square)
{
    zoc_buffer text = { 0 };
    ssize_t result = print_square(&text, square);

    if (result == 0 && !square->output)
        zoc_stream_of_fd(1, false, true, &square->output);
    if (result == 0 && square->output && text.size > 0)
        ZOC_WITHIN(ANNOUNCE_TIME)
            result = zoc_write(square->output, text.data, text.size);
    zoc_buffer_release(&text);
    return result < 0 ? (int)result : 0;
}

static void tell_ready(const struct square *square)
{
    notify_manager("READY=1\nSTATUS=%zu endpoints are open", square->set->place_count);
}

/* --- signals ---------------------------------------------------------------------------------------- */

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

static void dump_all(struct square *square)
{
    zoc_crew_group *group;

    if (zoc_crew_group_new(square->crew, &group) < 0)
        return;
    for (unsigned i = 0; i < zoc_crew_size(square->crew); i++)
        zoc_crew_go(group, i, dump_loop, NULL, discard_nothing);
    zoc_crew_group_wait(group);
    zoc_crew_group_free(group);
}

static int replace_set(struct square *square)
{
    struct set *previous = square->set, *set = NULL;
    int result = sources_check_again(&square->options->sources);

    if (result == 0)
        result = open_set(square, previous, &set);
    if (result < 0)
        return result;
    assert(set);
    zoc_event_clear(&square->settled);
    set_replace(set, previous);
    square->set = set;
    result = zoc_go(&square->services, set_serve, set);
    set->ended = result < 0;
    zoc_event_set(&square->settled);
    return result;
}

static void stop(struct square *square)
{
    char grace[ZOC_UNIT_TEXT];

    square->stopping = true;
    zoc_log(ZOC_LOG_INFO, "stopping: what is under way has %s",
            zoc_duration_format(square->options->grace, grace, sizeof grace));
    notify_manager("STOPPING=1");
    zoc_group_stop(&square->services);
}

static void reload(struct square *square)
{
    notify_manager("RELOADING=1\nMONOTONIC_USEC=%lld", (long long)(zoc_now() / ZOC_MICROSECOND));
    int result = replace_set(square);
    const char *hint = result == -EACCES && square->options->user ? " (rights were given up at the start)" : "";

    if (result < 0)
        zoc_log(ZOC_LOG_ERROR, "reload refused, and all goes on as it was: %s%s", zoc_why(), hint);
    else
        zoc_log(ZOC_LOG_INFO, "reloaded: %zu endpoints are open", square->set->place_count);
    tell_ready(square);
    if (result < 0 && !square->options->table)
        return;
    if (announce(square) == -EIO)
        stop(square); /* the terminal was closed, which is what the signal meant */
}

static const struct {
    int number;
    void (*act)(struct square *square);
} actions[] = {
    { SIGHUP, reload },
    { SIGUSR2, dump_all },
    { SIGTERM, stop },
    { SIGINT, stop },
};

static void act(struct square *square, int signal)
{
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        if (actions[i].number == signal)
            actions[i].act(square);
}

static bool ends(int signal)
{
    return signal < 0 || signal == SIGTERM || signal == SIGINT;
}

/* After a stop only its repetition counts, and the end of the grace. */
static int obey_signals(void *arg)
{
    struct square *square = arg;
    int signal = 0;

    while (!square->stopping && signal >= 0) {
        signal = zoc_signals_wait(square->signals);
        act(square, signal);
    }
    ZOC_WITHIN(square->options->grace)
        do
            signal = zoc_signals_wait(square->signals);
        while (!ends(signal));
    if (signal != -ECANCELED)
        zoc_group_cancel(&square->services);
    return 0;
}

/* --- running ---------------------------------------------------------------------------------------- */

/* The last place of the old set may end while a reload has not started the new one yet. */
static int wait_services(struct square *square)
{
    int result;

    do {
        result = zoc_group_wait(&square->services);
        zoc_event_wait(&square->settled);
    } while (!square->set->ended && !square->stopping);
    return result;
}

/* Until a stop has ended all, or they have ended by themselves. */
static int serve_all(struct square *square)
{
    ZOC_GROUP(control);
    int result = zoc_go(&control, obey_signals, square);

    if (result == 0)
        result = wait_services(square);
    return square->stopping ? 0 : result;
}

int serve_run(const struct serve_options *options)
{
    struct square square = { .options = options, .settled.is_set = true };
    int result = open_square(&square);

    if (result == 0)
        result = zoc_go(&square.services, set_serve, square.set);
    if (result == 0) {
        announce(&square);
        tell_ready(&square);
        result = serve_all(&square);
    }
    zoc_group_end(&square.services);
    close_square(&square);
    return result;
}

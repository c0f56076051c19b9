#include "serve/run.h"

#include "serve/announce.h"
#include "serve/notify.h"
#include "serve/rights.h"
#include "serve/set.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <zocalo/error.h>
#include <zocalo/log.h>
#include <zocalo/sync.h>

struct square {
    const struct serve_options *options;
    zoc_crew *crew;
    zoc_signals *signals;
    struct set *set;    /* that is served now; NULL before it is open */
    zoc_stream *output; /* stays open, so that nothing else gets its number */
    zoc_group opening;  /* who reads the sources and opens what they name: at the start, and for each reload */
    zoc_group services; /* this set, and earlier ones that still have connections */
    zoc_event settled;  /* no reload is in the middle of replacing the set */
    bool reloading, reload_again;
    bool stopping;
};

/* --- opening --------------------------------------------------------------------------------------- */

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

static int open_first(void *arg)
{
    struct square *square = arg;
    const struct serve_options *options = square->options;
    int result = open_set(square, NULL, &square->set);

    if (result == 0)
        result = rights_give_up(options->user, options->group);
    if (result == 0)
        warn_of_unused();
    return result;
}

static void tell_ready(const struct square *square)
{
    notify_manager("READY=1\nSTATUS=%zu endpoints are open", square->set->place_count);
}

/* --- stopping and reloading ------------------------------------------------------------------------ */

/* What is only being opened is given up; what is served is finished. */
static void stop(struct square *square)
{
    char grace[ZOC_UNIT_TEXT];

    square->stopping = true;
    zoc_log(ZOC_LOG_INFO, "stopping: what is under way has %s",
            zoc_duration_format(square->options->grace, grace, sizeof grace));
    zoc_group_cancel(&square->opening);
    zoc_group_stop(&square->services);
    notify_manager("STOPPING=1");
}

/* Once it has begun, it comes to its end. */
static int replace_set(struct square *square, struct set *set)
{
    struct set *previous = square->set;
    int result = 0;

    zoc_event_clear(&square->settled);
    ZOC_SHIELD(ZOC_NEVER)
        set_replace(set, previous);
    square->set = set;
    result = zoc_go(&square->services, set_serve, set);
    set->ended = result < 0;
    zoc_event_set(&square->settled);
    return result;
}

static void tell_refused(const struct square *square, int error)
{
    const char *hint = error == -EACCES && square->options->user ? " (rights were given up at the start)" : "";

    if (!square->stopping)
        zoc_log(ZOC_LOG_ERROR, "reload refused, and all goes on as it was: %s%s", zoc_why(), hint);
}

/* Returns 0, or why there is nobody left to serve. */
static int reload_set(struct square *square)
{
    struct set *set = NULL;
    int result = sources_check_again(&square->options->sources);

    if (result == 0)
        result = open_set(square, square->set, &set);
    if (result < 0) {
        tell_refused(square, result);
        return 0;
    }
    assert(set);
    result = replace_set(square, set);
    zoc_log(result < 0 ? ZOC_LOG_ERROR : ZOC_LOG_INFO, "reloaded: %zu endpoints are open%s", set->place_count,
            result < 0 ? ", and nobody can serve them" : "");
    return result;
}

/* On a terminal the square is shown again, and one that was closed is what the signal meant. */
static void reload(struct square *square)
{
    const struct set *before = square->set;

    notify_manager("RELOADING=1\nMONOTONIC_USEC=%lld", (long long)(zoc_now() / ZOC_MICROSECOND));
    int result = reload_set(square);
    tell_ready(square);
    if (result == 0 && (square->set != before || square->options->table))
        result = announce(square->set, square->options, &square->output) == -EIO ? -EIO : 0;
    if (result < 0 && !square->stopping)
        raise(SIGTERM); /* who obeys signals stops, and sees to the grace */
}

static int run_reloads(void *arg)
{
    struct square *square = arg;

    do {
        square->reload_again = false;
        reload(square);
    } while (square->reload_again && !square->stopping);
    square->reloading = false;
    return 0;
}

static void start_reload(struct square *square)
{
    square->reload_again = true;
    if (square->reloading || !square->set || square->stopping)
        return;
    square->reloading = zoc_go(&square->opening, run_reloads, square) == 0;
    if (!square->reloading)
        zoc_log(ZOC_LOG_ERROR, "reload refused, and all goes on as it was: %s", zoc_why());
}

/* --- signals --------------------------------------------------------------------------------------- */

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

static const struct {
    int number;
    void (*act)(struct square *square);
} actions[] = {
    { SIGHUP, start_reload },
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

/* --- running --------------------------------------------------------------------------------------- */

/* Until a stop has ended all, or they have ended by themselves. The last place of the old set may end while a reload
 * has not started the new one yet. */
static int serve_all(struct square *square)
{
    int result = zoc_go(&square->services, set_serve, square->set);

    if (result < 0)
        return result;
    announce(square->set, square->options, &square->output);
    tell_ready(square);
    do {
        result = zoc_group_wait(&square->services);
        zoc_event_wait(&square->settled);
    } while (!square->set->ended && !square->stopping);
    return result;
}

static int run_square(struct square *square)
{
    ZOC_GROUP(control);
    int result = zoc_go(&control, obey_signals, square);

    if (result == 0)
        result = zoc_go(&square->opening, open_first, square);
    if (result == 0)
        result = zoc_group_wait(&square->opening);
    if (result == 0 && !square->stopping)
        result = serve_all(square);
    zoc_group_end(&square->opening);
    zoc_group_end(&square->services);
    return square->stopping ? 0 : result;
}

int serve_run(const struct serve_options *options)
{
    static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGUSR2, 0 };
    struct square square = { .options = options, .settled.is_set = true };
    int result = zoc_signals_open(signals, &square.signals);

    if (result == 0)
        result = zoc_inherit();
    if (result >= 0)
        result = zoc_crew_new(options->threads, &square.crew);
    if (result == 0)
        result = run_square(&square);
    set_free(square.set);
    zoc_crew_free(square.crew);
    zoc_close(square.output);
    zoc_signals_close(square.signals);
    return result;
}

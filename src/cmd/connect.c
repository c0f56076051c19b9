/* zocalo connect: joins standard input and output to an endpoint. */
#include "cmd/narrate.h"
#include "cmd/text.h"
#include "cmd/verb.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <zocalo/error.h>
#include <zocalo/fiber.h>
#include <zocalo/net.h>
#include <zocalo/sync.h>

#define ANSWER_WAIT (1 * ZOC_SECOND) /* for datagrams after the end of input, unless --wait says otherwise */

struct settings {
    const struct verb *verb;
    bool verbose;
    zoc_duration wait; /* for answers after the end of input, where the peer has no end */
    zoc_endpoint *endpoint;
    int status;
    int signal; /* that ended it; 0 */
};

static int set_verbose(void *arg, const char *value)
{
    (void)value;
    ((struct settings *)arg)->verbose = true;
    return 0;
}

static int set_wait(void *arg, const char *value)
{
    return zoc_duration_parse(value, &((struct settings *)arg)->wait);
}

static const struct verb_option options[] = {
    { "verbose", 'v', NULL, N_("tells every step on standard error"), set_verbose, NULL },
    { "wait", 'w', N_("DURATION"), N_("after the end of input, waits so long for more datagrams (default 1s)"),
      set_wait, N_("a duration such as 2s") },
    { 0 },
};

/* --- joining -------------------------------------------------------------------------------------- */

struct direction {
    zoc_stream *source, *sink;
    int result;
    char *why; /* the words behind a failure; owned */
};

static int run_direction(void *arg)
{
    struct direction *direction = arg;

    direction->result = zoc_pump_one_way(direction->source, direction->sink, NULL, NULL);
    if (direction->result < 0)
        direction->why = strdup(zoc_why());
    return 0;
}

/* A peer without an end (UDP) is done when nothing came for a while after the end of our input. */
static void wait_answers(zoc_stream *peer, zoc_duration wait)
{
    uint64_t before;

    do
        before = zoc_stream_account(peer).received;
    while (zoc_sleep(wait) == 0 && zoc_stream_account(peer).received != before);
}

struct sending {
    struct direction *direction;
    const struct settings *settings;
    zoc_group *receiving;
};

static int run_sending(void *arg)
{
    struct sending *sending = arg;
    zoc_stream *peer = sending->direction->sink;

    run_direction(sending->direction);
    if (zoc_stream_has_messages(peer)) {
        wait_answers(peer, sending->settings->wait);
        zoc_group_cancel(sending->receiving);
    }
    return 0;
}

/* The end of input is passed on as a half-close, and what the peer still says is awaited; the peer's end is the end. A
 * pipe or a file has one direction: what is only read leaves standard input alone, and what is only written ends with
 * it. */
static int join(const struct settings *settings, struct direction *forth, struct direction *back)
{
    ZOC_GROUP(receiving);
    ZOC_GROUP(sending_group);
    struct sending sending = { forth, settings, &receiving };
    int result = 0;

    if (zoc_stream_receives(back->source))
        result = zoc_go(&receiving, run_direction, back);
    if (result == 0 && zoc_stream_sends(forth->sink))
        result = zoc_go(&sending_group, run_sending, &sending);
    if (result < 0)
        return result;
    zoc_group_wait(zoc_stream_receives(back->source) ? &receiving : &sending_group);
    zoc_group_end(&sending_group);
    return 0;
}

/* --- outcome -------------------------------------------------------------------------------------- */

static bool is_failure(int result)
{
    return result < 0 && result != -ECANCELED;
}

static int fail_with(const struct settings *settings, const char *what, int error)
{
    zoc_fail(error, "%s", what);
    return verb_fail(settings->verb, error);
}

static int fail_program(const struct settings *settings, const struct direction *back)
{
    zoc_refuse(back->result, "%s", back->why ? back->why : "");
    return verb_fail(settings->verb, back->result);
}

/* A peer that says nothing back says only by a failure that it did not take all of our input. */
static bool is_silent(const zoc_stream *peer)
{
    return zoc_stream_has_messages(peer) || !zoc_stream_receives(peer);
}

/* What the peer did counts first. Output that nobody reads any more is a quiet end. When the peer ended in order, it
 * may well have done so before it took all of our input. */
static int outcome(const struct settings *settings, const struct direction *forth, const struct direction *back)
{
    zoc_stream *local = forth->source, *peer = forth->sink;
    zoc_account account = zoc_stream_account(peer);
    int output_error = zoc_stream_account(local).error;

    if (back->result == -ZOC_EPROGRAM)
        return fail_program(settings, back);
    if (is_failure(back->result) && account.error)
        return fail_with(settings, _("connection"), account.error);
    if (is_failure(back->result))
        return output_error == -EPIPE ? STATUS_OK
                                      : (fail_with(settings, _("standard output"), back->result), STATUS_OTHER);
    if (is_failure(forth->result) && account.error && is_silent(peer))
        return fail_with(settings, _("connection"), account.error);
    if (is_failure(forth->result) && !account.error)
        return fail_with(settings, _("standard input"), forth->result), STATUS_OTHER;
    return STATUS_OK;
}

static int talk(struct settings *settings, zoc_stream *peer)
{
    zoc_stream *local;
    int result = zoc_stream_of_stdio(&local);

    if (result < 0)
        return verb_fail(settings->verb, result);
    struct direction forth = { .source = local, .sink = peer }, back = { .source = peer, .sink = local };
    result = join(settings, &forth, &back);
    int status = result < 0 ? verb_fail(settings->verb, result) : outcome(settings, &forth, &back);
    free(forth.why);
    free(back.why);
    zoc_close(local);
    return status;
}

static int converse(void *arg)
{
    struct settings *settings = arg;
    struct narrator narrator = narrator_of(stderr);
    const zoc_dial_options dial = { .observer = settings->verbose ? &narrator.observer : NULL };
    zoc_stream *peer;
    int result = zoc_dial_endpoint(settings->endpoint, &dial, &peer);

    if (result == 0)
        settings->status = talk(settings, peer);
    else if (!settings->signal)
        settings->status = verb_fail(settings->verb, result);
    if (result == 0)
        zoc_close(peer);
    return 0;
}

/* --- signals -------------------------------------------------------------------------------------- */

/* Those that end a program, but for what whoever started this one has it ignore (nohup(1)). */
static void list_signals(int *ret_signals)
{
    static const int ending[] = { SIGINT, SIGTERM, SIGHUP };
    struct sigaction action;

    for (size_t i = 0; i < sizeof ending / sizeof *ending; i++)
        if (sigaction(ending[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN)
            *ret_signals++ = ending[i];
    *ret_signals = 0;
}

struct watchman {
    struct settings *settings;
    zoc_signals *signals;
    zoc_group *conversation;
};

static int await_signal(void *arg)
{
    struct watchman *watchman = arg;
    int signal = zoc_signals_wait(watchman->signals);

    if (signal < 0)
        return 0;
    watchman->settings->signal = signal;
    zoc_group_cancel(watchman->conversation);
    return 0;
}

/* A signal ends it in order, so that a pipe or a socket that was made for it goes away. */
static int run_fiber(void *arg)
{
    ZOC_GROUP(conversation);
    ZOC_GROUP(watch);
    struct settings *settings = arg;
    struct watchman watchman = { .settings = settings, .conversation = &conversation };
    int signals[4];

    list_signals(signals);
    int result = zoc_signals_open(signals, &watchman.signals);
    if (result == 0)
        result = zoc_go(&conversation, converse, settings);
    if (result == 0)
        result = zoc_go(&watch, await_signal, &watchman);
    if (result < 0)
        settings->status = verb_fail(settings->verb, result);
    zoc_group_wait(&conversation);
    zoc_group_end(&watch);
    zoc_signals_close(watchman.signals);
    return 0;
}

/* Whoever waits for this program sees that a signal ended it. */
static void end_by(int number)
{
    signal(number, SIG_DFL);
    raise(number);
}

/* --- the verb ------------------------------------------------------------------------------------- */

static int read_endpoint(const struct verb *verb, int count, char **arguments, zoc_endpoint **ret_endpoint)
{
    if (count == 1)
        return zoc_endpoint_parse(arguments[0], ret_endpoint);
    if (count == 2)
        return zoc_endpoint_parse_pair(arguments[0], arguments[1], ret_endpoint);
    return zoc_refuse(-EINVAL, _("expects ENDPOINT, or HOST and PORT; 'zocalo help %s' says more"), verb->name);
}

static int run(const struct verb *verb, int argc, char **argv)
{
    struct settings settings = { .verb = verb, .wait = ANSWER_WAIT };
    int first;
    int status = verb_read_options(verb, argc, argv, &settings, &first);

    if (status >= 0)
        return status;
    int result = read_endpoint(verb, argc - first, argv + first, &settings.endpoint);
    if (result == 0)
        result = zoc_run(run_fiber, &settings);
    zoc_endpoint_free(settings.endpoint);
    if (settings.signal)
        end_by(settings.signal);
    return result < 0 ? verb_fail(verb, result) : settings.status;
}

const struct verb verb_connect = {
    .name = "connect",
    .summary = N_("joins standard input and output to an endpoint"),
    .usage = N_("[OPTIONS] ENDPOINT | HOST PORT"),
    .text = N_("  zocalo connect :50007                 TCP to this machine, both families\n"
               "  zocalo connect example.org 80\n"
               "  zocalo connect udp://:50007           a datagram for each read of the input\n"
               "  zocalo connect unix:/tmp/echo.sock\n"
               "  zocalo connect fifo:/tmp/pipe         prints what is written to a named pipe\n"
               "  zocalo connect fifo:/tmp/pipe,dir=out writes to it\n"
               "  zocalo connect file:log.txt,append\n"
               "  zocalo connect exec:'sort -n'         a program, by its input and output\n"
               "  zocalo connect listen::9000           waits for the first who comes\n"
               "The end of input is passed on, and what still comes is awaited; the peer's end is the end.\n"
               "Exit status: 0 it worked, 1 the network said no, 2 everything else.\n"),
    .options = options,
    .run = run,
};

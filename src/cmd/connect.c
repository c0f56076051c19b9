/* zocalo connect: joins standard input and output to an endpoint. */
#include "cmd/narrate.h"
#include "cmd/text.h"
#include "cmd/verb.h"

#include <errno.h>
#include <string.h>
#include <zocalo/error.h>
#include <zocalo/fiber.h>
#include <zocalo/net.h>

#define ANSWER_WAIT (1 * ZOC_SECOND) /* for datagrams after the end of input, unless --wait says otherwise */

struct settings {
    const struct verb *verb;
    bool verbose;
    zoc_duration wait; /* for answers after the end of input, where the peer has no end */
    zoc_endpoint *endpoint;
    int status;
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
};

static int run_direction(void *arg)
{
    struct direction *direction = arg;

    direction->result = zoc_pump_one_way(direction->source, direction->sink, NULL, NULL);
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

/* The end of input is passed on as a half-close, and what the peer still says is awaited; the peer's end is the end. */
static void join(const struct settings *settings, struct direction *forth, struct direction *back)
{
    ZOC_GROUP(receiving);
    ZOC_GROUP(sending_group);
    struct sending sending = { forth, settings, &receiving };

    zoc_go(&receiving, run_direction, back);
    zoc_go(&sending_group, run_sending, &sending);
    zoc_group_wait(&receiving);
    zoc_group_end(&sending_group);
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

/* What the peer did counts first. Output that nobody reads any more is a quiet end. When the peer ended in order, it
 * may well have done so before it took all of our input. */
static int outcome(const struct settings *settings, zoc_stream *local, zoc_stream *peer, int forth, int back)
{
    zoc_account account = zoc_stream_account(peer);
    int output_error = zoc_stream_account(local).error;

    if (is_failure(back) && account.error)
        return fail_with(settings, _("connection"), account.error);
    if (is_failure(back))
        return output_error == -EPIPE ? STATUS_OK : (fail_with(settings, _("standard output"), back), STATUS_OTHER);
    if (is_failure(forth) && account.error && zoc_stream_has_messages(peer))
        return fail_with(settings, _("connection"), account.error);
    if (is_failure(forth) && !account.error)
        return fail_with(settings, _("standard input"), forth), STATUS_OTHER;
    return STATUS_OK;
}

static int talk(struct settings *settings, zoc_stream *peer)
{
    zoc_stream *local;
    int result = zoc_stream_of_stdio(&local);

    if (result < 0)
        return verb_fail(settings->verb, result);
    struct direction forth = { local, peer, 0 }, back = { peer, local, 0 };
    join(settings, &forth, &back);
    int status = outcome(settings, local, peer, forth.result, back.result);
    zoc_close(local);
    return status;
}

static int run_fiber(void *arg)
{
    struct settings *settings = arg;
    struct narrator narrator = narrator_of(stderr);
    const zoc_dial_options dial = { .observer = settings->verbose ? &narrator.observer : NULL };
    zoc_stream *peer;
    int result = zoc_dial_endpoint(settings->endpoint, &dial, &peer);

    if (result < 0) {
        settings->status = verb_fail(settings->verb, result);
        return 0;
    }
    settings->status = talk(settings, peer);
    zoc_close(peer);
    return 0;
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
               "  zocalo connect listen::9000           waits for the first who comes\n"
               "The end of input is passed on, and what still comes is awaited; the peer's end is the end.\n"
               "Exit status: 0 it worked, 1 the network said no, 2 everything else.\n"),
    .options = options,
    .run = run,
};

#include "talk/join.h"

#include "base/text.h"
#include "talk/idle.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zocalo/error.h>
#include <zocalo/fiber.h>

struct direction {
    struct flow flow;
    int result;
    char *why; /* the words behind a failure; owned */
};

/* --- two directions ------------------------------------------------------------------------------- */

static int run_direction(void *arg)
{
    struct direction *direction = arg;

    direction->result = flow_run(&direction->flow);
    if (direction->result < 0)
        direction->why = strdup(zoc_why());
    return 0;
}

/* A peer that is not told of the end of our input (UDP, a terminal) is done when nothing came for a while after the end of our input. */
static void wait_answers(zoc_stream *peer, zoc_duration linger)
{
    uint64_t before;

    do
        before = zoc_stream_account(peer).received;
    while (zoc_sleep(linger) == 0 && zoc_stream_account(peer).received != before);
}

struct conversation {
    struct join *join;
    struct direction forth, back;
    zoc_group sending, receiving;
    bool sent; /* the end of input, or a failure to send it */
    bool over; /* the peer has ended */
};

static int run_sending(void *arg)
{
    struct conversation *talk = arg;
    const struct join *join = talk->join;
    zoc_stream *peer = join->peer;

    run_direction(&talk->forth);
    talk->sent = true;
    if (talk->over)
        return 0;
    bool ended = talk->forth.result == 0;
    bool left = talk->forth.result == -ECANCELED; /* by a command at the terminal, if nobody has cancelled us */
    if (ended && join->hangs_up)
        zoc_sleep(join->patience);
    else if (!zoc_stream_tells_end(peer) && !left)
        wait_answers(peer, join->linger);
    if (left || !zoc_stream_tells_end(peer) || (ended && (join->breaks_off || join->hangs_up)))
        zoc_group_cancel(&talk->receiving);
    return 0;
}

/* Input that was about to begin when the peer ended begins soon. */
static int watch_rest(void *arg)
{
    struct conversation *talk = arg;
    const zoc_stream *local = talk->join->local;
    int result = 0;

    if (zoc_stream_account(local).received == 0)
        result = idle_await(local, talk->join->rest / 4);
    if (result == 0 && zoc_stream_account(local).received > 0)
        result = idle_await(local, talk->join->rest);
    if (result == 0)
        zoc_group_stop(&talk->sending);
    return 0;
}

/* The peer has ended, and may still listen: whether it does, nobody knows before something is sent. */
static void send_rest(struct conversation *talk)
{
    const struct join *join = talk->join;
    ZOC_GROUP(watch);

    if (talk->back.result < 0 || join->idled || join->receive_max || zoc_stream_has_messages(join->peer))
        return;
    talk->over = true;
    bool goes_on = !talk->sent && (join->finite || (join->rest && zoc_go(&watch, watch_rest, talk) == 0));
    if (!goes_on)
        zoc_group_stop(&talk->sending);
    zoc_group_wait(&talk->sending);
}

static int watch_idle(void *arg)
{
    struct conversation *talk = arg;

    if (idle_await(talk->join->peer, talk->join->idle) < 0)
        return 0;
    talk->join->idled = true;
    zoc_group_cancel(&talk->sending);
    zoc_group_cancel(&talk->receiving);
    return 0;
}

static int run_both(struct conversation *talk)
{
    const struct join *join = talk->join;
    bool receives = zoc_stream_receives(join->peer);
    ZOC_GROUP(watch);
    int result = 0;

    if (receives)
        result = zoc_go(&talk->receiving, run_direction, &talk->back);
    if (result == 0 && zoc_stream_sends(join->peer) && !join->mute)
        result = zoc_go(&talk->sending, run_sending, talk);
    if (result == 0 && join->idle)
        result = zoc_go(&watch, watch_idle, talk);
    if (result == 0)
        zoc_group_wait(receives ? &talk->receiving : &talk->sending);
    if (result == 0 && receives)
        send_rest(talk);
    zoc_group_end(&talk->sending);
    zoc_group_end(&talk->receiving);
    return result;
}

/* --- outcome -------------------------------------------------------------------------------------- */

static bool is_failure(int result)
{
    return result < 0 && result != -ECANCELED;
}

static int fail_locally(struct join *join, const char *what, int error)
{
    join->local_failed = true;
    return zoc_fail(error, "%s", what);
}

/* A peer that says nothing back says only by a failure that it did not take all of our input. */
static bool is_silent(const zoc_stream *peer)
{
    return zoc_stream_has_messages(peer) || !zoc_stream_receives(peer);
}

static int fail_idle(const struct join *join)
{
    char text[ZOC_UNIT_TEXT];

    return zoc_refuse(-ETIMEDOUT, _("connection: nothing came and nothing went for %s"),
                      zoc_duration_format(join->idle, text, sizeof text));
}

/* What the peer did counts first. When it ended in order, it may well have done so before it took all of our input. */
static int outcome(struct join *join, const struct direction *forth, const struct direction *back)
{
    if (back->result == -ZOC_EPROGRAM)
        return zoc_refuse(back->result, "%s", back->why ? back->why : "");
    if (is_failure(back->result) && !back->flow.sink_failed)
        return zoc_refuse(back->result, "%s: %s", _("connection"),
                          back->why ? back->why : zoc_error_text(back->result));
    if (is_failure(back->result))
        return back->result == -EPIPE ? 0 : fail_locally(join, _("standard output"), back->result);
    if (is_failure(forth->result) && !forth->flow.sink_failed)
        return fail_locally(join, _("standard input"), forth->result);
    if (is_failure(forth->result) && is_silent(join->peer))
        return zoc_fail(forth->result, "%s", _("connection"));
    return 0;
}

/* A dump is written by both directions, and what is sent goes on when it cannot be. */
static bool has_lost_dump(const struct join *join)
{
    int error = zoc_stream_account(join->local).error;

    return join->hex && error && error != -EPIPE;
}

static int judge(struct conversation *talk)
{
    if (talk->join->idled)
        return fail_idle(talk->join);
    int result = outcome(talk->join, &talk->forth, &talk->back);
    if (result == 0 && has_lost_dump(talk->join))
        return fail_locally(talk->join, _("standard output"), zoc_stream_account(talk->join->local).error);
    return result;
}

int join_run(struct join *join)
{
    struct hexdump dump = hexdump_to(join->local);
    struct conversation talk = {
        .join = join,
        .forth.flow = { .source = join->local,
                        .sink = join->peer,
                        .changes = join->changes,
                        .crlf = &join->crlf,
                        .hex = &join->hex,
                        .piece = join->piece,
                        .by_lines = join->by_lines,
                        .pause = join->pause,
                        .keeps_open = join->breaks_off,
                        .dump = &dump,
                        .tap = join->sent },
        .back.flow = { .source = join->peer,
                       .sink = join->local,
                       .received = true,
                       .receive_max = join->receive_max,
                       .keeps_open = join->keeps_output || join->hex,
                       .changes = join->changes,
                       .hex = &join->hex,
                       .dump = &dump,
                       .tap = join->received },
    };

    int result = run_both(&talk);

    if (join->hex && !join->keeps_output)
        zoc_shut(join->local); /* both directions wrote to it */
    if (result == 0)
        result = judge(&talk);
    join->input_ended = talk.sent && talk.forth.result == 0;
    free(talk.forth.why);
    free(talk.back.why);
    return result;
}

#include "relay/joint.h"

#include "base/text.h"
#include "talk/idle.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zocalo/error.h>

/* --- how it ended ---------------------------------------------------------------------------------- */

/* The first failure counts: others come of it. */
static void record(struct joint *joint, enum joint_end end, int side, int error)
{
    if (joint->end != JOINT_IN_ORDER)
        return;
    joint->end = end;
    joint->failed = side;
    joint->error = error;
    joint->why = error ? strdup(zoc_why()) : NULL;
}

static struct passage *opposite(const struct passage *passage)
{
    return &passage->joint->passages[!passage->from];
}

static bool passes(const struct passage *passage)
{
    return zoc_stream_receives(passage->flow.source) && zoc_stream_sends(passage->flow.sink);
}

/* Until nothing has come for a while from a sink that may never say that this was all. */
static void await_silence(const zoc_stream *sink)
{
    uint64_t before;

    do
        before = zoc_stream_account(sink).received;
    while (zoc_sleep(JOINT_LINGER) == 0 && zoc_stream_account(sink).received != before);
}

static void end_in_order(struct passage *passage)
{
    struct joint *joint = passage->joint;

    if (opposite(passage)->over)
        return;
    if (joint->program[passage->from]) {
        zoc_group_cancel(&joint->both);
    } else if (zoc_stream_has_messages(passage->flow.sink) || !passes(opposite(passage))) {
        await_silence(passage->flow.sink);
        zoc_group_stop(&joint->both); /* an answer that is being passed on still is */
    }
}

/* Of a pipe nobody can still speak who does not read: it has one direction. */
static bool still_speaks(const struct passage *passage)
{
    zoc_address unused;
    bool is_program = passage->joint->program[!passage->from];

    return is_program || zoc_stream_local(passage->flow.sink, &unused) == 0;
}

/* A side that takes no more may have said something before, or still do so, and its own direction will tell. */
static void fail(struct passage *passage, int error)
{
    struct joint *joint = passage->joint;
    int side = passage->flow.sink_failed ? !passage->from : passage->from;
    bool refused = passage->flow.sink_failed && (error == -EPIPE || error == -ECONNRESET);

    if (!refused || !joint->program[side])
        record(joint, JOINT_FAILED, side, error);
    if (!refused || !still_speaks(passage) || !passes(opposite(passage)))
        zoc_group_cancel(&joint->both);
}

/* --- two directions -------------------------------------------------------------------------------- */

static int discard(struct passage *passage)
{
    zoc_bytes chunk;
    ssize_t received;

    do
        received = zoc_receive(passage->flow.source, &chunk);
    while (received > 0);
    return (int)received;
}

static int pass(struct passage *passage)
{
    if (!passes(passage))
        return discard(passage);
    return passage->joint->pass ? passage->joint->pass(passage) : flow_run(&passage->flow);
}

static int run_passage(void *arg)
{
    struct passage *passage = arg;
    int result = pass(passage);

    passage->over = true;
    if (result == 0)
        end_in_order(passage);
    else if (result != -ECANCELED)
        fail(passage, result);
    return 0;
}

static int watch_idle(void *arg)
{
    struct joint *joint = arg;

    if (idle_await(joint->sides[0], joint->idle) < 0)
        return 0;
    zoc_refuse(-ETIMEDOUT, "%s", zoc_error_text(-ETIMEDOUT));
    record(joint, JOINT_IDLE, 0, -ETIMEDOUT);
    zoc_group_cancel(&joint->both);
    return 0;
}

static void prepare(struct joint *joint, int from)
{
    struct passage *passage = &joint->passages[from];

    *passage = (struct passage){ .joint = joint, .from = from };
    passage->flow =
        (struct flow){ .source = joint->sides[from], .sink = joint->sides[!from], .tap = joint->taps[from] };
}

/* What brings nothing, and what is thrown away by itself, needs nobody. */
static int start(struct passage *passage)
{
    const zoc_stream *source = passage->flow.source;

    passage->over = !passes(passage) && (!zoc_stream_receives(source) || zoc_stream_has_messages(source));
    return passage->over ? 0 : zoc_go(&passage->joint->both, run_passage, passage);
}

static int start_both(struct joint *joint, zoc_group *watch)
{
    if (!passes(&joint->passages[0]) && !passes(&joint->passages[1]))
        return zoc_refuse(-EINVAL, _("nothing can go from either to the other: both are only read, or only written"));
    int result = start(&joint->passages[0]);
    if (result == 0)
        result = start(&joint->passages[1]);
    if (result == 0 && joint->idle)
        result = zoc_go(watch, watch_idle, joint);
    return result;
}

void joint_run(struct joint *joint)
{
    ZOC_GROUP(watch);

    prepare(joint, 0);
    prepare(joint, 1);
    int result = start_both(joint, &watch);
    if (result < 0) {
        record(joint, JOINT_FAILED, 0, result);
        zoc_group_cancel(&joint->both);
    }
    result = zoc_group_wait(&joint->both);
    if (result < 0)
        record(joint, JOINT_CUT, 0, 0);
}

void joint_release(struct joint *joint)
{
    free(joint->why);
    joint->why = NULL;
}

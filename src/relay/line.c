#include "relay/line.h"

#include "net/stream.h"
#include "relay/record.h"
#include "talk/reach.h"

#include <errno.h>

int64_t line_number(void)
{
    static int64_t last;

    return __atomic_add_fetch(&last, 1, __ATOMIC_RELAXED);
}

void line_begin(struct line *line, struct relay *relay, int64_t number, zoc_stream *client)
{
    *line = (struct line){ .relay = relay, .number = number, .since = zoc_now(), .peer = *zoc_stream_peer(client) };
    line->joint.sides[LINE_CLIENT] = client;
}

/* --- joining --------------------------------------------------------------------------------------- */

/* Who sees what passes. */
static void attach(struct line *line)
{
    if (!line->relay->hex)
        return;
    for (int side = LINE_CLIENT; side <= LINE_TARGET; side++) {
        line->dumps[side] = dump_tap_of(&line->relay->dump, line->number, side == LINE_TARGET);
        line->joint.taps[side] = &line->dumps[side].tap;
    }
}

static bool is_program(const zoc_endpoint *endpoint)
{
    return endpoint && !endpoint->listens && endpoint->scheme == ZOC_EXEC;
}

bool line_ended_well(const struct joint *joint)
{
    bool datagrams = zoc_stream_has_messages(joint->sides[0]) || zoc_stream_has_messages(joint->sides[1]);

    return joint->end == JOINT_IN_ORDER || (joint->end == JOINT_IDLE && datagrams);
}

static void part(struct joint *joint)
{
    zoc_stream *client = joint->sides[LINE_CLIENT], *target = joint->sides[LINE_TARGET];

    if (line_ended_well(joint)) {
        zoc_finish(target);
        return;
    }
    stream_break_off(client);
    zoc_reset(target);
}

void line_join(struct line *line, zoc_stream *target)
{
    struct joint *joint = &line->joint;
    const struct relay *relay = line->relay;
    bool datagrams = zoc_stream_has_messages(joint->sides[LINE_CLIENT]) || zoc_stream_has_messages(target);

    joint->sides[LINE_TARGET] = target;
    joint->program[LINE_CLIENT] = is_program(relay->source);
    joint->program[LINE_TARGET] = is_program(relay->target);
    joint->idle = relay_idle(relay, datagrams);
    attach(line);
    ZOC_FINISH
        joint_run(joint);
    if (relay_serves(relay))
        record_line(line);
    part(joint);
}

void line_end(struct line *line)
{
    joint_release(&line->joint);
}

/* --- serving --------------------------------------------------------------------------------------- */

int relay_open_target(struct relay *relay, zoc_stream **ret_stream)
{
    const struct reach reach = {
        .endpoint = relay->target, .observer = relay->observer, .timeout = relay->timeout, .wait = relay->wait
    };

    return relay->target->listens ? partner_await(&relay->partners, ret_stream) : reach_peer(&reach, ret_stream);
}

zoc_duration relay_idle(const struct relay *relay, bool datagrams)
{
    if (relay->idle != RELAY_UNSET)
        return relay->idle;
    return datagrams ? RELAY_IDLE : 0;
}

/* The client is told by a reset that there is nobody for it. */
static void open_and_join(struct line *line)
{
    zoc_stream *target;
    int result = relay_open_target(line->relay, &target);

    if (result == 0) {
        line_join(line, target);
        return;
    }
    record_unreached(line->relay, line->number, &line->peer, result);
    stream_break_off(line->joint.sides[LINE_CLIENT]);
}

void line_run(zoc_stream *client, void *state)
{
    struct relay *relay = state;
    struct line line;

    if (!access_admits(&relay->access, zoc_stream_peer(client))) {
        record_denied(zoc_stream_peer(client));
        stream_break_off(client);
        return;
    }
    zoc_set_name("line");
    line_begin(&line, relay, line_number(), client);
    open_and_join(&line);
    line_end(&line);
}

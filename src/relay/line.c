#include "relay/line.h"

#include "base/text.h"
#include "relay/impair.h"
#include "relay/record.h"
#include "stream/stream.h"
#include "talk/reach.h"

#include <errno.h>
#include <zocalo/error.h>
#include <zocalo/tls.h>

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

/* A joint_pass. */
static int pass_impaired(struct passage *passage)
{
    struct line *line = (struct line *)((char *)passage->joint - offsetof(struct line, joint));
    struct impaired_pump pump = { .impaired = { .impairment = &line->relay->impairment,
                                                .connection = (uint64_t)line->number,
                                                .direction = (unsigned)passage->from },
                                  .source = passage->flow.source,
                                  .sink = passage->flow.sink,
                                  .tap = passage->flow.tap };
    int result = impair_pump(&pump);

    passage->flow.sink_failed = pump.sink_failed;
    line->cut |= pump.impaired.cut;
    return result;
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
    joint->pass = impairment_does_anything(&relay->impairment) ? pass_impaired : NULL;
    attach(line);
    ZOC_FINISH
        joint_run(joint);
    if (relay_serves(relay))
        record_line(line);
    part(joint);
}

void line_end(struct line *line)
{
    recording_free(line->recording);
    joint_release(&line->joint);
}

/* --- recording ------------------------------------------------------------------------------------- */

int relay_record(struct relay *relay, struct recording **ret_recording)
{
    *ret_recording = NULL;
    return relay->transcript.open ? recording_new(&relay->transcript, true, ret_recording) : 0;
}

static zoc_observer *watch(const struct relay *relay, const struct relay_watched *watched)
{
    struct relay_watcher *watcher = relay->watcher;

    return watcher ? watcher->watch(watcher, watched, relay->observer) : relay->observer;
}

static void settle(const struct relay *relay, zoc_observer *watching, int result)
{
    if (relay->watcher)
        relay->watcher->settle(relay->watcher, watching, result);
}

int relay_reach(const struct relay *relay, const struct relay_watched *watched, struct recording *recording,
                struct reach *reach, zoc_stream **ret_stream)
{
    zoc_observer *watching = watch(relay, watched);

    reach->observer = recording ? recording_observer(recording, watched->side, watching) : watching;
    int result = reach_peer(reach, ret_stream);
    settle(relay, watching, result);
    return result;
}

/* --- serving --------------------------------------------------------------------------------------- */

static int meet_partner(struct relay *relay, zoc_stream **ret_partner)
{
    zoc_duration most = relay->timeout ? relay->timeout : ZOC_NEVER;
    char text[ZOC_UNIT_TEXT];
    int result = 0;

    ZOC_WITHIN(most)
        result = partner_await(&relay->partners, ret_partner);
    return result == -ETIMEDOUT
               ? zoc_refuse(result, _("nobody came there for %s"), zoc_duration_format(most, text, sizeof text))
               : result;
}

static int await_partner(struct relay *relay, const struct relay_caller *caller, zoc_stream **ret_stream)
{
    zoc_stream *partner;
    int result = meet_partner(relay, &partner);

    if (result < 0)
        return result;
    watch(relay, &(struct relay_watched){ .number = caller->number, .side = SIDE_SERVER, .stream = partner });
    if (caller->recording)
        recording_follow(caller->recording, SIDE_SERVER, partner);
    result = caller->line ? line_introduce(caller->line, partner) : 0;
    if (result < 0)
        zoc_reset(partner);
    else
        *ret_stream = partner;
    return result;
}

static int dial_target(struct relay *relay, const struct relay_caller *caller, zoc_stream **ret_stream)
{
    const struct relay_watched watched = { .number = caller->number, .side = SIDE_SERVER, .alone = !caller->line };
    struct reach reach = { .endpoint = relay->target,
                           .introduce = caller->line ? line_introduce : NULL,
                           .arg = caller->line,
                           .timeout = relay->timeout,
                           .wait = relay->wait };

    return relay_reach(relay, &watched, caller->recording, &reach, ret_stream);
}

int relay_open_target(struct relay *relay, const struct relay_caller *caller, zoc_stream **ret_stream)
{
    return relay->target->listens ? await_partner(relay, caller, ret_stream) : dial_target(relay, caller, ret_stream);
}

zoc_duration relay_idle(const struct relay *relay, bool datagrams)
{
    if (relay->idle != RELAY_UNSET)
        return relay->idle;
    return datagrams ? RELAY_IDLE : 0;
}

static bool admit(struct line *line)
{
    int result = line_hear_proxy(line);

    if (result < 0)
        record_failed(&line->peer, "no PROXY header", result);
    else if (access_admits(&line->relay->access, &line->peer))
        return true;
    else
        record_denied(&line->peer);
    return false;
}

/* Nobody disturbs the target who does not come to an agreement on TLS, or may not. It is watched from here on: what a proxy said
 * first is no part of the conversation. */
static bool agree(struct line *line)
{
    zoc_stream *client = line->joint.sides[LINE_CLIENT];
    const struct relay_watched watched = { .number = line->number, .side = SIDE_CLIENT, .stream = client };
    zoc_observer *watching = watch(line->relay, &watched);
    int result = zoc_tls_handshake(client);

    settle(line->relay, watching, result);
    if (result < 0)
        record_failed(&line->peer, "no TLS", result);
    return result == 0;
}

/* Of who is relayed alone. A recording tells on what it is told, so it comes after whoever watches. */
static int begin_recording(struct line *line)
{
    int result = relay_record(line->relay, &line->recording);

    if (line->recording)
        recording_follow(line->recording, SIDE_CLIENT, line->joint.sides[LINE_CLIENT]);
    return result;
}

static int open_and_join(struct line *line)
{
    zoc_stream *target = NULL;
    int result = begin_recording(line);
    const struct relay_caller caller = { .number = line->number, .recording = line->recording, .line = line };

    if (result == 0)
        result = relay_open_target(line->relay, &caller, &target);
    if (result < 0)
        record_unreached(line->relay, line->number, &line->peer, result);
    else
        line_join(line, target);
    return result;
}

/* The client is told by a reset that there is nobody for it. */
void line_run(zoc_stream *client, void *state)
{
    struct line line;
    int result = -EACCES;

    line_begin(&line, state, 0, client);
    if (admit(&line)) {
        line.number = line_number();
        if (agree(&line)) {
            zoc_set_name("line");
            result = open_and_join(&line);
        }
    }
    if (result < 0)
        stream_break_off(client);
    line_end(&line);
}

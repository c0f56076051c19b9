/* Two endpoints that are dialled and joined, once. */
#include "base/text.h"
#include "relay/line.h"
#include "relay/relay.h"
#include "talk/reach.h"

#include <errno.h>
#include <stdlib.h>
#include <zocalo/error.h>

static int open_source(const struct relay *relay, struct recording *recording, zoc_stream **ret_stream)
{
    const struct relay_watched watched = { .side = SIDE_CLIENT };
    struct reach reach = { .endpoint = relay->source, .timeout = relay->timeout, .wait = relay->wait };

    return relay_reach(relay, &watched, recording, &reach, ret_stream);
}

/* --- how it ended ---------------------------------------------------------------------------------- */

static int tell_idle(const struct relay *relay, const struct joint *joint)
{
    char text[ZOC_UNIT_TEXT];

    return zoc_refuse(joint->error, _("nothing came and nothing went for %s"),
                      zoc_duration_format(relay->idle, text, sizeof text));
}

static int tell_failure(const struct relay *relay, const struct joint *joint)
{
    const zoc_endpoint *side = joint->failed == LINE_CLIENT ? relay->source : relay->target;
    const char *why = joint->why ? joint->why : zoc_error_text(joint->error);

    if (relay->dump.error)
        return relay->dump.error == -EPIPE ? 0 : zoc_fail(relay->dump.error, "%s", _("standard output"));
    if (side->scheme == ZOC_STDIO && joint->error == -EPIPE)
        return 0;
    if (joint->error == -ZOC_EPROGRAM || joint->error == -EINVAL)
        return zoc_refuse(joint->error, "%s", why);
    char *text = zoc_endpoint_text(side);
    zoc_refuse(joint->error, "%s: %s", text ? text : "", why);
    free(text);
    return joint->error;
}

static int judge(const struct relay *relay, const struct joint *joint)
{
    switch (joint->end) {
    case JOINT_IDLE:
        return line_ended_well(joint) ? 0 : tell_idle(relay, joint);
    case JOINT_FAILED:
        return tell_failure(relay, joint);
    case JOINT_CUT:
        return -ECANCELED;
    default:
        return 0;
    }
}

/* --- once ------------------------------------------------------------------------------------------ */

/* The recording is the line's from here on. */
static int join(struct relay *relay, struct recording *recording, zoc_stream *source)
{
    zoc_stream *target;
    struct line line;

    line_begin(&line, relay, 0, source);
    line.recording = recording;
    int result = relay_open_target(relay, &(struct relay_caller){ .recording = recording, .line = &line }, &target);
    if (result < 0) {
        zoc_reset(source);
    } else {
        line_join(&line, target);
        result = judge(relay, &line.joint);
        zoc_finish(source);
    }
    line_end(&line);
    return result;
}

int relay_once(struct relay *relay)
{
    zoc_stream *source;
    struct recording *recording;
    int result = relay_record(relay, &recording);

    relay->dump = dump_to(relay->output, NULL);
    if (result < 0)
        return result;
    result = open_source(relay, recording, &source);
    if (result == 0)
        return join(relay, recording, source);
    recording_free(recording);
    return result;
}

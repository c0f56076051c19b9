#include "relay/record.h"

#include "relay/line.h"
#include "relay/session.h"

#include <errno.h>
#include <stdlib.h>
#include <zocalo/error.h>
#include <zocalo/log.h>

#define FIELDS_MAX 12

/* A record that is being made. */
struct record {
    struct zoc_log_field fields[FIELDS_MAX];
    unsigned count;
};

static void add_text(struct record *record, const char *key, const char *text)
{
    record->fields[record->count++] = (zoc_log_field){ key, text, 0 };
}

static void add_number(struct record *record, const char *key, int64_t number)
{
    record->fields[record->count++] = (zoc_log_field){ key, NULL, number };
}

/* --- a connection ---------------------------------------------------------------------------------- */

static const char *failure_of(int error)
{
    switch (error) {
    case -ECONNRESET:
    case -EPIPE:
        return "reset";
    case -ETIMEDOUT:
        return "timed out";
    case -ECONNREFUSED:
        return "refused";
    default:
        return "error";
    }
}

/* That nobody reads the dump any more is no failure of a side. */
static bool has_failed(const struct line *line)
{
    return line->joint.end == JOINT_FAILED && !line->cut && !line->relay->dump.error;
}

static const char *ending_of(const struct line *line)
{
    static const char *const endings[] = {
        [JOINT_IN_ORDER] = "in order", [JOINT_IDLE] = "idle", [JOINT_CUT] = "cut off"
    };

    if (line->cut)
        return "cut on purpose";
    if (line->joint.end != JOINT_FAILED)
        return endings[line->joint.end];
    return has_failed(line) ? failure_of(line->joint.error) : endings[JOINT_CUT];
}

/* Not in the frame of the line, which is there all the time that a connection is; and so with the next ones. */
__attribute__((noinline)) void record_line(const struct line *line)
{
    const struct joint *joint = &line->joint;
    zoc_account client = zoc_stream_account(joint->sides[LINE_CLIENT]);
    struct record record = { 0 };
    char peer[ZOC_ADDRESS_TEXT];

    if (!zoc_log_enabled(ZOC_LOG_INFO))
        return;
    char *target = zoc_endpoint_text(line->relay->target);
    add_number(&record, "connection", line->number);
    add_number(&record, "loop", zoc_crew_loop());
    add_text(&record, "peer", zoc_address_format(&line->peer, peer, sizeof peer));
    add_text(&record, "target", target ? target : "");
    add_number(&record, "duration_ns", zoc_now() - line->since);
    add_number(&record, "bytes_in", (int64_t)client.received);
    add_number(&record, "bytes_out", (int64_t)client.sent);
    add_text(&record, "ended", ending_of(line));
    if (has_failed(line)) {
        add_text(&record, "by", joint->failed == LINE_CLIENT ? "peer" : "target");
        add_text(&record, "error", joint->why ? joint->why : zoc_error_text(joint->error));
    }
    zoc_log_record(ZOC_LOG_INFO, "connection ended", record.fields, record.count);
    free(target);
}

__attribute__((noinline)) void record_unreached(const struct relay *relay, int64_t number, const zoc_address *peer,
                                                int error)
{
    zoc_log_level level = error == -ECANCELED ? ZOC_LOG_INFO : ZOC_LOG_WARNING;
    struct record record = { 0 };
    char text[ZOC_ADDRESS_TEXT];

    if (!zoc_log_enabled(level))
        return;
    char *target = zoc_endpoint_text(relay->target);
    add_number(&record, "connection", number);
    add_text(&record, "peer", zoc_address_format(peer, text, sizeof text));
    add_text(&record, "target", target ? target : "");
    add_text(&record, "error", *zoc_why() ? zoc_why() : zoc_error_text(error));
    zoc_log_record(level, "target not reached", record.fields, record.count);
    free(target);
}

__attribute__((noinline)) void record_failed(const zoc_address *peer, const char *what, int error)
{
    zoc_log_level level = error == -ECANCELED ? ZOC_LOG_INFO : ZOC_LOG_WARNING;
    struct record record = { 0 };
    char text[ZOC_ADDRESS_TEXT];

    if (!zoc_log_enabled(level))
        return;
    add_text(&record, "peer", zoc_address_format(peer, text, sizeof text));
    add_text(&record, "error", *zoc_why() ? zoc_why() : zoc_error_text(error));
    zoc_log_record(level, what, record.fields, record.count);
}

void record_renewed(const zoc_endpoint *place)
{
    struct record record = { 0 };
    char *text = zoc_endpoint_text(place);

    add_text(&record, "endpoint", text ? text : "");
    zoc_log_record(ZOC_LOG_INFO, "certificates read again", record.fields, record.count);
    free(text);
}

__attribute__((noinline)) void record_denied(const zoc_address *peer)
{
    char text[ZOC_ADDRESS_TEXT];

    if (zoc_log_enabled(ZOC_LOG_DEBUG))
        zoc_log(ZOC_LOG_DEBUG, "may not come: %s", zoc_address_format(peer, text, sizeof text));
}

/* --- a session of datagrams ------------------------------------------------------------------------ */

__attribute__((noinline)) void record_session(const struct session *session)
{
    struct record record = { 0 };
    char peer[ZOC_ADDRESS_TEXT];

    if (!zoc_log_enabled(ZOC_LOG_INFO))
        return;
    char *target = zoc_endpoint_text(session->relay->target);
    add_number(&record, "session", session->number);
    add_text(&record, "peer", zoc_address_format(&session->entry.who.peer, peer, sizeof peer));
    add_text(&record, "target", target ? target : "");
    add_number(&record, "duration_ns", zoc_now() - session->since);
    add_number(&record, "bytes_in", (int64_t)session->bytes_in);
    add_number(&record, "bytes_out", (int64_t)session->bytes_out);
    add_number(&record, "dropped", (int64_t)session->dropped);
    add_text(&record, "ended", session->error && !session->cut ? failure_of(session->error) : session->ended);
    if (session->error && !session->cut)
        add_text(&record, "error", session->why ? session->why : zoc_error_text(session->error));
    zoc_log_record(ZOC_LOG_INFO, "session ended", record.fields, record.count);
    free(target);
}

#include "relay/impair.h"

#include "base/text.h"
#include "net/stream.h"
#include "relay/transit.h"
#include "relay/wire.h"
#include "talk/flow.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zocalo/error.h>
#include <zocalo/fiber.h>
#include <zocalo/sync.h>

/* A fiber takes what comes from the source, another passes on what may leave. */
struct way {
    struct impaired *impaired;
    zoc_group both;
    struct wire wire;
    struct transit transit;
    zoc_event news; /* something came, or the source has ended */
    zoc_event room; /* something has left */

    bool ended;      /* the source has */
    zoc_time end_at; /* when that is through */
    int end;         /* 0, or a failure of the source */
    char *why;       /* the words behind it; owned */
    int result;      /* of all of it */
};

/* --- what comes ----------------------------------------------------------------------------------- */

static int take_piece(struct way *way, zoc_bytes piece)
{
    if (wire_loses(&way->wire))
        return 0;
    int result = transit_add(&way->transit, wire_delays(&way->wire, zoc_now()), piece);
    zoc_event_set(&way->news);
    return result;
}

/* More of a stream than a datagram takes becomes several. */
static int take(struct way *way, zoc_bytes chunk)
{
    const struct impaired *impaired = way->impaired;
    bool divides = zoc_stream_has_messages(impaired->sink) && !zoc_stream_has_messages(impaired->source);
    size_t most = divides && chunk.size > LETTER_MAX ? LETTER_MAX : chunk.size;
    int result = take_piece(way, (zoc_bytes){ chunk.data, most });

    if (result == 0 && most < chunk.size)
        result = take_piece(way, (zoc_bytes){ chunk.data + most, chunk.size - most });
    return result;
}

/* What has come by a soft stop is still taken. */
static int await_room(struct way *way)
{
    int result = 0;

    ZOC_FINISH {
        while (result == 0 && !transit_has_room(&way->transit)) {
            zoc_event_clear(&way->room);
            result = zoc_event_wait(&way->room);
        }
    }
    return result;
}

static bool is_end(const zoc_stream *source, ssize_t received, zoc_bytes chunk)
{
    return received == 0 && !(zoc_stream_has_messages(source) && chunk.data);
}

static int take_all(struct way *way)
{
    zoc_stream *source = way->impaired->source;
    zoc_bytes chunk = { 0 };
    int result;

    while ((result = await_room(way)) == 0) {
        ssize_t received = zoc_receive(source, &chunk);
        if (received < 0)
            return (int)received;
        if (is_end(source, received, chunk))
            return 0;
        result = take(way, chunk);
        if (result < 0)
            return result;
    }
    return result;
}

static int run_taking(void *arg)
{
    struct way *way = arg;

    way->end = take_all(way);
    if (way->end < 0)
        way->why = strdup(zoc_why());
    way->end_at = wire_delays_end(&way->wire, zoc_now());
    way->ended = true;
    zoc_event_set(&way->news);
    return 0;
}

/* --- when it may leave ---------------------------------------------------------------------------- */

/* As far as is known: ZOC_NEVER when there is nothing. */
static zoc_time next_departure(struct way *way, zoc_time now)
{
    const struct piece *piece = way->transit.first;
    zoc_time through_at = piece ? piece->through_at : way->ended ? way->end_at : ZOC_NEVER;

    if (through_at > now)
        return through_at;
    return wire_leaves(&way->wire, now, piece ? wire_bit(&way->wire, piece->size) : 0);
}

/* Until that time, or until something has come. */
static int await_news(struct way *way, zoc_duration duration)
{
    int result = 0;

    zoc_event_clear(&way->news);
    ZOC_WITHIN(duration)
        result = zoc_event_wait(&way->news);
    return result == -ETIMEDOUT && zoc_now() < zoc_deadline() ? 0 : result;
}

static int await_departure(struct way *way)
{
    int result = 0;

    while (result == 0) {
        zoc_time now = zoc_now(), at = next_departure(way, now);
        if (at <= now)
            return 0;
        result = await_news(way, at - now);
    }
    return result;
}

/* --- what leaves ---------------------------------------------------------------------------------- */

/* What comes meanwhile is through later, and so the first piece stays the first. */
static int pass_bit(struct way *way)
{
    struct impaired *impaired = way->impaired;
    zoc_bytes bit = transit_front(&way->transit);

    bit.size = wire_bit(&way->wire, bit.size);
    wire_passed(&way->wire, zoc_now(), bit.size);
    ssize_t written = zoc_write(impaired->sink, bit.data, bit.size);
    impaired->sink_failed = written < 0;
    if (written < 0)
        return (int)written;
    impaired->passed += bit.size;
    int result = tap_see(impaired->tap, bit);
    transit_leave(&way->transit, bit.size);
    zoc_event_set(&way->room);
    return result;
}

static void await_arrival(const zoc_stream *sink)
{
    int result = 0;

    ZOC_WITHIN(IMPAIR_PARTING)
        for (zoc_duration pause = ZOC_MILLISECOND; stream_unsent(sink) > 0 && result == 0; pause *= 2)
            result = zoc_sleep(pause);
}

static int cut(struct impaired *impaired)
{
    await_arrival(impaired->sink);
    impaired->cut = true;
    return zoc_refuse(-ECONNRESET, "%s", _("cut on purpose"));
}

static int pass_end(const struct way *way)
{
    if (way->end < 0)
        return zoc_refuse(way->end, "%s", way->why ? way->why : zoc_error_text(way->end));
    return zoc_shut(way->impaired->sink);
}

static int pass_first(struct way *way)
{
    if (wire_cuts(&way->wire, way->transit.first->size))
        return cut(way->impaired);
    int result = pass_bit(way);
    return result == 0 && wire_cuts(&way->wire, 0) ? cut(way->impaired) : result;
}

static int pass_all(struct way *way)
{
    int result = 0;

    while (result == 0) {
        result = await_departure(way);
        if (result == 0 && !way->transit.first)
            return pass_end(way);
        if (result == 0)
            result = pass_first(way);
    }
    return result;
}

static int run_passing(void *arg)
{
    struct way *way = arg;

    ZOC_FINISH
        way->result = pass_all(way);
    zoc_group_cancel(&way->both);
    return way->result;
}

int impair_pump(struct impaired *impaired)
{
    struct way way = { .impaired = impaired };
    bool datagrams = zoc_stream_has_messages(impaired->source) || zoc_stream_has_messages(impaired->sink);

    wire_init(&way.wire, impaired->impairment, impaired->connection, impaired->direction, datagrams);
    int started = zoc_go(&way.both, run_taking, &way);
    if (started == 0)
        started = zoc_go(&way.both, run_passing, &way);
    if (started < 0)
        zoc_group_cancel(&way.both);
    int result = zoc_group_wait(&way.both);
    transit_release(&way.transit);
    free(way.why);
    return started < 0 ? started : result < 0 ? result : way.result;
}

#include "relay/impair.h"

#include "base/text.h"
#include "relay/transit.h"
#include "relay/wire.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zocalo/error.h>
#include <zocalo/fiber.h>
#include <zocalo/sync.h>

/* A fiber takes what comes, another passes on what may leave. */
struct way {
    struct impaired *impaired;
    zoc_group both;
    struct wire wire;
    struct transit transit;
    zoc_event news; /* something came, or no more will */
    zoc_event room; /* something has left */

    bool ended;      /* no more comes */
    zoc_time end_at; /* when that is through */
    int end;         /* 0, or why, where that is a failure */
    char *why;       /* the words behind it; owned */
    int result;      /* of all of it */
};

/* --- what comes ----------------------------------------------------------------------------------- */

static int take(struct way *way, zoc_bytes bytes)
{
    if (wire_loses(&way->wire))
        return 0;
    int result = transit_add(&way->transit, wire_delays(&way->wire, zoc_now()), bytes);
    zoc_event_set(&way->news);
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

static bool is_end(const struct impaired *impaired, zoc_bytes bytes)
{
    return bytes.size == 0 && !(impaired->datagrams && bytes.data);
}

static int take_all(struct way *way)
{
    struct impaired *impaired = way->impaired;
    int result = 0;

    while (result == 0) {
        zoc_bytes bytes = { 0 };
        result = await_room(way);
        ssize_t received = result == 0 ? impaired->receive(impaired, &bytes) : result;
        if (received < 0)
            return (int)received;
        if (is_end(impaired, bytes))
            return 0;
        result = take(way, bytes);
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
    zoc_bytes bit = transit_front(&way->transit);

    bit.size = wire_bit(&way->wire, bit.size);
    wire_passed(&way->wire, zoc_now(), bit.size);
    int result = way->impaired->pass(way->impaired, bit);
    transit_leave(&way->transit, bit.size);
    zoc_event_set(&way->room);
    return result;
}

static int cut(struct way *way)
{
    way->impaired->cut = true;
    return zoc_refuse(-ECONNRESET, "%s", _("cut on purpose"));
}

static int pass_end(const struct way *way)
{
    return way->end < 0 ? zoc_refuse(way->end, "%s", way->why ? way->why : zoc_error_text(way->end)) : 0;
}

static int pass_first(struct way *way)
{
    if (wire_cuts(&way->wire, way->transit.first->size))
        return cut(way);
    int result = pass_bit(way);
    return result == 0 && wire_cuts(&way->wire, 0) ? cut(way) : result;
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

int impair_run(struct impaired *impaired)
{
    struct way way = { .impaired = impaired };

    wire_init(&way.wire, impaired->impairment, impaired->connection, impaired->direction, impaired->datagrams);
    int started = zoc_go(&way.both, run_taking, &way);
    if (started == 0)
        started = zoc_go(&way.both, run_passing, &way);
    if (started < 0)
        zoc_group_cancel(&way.both);
    int result = zoc_group_wait(&way.both);
    impaired->lost = way.transit.first;
    transit_release(&way.transit);
    free(way.why);
    return started < 0 ? started : result < 0 ? result : way.result;
}

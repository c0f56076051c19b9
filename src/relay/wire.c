#include "relay/wire.h"

static zoc_time later(zoc_time time, zoc_duration duration)
{
    return duration < ZOC_NEVER - time ? time + duration : ZOC_NEVER;
}

static zoc_time latest(zoc_time one, zoc_time other)
{
    return one > other ? one : other;
}

/* --- chance --------------------------------------------------------------------------------------- */

enum { LOSSES, JITTERS };

/* Seeds that are near each other must not draw alike. */
static struct chance chance_of(uint64_t seed, uint64_t connection, unsigned direction, unsigned what)
{
    struct chance chance;

    chance_seed(&chance, seed);
    chance_seed(&chance, chance_bits(&chance) ^ connection);
    chance_seed(&chance, chance_bits(&chance) ^ (2 * direction + what));
    return chance;
}

void wire_init(struct wire *wire, const struct impairment *impairment, uint64_t connection, unsigned direction,
               bool datagrams)
{
    *wire = (struct wire){ .impairment = impairment,
                           .losses = chance_of(impairment->seed, connection, direction, LOSSES),
                           .jitters = chance_of(impairment->seed, connection, direction, JITTERS),
                           .datagrams = datagrams };
}

/* --- what comes ----------------------------------------------------------------------------------- */

bool wire_loses(struct wire *wire)
{
    return wire->datagrams && chance_below(&wire->losses, LOSS_ALL) < wire->impairment->loss;
}

static zoc_time draw_delay(struct wire *wire, zoc_time now)
{
    uint64_t jitter = chance_below(&wire->jitters, (uint64_t)wire->impairment->jitter + 1);

    return later(later(now, wire->impairment->delay), (zoc_duration)jitter);
}

zoc_time wire_delays(struct wire *wire, zoc_time now)
{
    zoc_time through_at = draw_delay(wire, now);

    wire->through_at = latest(wire->through_at, through_at);
    return wire->datagrams ? through_at : wire->through_at;
}

zoc_time wire_delays_end(struct wire *wire, zoc_time now)
{
    return latest(wire->through_at, draw_delay(wire, now));
}

/* --- what leaves ---------------------------------------------------------------------------------- */

bool wire_cuts(const struct wire *wire, size_t size)
{
    uint64_t most = wire->impairment->cut_after;

    return most > 0 && (wire->passed >= most || (wire->datagrams && size > most - wire->passed));
}

/* Bytes at a time: what the bucket holds. */
static uint64_t burst_size(uint64_t rate)
{
    uint64_t size = rate / (ZOC_SECOND / WIRE_BURST);

    return size > 0 ? size : 1;
}

static bool is_before_stall(const struct wire *wire)
{
    const struct impairment *impairment = wire->impairment;

    return impairment->stall > 0 && !wire->stalled && wire->passed < impairment->stall_after;
}

static size_t at_most(size_t size, uint64_t most)
{
    return size < most ? size : (size_t)most;
}

size_t wire_bit(const struct wire *wire, size_t size)
{
    const struct impairment *impairment = wire->impairment;

    if (wire->datagrams)
        return size;
    if (impairment->rate > 0)
        size = at_most(size, burst_size(impairment->rate));
    if (impairment->cut_after > 0)
        size = at_most(size, impairment->cut_after - wire->passed);
    if (is_before_stall(wire))
        size = at_most(size, impairment->stall_after - wire->passed);
    return size;
}

static void begin_stall(struct wire *wire, zoc_time now, size_t size)
{
    const struct impairment *impairment = wire->impairment;
    bool waits = is_before_stall(wire) && size <= impairment->stall_after - wire->passed;

    if (impairment->stall == 0 || wire->stalled || waits)
        return;
    wire->stalled = true;
    wire->silent_until = later(now, impairment->stall);
}

/* How long that takes at the rate, rounded up: no more passes than may. */
static zoc_duration cost(const struct wire *wire, size_t size)
{
    uint64_t rate = wire->impairment->rate;

    return rate > 0 && size > 0 ? (zoc_duration)(((uint64_t)size * ZOC_SECOND - 1) / rate + 1) : 0;
}

/* Since then nothing has left, as far as the bucket is concerned: it never holds more than a burst. */
static zoc_time paid_at(const struct wire *wire, zoc_time now)
{
    return latest(wire->paid_at, now - WIRE_BURST);
}

/* What costs more than the bucket holds leaves when it is full, and is paid for afterwards. */
zoc_time wire_leaves(struct wire *wire, zoc_time now, size_t size)
{
    zoc_duration price = cost(wire, size);
    zoc_duration needed = price < WIRE_BURST ? price : WIRE_BURST;

    begin_stall(wire, now, size);
    return latest(latest(now, wire->silent_until), later(paid_at(wire, now), needed));
}

void wire_passed(struct wire *wire, zoc_time now, size_t size)
{
    wire->paid_at = later(paid_at(wire, now), cost(wire, size));
    wire->passed += size;
}

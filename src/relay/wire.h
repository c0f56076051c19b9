/* One direction of a connection through a bad network: when what comes is through, when it may leave, how much of it at
 * once, and where it ends. No I/O; time is an argument and does not go back.
 *
 * What comes is delayed first, and then leaves at the rate that there is: so a piece that is through may still have to
 * wait for those before it. */
#ifndef ZOC_RELAY_WIRE_H
#define ZOC_RELAY_WIRE_H

#include "base/chance.h"
#include "relay/impairment.h"

/* The token bucket holds what passes in so long: so much leaves at once after a silence, and at a steady rate a stream
 * leaves in bits of that size. */
#define WIRE_BURST (20 * ZOC_MILLISECOND)

struct wire {
    const struct impairment *impairment;
    struct chance losses, jitters; /* each has its own: what is lost does not depend on whether there is jitter */
    bool datagrams;                /* they are lost, overtake, and are not divided */
    bool stalled;                  /* the stall has begun */
    zoc_time silent_until;         /* its end, once it has */
    zoc_time through_at;           /* the latest time at which something that came is through */
    zoc_time paid_at;              /* when the rate has made up for all that has left */
    uint64_t passed;               /* bytes that have left */
};

/* What is drawn is a function of the seed, of the number of the connection and of the direction (0 or 1), and of nothing
 * else: the nth thing that comes suffers what the nth did the last time. The impairment is borrowed. */
void wire_init(struct wire *wire, const struct impairment *impairment, uint64_t connection, unsigned direction,
               bool datagrams);

/* --- what comes ----------------------------------------------------------------------------------- */

/* Whether this datagram is lost. Of a stream nothing is. */
bool wire_loses(struct wire *wire);

/* When a piece or a datagram that comes now is through; of a stream not before what came earlier. */
zoc_time wire_delays(struct wire *wire, zoc_time now);

/* The same for the end of a source: not before anything that came. */
zoc_time wire_delays_end(struct wire *wire, zoc_time now);

/* --- what leaves ---------------------------------------------------------------------------------- */

/* Whether the connection is to be cut now, before something of `size` bytes leaves: so many have passed as may. A datagram
 * that does not fit any more is not divided. */
bool wire_cuts(const struct wire *wire, size_t size);

/* How much of something of `size` bytes leaves at once, when it does; all of a datagram. 0 for 0: an end, or a datagram of
 * no bytes. At least 1 otherwise. Not when the wire is cut. */
size_t wire_bit(const struct wire *wire, size_t size);

/* When a bit of `size` bytes that is through now may leave: now, or later. A stall begins here. */
zoc_time wire_leaves(struct wire *wire, zoc_time now, size_t size);

/* It leaves now. */
void wire_passed(struct wire *wire, zoc_time now, size_t size);

#endif

/* One direction of two streams that are joined, through a bad network. */
#ifndef ZOC_RELAY_IMPAIR_H
#define ZOC_RELAY_IMPAIR_H

#include "net/tap.h"
#include "relay/impairment.h"

/* Before a cut what was passed on is given so long to reach the peer: the reset that follows destroys what is still on its
 * way (RFC 9293 section 3.10.5). */
#define IMPAIR_PARTING (1 * ZOC_SECOND)

struct impaired {
    zoc_stream *source, *sink; /* not closed here */
    struct tap *tap;           /* sees what has left. NULL: nobody */
    const struct impairment *impairment;
    uint64_t connection; /* its number, and */
    unsigned direction;  /* 0 or 1: what is drawn depends on both */

    /* Results; zeroed before. */
    uint64_t passed;  /* bytes */
    bool sink_failed; /* of a failure: that it was the sink's */
    bool cut;         /* the connection is to be cut now: the caller resets both streams */
};

/* As zoc_pump_one_way, but that nothing is spliced. The end of the source is passed on after all that came before it, and so
 * a failure is returned after that. After a soft stop what is on its way still arrives, in its time. At most TRANSIT_MAX
 * bytes are kept; then the source is not read. Waits. Returns 0 or a negative errno with words; after a cut -ECONNRESET. */
int impair_pump(struct impaired *impaired);

#endif

/* One direction of a conversation through a bad network. */
#ifndef ZOC_RELAY_IMPAIR_H
#define ZOC_RELAY_IMPAIR_H

#include "relay/impairment.h"
#include "stream/tap.h"

struct impaired {
    const struct impairment *impairment;
    uint64_t connection; /* its number, and */
    unsigned direction;  /* 0 or 1: what is drawn depends on both */
    bool datagrams;      /* what comes is one each time, and leaves as one */

    /* Where it comes from: as zoc_receive of a stream, or, with `datagrams`, of one of messages. */
    ssize_t (*receive)(struct impaired *impaired, zoc_bytes *ret_bytes);
    /* Where it goes to. Waits until it has gone. Returns 0 or a negative errno with words, which ends it. */
    int (*pass)(struct impaired *impaired, zoc_bytes bytes);

    /* Results; zeroed before. */
    bool cut;  /* the conversation is to be cut now */
    bool lost; /* something has come, and not gone */
};

/* Runs until what comes has ended and all of it has gone. A failure of what comes is returned after that. After a soft stop
 * what is on its way still goes, in its time. At most TRANSIT_MAX bytes are kept; then no more is received. Waits. Returns 0
 * or a negative errno with words; after a cut -ECONNRESET. */
int impair_run(struct impaired *impaired);

/* --- streams -------------------------------------------------------------------------------------- */

/* Before a cut what was passed on is given so long to reach the peer: the reset that follows destroys what is still on its
 * way (RFC 9293 section 3.10.5). */
#define IMPAIR_PARTING (1 * ZOC_SECOND)

struct impaired_pump {
    struct impaired impaired;  /* first; with an impairment, a connection and a direction */
    zoc_stream *source, *sink; /* not closed here */
    struct tap *tap;           /* sees what has gone. NULL: nobody */

    /* Results; zeroed before. */
    uint64_t passed;  /* bytes */
    bool sink_failed; /* of a failure: that it was the sink's */
};

/* As zoc_pump_one_way, and as impair_run; nothing is spliced. The end of the source is passed on as a half-close. After a
 * cut the caller resets both streams. */
int impair_pump(struct impaired_pump *pump);

#endif

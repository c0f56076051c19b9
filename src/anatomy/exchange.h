/* A small exchange with an endpoint, which is looked at closely: connects, says something, hears what is answered, half-closes, hears
 * the end. */
#ifndef ZOC_ANATOMY_EXCHANGE_H
#define ZOC_ANATOMY_EXCHANGE_H

#include "anatomy/facts.h"
#include "anatomy/moment.h"

#include <zocalo/net.h>

#define MOMENTS_MAX        48
#define EXCHANGE_HEARD_MAX (256 * 1024) /* bytes that are heard at most: then it ends, though the peer may go on */

/* A connection that was tried. */
struct attempt {
    zoc_address address;
    zoc_time begun, ended; /* 0: it has not */
    int error;             /* 0: none */
};

struct exchange {
    /* Set by the caller. */
    const zoc_endpoint *endpoint; /* tcp, tls, udp, unix or a path, and not to listen at */
    zoc_bytes say;                /* empty: nothing is said */
    zoc_duration wait;            /* for an answer, and for the end of the peer, each */
    zoc_duration timeout;         /* connecting takes at most so long; 0: as long as it does */

    /* What came of it. */
    struct facts facts;
    struct moment moments[MOMENTS_MAX];
    size_t moment_count;
    struct attempt attempts[ZOC_ADDRESSES_MAX];
    unsigned attempt_count;
    size_t said, heard; /* bytes, as the program sees them */
    zoc_time begun;     /* the attempt that counts: times are told from here */
};

/* Waits. Returns 0 when a connection came about, whatever became of it, or as zoc_dial_endpoint with its words; what was tried
 * is told then as well. -EINVAL for another endpoint. */
int exchange_run(struct exchange *exchange);

#endif

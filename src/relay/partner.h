/* Partners: each of many who wait gets the next one who comes at a listener. */
#ifndef ZOC_RELAY_PARTNER_H
#define ZOC_RELAY_PARTNER_H

#include "talk/access.h"

#include <zocalo/net.h>
#include <zocalo/sync.h>

/* Of one loop. Zeroed, with the first two set. */
struct partners {
    zoc_listener *listener;      /* not closed here */
    const struct access *access; /* who may not come is nobody's partner */
    bool busy;                   /* a fiber accepts: only one may at a time */
    zoc_event idle;              /* it no longer does */
};

/* Waits. Returns as zoc_accept. */
int partner_await(struct partners *partners, zoc_stream **ret_stream);

#endif

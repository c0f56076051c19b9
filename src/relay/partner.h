/* Partners: each of many who wait gets the next one who comes at a listener. */
#ifndef ZOC_RELAY_PARTNER_H
#define ZOC_RELAY_PARTNER_H

#include "relay/turn.h"
#include "talk/access.h"

#include <zocalo/net.h>

/* Of one loop. Zeroed, with the first two set. */
struct partners {
    zoc_listener *listener;      /* not closed here */
    const struct access *access; /* who may not come is nobody's partner */
    struct turn accepting;       /* only one fiber may */
};

/* Waits. Returns as zoc_accept. */
int partner_await(struct partners *partners, zoc_stream **ret_stream);

#endif

/* What is known of a connection that headers follow from: asked of its socket, of the kernel, of TLS. */
#ifndef ZOC_ANATOMY_FACTS_H
#define ZOC_ANATOMY_FACTS_H

#include "look/offer.h"
#include "look/way.h"

#include <zocalo/endpoint.h>

enum carrier { CARRIER_TCP, CARRIER_UDP, CARRIER_UNIX };

/* What the two ends of TCP told each other in their SYNs (RFC 9293 section 3.2, RFC 7323, RFC 2018, RFC 3168). */
struct tcp_terms {
    bool timestamps, sack, window_scale, ecn; /* agreed on */
    unsigned mss;                             /* the one that our SYN has; 0: not known */
    unsigned scale;                           /* by so many bits our windows are shifted, the server's ... */
    unsigned peer_scale;                      /* ... by so many */
    unsigned segment;                         /* bytes of data that a segment of ours has at most; 0: not known */
};

/* What TLS puts around what is said: in front a head and a nonce, behind a content type and a tag. */
struct tls_terms {
    const char *version, *cipher; /* NULL: there is no TLS */
    bool inner_type;              /* TLS 1.3: the true content type is encrypted too */
    unsigned nonce, tag;          /* bytes */
    bool sized;                   /* the two are known */
};

struct facts {
    enum carrier carrier;
    zoc_address client, server;
    struct look_way way; /* index 0: not known */
    struct look_offer offer;
    struct tcp_terms tcp;
    struct tls_terms tls;
    unsigned tos, ttl; /* of IPv6: traffic class, hop limit */
    bool dont_fragment;
};

/* The same address; one of IPv4 that is mapped into IPv6 (RFC 4291 section 2.5.5.2) as what it is: it is IPv4 that goes over the
 * wire. */
zoc_address facts_plain(const zoc_address *address);

#endif

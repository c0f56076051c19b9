/* Which local addresses of tcp and udp sockets stand in each other's way. */
#ifndef ZOC_LOOK_CLASH_H
#define ZOC_LOOK_CLASH_H

#include <stdbool.h>
#include <zocalo/endpoint.h>

/* What a socket is bound to. */
struct look_local {
    zoc_address address;
    bool only6;         /* IPV6_V6ONLY: the wildcard of IPv6 leaves IPv4 alone */
    unsigned interface; /* index of the one interface that it is for; 0: all of them */
};

/* Whether two internet sockets of one protocol that do not share (SO_REUSEADDR, SO_REUSEPORT) could not be bound to
 * both (ip(7), ipv6(7)): the ports are the same, and some packet could be meant for either. */
bool look_clash(const struct look_local *one, const struct look_local *other);

#endif

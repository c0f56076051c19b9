/* How this network namespace is set up, as far as a connection that fails asks for it. */
#ifndef ZOC_LOOK_NETWORK_H
#define ZOC_LOOK_NETWORK_H

#include <stdbool.h>
#include <stdint.h>

/* The ports that the kernel chooses from where nobody names one, both ends included (ip(7), ip_local_port_range). Reads
 * a file of /proc. Returns 0 or a negative errno. */
int look_ephemeral_ports(uint16_t *ret_first, uint16_t *ret_last);

struct look_ip6 {
    bool address; /* there is one that reaches farther than the link (RFC 4007 section 4), ULAs (RFC 4193) included */
    bool route;   /* there is a default one */
};

/* Whether somebody beyond the links of this machine could be reached with IPv6. Reads files of /proc. Returns 0, also on
 * a kernel without IPv6, which has neither; or a negative errno. */
int look_ip6(struct look_ip6 *ret_ip6);

#endif

/* Names to addresses. */
#ifndef ZOC_NET_RESOLVER_H
#define ZOC_NET_RESOLVER_H

#include <zocalo/observer.h>

/* Where the answers for names that are neither digits nor localhost come from: the real one asks name servers
 * (resolver_cares.c); a simulated world puts another here before the first loop runs. One family at a time, AF_INET or
 * AF_INET6. Waits. Returns how many addresses, sorted (RFC 6724), with port 0; -ZOC_ENAME, -ZOC_ENAMEFAIL, -ECANCELED,
 * -ETIMEDOUT; without words. In any case it says in ret_answer who answered, and for how long that is true: by, server
 * and ttl. */
typedef int resolver_lookup_fn(const char *name, int family, zoc_address *ret_addresses, unsigned max,
                               zoc_answer *ret_answer);

extern resolver_lookup_fn *resolver_lookup;

resolver_lookup_fn resolver_cares;

/* The addresses of a host in one family, with that port. Digits, "", localhost and what ends with .localhost (RFC 6761
 * section 6.3) need nobody; others are looked up. Waits. Returns how many there are, or why there is none, with words;
 * and all of ret_answer. */
int resolver_find(const char *host, uint16_t port, int family, zoc_address *ret_addresses, unsigned max,
                  zoc_answer *ret_answer);

/* The name of an IPv4 or IPv6 address (PTR, RFC 1035 section 3.5), from the hosts file or name servers; one that is mapped
 * into IPv6 is the IPv4 address that it is. Waits. Returns 0; as resolver_lookup; without words. */
int resolver_name(const zoc_address *address, char *ret_name, size_t size);

#endif

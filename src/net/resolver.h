/* Names to addresses. */
#ifndef ZOC_NET_RESOLVER_H
#define ZOC_NET_RESOLVER_H

#include <zocalo/endpoint.h>

/* Where the answers for names that are neither digits nor localhost come from: the real one asks name servers
 * (resolver_cares.c); a simulated world puts another here before the first loop runs. One family at a time, AF_INET or
 * AF_INET6. Waits. Returns how many addresses, sorted (RFC 6724), with port 0; -ZOC_ENAME, -ZOC_ENAMEFAIL, -ECANCELED,
 * -ETIMEDOUT; without words. */
extern int (*resolver_lookup)(const char *name, int family, zoc_address *ret_addresses, unsigned max);

int resolver_cares(const char *name, int family, zoc_address *ret_addresses, unsigned max);

/* The name of an IPv4 or IPv6 address (PTR, RFC 1035 section 3.5), from the hosts file or name servers; one that is mapped
 * into IPv6 is the IPv4 address that it is. Waits. Returns 0; as resolver_lookup; without words. */
int resolver_name(const zoc_address *address, char *ret_name, size_t size);

/* The answers that need nobody: digits, "", localhost and what ends with .localhost (RFC 6761 section 6.3). Returns how
 * many; -ENOENT when somebody has to be asked; -ZOC_ENAME when it has no address of that family. */
int resolver_known(const char *name, int family, zoc_address *ret_addresses, unsigned max);

#endif

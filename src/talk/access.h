/* Who may come: lists of blocks of addresses. */
#ifndef ZOC_TALK_ACCESS_H
#define ZOC_TALK_ACCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <zocalo/endpoint.h>

/* The addresses that begin with the same bits (CIDR, RFC 4632 and RFC 4291 section 2.3). An IPv4 block is kept as the block
 * of mapped IPv6 addresses that it is (RFC 4291 section 2.5.5.2): there is one family to compare. */
struct access_block {
    struct in6_addr address;
    unsigned bits; /* 0 to 128 */
};

/* Zeroed, it is empty. */
struct access_list {
    struct access_block *blocks; /* owned */
    size_t count;
};

/* Zeroed, everybody may come. */
struct access {
    struct access_list allow, deny;
};

/* Adds a block: "10.0.0.0/8", "fd00::/8", "::ffff:10.0.0.0/104"; an address alone is itself. Bits behind the prefix do not
 * count. Returns 0; -EINVAL with words that quote the text and say where it is wrong; -ENOMEM. */
int access_add(struct access_list *list, const char *text);

/* Who is denied may not come; where anybody is allowed, nobody else may. A peer that has no such address (of a Unix socket)
 * always may. */
bool access_admits(const struct access *access, const zoc_address *peer);

/* Whether the list has the address of the peer. A peer that has no such address is in none. */
bool access_lists(const struct access_list *list, const zoc_address *peer);

void access_list_release(struct access_list *list);
void access_release(struct access *access);

#endif

#include "talk/access.h"

#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zocalo/error.h>

#define MAPPED_BITS 96 /* before an IPv4 address that is mapped into IPv6 */
#define PREFIX_MAX  128
#define QUOTE       64 /* bytes of the text in words */

/* --- addresses ------------------------------------------------------------------------------------ */

static struct in6_addr map(struct in_addr ip4)
{
    struct in6_addr mapped = { .s6_addr = { [10] = 0xff, [11] = 0xff } };

    memcpy(mapped.s6_addr + 12, &ip4, sizeof ip4);
    return mapped;
}

/* Whether it has one. */
static bool find_address(const zoc_address *address, struct in6_addr *ret_address)
{
    int family = address->size ? address->any.sa_family : AF_UNSPEC;

    if (family == AF_INET)
        *ret_address = map(address->ip4.sin_addr);
    else if (family == AF_INET6)
        *ret_address = address->ip6.sin6_addr;
    return family == AF_INET || family == AF_INET6;
}

/* A block of IPv6 addresses has no IPv4 ones in it, although they are written as mapped ones here: ::/0 is IPv6. */
static bool is_ip4(const struct access_block *block)
{
    return block->bits >= MAPPED_BITS && IN6_IS_ADDR_V4MAPPED(&block->address);
}

static bool contains(const struct access_block *block, const struct in6_addr *address)
{
    if (is_ip4(block) != (bool)IN6_IS_ADDR_V4MAPPED(address))
        return false;
    unsigned bytes = block->bits / 8, rest = block->bits % 8;

    if (memcmp(block->address.s6_addr, address->s6_addr, bytes) != 0)
        return false;
    return rest == 0 || (block->address.s6_addr[bytes] ^ address->s6_addr[bytes]) >> (8 - rest) == 0;
}

static bool list_contains(const struct access_list *list, const struct in6_addr *address)
{
    for (size_t i = 0; i < list->count; i++)
        if (contains(&list->blocks[i], address))
            return true;
    return false;
}

bool access_admits(const struct access *access, const zoc_address *peer)
{
    struct in6_addr address;

    if (!find_address(peer, &address))
        return true;
    if (list_contains(&access->deny, &address))
        return false;
    return access->allow.count == 0 || list_contains(&access->allow, &address);
}

bool access_lists(const struct access_list *list, const zoc_address *peer)
{
    struct in6_addr address;

    return find_address(peer, &address) && list_contains(list, &address);
}

/* --- reading -------------------------------------------------------------------------------------- */

/* `at` counts from 0. */
static int refuse(const char *text, size_t at, const char *why)
{
    char quoted[QUOTE];

    return zoc_refuse(-EINVAL, _("block '%s': character %zu: %s"),
                      zoc_escape(zoc_bytes_of(text), quoted, sizeof quoted), at + 1, why);
}

/* Decimal digits, `max` at most; -1 when it is anything else. */
static int read_bits(const char *text, int max)
{
    int bits = 0;

    if (!*text)
        return -1;
    for (; *text; text++) {
        if (*text < '0' || *text > '9')
            return -1;
        bits = bits * 10 + (*text - '0');
        if (bits > max)
            return -1;
    }
    return bits;
}

static int read_prefix(const char *text, size_t at, bool ip4, unsigned *ret_bits)
{
    unsigned before = ip4 ? MAPPED_BITS : 0;
    int bits = read_bits(text + at, (int)(PREFIX_MAX - before));

    if (bits < 0)
        return refuse(text, at, ip4 ? _("after '/' a number from 0 to 32") : _("after '/' a number from 0 to 128"));
    *ret_bits = before + (unsigned)bits;
    return 0;
}

/* A zone (fe80::1%eth0) is refused: a block is of addresses, not of interfaces. */
static int read_block(const char *text, struct access_block *ret_block)
{
    const char *slash = strchr(text, '/');
    size_t size = slash ? (size_t)(slash - text) : strlen(text);
    char digits[INET6_ADDRSTRLEN];
    zoc_address address;
    struct access_block block = { .bits = PREFIX_MAX };

    if (memchr(text, '%', size))
        return refuse(text, strcspn(text, "%"), _("a block has no zone"));
    if (size >= sizeof digits)
        return refuse(text, 0, _("no IPv4 or IPv6 address"));
    memcpy(digits, text, size);
    digits[size] = '\0';
    if (zoc_address_parse_ip(digits, 0, &address) < 0)
        return refuse(text, 0, _("no IPv4 or IPv6 address"));
    find_address(&address, &block.address);
    int result = slash ? read_prefix(text, size + 1, address.any.sa_family == AF_INET, &block.bits) : 0;
    if (result == 0)
        *ret_block = block;
    return result;
}

int access_add(struct access_list *list, const char *text)
{
    struct access_block block;
    int result = read_block(text, &block);

    if (result < 0)
        return result;
    struct access_block *blocks = reallocarray(list->blocks, list->count + 1, sizeof *blocks);
    if (!blocks)
        return zoc_fail(-ENOMEM, _("block '%s'"), text);
    blocks[list->count++] = block;
    list->blocks = blocks;
    return 0;
}

void access_list_release(struct access_list *list)
{
    free(list->blocks);
    *list = (struct access_list){ 0 };
}

void access_release(struct access *access)
{
    access_list_release(&access->allow);
    access_list_release(&access->deny);
}

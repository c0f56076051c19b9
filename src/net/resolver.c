#include "net/resolver.h"

#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <zocalo/error.h>
#include <zocalo/net.h>

int (*resolver_lookup)(const char *name, int family, zoc_address *ret_addresses, unsigned max) = resolver_cares;

static bool is_localhost(const char *name)
{
    static const char suffix[] = ".localhost";
    size_t size = strlen(name);

    if (size > 0 && name[size - 1] == '.') /* rooted */
        size--;
    if (size == 0 || (size == sizeof suffix - 2 && strncasecmp(name, suffix + 1, size) == 0))
        return true;
    return size >= sizeof suffix - 1 && strncasecmp(name + size - (sizeof suffix - 1), suffix, sizeof suffix - 1) == 0;
}

int resolver_known(const char *name, int family, zoc_address *ret_addresses, unsigned max)
{
    zoc_address address;

    if (max == 0)
        return 0;
    if (zoc_address_parse_ip(name, 0, &address) == 0) {
        if (address.any.sa_family != family)
            return -ZOC_ENAME;
    } else if (is_localhost(name)) {
        zoc_address_parse_ip(family == AF_INET6 ? "::1" : "127.0.0.1", 0, &address);
    } else {
        return -ENOENT;
    }
    ret_addresses[0] = address;
    return 1;
}

/* --- both families at once ----------------------------------------------------------------------- */

struct lookup {
    const char *name;
    int family;
    zoc_address found[ZOC_ADDRESSES_MAX];
    int result;
};

static int run_lookup(void *arg)
{
    struct lookup *lookup = arg;

    lookup->result = resolver_known(lookup->name, lookup->family, lookup->found, ZOC_ADDRESSES_MAX);
    if (lookup->result == -ENOENT)
        lookup->result = resolver_lookup(lookup->name, lookup->family, lookup->found, ZOC_ADDRESSES_MAX);
    return 0;
}

/* Families in turn, so that a broken one costs one attempt (RFC 8305 section 4). */
static unsigned interleave(const struct lookup *one, const struct lookup *other, uint16_t port,
                           zoc_address *ret_addresses, unsigned max)
{
    unsigned count = 0;

    for (int i = 0; i < one->result || i < other->result; i++) {
        if (i < one->result && count < max)
            ret_addresses[count++] = one->found[i];
        if (i < other->result && count < max)
            ret_addresses[count++] = other->found[i];
    }
    for (unsigned i = 0; i < count; i++)
        zoc_address_set_port(&ret_addresses[i], port);
    return count;
}

static int no_address(const struct lookup lookups[2])
{
    for (int i = 0; i < 2; i++)
        if (lookups[i].result != -ZOC_ENAME && lookups[i].result != 0)
            return lookups[i].result;
    return -ZOC_ENAME;
}

int zoc_resolve(const char *host, uint16_t port, int family, zoc_address *ret_addresses, unsigned max)
{
    static const int families[2] = { AF_INET6, AF_INET };
    struct lookup *lookups = calloc(2, sizeof *lookups);
    zoc_group group = { 0 };
    int result = lookups ? 0 : -ENOMEM;

    for (int i = 0; i < 2 && result == 0; i++) {
        lookups[i] = (struct lookup){ .name = host, .family = families[i] };
        if (family == AF_UNSPEC || family == families[i])
            result = zoc_go(&group, run_lookup, &lookups[i]);
    }
    if (result == 0)
        result = zoc_group_wait(&group);
    zoc_group_end(&group);
    if (result == 0)
        result = (int)interleave(&lookups[0], &lookups[1], port, ret_addresses, max);
    if (result == 0)
        result = no_address(lookups);
    free(lookups);
    zoc_address digits;
    if (result == -ZOC_ENAME && zoc_address_parse_ip(host, 0, &digits) == 0)
        return zoc_refuse(result, family == AF_INET ? _("'%s' is no IPv4 address") : _("'%s' is no IPv6 address"),
                          host);
    return result < 0 ? zoc_fail(result, _("resolve '%s'"), host) : result;
}

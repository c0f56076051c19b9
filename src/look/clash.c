#include "look/clash.h"

#include <string.h>

static bool is_mapped(const zoc_address *address)
{
    return address->any.sa_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&address->ip6.sin6_addr);
}

/* Whether it takes packets of IPv4, and those for which address; INADDR_ANY is all. */
static bool takes_ip4(const struct look_local *local, in_addr_t *ret_ip4)
{
    const zoc_address *address = &local->address;

    if (address->any.sa_family == AF_INET)
        *ret_ip4 = address->ip4.sin_addr.s_addr;
    else if (is_mapped(address))
        memcpy(ret_ip4, &address->ip6.sin6_addr.s6_addr[12], sizeof(*ret_ip4));
    else if (address->any.sa_family == AF_INET6 && IN6_IS_ADDR_UNSPECIFIED(&address->ip6.sin6_addr) && !local->only6)
        *ret_ip4 = INADDR_ANY;
    else
        return false;
    return true;
}

static bool takes_ip6(const struct look_local *local, struct in6_addr *ret_ip6)
{
    const zoc_address *address = &local->address;

    if (address->any.sa_family != AF_INET6 || is_mapped(address))
        return false;
    *ret_ip6 = address->ip6.sin6_addr;
    return true;
}

static bool clash_ip4(const struct look_local *one, const struct look_local *other)
{
    in_addr_t left, right;

    return takes_ip4(one, &left) && takes_ip4(other, &right) &&
           (left == right || left == INADDR_ANY || right == INADDR_ANY);
}

static bool clash_ip6(const struct look_local *one, const struct look_local *other)
{
    struct in6_addr left, right;

    return takes_ip6(one, &left) && takes_ip6(other, &right) &&
           (IN6_ARE_ADDR_EQUAL(&left, &right) || IN6_IS_ADDR_UNSPECIFIED(&left) || IN6_IS_ADDR_UNSPECIFIED(&right));
}

static bool share_interface(const struct look_local *one, const struct look_local *other)
{
    return one->interface == other->interface || one->interface == 0 || other->interface == 0;
}

bool look_clash(const struct look_local *one, const struct look_local *other)
{
    return zoc_address_port(&one->address) == zoc_address_port(&other->address) && share_interface(one, other) &&
           (clash_ip4(one, other) || clash_ip6(one, other));
}

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zocalo/endpoint.h>

#define PATH_OFFSET offsetof(struct sockaddr_un, sun_path)

/* Digits with a scope: the longest zone is an interface name. */
#define DIGITS_MAX (INET6_ADDRSTRLEN + IF_NAMESIZE)

/* --- one form for what can be written in two ------------------------------------------------------ */

/* An IPv4 address that is mapped into IPv6 (RFC 4291 section 2.5.5.2) becomes the IPv4 address that it is. */
static zoc_address unmapped(const zoc_address *address)
{
    if (address->size == 0 || address->any.sa_family != AF_INET6 || !IN6_IS_ADDR_V4MAPPED(&address->ip6.sin6_addr))
        return *address;

    zoc_address plain = { .size = sizeof(plain.ip4) };

    plain.ip4.sin_family = AF_INET;
    plain.ip4.sin_port = address->ip6.sin6_port;
    memcpy(&plain.ip4.sin_addr, &address->ip6.sin6_addr.s6_addr[12], sizeof(plain.ip4.sin_addr));
    return plain;
}

/* The bytes of a Unix address's name. An abstract one begins with its NUL; a path ends before its own, if it has one.
 * */
static zoc_bytes local_name(const zoc_address *address)
{
    if (address->size <= PATH_OFFSET)
        return (zoc_bytes){ NULL, 0 };

    const char *path = address->local.sun_path;
    size_t size = address->size - PATH_OFFSET;

    return (zoc_bytes){ path, path[0] == '\0' ? size : strnlen(path, size) };
}

/* --- as text -------------------------------------------------------------------------------------- */

static void format_ip4(const struct sockaddr_in *ip4, char *text, size_t size)
{
    char digits[INET_ADDRSTRLEN];

    inet_ntop(AF_INET, &ip4->sin_addr, digits, sizeof(digits));
    snprintf(text, size, "%s:%u", digits, ntohs(ip4->sin_port));
}

static void format_ip6(const struct sockaddr_in6 *ip6, char *text, size_t size)
{
    char digits[INET6_ADDRSTRLEN];
    char zone[sizeof("%4294967295")] = "";

    inet_ntop(AF_INET6, &ip6->sin6_addr, digits, sizeof(digits));
    if (ip6->sin6_scope_id != 0)
        snprintf(zone, sizeof(zone), "%%%u", ip6->sin6_scope_id);
    snprintf(text, size, "[%s%s]:%u", digits, zone, ntohs(ip6->sin6_port));
}

static void format_local(const zoc_address *address, char *text, size_t size)
{
    char escaped[ZOC_ADDRESS_TEXT];
    zoc_bytes name = local_name(address);
    bool abstract = name.size > 0 && name.data[0] == '\0';

    if (name.size == 0) {
        snprintf(text, size, "(unnamed)");
        return;
    }
    if (abstract)
        name = (zoc_bytes){ name.data + 1, name.size - 1 };
    snprintf(text, size, "%s%s", abstract ? "@" : "", zoc_escape(name, escaped, sizeof(escaped)));
}

char *zoc_address_format(const zoc_address *address, char *text, size_t size)
{
    zoc_address plain = unmapped(address);

    if (plain.size == 0)
        snprintf(text, size, "(unnamed)");
    else if (plain.any.sa_family == AF_INET)
        format_ip4(&plain.ip4, text, size);
    else if (plain.any.sa_family == AF_INET6)
        format_ip6(&plain.ip6, text, size);
    else if (plain.any.sa_family == AF_UNIX)
        format_local(&plain, text, size);
    else
        snprintf(text, size, "(family %u)", plain.any.sa_family);
    return text;
}

/* --- from text ------------------------------------------------------------------------------------ */

/* A zone is an interface's number or name (RFC 4007 section 11.2). */
static int read_zone(const char *zone, uint32_t *ret_scope)
{
    unsigned long number = 0;

    if (zone[0] == '\0')
        return -EINVAL;
    if (zone[strspn(zone, "0123456789")] == '\0')
        number = strtoul(zone, NULL, 10);
    else
        number = if_nametoindex(zone);
    if (number == 0 || number > UINT32_MAX)
        return -EINVAL;
    *ret_scope = (uint32_t)number;
    return 0;
}

static int parse_ip6(const char *text, uint16_t port, zoc_address *ret_address)
{
    zoc_address address = { .size = sizeof(address.ip6) };
    char digits[DIGITS_MAX];
    int length = snprintf(digits, sizeof(digits), "%s", text);

    if (length < 0 || (size_t)length >= sizeof(digits))
        return -EINVAL;

    char *zone = strchr(digits, '%');

    if (zone != NULL)
        *zone++ = '\0';
    if (inet_pton(AF_INET6, digits, &address.ip6.sin6_addr) != 1)
        return -EINVAL;
    if (zone != NULL && read_zone(zone, &address.ip6.sin6_scope_id) < 0)
        return -EINVAL;
    address.ip6.sin6_family = AF_INET6;
    address.ip6.sin6_port = htons(port);
    *ret_address = address;
    return 0;
}

int zoc_address_parse_ip(const char *text, uint16_t port, zoc_address *ret_address)
{
    zoc_address address = { .size = sizeof(address.ip4) };

    if (inet_pton(AF_INET, text, &address.ip4.sin_addr) != 1)
        return parse_ip6(text, port, ret_address);
    address.ip4.sin_family = AF_INET;
    address.ip4.sin_port = htons(port);
    *ret_address = address;
    return 0;
}

/* --- ports and comparison ------------------------------------------------------------------------- */

/* Where the port is kept, in network order; NULL when the address has none. */
static in_port_t *port_field(zoc_address *address)
{
    if (address->size == 0)
        return NULL;
    if (address->any.sa_family == AF_INET)
        return &address->ip4.sin_port;
    if (address->any.sa_family == AF_INET6)
        return &address->ip6.sin6_port;
    return NULL;
}

uint16_t zoc_address_port(const zoc_address *address)
{
    const in_port_t *port = port_field((zoc_address *)address);

    return port != NULL ? ntohs(*port) : 0;
}

void zoc_address_set_port(zoc_address *address, uint16_t port)
{
    in_port_t *field = port_field(address);

    if (field != NULL)
        *field = htons(port);
}

static bool same_ip4(const struct sockaddr_in *one, const struct sockaddr_in *other)
{
    return one->sin_port == other->sin_port && one->sin_addr.s_addr == other->sin_addr.s_addr;
}

static bool same_ip6(const struct sockaddr_in6 *one, const struct sockaddr_in6 *other)
{
    return one->sin6_port == other->sin6_port && one->sin6_scope_id == other->sin6_scope_id &&
           IN6_ARE_ADDR_EQUAL(&one->sin6_addr, &other->sin6_addr);
}

static bool same_bytes(zoc_bytes one, zoc_bytes other)
{
    return one.size == other.size && (one.size == 0 || memcmp(one.data, other.data, one.size) == 0);
}

bool zoc_address_is_loopback(const zoc_address *address)
{
    zoc_address plain = unmapped(address);

    if (plain.any.sa_family == AF_INET6)
        return IN6_IS_ADDR_LOOPBACK(&plain.ip6.sin6_addr);
    return plain.any.sa_family == AF_INET && ntohl(plain.ip4.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
}

bool zoc_address_equal(const zoc_address *one, const zoc_address *other)
{
    zoc_address left = unmapped(one), right = unmapped(other);

    if (left.size == 0 || right.size == 0)
        return left.size == right.size;
    if (left.any.sa_family != right.any.sa_family)
        return false;
    if (left.any.sa_family == AF_INET)
        return same_ip4(&left.ip4, &right.ip4);
    if (left.any.sa_family == AF_INET6)
        return same_ip6(&left.ip6, &right.ip6);
    if (left.any.sa_family == AF_UNIX)
        return same_bytes(local_name(&left), local_name(&right));
    return same_bytes((zoc_bytes){ (const char *)&left.any, left.size },
                      (zoc_bytes){ (const char *)&right.any, right.size });
}

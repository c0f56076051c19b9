#include "proxy/header.h"

#include "base/text.h"

#include <errno.h>
#include <zocalo/error.h>

int header_refuse(size_t at, const char *why)
{
    return zoc_refuse(-EPROTO, _("PROXY header, byte %zu: %s"), at + 1, why);
}

/* --- which version --------------------------------------------------------------------------------- */

/* How far the bytes begin so. */
static size_t agreement(zoc_bytes bytes, zoc_bytes begins)
{
    size_t most = bytes.size < begins.size ? bytes.size : begins.size, same = 0;

    while (same < most && bytes.data[same] == begins.data[same])
        same++;
    return same;
}

static bool begins_so(zoc_bytes bytes, zoc_bytes begins)
{
    return agreement(bytes, begins) == (bytes.size < begins.size ? bytes.size : begins.size);
}

/* The two begin with different bytes: which is the wrong one is certain. */
static int refuse_beginning(zoc_bytes bytes)
{
    size_t text = agreement(bytes, header_begins_text), binary = agreement(bytes, header_begins_binary);

    return header_refuse(text > binary ? text : binary, _("this is no PROXY protocol"));
}

ssize_t proxy_header_parse(zoc_bytes bytes, struct proxy_header *ret_header)
{
    if (bytes.size == 0)
        return 0;
    if (begins_so(bytes, header_begins_text))
        return header_parse_text(bytes, ret_header);
    if (begins_so(bytes, header_begins_binary))
        return header_parse_binary(bytes, ret_header);
    return refuse_beginning(bytes);
}

size_t proxy_header_missing(zoc_bytes bytes)
{
    bool binary = bytes.size > 0 && begins_so(bytes, header_begins_binary);

    return binary ? header_missing_binary(bytes) : header_missing_text(bytes);
}

size_t proxy_header_build(const struct proxy_header *header, char data[PROXY_HEADER_BUILT_MAX])
{
    return header->version == 1 ? header_build_text(header, data) : header_build_binary(header, data);
}

/* --- addresses ------------------------------------------------------------------------------------- */

static bool map(const zoc_address *address, struct in6_addr *ret_address)
{
    int family = address->size ? address->any.sa_family : AF_UNSPEC;

    if (family == AF_INET6)
        *ret_address = address->ip6.sin6_addr;
    if (family != AF_INET)
        return family == AF_INET6;
    *ret_address = (struct in6_addr){ .s6_addr = { [10] = 0xff, [11] = 0xff } };
    memcpy(ret_address->s6_addr + 12, &address->ip4.sin_addr, sizeof address->ip4.sin_addr);
    return true;
}

bool header_map(const struct proxy_header *header, struct in6_addr *ret_source, struct in6_addr *ret_destination)
{
    return header->names && map(&header->source, ret_source) && map(&header->destination, ret_destination);
}

bool header_is_ip4(const struct in6_addr *source, const struct in6_addr *destination)
{
    return IN6_IS_ADDR_V4MAPPED(source) && IN6_IS_ADDR_V4MAPPED(destination);
}

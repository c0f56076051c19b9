#include "tls/tls_names.h"

#include <string.h>
#include <strings.h>
#include <zocalo/endpoint.h>

static bool is_same(zoc_bytes one, const char *other)
{
    return one.size == strlen(other) && one.size > 0 && strncasecmp(one.data, other, one.size) == 0 &&
           !memchr(one.data, '\0', one.size);
}

bool tls_name_matches(zoc_bytes presented, const char *host)
{
    const char *rest = strchr(host, '.');

    if (tls_is_ip(host))
        return false;
    if (presented.size < 2 || presented.data[0] != '*')
        return is_same(presented, host);
    zoc_bytes domain = { presented.data + 1, presented.size - 1 };
    return rest && rest > host && domain.data[0] == '.' && memchr(domain.data + 1, '.', domain.size - 1) &&
           !memchr(domain.data, '*', domain.size) && is_same(domain, rest);
}

bool tls_ip_matches(zoc_bytes presented, const char *host)
{
    zoc_address address;

    if (zoc_address_parse_ip(host, 0, &address) < 0)
        return false;
    bool ip4 = address.any.sa_family == AF_INET;
    size_t size = ip4 ? sizeof address.ip4.sin_addr : sizeof address.ip6.sin6_addr;
    const void *digits = ip4 ? (const void *)&address.ip4.sin_addr : (const void *)&address.ip6.sin6_addr;
    return presented.size == size && memcmp(presented.data, digits, size) == 0;
}

bool tls_is_ip(const char *host)
{
    zoc_address address;

    return zoc_address_parse_ip(host, 0, &address) == 0;
}

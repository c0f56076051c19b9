#include "talk/names.h"

#include "net/resolver.h"

#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <zocalo/fiber.h>

#define SERVICE_LINE 1024 /* bytes of a line of /etc/services; a longer one names nothing */

char *names_digits(const zoc_address *address, char text[static NAMES_HOST])
{
    char formatted[ZOC_ADDRESS_TEXT];

    zoc_address_format(address, formatted, sizeof formatted);
    char *end = *formatted == '[' ? strchr(formatted, ']') : strrchr(formatted, ':');
    if (address->any.sa_family != AF_UNIX && end)
        *end = '\0';
    snprintf(text, NAMES_HOST, "%s", *formatted == '[' ? formatted + 1 : formatted);
    return text;
}

static bool is_every_interface(const zoc_address *address)
{
    if (address->any.sa_family == AF_INET)
        return address->ip4.sin_addr.s_addr == INADDR_ANY;
    return address->any.sa_family == AF_INET6 && IN6_IS_ADDR_UNSPECIFIED(&address->ip6.sin6_addr);
}

/* A name comes from elsewhere: it may hold anything. */
char *names_host(const zoc_address *address, char text[static NAMES_HOST])
{
    char name[ZOC_HOST_MAX + 1];
    int result = -1;

    if (address->any.sa_family == AF_UNIX || is_every_interface(address))
        return names_digits(address, text);
    ZOC_WITHIN(NAMES_PATIENCE)
        result = resolver_name(address, name, sizeof name);
    return result < 0 ? names_digits(address, text) : zoc_escape(zoc_bytes_of(name), text, NAMES_HOST);
}

char *names_service(uint16_t port, bool datagrams, char text[static NAMES_SERVICE])
{
    char line[SERVICE_LINE];
    struct servent service, *found = NULL;

    if (getservbyport_r(htons(port), datagrams ? "udp" : "tcp", &service, line, sizeof line, &found) != 0 || !found)
        return strcpy(text, "*");
    return zoc_escape(zoc_bytes_of(service.s_name), text, NAMES_SERVICE);
}

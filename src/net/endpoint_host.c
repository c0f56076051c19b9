#include "net/endpoint.h"

#include "base/text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netdb.h>
#include <stdlib.h>

/* getservbyname_r wants room for one line of the file; a longer one is taken for no service. */
#define SERVICE_ROOM_MIN 1024
#define SERVICE_ROOM_MAX (64 * 1024)

#define ZONE_MAX         (IF_NAMESIZE - 1)

/* HOST:PORT, taken apart. */
struct host_port {
    zoc_bytes host; /* without brackets */
    zoc_bytes port; /* data is NULL when there is no ':' */
};

/* --- hosts ---------------------------------------------------------------------------------------- */

/* Bytes above 127 pass: names in other scripts are the resolver's business. */
static bool host_byte(char byte)
{
    return (unsigned char)byte > ' ' && byte != 0x7f && strchr("/\\[],", byte) == NULL;
}

/* How many bytes from the start on may stand in a host. */
static size_t host_span(zoc_bytes host)
{
    size_t span = 0;

    while (span < host.size && host_byte(host.data[span]))
        span++;
    return span;
}

bool endpoint_is_ip6(zoc_bytes text)
{
    const char *percent = memchr(text.data, '%', text.size);
    size_t size = percent != NULL ? (size_t)(percent - text.data) : text.size;
    size_t zone = percent != NULL ? text.size - size - 1 : 1;
    char digits[INET6_ADDRSTRLEN] = "";
    struct in6_addr address;

    if (size >= sizeof(digits) || zone == 0 || zone > ZONE_MAX || host_span(text) < text.size)
        return false;
    memcpy(digits, text.data, size);
    digits[size] = '\0';
    return inet_pton(AF_INET6, digits, &address) == 1;
}

int endpoint_read_host(const struct endpoint_reader *reader, zoc_bytes host, char **ret_host)
{
    size_t span = host_span(host);

    if (span < host.size)
        return endpoint_refuse(reader, host.data + span, _("'%s' cannot stand in the name of a host"),
                               endpoint_quote(((zoc_bytes){ host.data + span, 1 })));
    if (host.size > ZOC_HOST_MAX)
        return endpoint_refuse(reader, host.data + ZOC_HOST_MAX, _("the name of a host has at most %d bytes"),
                               ZOC_HOST_MAX);

    char *copy = strndup(host.size > 0 ? host.data : "", host.size);

    if (copy == NULL)
        return -ENOMEM;
    *ret_host = copy;
    return 0;
}

/* --- ports ---------------------------------------------------------------------------------------- */

/* Returns 0, -ENOENT when there is no such service, -ERANGE when the room is too small, -ENOMEM. */
static int find_service(const char *name, const char *protocol, size_t room, uint16_t *ret_port)
{
    ENDPOINT_STRING buffer = malloc(room);
    struct servent service, *found = NULL;

    if (buffer == NULL)
        return -ENOMEM;
    if (getservbyname_r(name, protocol, &service, buffer, room, &found) == ERANGE)
        return -ERANGE;
    if (found == NULL)
        return -ENOENT;
    *ret_port = ntohs((uint16_t)found->s_port);
    return 0;
}

static int read_service(zoc_bytes word, zoc_scheme scheme, uint16_t *ret_port)
{
    ENDPOINT_STRING name = strndup(word.data, word.size);
    const char *protocol = scheme == ZOC_UDP ? "udp" : "tcp";
    int error = -ERANGE;

    if (name == NULL)
        return -ENOMEM;
    for (size_t room = SERVICE_ROOM_MIN; error == -ERANGE && room <= SERVICE_ROOM_MAX; room *= 2)
        error = find_service(name, protocol, room, ret_port);
    return error;
}

/* "fifo:x" looks like HOST:PORT. Where no scheme was written and the port is no port, say what the schemes are. */
static int refuse_service(const struct endpoint_reader *reader, zoc_bytes word)
{
    ENDPOINT_BUFFER known = { 0 };
    int error = endpoint_list_schemes(&known);

    if (error < 0)
        return error;
    if (!reader->guessed)
        return endpoint_refuse(reader, word.data,
                               _("unknown service '%s'; give a number from 0 to 65535 or a name in /etc/services"),
                               endpoint_quote(word));
    return endpoint_refuse(reader, word.data,
                           _("unknown service '%s'; give a number from 0 to 65535, a name in /etc/services, "
                             "or begin with a scheme (known: %.*s)"),
                           endpoint_quote(word), (int)known.size, known.data);
}

static int read_port(const struct endpoint_reader *reader, zoc_bytes word, uint16_t *ret_port)
{
    uint32_t number;
    int error = endpoint_read_number(word, 10, UINT16_MAX, &number);

    if (word.size == 0)
        return endpoint_refuse(reader, word.data, _("a port is missing after ':'"));
    if (error == -ERANGE)
        return endpoint_refuse(reader, word.data, _("port '%s' is over %d"), endpoint_quote(word), UINT16_MAX);
    if (error == -EINVAL) {
        error = read_service(word, reader->scheme, ret_port);
        return error == 0 || error == -ENOMEM ? error : refuse_service(reader, word);
    }
    *ret_port = (uint16_t)number;
    return 0;
}

/* --- both ----------------------------------------------------------------------------------------- */

static int split_bracketed(const struct endpoint_reader *reader, zoc_bytes address, struct host_port *ret_parts)
{
    const char *end = address.data + address.size;
    const char *close = memchr(address.data, ']', address.size);

    if (close == NULL)
        return endpoint_refuse(reader, address.data, _("'[' without ']'"));

    zoc_bytes host = endpoint_slice(address.data + 1, close);

    if (!endpoint_is_ip6(host))
        return endpoint_refuse(reader, host.data, _("'%s' is not an IPv6 address; brackets are for these alone"),
                               endpoint_quote(host));
    if (close + 1 < end && close[1] != ':')
        return endpoint_refuse(reader, close + 1, _("after ']' comes ':PORT', not '%s'"),
                               endpoint_quote(endpoint_slice(close + 1, end)));
    ret_parts->host = host;
    ret_parts->port = close + 1 < end ? endpoint_slice(close + 2, end) : (zoc_bytes){ NULL, 0 };
    return 0;
}

/* More than one ':' outside of brackets: an IPv6 address, most likely. The last group may be meant as the port. */
static int refuse_colons(const struct endpoint_reader *reader, zoc_bytes address, const char *second)
{
    const char *end = address.data + address.size;
    const char *last = memrchr(address.data, ':', address.size);
    zoc_bytes head = endpoint_slice(address.data, last);

    if (endpoint_is_ip6(head))
        return endpoint_refuse(reader, address.data, _("an IPv6 address stands in brackets: '[%s]:%s'"),
                               endpoint_quote(head), endpoint_quote(endpoint_slice(last + 1, end)));
    if (endpoint_is_ip6(address))
        return endpoint_refuse(reader, address.data, _("an IPv6 address stands in brackets: '[%s]:PORT'"),
                               endpoint_quote(address));
    return endpoint_refuse(reader, second, _("a second ':'; an IPv6 address stands in brackets: '[ADDRESS]:PORT'"));
}

static int split(const struct endpoint_reader *reader, zoc_bytes address, struct host_port *ret_parts)
{
    const char *end = address.data + address.size;

    if (address.size > 0 && address.data[0] == '[')
        return split_bracketed(reader, address, ret_parts);

    const char *colon = memchr(address.data, ':', address.size);

    if (colon == NULL) {
        *ret_parts = (struct host_port){ .host = address };
        return 0;
    }

    const char *second = memchr(colon + 1, ':', (size_t)(end - colon - 1));

    if (second != NULL)
        return refuse_colons(reader, address, second);
    *ret_parts = (struct host_port){ endpoint_slice(address.data, colon), endpoint_slice(colon + 1, end) };
    return 0;
}

/* What was given instead: a port alone, a name that belongs to unix:, or a host. */
static int refuse_no_port(const struct endpoint_reader *reader, zoc_bytes address)
{
    const char *word = endpoint_quote(address);
    uint32_t number;

    if (endpoint_read_number(address, 10, UINT16_MAX, &number) == 0)
        return endpoint_refuse(reader, address.data, _("a port alone is written ':%s'"), word);
    if (reader->guessed && address.size > 0 && address.data[0] == '@')
        return endpoint_refuse(reader, address.data, _("an abstract name needs its scheme: 'unix:%s'"), word);
    return endpoint_refuse(reader, address.data + address.size, _("a port is missing: '%s:PORT'"), word);
}

int endpoint_read_host_port(const struct endpoint_reader *reader, zoc_bytes address, char **ret_host,
                            uint16_t *ret_port)
{
    struct host_port parts = { 0 };
    ENDPOINT_STRING host = NULL;
    int error = split(reader, address, &parts);

    if (error == 0)
        error = endpoint_read_host(reader, parts.host, &host);
    if (error == 0 && parts.port.data == NULL)
        error = refuse_no_port(reader, address);
    if (error == 0)
        error = read_port(reader, parts.port, ret_port);
    if (error < 0)
        return error;
    *ret_host = host;
    host = NULL;
    return 0;
}

int endpoint_read_bind(const struct endpoint_reader *reader, zoc_bytes address, char **ret_host, uint16_t *ret_port)
{
    struct host_port parts = { .host = address };
    ENDPOINT_STRING host = NULL;
    uint16_t port = 0;
    int error = endpoint_is_ip6(address) ? 0 : split(reader, address, &parts);

    if (error == 0)
        error = endpoint_read_host(reader, parts.host, &host);
    if (error == 0 && parts.port.data != NULL)
        error = read_port(reader, parts.port, &port);
    if (error < 0)
        return error;
    *ret_host = host;
    *ret_port = port;
    host = NULL;
    return 0;
}

int endpoint_split_bind(const zoc_endpoint *endpoint, char **ret_host, uint16_t *ret_port)
{
    struct endpoint_reader reader = { .text = endpoint->options.bind, .scheme = endpoint->scheme };

    return endpoint_read_bind(&reader, zoc_bytes_of(reader.text), ret_host, ret_port);
}

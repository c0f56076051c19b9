/* Version 1: a line of text (section 2.1). */
#include "proxy/header.h"

#include "base/text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <zocalo/error.h>

#define SHORTEST "PROXY UNKNOWN\r\n"

const zoc_bytes header_begins_text = { "PROXY ", 6 };

/* --- the line -------------------------------------------------------------------------------------- */

/* Finds the end of the line. Returns its size with CR LF; 0 when that has not come. */
static ssize_t find_end(zoc_bytes bytes)
{
    size_t most = bytes.size < PROXY_HEADER_TEXT_MAX ? bytes.size : PROXY_HEADER_TEXT_MAX;

    for (size_t i = header_begins_text.size; i < most; i++) {
        bool after_cr = bytes.data[i - 1] == '\r', is_lf = bytes.data[i] == '\n';
        if (after_cr && is_lf)
            return (ssize_t)i + 1;
        if (after_cr || is_lf)
            return header_refuse(i, _("the line has to end with CR LF"));
    }
    if (most == PROXY_HEADER_TEXT_MAX)
        return zoc_refuse(-EMSGSIZE, _("PROXY header: its line is longer than %d bytes"), PROXY_HEADER_TEXT_MAX);
    return 0;
}

size_t header_missing_text(zoc_bytes bytes)
{
    size_t least = sizeof SHORTEST - 1;

    if (bytes.size < least)
        return least - bytes.size;
    return bytes.data[bytes.size - 1] == '\r' ? 1 : 2;
}

/* --- its words ------------------------------------------------------------------------------------- */

/* What is left of the line, and where that stands. */
struct rest {
    const char *line;
    zoc_bytes bytes;
};

static size_t position(const struct rest *rest)
{
    return (size_t)(rest->bytes.data - rest->line);
}

/* A word goes up to exactly one space, or to the end of the line. */
static zoc_bytes take_word(struct rest *rest)
{
    const char *space = memchr(rest->bytes.data, ' ', rest->bytes.size);
    zoc_bytes word = { rest->bytes.data, space ? (size_t)(space - rest->bytes.data) : rest->bytes.size };
    size_t taken = word.size + (space ? 1 : 0);

    rest->bytes = (zoc_bytes){ rest->bytes.data + taken, rest->bytes.size - taken };
    return word;
}

static bool is_word(zoc_bytes bytes, const char *word)
{
    return bytes.size == strlen(word) && memcmp(bytes.data, word, bytes.size) == 0;
}

/* Digits as inet_pton(3) takes them; it stops at a NUL. */
static int take_digits(struct rest *rest, int family, void *ret_digits)
{
    size_t at = position(rest);
    zoc_bytes word = take_word(rest);
    char text[INET6_ADDRSTRLEN];

    if (word.size < sizeof text) {
        *(char *)mempcpy(text, word.data, word.size) = '\0';
        if (strlen(text) == word.size && inet_pton(family, text, ret_digits) == 1)
            return 0;
    }
    return header_refuse(at, family == AF_INET ? _("this is no IPv4 address") : _("this is no IPv6 address"));
}

static int take_port(struct rest *rest, in_port_t *ret_port)
{
    size_t at = position(rest);
    zoc_bytes word = take_word(rest);
    unsigned port = 0;
    bool fine = word.size > 0 && word.size <= 5 && (word.size == 1 || word.data[0] != '0');

    for (size_t i = 0; fine && i < word.size; i++) {
        fine = word.data[i] >= '0' && word.data[i] <= '9';
        port = 10 * port + (unsigned)(word.data[i] - '0');
    }
    if (!fine || port > UINT16_MAX)
        return header_refuse(at, _("this is no port"));
    *ret_port = htons((uint16_t)port);
    return 0;
}

static int take_ip4(struct rest *rest, struct proxy_header *header)
{
    struct sockaddr_in *source = &header->source.ip4, *destination = &header->destination.ip4;

    header->source.size = header->destination.size = sizeof *source;
    source->sin_family = destination->sin_family = AF_INET;
    int result = take_digits(rest, AF_INET, &source->sin_addr);
    if (result == 0)
        result = take_digits(rest, AF_INET, &destination->sin_addr);
    if (result == 0)
        result = take_port(rest, &source->sin_port);
    return result < 0 ? result : take_port(rest, &destination->sin_port);
}

static int take_ip6(struct rest *rest, struct proxy_header *header)
{
    struct sockaddr_in6 *source = &header->source.ip6, *destination = &header->destination.ip6;

    header->source.size = header->destination.size = sizeof *source;
    source->sin6_family = destination->sin6_family = AF_INET6;
    int result = take_digits(rest, AF_INET6, &source->sin6_addr);
    if (result == 0)
        result = take_digits(rest, AF_INET6, &destination->sin6_addr);
    if (result == 0)
        result = take_port(rest, &source->sin6_port);
    return result < 0 ? result : take_port(rest, &destination->sin6_port);
}

/* What stands behind UNKNOWN does not count. */
static int take_all(struct rest *rest, struct proxy_header *header)
{
    size_t at = position(rest);
    zoc_bytes protocol = take_word(rest);
    int result;

    if (is_word(protocol, "UNKNOWN"))
        return 0;
    header->names = true;
    if (is_word(protocol, "TCP4"))
        result = take_ip4(rest, header);
    else if (is_word(protocol, "TCP6"))
        result = take_ip6(rest, header);
    else
        return header_refuse(at, _("neither TCP4 nor TCP6 nor UNKNOWN"));
    bool ends = rest->bytes.size == 0 && rest->bytes.data[-1] != ' ';
    return result < 0 || ends ? result : header_refuse(position(rest), _("here the line has to end"));
}

ssize_t header_parse_text(zoc_bytes bytes, struct proxy_header *ret_header)
{
    struct proxy_header header = { .version = 1, .type = SOCK_STREAM };
    ssize_t size = find_end(bytes);

    if (size <= 0)
        return size;
    const char *first = bytes.data + header_begins_text.size;
    struct rest rest = { bytes.data, { first, (size_t)size - header_begins_text.size - 2 } };
    int result = take_all(&rest, &header);
    if (result < 0)
        return result;
    *ret_header = header;
    return size;
}

/* --- writing --------------------------------------------------------------------------------------- */

static void print_address(const struct in6_addr *address, bool ip4, char text[INET6_ADDRSTRLEN])
{
    if (ip4)
        inet_ntop(AF_INET, address->s6_addr + 12, text, INET6_ADDRSTRLEN);
    else
        inet_ntop(AF_INET6, address, text, INET6_ADDRSTRLEN);
}

size_t header_build_text(const struct proxy_header *header, char data[PROXY_HEADER_BUILT_MAX])
{
    struct in6_addr source, destination;
    char from[INET6_ADDRSTRLEN], to[INET6_ADDRSTRLEN];

    if (header->type != SOCK_STREAM || !header_map(header, &source, &destination))
        return (size_t)snprintf(data, PROXY_HEADER_BUILT_MAX, SHORTEST);
    bool ip4 = header_is_ip4(&source, &destination);
    print_address(&source, ip4, from);
    print_address(&destination, ip4, to);
    return (size_t)snprintf(data, PROXY_HEADER_BUILT_MAX, "PROXY TCP%c %s %s %u %u\r\n", ip4 ? '4' : '6', from, to,
                            zoc_address_port(&header->source), zoc_address_port(&header->destination));
}

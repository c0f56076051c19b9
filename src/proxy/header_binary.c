/* Version 2: a signature, a length, addresses, and additions as type, length and value (section 2.2). */
#include "proxy/header.h"

#include "base/text.h"
#include "proxy/crc32c.h"

#include <errno.h>
#include <zocalo/error.h>

enum { AT_COMMAND = 12, AT_FAMILY = 13, AT_LENGTH = 14, AT_ADDRESSES = 16 };
enum { LOCAL = 0x20, PROXY = 0x21 }; /* the version in the upper half */
enum { UNSPEC = 0, INET = 1, INET6 = 2, UNIX = 3, FAMILIES };
enum { STREAM = 1, DGRAM = 2, PROTOCOLS };

#define ADDITION_CRC32C 3
#define ADDITION_HEAD   3 /* bytes of its type and length */
#define PATH_SIZE       sizeof(((struct sockaddr_un *)NULL)->sun_path)
#define PATH_OFFSET     offsetof(struct sockaddr_un, sun_path)

_Static_assert(PATH_SIZE == 108, "as the protocol has it");
_Static_assert(PROXY_HEADER_BUILT_MAX == AT_ADDRESSES + 2 * PATH_SIZE, "the longest");

const zoc_bytes header_begins_binary = { "\r\n\r\n\0\r\nQUIT\n", AT_COMMAND };

static uint8_t byte_at(zoc_bytes bytes, size_t at)
{
    return (uint8_t)bytes.data[at];
}

static size_t number_at(zoc_bytes bytes, size_t at)
{
    return (size_t)byte_at(bytes, at) << 8 | byte_at(bytes, at + 1);
}

size_t header_missing_binary(zoc_bytes bytes)
{
    size_t size = bytes.size < AT_ADDRESSES ? AT_ADDRESSES : AT_ADDRESSES + number_at(bytes, AT_LENGTH);

    return size - bytes.size;
}

/* --- additions ------------------------------------------------------------------------------------- */

/* Of the whole header, with zeros in the place of the sum. */
static int check_sum(zoc_bytes header, size_t at, size_t size)
{
    static const char zeros[4];
    size_t behind = at + sizeof zeros;

    if (size != sizeof zeros)
        return header_refuse(at, _("a checksum that has not 4 bytes"));
    uint32_t told = (uint32_t)(number_at(header, at) << 16 | number_at(header, at + 2));
    uint32_t sum = crc32c(0, (zoc_bytes){ header.data, at });
    sum = crc32c(sum, (zoc_bytes){ zeros, sizeof zeros });
    sum = crc32c(sum, (zoc_bytes){ header.data + behind, header.size - behind });
    return sum == told ? 0 : header_refuse(at, _("the checksum is that of another header"));
}

static int check_additions(zoc_bytes header, size_t at)
{
    int result = 0;

    while (result == 0 && at < header.size) {
        size_t left = header.size - at;
        size_t size = left < ADDITION_HEAD ? 0 : number_at(header, at + 1);
        if (left < ADDITION_HEAD + size)
            return header_refuse(at, _("an addition that is longer than the header"));
        if (byte_at(header, at) == ADDITION_CRC32C)
            result = check_sum(header, at + ADDITION_HEAD, size);
        at += ADDITION_HEAD + size;
    }
    return result;
}

/* --- addresses ------------------------------------------------------------------------------------- */

static void read_ip4(const char *data, zoc_address *source, zoc_address *destination)
{
    source->size = destination->size = sizeof source->ip4;
    source->ip4.sin_family = destination->ip4.sin_family = AF_INET;
    memcpy(&source->ip4.sin_addr, data, 4);
    memcpy(&destination->ip4.sin_addr, data + 4, 4);
    memcpy(&source->ip4.sin_port, data + 8, 2);
    memcpy(&destination->ip4.sin_port, data + 10, 2);
}

static void read_ip6(const char *data, zoc_address *source, zoc_address *destination)
{
    source->size = destination->size = sizeof source->ip6;
    source->ip6.sin6_family = destination->ip6.sin6_family = AF_INET6;
    memcpy(&source->ip6.sin6_addr, data, 16);
    memcpy(&destination->ip6.sin6_addr, data + 16, 16);
    memcpy(&source->ip6.sin6_port, data + 32, 2);
    memcpy(&destination->ip6.sin6_port, data + 34, 2);
}

/* A path, or an abstract name, which begins with a NUL; how many NULs it ends with is not told. */
static zoc_address read_path(const char *data)
{
    zoc_address address = { .local.sun_family = AF_UNIX };
    size_t size = PATH_SIZE;

    while (size > 0 && data[size - 1] == '\0')
        size--;
    memcpy(address.local.sun_path, data, size);
    address.size = (socklen_t)(PATH_OFFSET + size);
    return address;
}

static void read_paths(const char *data, zoc_address *source, zoc_address *destination)
{
    *source = read_path(data);
    *destination = read_path(data + PATH_SIZE);
}

static const struct {
    size_t size; /* of both, with their ports */
    void (*read)(const char *data, zoc_address *source, zoc_address *destination);
} families[FAMILIES] = {
    [INET] = { 12, read_ip4 },
    [INET6] = { 36, read_ip6 },
    [UNIX] = { 2 * PATH_SIZE, read_paths },
};

/* --- reading --------------------------------------------------------------------------------------- */

/* As soon as they are there. */
static int check_head(zoc_bytes bytes)
{
    if (bytes.size > AT_COMMAND && (byte_at(bytes, AT_COMMAND) & ~1) != LOCAL)
        return header_refuse(AT_COMMAND, _("neither LOCAL nor PROXY of version 2"));
    bool names = bytes.size > AT_FAMILY && byte_at(bytes, AT_COMMAND) == PROXY;
    if (names && (byte_at(bytes, AT_FAMILY) >> 4 >= FAMILIES || (byte_at(bytes, AT_FAMILY) & 15) >= PROTOCOLS))
        return header_refuse(AT_FAMILY, _("no such family of addresses, or no such protocol"));
    if (bytes.size >= AT_ADDRESSES && AT_ADDRESSES + number_at(bytes, AT_LENGTH) > PROXY_HEADER_MAX)
        return zoc_refuse(-EMSGSIZE, _("PROXY header: it is longer than %d bytes"), PROXY_HEADER_MAX);
    return 0;
}

/* With a family or a protocol that was not told, nobody knows what follows. */
static int read_names(zoc_bytes bytes, struct proxy_header *header)
{
    unsigned family = byte_at(bytes, AT_FAMILY) >> 4, protocol = byte_at(bytes, AT_FAMILY) & 15;

    if (byte_at(bytes, AT_COMMAND) == LOCAL || family == UNSPEC || protocol == UNSPEC)
        return 0;
    if (bytes.size < AT_ADDRESSES + families[family].size)
        return header_refuse(AT_LENGTH, _("too short for its addresses"));
    header->names = true;
    header->type = protocol == STREAM ? SOCK_STREAM : SOCK_DGRAM;
    families[family].read(bytes.data + AT_ADDRESSES, &header->source, &header->destination);
    return check_additions(bytes, AT_ADDRESSES + families[family].size);
}

ssize_t header_parse_binary(zoc_bytes bytes, struct proxy_header *ret_header)
{
    struct proxy_header header = { .version = 2, .type = SOCK_STREAM };
    int result = check_head(bytes);

    if (result < 0 || bytes.size < AT_ADDRESSES)
        return result;
    size_t size = AT_ADDRESSES + number_at(bytes, AT_LENGTH);
    if (bytes.size < size)
        return 0;
    result = read_names((zoc_bytes){ bytes.data, size }, &header);
    if (result < 0)
        return result;
    *ret_header = header;
    return (ssize_t)size;
}

/* --- writing --------------------------------------------------------------------------------------- */

static char *put_port(char *at, const zoc_address *address)
{
    uint16_t port = zoc_address_port(address);

    *at++ = (char)(port >> 8);
    *at++ = (char)port;
    return at;
}

static char *put_ip(char *at, const struct proxy_header *header, const struct in6_addr *source,
                    const struct in6_addr *destination)
{
    size_t skipped = header_is_ip4(source, destination) ? 12 : 0;

    at = mempcpy(at, source->s6_addr + skipped, sizeof *source - skipped);
    at = mempcpy(at, destination->s6_addr + skipped, sizeof *source - skipped);
    return put_port(put_port(at, &header->source), &header->destination);
}

static char *put_path(char *at, const zoc_address *address)
{
    size_t size = address->size > PATH_OFFSET ? address->size - PATH_OFFSET : 0;

    memset(at, 0, PATH_SIZE);
    memcpy(at, address->local.sun_path, size < PATH_SIZE ? size : PATH_SIZE);
    return at + PATH_SIZE;
}

static bool is_local(const zoc_address *address)
{
    return address->size > 0 && address->any.sa_family == AF_UNIX;
}

/* Returns the end of the addresses, and the family that they are of. */
static char *put_addresses(char *at, const struct proxy_header *header, unsigned *ret_family)
{
    struct in6_addr source, destination;

    if (header_map(header, &source, &destination)) {
        *ret_family = header_is_ip4(&source, &destination) ? INET : INET6;
        return put_ip(at, header, &source, &destination);
    }
    if (!header->names || !is_local(&header->source) || !is_local(&header->destination))
        return at;
    *ret_family = UNIX;
    return put_path(put_path(at, &header->source), &header->destination);
}

size_t header_build_binary(const struct proxy_header *header, char data[PROXY_HEADER_BUILT_MAX])
{
    unsigned family = UNSPEC, protocol = header->type == SOCK_STREAM ? STREAM : DGRAM;
    const char *end = put_addresses(data + AT_ADDRESSES, header, &family);
    size_t length = (size_t)(end - data) - AT_ADDRESSES;

    memcpy(data, header_begins_binary.data, header_begins_binary.size);
    data[AT_COMMAND] = PROXY;
    data[AT_FAMILY] = (char)(family == UNSPEC ? UNSPEC : family << 4 | protocol);
    data[AT_LENGTH] = (char)(length >> 8);
    data[AT_LENGTH + 1] = (char)length;
    return AT_ADDRESSES + length;
}

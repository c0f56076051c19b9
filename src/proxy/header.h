/* Headers of the PROXY protocol, versions 1 and 2 (HAProxy's proxy-protocol.txt, revision of 2020/03/05): what a proxy that
 * connects on behalf of a client says before the client's first byte: whose connection it is. */
#ifndef ZOC_PROXY_HEADER_H
#define ZOC_PROXY_HEADER_H

#include <zocalo/stream.h>

#define PROXY_HEADER_TEXT_MAX  107  /* bytes of version 1, CR LF included (section 2.1) */
#define PROXY_HEADER_MAX       4096 /* bytes of version 2 that are accepted; section 2.2 would allow 16 + 65535 */
#define PROXY_HEADER_BUILT_MAX 232  /* bytes that are built at most: version 2 with Unix addresses */
#define PROXY_HEADER_TIME      (5 * ZOC_SECOND) /* for a header to come; section 2 wants at least 3 */

/* Who speaks to whom. */
struct proxy_header {
    int version; /* 1 or 2 */
    bool names;  /* it names the two; otherwise (LOCAL, UNKNOWN, UNSPEC) the connection is its own */
    int type;    /* SOCK_STREAM, or of version 2 SOCK_DGRAM */
    zoc_address source, destination; /* the client, and where it connected to; both of one family */
};

/* Reads a header at the front of `bytes`, of either version. A checksum (CRC32C) is checked, other additions are skipped; as
 * is what stands in a header that names nobody. Returns how many bytes it has; 0 when more of it has to come; -EPROTO when
 * it is none, or malformed, and -EMSGSIZE when it is too long, as soon as that is certain, with words that say at which
 * byte. */
ssize_t proxy_header_parse(zoc_bytes bytes, struct proxy_header *ret_header);

/* How many bytes more of a header have to come at least, when these are its first and parsing them returned 0. So many can
 * be read, and nothing of what follows the header. */
size_t proxy_header_missing(zoc_bytes bytes);

/* Writes a header. Where the version cannot name the two (no addresses, of different kinds; version 1 knows TCP alone) it
 * says that. Returns its size. */
size_t proxy_header_build(const struct proxy_header *header, char data[PROXY_HEADER_BUILT_MAX]);

/* --- streams -------------------------------------------------------------------------------------- */

/* Both speak to who is at the very end of the stream, below all layers (TLS comes after the header), and what they say is no
 * part of the conversation: neither the account nor the observer has it. */

/* Waits at most PROXY_HEADER_TIME for a header and reads it, and not a byte beyond it. Returns 0; -EPROTO and -EMSGSIZE as
 * above; -ZOC_ETRUNCATED when the stream ended before; -ETIMEDOUT, -ECONNRESET, -ECANCELED and the like; with words. */
int proxy_header_receive(zoc_stream *stream, struct proxy_header *ret_header);

/* Waits. Returns 0 or a negative errno with words. */
int proxy_header_send(zoc_stream *stream, const struct proxy_header *header);

/* --- the two formats ------------------------------------------------------------------------------- */

/* As above, each for its own. Parsing has at least one byte, and those that there are begin as its headers do. */
ssize_t header_parse_text(zoc_bytes bytes, struct proxy_header *ret_header);
ssize_t header_parse_binary(zoc_bytes bytes, struct proxy_header *ret_header);
size_t header_missing_text(zoc_bytes bytes);
size_t header_missing_binary(zoc_bytes bytes);
size_t header_build_text(const struct proxy_header *header, char data[PROXY_HEADER_BUILT_MAX]);
size_t header_build_binary(const struct proxy_header *header, char data[PROXY_HEADER_BUILT_MAX]);

/* What all headers of a version begin with. */
extern const zoc_bytes header_begins_text, header_begins_binary;

/* IPv4 addresses as the mapped IPv6 addresses that they are. Returns whether both have one. */
bool header_map(const struct proxy_header *header, struct in6_addr *ret_source, struct in6_addr *ret_destination);

/* Of two such that have IPv4 addresses in them both. */
bool header_is_ip4(const struct in6_addr *source, const struct in6_addr *destination);

/* Refuses it, for what stands at byte `at`, counted from 0. Returns -EPROTO. */
int header_refuse(size_t at, const char *why);

#endif

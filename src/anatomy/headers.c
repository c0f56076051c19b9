#include "anatomy/headers.h"

#include "anatomy/fields.h"
#include "base/text.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

/* --- parts of a frame ----------------------------------------------------------------------------- */

void frame_put(struct frame *frame, const char *name, unsigned bits, enum known known, const char *format, ...)
{
    struct field *field = &frame->fields[frame->field_count++];
    va_list args;

    assert(frame->field_count <= FIELDS_MAX);
    *field = (struct field){ .name = name, .bits = bits, .known = known };
    va_start(args, format);
    vsnprintf(field->value, sizeof field->value, format, args);
    va_end(args);
}

void frame_put_unknown(struct frame *frame, const char *name, unsigned bits)
{
    frame_put(frame, name, bits, KNOWN_NOT, "%s", "");
}

static struct header *open_header(struct frame *frame, const struct header *header)
{
    struct header *opened = &frame->headers[frame->header_count++];

    assert(frame->header_count <= HEADERS_MAX);
    *opened = *header;
    opened->first = frame->field_count;
    return opened;
}

static void close_header(const struct frame *frame, struct header *header)
{
    unsigned bits = 0;

    header->count = frame->field_count - header->first;
    for (unsigned i = header->first; i < frame->field_count; i++)
        bits += frame->fields[i].bits;
    header->bytes = bits / 8;
}

size_t frame_bytes(const struct frame *frame)
{
    size_t bytes = frame->data;

    for (unsigned i = 0; i < frame->header_count; i++)
        bytes += frame->headers[i].bytes;
    return bytes;
}

zoc_address facts_plain(const zoc_address *address)
{
    zoc_address plain = { .size = sizeof plain.ip4 };

    if (address->size == 0 || address->any.sa_family != AF_INET6 || !IN6_IS_ADDR_V4MAPPED(&address->ip6.sin6_addr))
        return *address;
    plain.ip4.sin_family = AF_INET;
    plain.ip4.sin_port = address->ip6.sin6_port;
    memcpy(&plain.ip4.sin_addr, &address->ip6.sin6_addr.s6_addr[12], sizeof plain.ip4.sin_addr);
    return plain;
}

/* Of whoever sends it, and of the other. */
static zoc_address end_of(const struct facts *facts, enum side side)
{
    return facts_plain(side == SIDE_CLIENT ? &facts->client : &facts->server);
}

static bool is_ip6(const struct facts *facts)
{
    return facts_plain(&facts->server).any.sa_family == AF_INET6;
}

/* --- the link ------------------------------------------------------------------------------------- */

static void put_hardware(struct frame *frame, const char *name, const uint8_t *bytes, enum known known)
{
    if (known == KNOWN_NOT)
        frame_put_unknown(frame, name, 48);
    else
        frame_put(frame, name, 48, known, "%02x:%02x:%02x:%02x:%02x:%02x", bytes[0], bytes[1], bytes[2], bytes[3],
                  bytes[4], bytes[5]);
}

/* RFC 894, RFC 2464 section 3. To loopback Linux writes the same with addresses of zeros. */
static void put_ethernet(struct frame *frame, const struct facts *facts, const struct shape *shape)
{
    static const uint8_t zeros[LOOK_HARDWARE];
    const struct look_way *way = &facts->way;
    bool loopback = way->link == LOOK_LINK_LOOPBACK, ours = shape->from == SIDE_CLIENT;
    const uint8_t *here = loopback ? zeros : way->hardware, *there = loopback ? zeros : way->next;
    enum known next = loopback || way->has_next ? KNOWN_ASKED : KNOWN_NOT;
    struct header *header = open_header(frame, &(struct header){ .layer = LAYER_LINK,
                                                                 .name = "Ethernet",
                                                                 .reference = RFC(is_ip6(facts) ? 2464 : 894, ""),
                                                                 .across = 112 });

    put_hardware(frame, N_("destination"), ours ? there : here, ours ? next : KNOWN_ASKED);
    put_hardware(frame, N_("source"), ours ? here : there, ours ? KNOWN_ASKED : next);
    frame_put(frame, N_("type"), 16, KNOWN_STANDARD, "0x%s", is_ip6(facts) ? "86dd" : "0800");
    close_header(frame, header);
}

/* --- the internet --------------------------------------------------------------------------------- */

static const char *transport_of(const struct facts *facts)
{
    return facts->carrier == CARRIER_TCP ? "6, TCP" : "17, UDP";
}

static enum known known_of(const struct shape *shape)
{
    return shape->from == SIDE_CLIENT ? KNOWN_ASKED : KNOWN_NOT;
}

static void put_address(struct frame *frame, const char *name, const zoc_address *address)
{
    char text[INET6_ADDRSTRLEN];
    bool ip6 = address->any.sa_family == AF_INET6;

    inet_ntop(address->any.sa_family, ip6 ? (const void *)&address->ip6.sin6_addr : &address->ip4.sin_addr, text,
              sizeof text);
    frame_put(frame, name, ip6 ? 128 : 32, KNOWN_ASKED, "%s", text);
}

static void put_addresses(struct frame *frame, const struct facts *facts, const struct shape *shape)
{
    zoc_address from = end_of(facts, shape->from), to = end_of(facts, side_other(shape->from));

    put_address(frame, N_("source address"), &from);
    put_address(frame, N_("destination address"), &to);
}

/* What the program's own socket sends is asked of it; what the other side's has is not known. */
static void put_number(struct frame *frame, const struct shape *shape, const char *name, unsigned value)
{
    if (known_of(shape) == KNOWN_NOT)
        frame_put_unknown(frame, name, 8);
    else
        frame_put(frame, name, 8, KNOWN_ASKED, "%u", value);
}

static void put_bits(struct frame *frame, const struct shape *shape, const char *name, unsigned value)
{
    if (known_of(shape) == KNOWN_NOT)
        frame_put_unknown(frame, name, 8);
    else
        frame_put(frame, name, 8, KNOWN_ASKED, "0x%02x", value);
}

/* RFC 791 section 3.1, figure 4. */
static void put_ip4(struct frame *frame, const struct facts *facts, const struct shape *shape, size_t inside)
{
    struct header *header = open_header(
        frame, &(struct header){ .layer = LAYER_INTERNET, .name = "IPv4", .reference = RFC(791, "3.1"), .across = 32 });

    frame_put(frame, N_("version"), 4, KNOWN_STANDARD, "4");
    frame_put(frame, N_("IHL"), 4, KNOWN_STANDARD, "5");
    put_bits(frame, shape, N_("type of service"), facts->tos);
    frame_put(frame, N_("total length"), 16, KNOWN_STANDARD, "%zu", 20 + inside);
    frame_put_unknown(frame, N_("identification"), 16);
    frame_put(frame, N_("flags"), 3, known_of(shape), "%s",
              known_of(shape) == KNOWN_NOT ? ""
              : facts->dont_fragment       ? "DF"
                                           : "0");
    frame_put(frame, N_("fragment offset"), 13, KNOWN_STANDARD, "0");
    put_number(frame, shape, N_("time to live"), facts->ttl);
    frame_put(frame, N_("protocol"), 8, KNOWN_STANDARD, "%s", transport_of(facts));
    frame_put_unknown(frame, N_("header checksum"), 16);
    put_addresses(frame, facts, shape);
    close_header(frame, header);
}

/* RFC 8200 section 3. */
static void put_ip6(struct frame *frame, const struct facts *facts, const struct shape *shape, size_t inside)
{
    struct header *header = open_header(
        frame, &(struct header){ .layer = LAYER_INTERNET, .name = "IPv6", .reference = RFC(8200, "3"), .across = 32 });

    frame_put(frame, N_("version"), 4, KNOWN_STANDARD, "6");
    put_bits(frame, shape, N_("traffic class"), facts->tos);
    frame_put_unknown(frame, N_("flow label"), 20);
    frame_put(frame, N_("payload length"), 16, KNOWN_STANDARD, "%zu", inside);
    frame_put(frame, N_("next header"), 8, KNOWN_STANDARD, "%s", transport_of(facts));
    put_number(frame, shape, N_("hop limit"), facts->ttl);
    put_addresses(frame, facts, shape);
    close_header(frame, header);
}

/* --- the transport -------------------------------------------------------------------------------- */

static void put_ports(struct frame *frame, const struct facts *facts, const struct shape *shape)
{
    zoc_address from = end_of(facts, shape->from), to = end_of(facts, side_other(shape->from));

    frame_put(frame, N_("source port"), 16, KNOWN_ASKED, "%u", zoc_address_port(&from));
    frame_put(frame, N_("destination port"), 16, KNOWN_ASKED, "%u", zoc_address_port(&to));
}

/* RFC 768. */
static void put_udp(struct frame *frame, const struct facts *facts, const struct shape *shape)
{
    struct header *header = open_header(
        frame, &(struct header){ .layer = LAYER_TRANSPORT, .name = "UDP", .reference = RFC(768, ""), .across = 32 });

    put_ports(frame, facts, shape);
    frame_put(frame, N_("length"), 16, KNOWN_STANDARD, "%zu", 8 + shape->data);
    frame_put_unknown(frame, N_("checksum"), 16);
    close_header(frame, header);
}

/* RFC 9293 section 3.1. Sequence numbers are relative, since their beginnings are drawn by chance and kept by the kernel. */
static void put_tcp(struct frame *frame, const struct facts *facts, const struct shape *shape)
{
    char flags[FLAGS_TEXT];
    struct header *header = open_header(
        frame,
        &(struct header){ .layer = LAYER_TRANSPORT, .name = "TCP", .reference = RFC(9293, "3.1"), .across = 32 });

    put_ports(frame, facts, shape);
    frame_put(frame, N_("sequence number"), 32, KNOWN_STANDARD, _("%llu (relative)"), (unsigned long long)shape->seq);
    frame_put(frame, N_("acknowledgment number"), 32, KNOWN_STANDARD, _("%llu (relative)"),
              (unsigned long long)shape->ack);
    frame_put(frame, N_("offset"), 4, KNOWN_STANDARD, "%u",
              5 + tcp_options_bytes(facts, shape->from, shape->flags) / 4);
    frame_put(frame, N_("rsrvd"), 4, KNOWN_STANDARD, "0");
    frame_put(frame, N_("control bits"), 8, KNOWN_STANDARD, "%s", flags_format(shape->flags, flags));
    frame_put_unknown(frame, N_("window"), 16);
    frame_put_unknown(frame, N_("checksum"), 16);
    frame_put(frame, N_("urgent pointer"), 16, KNOWN_STANDARD, "0");
    tcp_options_put(frame, facts, shape);
    close_header(frame, header);
}

/* --- TLS ------------------------------------------------------------------------------------------ */

#define RECORD_HEAD 5 /* bytes */

size_t tls_bytes(const struct tls_terms *tls)
{
    return RECORD_HEAD + tls->nonce + tls->inner_type + tls->tag;
}

static struct reference record_reference(const struct tls_terms *tls)
{
    return tls->inner_type ? (struct reference)RFC(8446, "5.2") : (struct reference)RFC(5246, "6.2.3.3");
}

static void put_record_head(struct frame *frame, const struct facts *facts, const struct shape *shape)
{
    const struct tls_terms *tls = &facts->tls;
    struct header *header = open_header(frame, &(struct header){ .layer = LAYER_APPLICATION,
                                                                 .name = "TLS",
                                                                 .reference = record_reference(tls),
                                                                 .across = (RECORD_HEAD + tls->nonce) * 8 });

    frame_put(frame, N_("content type"), 8, KNOWN_STANDARD, "23");
    frame_put(frame, N_("version"), 16, KNOWN_STANDARD, "0x0303");
    frame_put(frame, N_("length"), 16, KNOWN_STANDARD, "%zu", tls_bytes(tls) - RECORD_HEAD + shape->data);
    if (tls->nonce)
        frame_put_unknown(frame, N_("nonce"), 8 * tls->nonce);
    close_header(frame, header);
}

static void put_record_end(struct frame *frame, const struct facts *facts)
{
    const struct tls_terms *tls = &facts->tls;
    struct header *header = open_header(frame, &(struct header){ .layer = LAYER_APPLICATION,
                                                                 .name = "TLS",
                                                                 .reference = record_reference(tls),
                                                                 .behind = true,
                                                                 .across = (tls->inner_type + tls->tag) * 8 });

    if (tls->inner_type)
        frame_put(frame, N_("type"), 8, KNOWN_STANDARD, "23");
    frame_put_unknown(frame, N_("authentication tag"), 8 * tls->tag);
    close_header(frame, header);
}

/* --- the frame ------------------------------------------------------------------------------------ */

static bool has_link_header(const struct look_way *way)
{
    return way->index != 0 && (way->link == LOOK_LINK_LOOPBACK || way->link == LOOK_LINK_ETHERNET);
}

static size_t transport_bytes(const struct facts *facts, enum side from, unsigned flags)
{
    return facts->carrier == CARRIER_UDP ? 8 : 20 + tcp_options_bytes(facts, from, flags);
}

size_t headers_bytes(const struct facts *facts, enum side from, unsigned flags)
{
    if (facts->carrier == CARRIER_UNIX)
        return 0;
    return (has_link_header(&facts->way) ? 14 : 0) + (is_ip6(facts) ? 40 : 20) + transport_bytes(facts, from, flags);
}

void frame_build(struct frame *frame, const struct facts *facts, const struct shape *shape)
{
    bool sealed = shape->sealed && facts->tls.sized;
    size_t inside =
        transport_bytes(facts, shape->from, shape->flags) + shape->data + (sealed ? tls_bytes(&facts->tls) : 0);

    *frame = (struct frame){ .data = shape->data };
    if (facts->carrier == CARRIER_UNIX)
        return;
    if (has_link_header(&facts->way))
        put_ethernet(frame, facts, shape);
    (is_ip6(facts) ? put_ip6 : put_ip4)(frame, facts, shape, inside);
    (facts->carrier == CARRIER_UDP ? put_udp : put_tcp)(frame, facts, shape);
    if (!sealed)
        return;
    put_record_head(frame, facts, shape);
    put_record_end(frame, facts);
}

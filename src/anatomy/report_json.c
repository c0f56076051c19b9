#include "anatomy/drawing.h"
#include "anatomy/report.h"
#include "base/json.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

/* --- members -------------------------------------------------------------------------------------- */

static void put_text(zoc_buffer *to, const char *key, const char *text)
{
    zoc_buffer_printf(to, ",\"%s\":", key);
    base_json_string(to, zoc_bytes_of(text));
}

/* "source port" is source_port. */
static void put_name(zoc_buffer *to, const char *key, const char *name)
{
    zoc_buffer_printf(to, ",\"%s\":\"", key);
    for (; *name; name++)
        zoc_buffer_printf(to, "%c", *name == ' ' ? '_' : tolower((unsigned char)*name));
    zoc_buffer_append(to, "\"", 1);
}

static void put_address(zoc_buffer *to, const char *key, const zoc_address *address)
{
    char text[ZOC_ADDRESS_TEXT];

    if (address->size)
        put_text(to, key, zoc_address_format(address, text, sizeof text));
}

static void begin(zoc_buffer *to, const char *kind)
{
    zoc_buffer_printf(to, "{\"kind\":\"%s\"", kind);
}

static void end(zoc_buffer *to)
{
    zoc_buffer_append(to, "}\n", 2);
}

static const char *const layers[] = {
    [LAYER_APPLICATION] = "application",
    [LAYER_TRANSPORT] = "transport",
    [LAYER_INTERNET] = "internet",
    [LAYER_LINK] = "link",
};

/* --- objects -------------------------------------------------------------------------------------- */

static void put_way(zoc_buffer *to, const struct look_way *way)
{
    static const char *const links[] = { "other", "loopback", "ethernet", "none" };

    if (way->index == 0)
        return;
    put_text(to, "interface", way->name);
    zoc_buffer_printf(to, ",\"link\":\"%s\",\"mtu\":%u", links[way->link], way->mtu);
    put_address(to, "gateway", &way->gateway);
}

static void put_exchange(zoc_buffer *to, const struct exchange *exchange, const struct sequence *sequence)
{
    static const char *const carriers[] = { "tcp", "udp", "unix" };
    const struct facts *facts = &exchange->facts;

    begin(to, "exchange");
    zoc_buffer_printf(to, ",\"carrier\":\"%s\",\"connected\":%s", carriers[facts->carrier],
                      anatomy_connected(exchange) ? "true" : "false");
    put_address(to, "client", &facts->client);
    put_address(to, "server", &facts->server);
    put_way(to, &facts->way);
    zoc_buffer_printf(to, ",\"sent_bytes\":%zu,\"received_bytes\":%zu", exchange->said, exchange->heard);
    if (facts->tcp.mss)
        zoc_buffer_printf(to, ",\"mss\":%u", facts->tcp.mss);
    if (sequence->rtt_us)
        zoc_buffer_printf(to, ",\"rtt_us\":%u", sequence->rtt_us);
    if (sequence->counted)
        zoc_buffer_printf(to, ",\"segments_sent\":%u,\"segments_received\":%u,\"retransmissions\":%u",
                          sequence->counted_by[SIDE_CLIENT], sequence->counted_by[SIDE_SERVER], sequence->again);
    if (facts->tls.version) {
        put_text(to, "tls", facts->tls.version);
        put_text(to, "cipher", facts->tls.cipher);
    }
    end(to);
}

static void put_attempt(zoc_buffer *to, const struct attempt *attempt)
{
    begin(to, "attempt");
    put_address(to, "address", &attempt->address);
    zoc_buffer_printf(to, ",\"took_ns\":%lld", (long long)(attempt->ended ? attempt->ended - attempt->begun : 0));
    if (attempt->error)
        zoc_buffer_printf(to, ",\"error\":%d", -attempt->error);
    end(to);
}

static void put_header(zoc_buffer *to, const struct header *header)
{
    begin(to, "layer");
    put_text(to, "layer", layers[header->layer]);
    put_text(to, "header", header->name);
    zoc_buffer_printf(to, ",\"bytes\":%u,\"trailer\":%s", header->bytes, header->behind ? "true" : "false");
    if (header->reference.rfc)
        zoc_buffer_printf(to, ",\"rfc\":%u", header->reference.rfc);
    if (*header->reference.section)
        put_text(to, "section", header->reference.section);
    end(to);
}

static void put_field(zoc_buffer *to, const struct header *header, const struct field *field)
{
    static const char *const known[] = { "asked", "standard", "not_shown" };

    begin(to, "field");
    put_text(to, "layer", layers[header->layer]);
    put_text(to, "header", header->name);
    put_name(to, "name", field->name);
    zoc_buffer_printf(to, ",\"bits\":%u,\"known\":\"%s\"", field->bits, known[field->known]);
    if (field->value[0])
        put_text(to, "value", field->value);
    end(to);
}

static void put_frame(zoc_buffer *to, const struct frame *frame, unsigned parts)
{
    for (unsigned i = 0; parts & ANATOMY_FRAME && i < frame->header_count; i++)
        put_header(to, &frame->headers[i]);
    if (parts & ANATOMY_FRAME) {
        begin(to, "frame");
        zoc_buffer_printf(to, ",\"bytes\":%zu,\"data_bytes\":%zu", frame_bytes(frame), frame->data);
        end(to);
    }
    for (unsigned i = 0; parts & ANATOMY_HEADERS && i < frame->header_count; i++)
        for (unsigned j = 0; j < frame->headers[i].count; j++)
            put_field(to, &frame->headers[i], &frame->fields[frame->headers[i].first + j]);
}

static void put_segment(zoc_buffer *to, const struct exchange *exchange, const struct segment *segment)
{
    static const char *const certainties[] = { "measured", "seen", "inferred" };
    char flags[FLAGS_TEXT];

    begin(to, "segment");
    zoc_buffer_printf(to, ",\"from\":\"%s\",\"count\":%u,\"data_bytes\":%llu,\"certainty\":\"%s\"",
                      side_name(segment->from), segment->count, (unsigned long long)segment->bytes,
                      certainties[segment->certainty]);
    if (segment->time)
        zoc_buffer_printf(to, ",\"time_ns\":%lld", (long long)(segment->time - exchange->begun));
    size_t size = segment_bytes(&exchange->facts, segment);
    if (size > 0)
        zoc_buffer_printf(to, ",\"frame_bytes\":%zu", size);
    if (segment->note)
        put_text(to, "note", segment->note);
    if (exchange->facts.carrier == CARRIER_TCP) {
        put_text(to, "flags", flags_format(segment->flags, flags));
        zoc_buffer_printf(to, ",\"seq\":%llu,\"ack\":%llu", (unsigned long long)segment->seq,
                          (unsigned long long)segment->ack);
        put_text(to, "client_state", tcp_state_name(segment->states[SIDE_CLIENT]));
        if (segment->states[SIDE_SERVER] != STATE_UNKNOWN)
            put_text(to, "server_state", tcp_state_name(segment->states[SIDE_SERVER]));
    }
    end(to);
}

/* --- all of it ------------------------------------------------------------------------------------ */

struct made {
    struct sequence sequence;
    struct frame frame;
};

/* What cannot be appended is missed by the last append as well. */
int anatomy_json(const struct exchange *exchange, unsigned parts, zoc_buffer *to)
{
    struct made *made = malloc(sizeof *made); /* too large for the stack of a fiber */
    struct shape shape = anatomy_shape(exchange);

    if (!made)
        return -ENOMEM;
    sequence_build(&made->sequence, &exchange->facts, exchange->moments, exchange->moment_count);
    put_exchange(to, exchange, &made->sequence);
    for (unsigned i = 0; i < exchange->attempt_count; i++)
        put_attempt(to, &exchange->attempts[i]);
    if (anatomy_has_frame(exchange)) {
        frame_build(&made->frame, &exchange->facts, &shape);
        put_frame(to, &made->frame, parts);
    }
    for (unsigned i = 0; parts & ANATOMY_SEQUENCE && i < made->sequence.count; i++)
        put_segment(to, exchange, &made->sequence.segments[i]);
    free(made);
    return 0;
}

#include "talk/flow.h"

#include <zocalo/fiber.h>

static bool is_on(const bool *what)
{
    return what && *what;
}

static bool is_plain(const struct flow *flow)
{
    return !flow->changes && !is_on(flow->crlf) && !is_on(flow->hex) && !flow->piece && !flow->by_lines &&
           !flow->pause && !flow->receive_max && !flow->keeps_open && !zoc_stream_has_messages(flow->sink);
}

/* What is sent is shown before it goes, so that an answer never stands above its question. That nobody reads the dump is no
 * reason to send nothing. */
static int put(struct flow *flow, zoc_bytes bytes)
{
    bool shows = is_on(flow->hex);
    ssize_t result = shows ? hexdump_show(flow->dump, flow->received, bytes) : 0;

    if (!shows || !flow->received)
        result = zoc_write(flow->sink, bytes.data, bytes.size);
    flow->sink_failed = result < 0;
    return result < 0 ? (int)result : 0;
}

/* What was read is passed on, though a soft stop lets nothing more be read. */
static int pass_piece(struct flow *flow, zoc_bytes bytes)
{
    int result = 0;

    ZOC_FINISH {
        if (flow->pause && flow->began)
            result = zoc_sleep(flow->pause);
        flow->began = true;
        if (result == 0)
            result = put(flow, bytes);
        if (result == 0)
            result = tap_see(flow->tap, bytes);
    }
    return result;
}

static size_t size_of_piece(const struct flow *flow, zoc_bytes rest)
{
    const char *end = flow->by_lines ? memchr(rest.data, '\n', rest.size) : NULL;
    size_t size = end ? (size_t)(end - rest.data) + 1 : rest.size;

    if (flow->piece && flow->piece < size)
        size = flow->piece;
    bool cuts = zoc_stream_has_messages(flow->sink) && !zoc_stream_has_messages(flow->source);
    return cuts && size > LETTER_MAX ? LETTER_MAX : size;
}

/* An empty message is a piece too. */
static int pass_pieces(struct flow *flow, zoc_bytes bytes)
{
    size_t done = 0;
    int result;

    do {
        zoc_bytes rest = { bytes.data + done, bytes.size - done };
        rest.size = size_of_piece(flow, rest);
        result = pass_piece(flow, rest);
        done += rest.size;
    } while (result == 0 && done < bytes.size);
    return result;
}

static int pass_lines(struct flow *flow, zoc_bytes bytes)
{
    zoc_buffer text = { 0 };
    int result = crlf_append(&flow->lines, bytes, &text);

    if (result == 0)
        result = pass_pieces(flow, (zoc_bytes){ text.data, text.size });
    zoc_buffer_release(&text);
    return result;
}

static bool is_end(const zoc_stream *source, ssize_t received, zoc_bytes chunk)
{
    return received == 0 && !(zoc_stream_has_messages(source) && chunk.data);
}

static int pass_all(struct flow *flow)
{
    zoc_bytes chunk = { 0 };
    unsigned count = 0;
    int result = 0;

    while (result == 0 && (!flow->receive_max || count++ < flow->receive_max)) {
        ssize_t received = zoc_receive(flow->source, &chunk);
        if (received < 0)
            return (int)received;
        if (is_end(flow->source, received, chunk))
            break;
        result = is_on(flow->crlf) ? pass_lines(flow, chunk) : pass_pieces(flow, chunk);
    }
    return result < 0 || flow->keeps_open ? result : zoc_shut(flow->sink);
}

/* What was received and not passed on says which side failed: the account of a stream that ended before does not. */
static int pump(struct flow *flow)
{
    uint64_t before = zoc_stream_account(flow->source).received, passed = 0;
    int result = pump_tapped(flow->source, flow->sink, flow->tap, &passed, NULL);

    flow->sink_failed = result < 0 && zoc_stream_account(flow->source).received - before > passed;
    return result;
}

int flow_run(struct flow *flow)
{
    return is_plain(flow) ? pump(flow) : pass_all(flow);
}

#include "talk/flow.h"

#include <zocalo/fiber.h>

static bool is_plain(const struct flow *flow)
{
    return !flow->crlf && !flow->piece && !flow->pause && !flow->keeps_open && !flow->dump && !flow->tap;
}

/* What is sent is shown before it goes, so that an answer never stands above its question. That nobody reads the dump is no
 * reason to send nothing. */
static int put(const struct flow *flow, zoc_bytes bytes)
{
    if (flow->dump && flow->received)
        return hexdump_show(flow->dump, true, bytes);
    if (flow->dump)
        hexdump_show(flow->dump, false, bytes);
    ssize_t written = zoc_write(flow->sink, bytes.data, bytes.size);
    return written < 0 ? (int)written : 0;
}

static int pass_piece(struct flow *flow, zoc_bytes bytes)
{
    int result = flow->pause && flow->began ? zoc_sleep(flow->pause) : 0;

    flow->began = true;
    if (result == 0)
        result = put(flow, bytes);
    return result == 0 && flow->tap ? flow->tap->see(flow->tap, bytes) : result;
}

/* An empty message is a piece too. */
static int pass_pieces(struct flow *flow, zoc_bytes bytes)
{
    size_t done = 0;
    int result;

    do {
        size_t rest = bytes.size - done;
        size_t size = flow->piece && flow->piece < rest ? flow->piece : rest;
        result = pass_piece(flow, (zoc_bytes){ bytes.data + done, size });
        done += size;
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
    int result = 0;

    while (result == 0) {
        ssize_t received = zoc_receive(flow->source, &chunk);
        if (received < 0)
            return (int)received;
        if (is_end(flow->source, received, chunk))
            return flow->keeps_open ? 0 : zoc_shut(flow->sink);
        result = flow->crlf ? pass_lines(flow, chunk) : pass_pieces(flow, chunk);
    }
    return result;
}

int flow_run(struct flow *flow)
{
    return is_plain(flow) ? zoc_pump_one_way(flow->source, flow->sink, NULL, NULL) : pass_all(flow);
}

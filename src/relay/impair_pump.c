#include "relay/impair.h"
#include "stream/stream.h"
#include "talk/flow.h"

#include <zocalo/fiber.h>

static ssize_t receive(struct impaired *impaired, zoc_bytes *ret_bytes)
{
    struct impaired_pump *pump = (struct impaired_pump *)impaired;

    return zoc_receive(pump->source, ret_bytes);
}

static int write_piece(struct impaired_pump *pump, zoc_bytes piece)
{
    ssize_t written = zoc_write(pump->sink, piece.data, piece.size);

    pump->sink_failed = written < 0;
    if (written < 0)
        return (int)written;
    pump->passed += piece.size;
    return tap_see(pump->tap, piece);
}

/* More of a stream than a datagram takes becomes several. */
static int pass(struct impaired *impaired, zoc_bytes bytes)
{
    struct impaired_pump *pump = (struct impaired_pump *)impaired;
    bool divides = zoc_stream_has_messages(pump->sink) && !zoc_stream_has_messages(pump->source);
    size_t most = divides && bytes.size > LETTER_MAX ? LETTER_MAX : bytes.size;
    int result = write_piece(pump, (zoc_bytes){ bytes.data, most });

    if (result == 0 && most < bytes.size)
        result = write_piece(pump, (zoc_bytes){ bytes.data + most, bytes.size - most });
    return result;
}

static void await_arrival(const zoc_stream *sink)
{
    int result = 0;

    ZOC_WITHIN(IMPAIR_PARTING)
        for (zoc_duration pause = ZOC_MILLISECOND; stream_unsent(sink) > 0 && result == 0; pause *= 2)
            result = zoc_sleep(pause);
}

int impair_pump(struct impaired_pump *pump)
{
    pump->impaired.receive = receive;
    pump->impaired.pass = pass;
    pump->impaired.datagrams = zoc_stream_has_messages(pump->source) || zoc_stream_has_messages(pump->sink);
    int result = impair_run(&pump->impaired);
    if (pump->impaired.cut)
        await_arrival(pump->sink);
    return result < 0 ? result : zoc_shut(pump->sink);
}

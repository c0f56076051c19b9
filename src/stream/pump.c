#include "stream/chunk.h"
#include "stream/descriptor.h"
#include "stream/splice.h"

#include <errno.h>
#include <fcntl.h>
#include <zocalo/fiber.h>

#define BULK_CHUNKS 4                   /* so many large chunks in a row, and splicing is tried */
#define BULK_LEAST  (ZOC_CHUNK_MAX / 2) /* bytes of a large one */

/* SPLICE_F_NONBLOCK is for the pipe alone: a socket that somebody left to us without O_NONBLOCK would block the loop. A
 * file may block its worker, but takes nothing from a pipe where it is appended to (splice(2), EINVAL). */
static bool can_splice(zoc_stream *stream, bool sends)
{
    bool plain = stream->operations->plain && !stream->observer && !stream->messages;
    struct descriptor *descriptor = plain ? stream->operations->plain(stream, sends) : NULL;

    if (!descriptor || !descriptor->kind->splices || descriptor->stream.observer)
        return false;
    int flags = zoc_world->status_flags(descriptor->fd);
    return flags >= 0 && (descriptor->kind->waits ? !(flags & O_APPEND) : flags & O_NONBLOCK);
}

static bool is_end(zoc_stream *source, ssize_t received, zoc_bytes chunk)
{
    return received == 0 && !(source->messages && chunk.data);
}

int tap_see(struct tap *tap, zoc_bytes bytes)
{
    int result = 0;

    ZOC_FINISH
        result = tap ? tap->see(tap, bytes) : 0;
    return result;
}

ssize_t tap_see_pipe(struct tap *tap, int pipe, size_t size)
{
    ssize_t result = 0;

    ZOC_FINISH
        result = tap ? tap->see_pipe(tap, pipe, size) : (ssize_t)size;
    return result;
}

/* By copies, until the source ends (0), fails, or turns out to have much to say (1). */
static int copy(zoc_stream *source, zoc_stream *sink, struct tap *tap, bool splices, uint64_t *bytes)
{
    zoc_bytes chunk = { 0 };
    int large = 0;

    while (large < BULK_CHUNKS) {
        ssize_t received = zoc_receive(source, &chunk);
        if (received < 0)
            return (int)received;
        if (is_end(source, received, chunk))
            return 0;
        ssize_t written = zoc_write(sink, chunk.data, (size_t)received);
        if (written < 0)
            return (int)written;
        *bytes += (uint64_t)received;
        int seen = tap_see(tap, chunk);
        if (seen < 0)
            return seen;
        large = splices && received >= BULK_LEAST ? large + 1 : 0;
    }
    return 1;
}

int pump_tapped(zoc_stream *source, zoc_stream *sink, struct tap *tap, uint64_t *bytes, uint64_t *spliced)
{
    uint64_t unasked = 0;
    int result;

    if (!bytes)
        bytes = &unasked;
    do {
        bool splices = (!tap || tap->see_pipe) && can_splice(source, false) && can_splice(sink, true);
        result = copy(source, sink, tap, splices, bytes);
        if (result > 0)
            result = splice_bulk(source, sink, tap, bytes, spliced ? spliced : &unasked);
    } while (result > 0);
    return result < 0 ? result : zoc_shut(sink);
}

int zoc_pump_one_way(zoc_stream *source, zoc_stream *sink, uint64_t *bytes, uint64_t *spliced)
{
    return pump_tapped(source, sink, NULL, bytes, spliced);
}

struct direction {
    zoc_stream *source, *sink;
    uint64_t *bytes, *spliced;
    int *error;
    zoc_group *both;
};

static int run_direction(void *arg)
{
    struct direction *direction = arg;
    int result = zoc_pump_one_way(direction->source, direction->sink, direction->bytes, direction->spliced);

    *direction->error = result;
    if (result < 0 && result != -ECANCELED) /* a soft stop lets the other direction finish its write */
        zoc_group_cancel(direction->both);
    return result;
}

int zoc_pump(zoc_stream *one, zoc_stream *other, zoc_pump_result *ret_result)
{
    zoc_pump_result unasked = { 0 }, *result = ret_result ? ret_result : &unasked;
    ZOC_GROUP(both);
    struct direction forth = { one, other, &result->forth, &result->spliced, &result->forth_error, &both };
    struct direction back = { other, one, &result->back, &result->spliced, &result->back_error, &both };

    *result = (zoc_pump_result){ 0 };
    int started = zoc_go(&both, run_direction, &forth);
    if (started == 0)
        started = zoc_go(&both, run_direction, &back);
    if (started < 0)
        return started;
    return zoc_group_wait(&both);
}

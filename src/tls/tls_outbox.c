#include "tls/tls_outbox.h"

#include "stream/chunk.h"
#include "stream/descriptor.h"

#include <errno.h>
#include <zocalo/error.h>
#include <zocalo/fiber.h>

#define CHUNK_SIZE (ZOC_CHUNK_MAX + CHUNK_MARGIN)

size_t tls_outbox_room(const struct tls_outbox *outbox)
{
    return outbox->chunk && outbox->waiting.size == 0 ? CHUNK_SIZE - outbox->filled : 0;
}

int tls_outbox_put(struct tls_outbox *outbox, const void *data, size_t size)
{
    if (outbox->broken)
        return 0;
    if (size > tls_outbox_room(outbox))
        return zoc_buffer_append(&outbox->waiting, data, size);
    memcpy(outbox->chunk + outbox->filled, data, size);
    outbox->filled += size;
    return 0;
}

/* --- turns ---------------------------------------------------------------------------------------- */

int tls_outbox_take(struct tls_outbox *outbox)
{
    int result = 0;

    while (result == 0 && outbox->taken) {
        zoc_event_clear(&outbox->freed);
        ZOC_FINISH
            result = zoc_event_wait(&outbox->freed);
    }
    if (result < 0)
        return zoc_refuse(result, "%s", zoc_error_text(result));
    if (outbox->broken)
        return zoc_fail(-EPIPE, "write");
    outbox->taken = true;
    return 0;
}

void tls_outbox_give(struct tls_outbox *outbox)
{
    outbox->taken = false;
    zoc_event_set(&outbox->freed);
}

/* --- writing -------------------------------------------------------------------------------------- */

/* Nothing may follow a record that was cut, nor come in the place of one that never left: the peer counts them. */
static int break_off(struct tls_outbox *outbox, int error)
{
    outbox->broken = true;
    zoc_buffer_release(&outbox->waiting);
    return error;
}

static int write_below(struct tls_outbox *outbox, zoc_stream *below, const char *data, size_t size)
{
    ssize_t written = zoc_write(below, data, size);

    return written < 0 ? break_off(outbox, (int)written) : 0;
}

/* What is written lies elsewhere meanwhile: more may come to wait. */
int tls_outbox_flush(struct tls_outbox *outbox, zoc_stream *below)
{
    int result = 0;

    while (result == 0 && outbox->waiting.size > 0) {
        zoc_buffer going = outbox->waiting;
        outbox->waiting = (zoc_buffer){ 0 };
        result = write_below(outbox, below, going.data, going.size);
        zoc_buffer_release(&going);
    }
    return result;
}

/* What waits goes in one write with what follows. */
int tls_outbox_open(struct tls_outbox *outbox, zoc_stream *below)
{
    int result = outbox->waiting.size > TLS_WAITING_MAX ? tls_outbox_flush(outbox, below) : 0;

    if (result < 0)
        return result;
    outbox->chunk = chunk_take();
    if (!outbox->chunk)
        return zoc_refuse(-ENOMEM, "%s", zoc_error_text(-ENOMEM));
    zoc_buffer first = outbox->waiting;
    outbox->waiting = (zoc_buffer){ 0 };
    outbox->filled = 0;
    if (first.size > 0)
        tls_outbox_put(outbox, first.data, first.size);
    zoc_buffer_release(&first);
    return 0;
}

int tls_outbox_write(struct tls_outbox *outbox, zoc_stream *below)
{
    char *chunk = outbox->chunk;

    outbox->chunk = NULL;
    int result = outbox->filled > 0 ? write_below(outbox, below, chunk, outbox->filled) : 0;
    chunk_give(chunk);
    return result == 0 ? tls_outbox_flush(outbox, below) : result;
}

/* --- without waiting ------------------------------------------------------------------------------ */

/* A part that went out is no harm: the rest still waits. */
static void try_write(struct tls_outbox *outbox, zoc_stream *below, struct descriptor *descriptor)
{
    struct iovec piece = { outbox->waiting.data, outbox->waiting.size };
    ssize_t written = descriptor->kind->write(descriptor, &piece, 1);

    if (written > 0) {
        stream_account_sent(below, (zoc_bytes){ piece.iov_base, (size_t)written });
        zoc_buffer_consume(&outbox->waiting, (size_t)written);
    }
    if (outbox->waiting.size == 0)
        zoc_buffer_release(&outbox->waiting);
}

static struct descriptor *descriptor_below(zoc_stream *below)
{
    struct descriptor *descriptor = below->operations->plain(below, true);

    return descriptor && !descriptor->kind->waits ? descriptor : NULL;
}

static bool can_be_written(const struct tls_outbox *outbox, const zoc_stream *below)
{
    return !outbox->taken && !outbox->broken && outbox->waiting.size > 0 && !below->we_ended && !below->poisoned;
}

void tls_outbox_offer(struct tls_outbox *outbox, zoc_stream *below)
{
    struct descriptor *descriptor = descriptor_below(below);

    if (descriptor && can_be_written(outbox, below))
        try_write(outbox, below, descriptor);
}

void tls_outbox_offer_last(struct tls_outbox *outbox, zoc_stream *below)
{
    if (descriptor_below(below)) {
        tls_outbox_offer(outbox, below);
    } else if (can_be_written(outbox, below)) {
        outbox->taken = true;
        ZOC_SHIELD(0)
            tls_outbox_flush(outbox, below);
        tls_outbox_give(outbox);
    }
}

void tls_outbox_release(struct tls_outbox *outbox)
{
    zoc_buffer_release(&outbox->waiting);
}

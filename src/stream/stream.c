#include "stream/stream.h"

#include <assert.h>
#include <errno.h>
#include <zocalo/error.h>
#include <zocalo/fiber.h>

void stream_init(zoc_stream *stream, const struct stream_operations *operations)
{
    *stream = (zoc_stream){ .operations = operations, .since = zoc_now(), .receives = true, .sends = true };
}

/* --- accounts ------------------------------------------------------------------------------------ */

/* The part of a piece that the bytes from `from` to `to` of all pieces are in, when it begins with byte `start` of them. */
static zoc_bytes part_of(const struct iovec *piece, size_t start, size_t from, size_t to)
{
    size_t first = from > start ? from - start : 0;
    size_t last = to > start ? to - start : 0;

    last = last < piece->iov_len ? last : piece->iov_len;
    return (zoc_bytes){ (const char *)piece->iov_base + first, first < last ? last - first : 0 };
}

/* Tells which bytes of a write have gone out, up to byte `written`, piece by piece. A message may have none. */
static __attribute__((noinline)) void tell_sent(zoc_stream *stream, struct stream_write *write, size_t written)
{
    size_t from = write->told, start = 0;

    write->told = written;
    for (int i = 0; i < write->count; start += write->pieces[i++].iov_len) {
        zoc_bytes part = part_of(&write->pieces[i], start, from, written);
        if (part.size > 0 || stream->messages)
            observer_tell(stream->observer, (zoc_notice){ .kind = ZOC_SENT, .stream = stream, .bytes = part });
    }
}

/* The order of notices is that of things: what a write that still waits has got rid of may well be what the peer answers to. */
static __attribute__((noinline)) void tell_observer(zoc_stream *stream, zoc_notice_kind kind, zoc_bytes bytes,
                                                    int error)
{
    if (stream->write && stream->under_way > stream->write->told)
        tell_sent(stream, stream->write, stream->under_way);
    observer_tell(stream->observer, (zoc_notice){ .kind = kind, .stream = stream, .bytes = bytes, .error = error });
}

/* The notice is built for an observer alone, and in a frame of its own: most streams have none, this is in the way of
 * every byte, and each cache line of stack that is touched is one for every connection. */
static void tell(zoc_stream *stream, zoc_notice_kind kind, zoc_bytes bytes, int error)
{
    if (stream->observer)
        tell_observer(stream, kind, bytes, error);
}

static void end_with(zoc_stream *stream, zoc_ending ending, int error)
{
    if (stream->ending != ZOC_OPEN)
        return;
    stream->ending = ending;
    stream->error = error;
}

void stream_account_received(zoc_stream *stream, zoc_bytes bytes)
{
    stream->received += bytes.size;
    tell(stream, ZOC_RECEIVED, bytes, 0);
}

void stream_account_sent(zoc_stream *stream, zoc_bytes bytes)
{
    stream->sent += bytes.size;
    tell(stream, ZOC_SENT, bytes, 0);
}

void stream_account_end(zoc_stream *stream)
{
    if (stream->peer_ended)
        return;
    stream->peer_ended = true;
    end_with(stream, ZOC_ENDED_BY_PEER, 0);
    tell(stream, ZOC_PEER_ENDED, (zoc_bytes){ 0 }, 0);
}

static zoc_ending ending_of(int error)
{
    switch (error) {
    case -ECONNRESET:
    case -EPIPE: /* the reset came before our write */
        return ZOC_ENDED_BY_RESET;
    case -ETIMEDOUT:
        return ZOC_ENDED_BY_TIME;
    default:
        return ZOC_ENDED_BY_ERROR;
    }
}

void stream_account_failure(zoc_stream *stream, int error)
{
    if (error == -ECANCELED)
        return;                                           /* that says something of the fiber, not of the stream */
    if (-error < ZOC_ENAME && !stream->operations->below) /* others come with words of their own */
        zoc_refuse(error, "%s", zoc_error_text(error));
    end_with(stream, ending_of(error), error);
    tell(stream, ZOC_FAILED, (zoc_bytes){ 0 }, error);
}

zoc_account zoc_stream_account(const zoc_stream *stream)
{
    return (zoc_account){ .received = stream->received,
                          .sent = stream->sent + stream->under_way,
                          .ending = stream->ending,
                          .error = stream->error,
                          .since = stream->since };
}

/* --- what every stream does ---------------------------------------------------------------------- */

static ssize_t account_input(zoc_stream *stream, ssize_t result, const void *data)
{
    if (result > 0 || (result == 0 && data && stream->messages))
        stream_account_received(stream, (zoc_bytes){ data, (size_t)result });
    else if (result == 0)
        stream_account_end(stream);
    else
        stream_account_failure(stream, (int)result);
    return result;
}

ssize_t zoc_receive(zoc_stream *stream, zoc_bytes *ret_chunk)
{
    zoc_bytes chunk = { 0 };
    ssize_t result = stream->receives ? stream->operations->receive(stream, &chunk) : 0;

    if (result >= 0)
        *ret_chunk = chunk;
    return account_input(stream, result, chunk.data);
}

ssize_t zoc_read(zoc_stream *stream, void *data, size_t size)
{
    if (!stream->receives)
        return account_input(stream, 0, NULL);
    return account_input(stream, stream->operations->read(stream, data, size), data);
}

static size_t sum(const struct iovec *pieces, int count)
{
    size_t size = 0;

    for (int i = 0; i < count; i++)
        size += pieces[i].iov_len;
    return size;
}

static ssize_t write_all(zoc_stream *stream, const struct iovec *pieces, int count, size_t size)
{
    assert(!stream->writing); /* one writer at a time */
    if (stream->poisoned || stream->we_ended)
        return zoc_fail(-EPIPE, "write");
    if (!stream->sends)
        return zoc_fail(-EBADF, "write");
    struct stream_write write = { pieces, count, 0 };
    stream->write = stream->observer ? &write : NULL;
    stream->writing = true;
    int result = stream->operations->writev(stream, pieces, count, size, &stream->under_way);
    stream->writing = false;
    stream->write = NULL;
    size_t written = stream->under_way;
    stream->under_way = 0;
    stream->sent += written;
    if (stream->observer && (result == 0 || written > 0))
        tell_sent(stream, &write, written);
    if (result == 0)
        return (ssize_t)size;
    stream->poisoned |= written > 0 && written < size;
    stream_account_failure(stream, result);
    return result;
}

ssize_t zoc_writev(zoc_stream *stream, const struct iovec *pieces, int count)
{
    return write_all(stream, pieces, count, sum(pieces, count));
}

ssize_t zoc_write(zoc_stream *stream, const void *data, size_t size)
{
    struct iovec piece = { (void *)data, size };

    return write_all(stream, &piece, 1, size);
}

int zoc_shut(zoc_stream *stream)
{
    if (stream->we_ended)
        return 0;
    int result = stream->operations->shut(stream);
    if (result == 0) {
        stream->we_ended = true;
        end_with(stream, ZOC_ENDED_BY_US, 0);
        tell(stream, ZOC_WE_ENDED, (zoc_bytes){ 0 }, 0);
    }
    return result;
}

void zoc_close(zoc_stream *stream)
{
    if (!stream)
        return;
    if (stream->operations->leave)
        stream->operations->leave(stream);
    end_with(stream, ZOC_ENDED_BY_US, 0);
    tell(stream, ZOC_CLOSED, (zoc_bytes){ 0 }, 0);
    stream->operations->close(stream);
}

/* Throws away what still comes, until the peer ends or there was enough of it. */
static void drain(zoc_stream *stream)
{
    zoc_bytes chunk;
    ssize_t received;

    for (size_t total = 0; total < ZOC_FAREWELL_BYTES; total += (size_t)received) {
        received = zoc_receive(stream, &chunk);
        if (received <= 0)
            return;
    }
}

/* Who was cancelled waits for nothing more, and throws away what has come; a cancel that comes later cuts the wait
 * short. */
static void farewell(zoc_stream *stream)
{
    if (zoc_stopped() == ZOC_CANCELLED)
        ZOC_SHIELD(0)
            drain(stream);
    else
        ZOC_WITHIN(ZOC_FAREWELL_TIME)
            ZOC_FINISH
                drain(stream);
}

void zoc_finish(zoc_stream *stream)
{
    if (!stream)
        return;
    bool healthy = stream->error == 0 && !stream->messages && !stream->broken_off;
    bool drains = stream->drains && !stream->peer_ended;

    if (healthy && zoc_shut(stream) == 0 && drains)
        farewell(stream);
    zoc_close(stream);
}

bool zoc_stream_has_messages(const zoc_stream *stream)
{
    return stream->messages;
}

bool zoc_stream_tells_end(const zoc_stream *stream)
{
    return !stream->messages && !stream->one_end;
}

bool zoc_stream_receives(const zoc_stream *stream)
{
    return stream->receives;
}

bool zoc_stream_sends(const zoc_stream *stream)
{
    return stream->sends;
}

char *zoc_describe(const zoc_stream *stream, char *text, size_t size)
{
    stream->operations->describe(stream, text, size);
    return text;
}

void zoc_observe(zoc_stream *stream, zoc_observer *observer)
{
    stream->observer = observer;
}

void zoc_set_timeout(zoc_stream *stream, zoc_duration timeout)
{
    stream->timeout = timeout;
}

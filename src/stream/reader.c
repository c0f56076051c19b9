#include "base/text.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <zocalo/error.h>
#include <zocalo/fiber.h>
#include <zocalo/stream.h>

void zoc_reader_init(zoc_reader *reader, zoc_stream *stream, size_t size_max)
{
    assert(size_max > 0);
    *reader = (zoc_reader){ .stream = stream, .buffer.size_max = size_max + ZOC_CHUNK_MAX };
}

void zoc_reader_release(zoc_reader *reader)
{
    zoc_buffer_release(&reader->buffer);
    reader->lent = 0;
}

static size_t size_max(const zoc_reader *reader)
{
    return reader->buffer.size_max - ZOC_CHUNK_MAX;
}

/* What the last call lent is used up now. An empty buffer gives its memory back: idle connections keep none. */
static void forget_lent(zoc_reader *reader)
{
    zoc_buffer_consume(&reader->buffer, reader->lent);
    reader->lent = 0;
    if (reader->buffer.size == 0)
        zoc_buffer_release(&reader->buffer);
}

static ssize_t receive_more(zoc_reader *reader)
{
    zoc_bytes chunk;
    ssize_t received = zoc_receive(reader->stream, &chunk);

    if (received <= 0)
        return received;
    int result = zoc_buffer_append(&reader->buffer, chunk.data, chunk.size);
    return result < 0 ? result : received;
}

/* Bytes are added to the buffer: 1. No more come: 0 between two pieces, -ZOC_ETRUNCATED inside of one. */
static ssize_t fill(zoc_reader *reader)
{
    ssize_t received = 0;

    if (!reader->ended && reader->buffer.size > 0) { /* in the middle of something: a soft stop can wait */
        ZOC_FINISH
            received = receive_more(reader);
    } else if (!reader->ended) {
        received = receive_more(reader);
    }
    if (received != 0)
        return received < 0 ? received : 1;
    reader->ended = true;
    if (reader->buffer.size == 0)
        return 0;
    zoc_fail(-ZOC_ETRUNCATED, "read");
    return -ZOC_ETRUNCATED;
}

static ssize_t refuse_size(const zoc_reader *reader)
{
    zoc_refuse(-EMSGSIZE, _("more than %zu bytes in one piece"), size_max(reader));
    return -EMSGSIZE;
}

static ssize_t lend(zoc_reader *reader, size_t size, zoc_bytes *ret_bytes)
{
    reader->lent = size;
    *ret_bytes = (zoc_bytes){ reader->buffer.data, size };
    return (ssize_t)size;
}

ssize_t zoc_reader_until(zoc_reader *reader, zoc_bytes mark, zoc_bytes *ret_bytes)
{
    size_t searched = 0; /* the mark does not begin before this */

    forget_lent(reader);
    for (;;) {
        const zoc_buffer *buffer = &reader->buffer;
        size_t window = buffer->size < size_max(reader) ? buffer->size : size_max(reader);
        const char *found =
            window > searched ? memmem(buffer->data + searched, window - searched, mark.data, mark.size) : NULL;
        if (found)
            return lend(reader, (size_t)(found - buffer->data) + mark.size, ret_bytes);
        if (window == size_max(reader))
            return refuse_size(reader);
        searched = window >= mark.size ? window - mark.size + 1 : 0;
        ssize_t result = fill(reader);
        if (result <= 0)
            return result;
    }
}

ssize_t zoc_reader_line(zoc_reader *reader, zoc_bytes *ret_line)
{
    zoc_bytes line;
    ssize_t result = zoc_reader_until(reader, (zoc_bytes){ "\n", 1 }, &line);

    if (result <= 0)
        return result;
    line.size--;
    if (line.size > 0 && line.data[line.size - 1] == '\r')
        line.size--;
    *ret_line = line;
    return result;
}

ssize_t zoc_reader_exactly(zoc_reader *reader, size_t size, zoc_bytes *ret_bytes)
{
    forget_lent(reader);
    if (size > size_max(reader))
        return refuse_size(reader);
    while (reader->buffer.size < size) {
        ssize_t result = fill(reader);
        if (result <= 0)
            return result;
    }
    return lend(reader, size, ret_bytes);
}

size_t zoc_reader_rest(zoc_reader *reader, zoc_bytes *ret_bytes)
{
    forget_lent(reader);
    return (size_t)lend(reader, reader->buffer.size, ret_bytes);
}

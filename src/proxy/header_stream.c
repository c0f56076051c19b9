/* Headers at the front of streams. */
#include "proxy/header.h"

#include "base/text.h"
#include "stream/stream.h"

#include <errno.h>
#include <zocalo/error.h>
#include <zocalo/fiber.h>

static zoc_stream *bottom_of(zoc_stream *stream)
{
    while (stream->operations->below)
        stream = stream->operations->below(stream);
    return stream;
}

static int fail(ssize_t error)
{
    if (error == 0)
        return zoc_refuse(-ZOC_ETRUNCATED, "%s", _("PROXY header: the stream ended before its end"));
    return zoc_fail((int)error, "%s", _("PROXY header"));
}

/* What has begun is waited for, also after a soft stop. */
static ssize_t read_more(zoc_stream *stream, zoc_buffer *buffer)
{
    size_t missing = proxy_header_missing((zoc_bytes){ buffer->data, buffer->size });
    char *space;
    ssize_t result = zoc_buffer_reserve(buffer, missing, &space);

    if (result == 0 && buffer->size == 0)
        result = zoc_read(stream, space, missing);
    else if (result == 0)
        ZOC_FINISH
            result = zoc_read(stream, space, missing);
    if (result <= 0)
        return fail(result);
    zoc_buffer_commit(buffer, (size_t)result);
    return result;
}

static int receive(zoc_stream *stream, zoc_buffer *buffer, struct proxy_header *ret_header)
{
    ssize_t size = 0;

    while (size == 0) {
        ssize_t more = read_more(stream, buffer);
        if (more < 0)
            return (int)more;
        size = proxy_header_parse((zoc_bytes){ buffer->data, buffer->size }, ret_header);
    }
    return size < 0 ? (int)size : 0;
}

int proxy_header_receive(zoc_stream *stream, struct proxy_header *ret_header)
{
    zoc_stream *bottom = bottom_of(stream);
    zoc_observer *observer = bottom->observer;
    zoc_buffer buffer = { .size_max = PROXY_HEADER_MAX };
    int result = 0;

    zoc_observe(bottom, NULL);
    ZOC_WITHIN(PROXY_HEADER_TIME)
        result = receive(bottom, &buffer, ret_header);
    zoc_observe(bottom, observer);
    zoc_buffer_release(&buffer);
    bottom->received = 0;
    return result;
}

int proxy_header_send(zoc_stream *stream, const struct proxy_header *header)
{
    zoc_stream *bottom = bottom_of(stream);
    zoc_observer *observer = bottom->observer;
    char data[PROXY_HEADER_BUILT_MAX];
    size_t size = proxy_header_build(header, data);

    zoc_observe(bottom, NULL);
    ssize_t result = zoc_write(bottom, data, size);
    zoc_observe(bottom, observer);
    bottom->sent = 0;
    return result < 0 ? zoc_fail((int)result, "%s", _("PROXY header")) : 0;
}

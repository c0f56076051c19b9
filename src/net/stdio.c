/* Standard input and output as one stream: two descriptors, one for each direction. */
#include "net/stream.h"
#include "world/world.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

void zoc_stdio_prepare(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (zoc_world->status_flags(fd) == -EBADF)
            zoc_world->open("/dev/null", O_RDWR, 0); /* takes the lowest free number, which is this one */
}

struct stdio {
    zoc_stream stream;          /* first */
    zoc_stream *input, *output; /* output is NULL once it was shut */
};

static ssize_t receive(zoc_stream *stream, zoc_bytes *ret_chunk)
{
    zoc_stream *input = ((struct stdio *)stream)->input;

    input->timeout = stream->timeout;
    return zoc_receive(input, ret_chunk);
}

static ssize_t read_some(zoc_stream *stream, void *data, size_t size)
{
    zoc_stream *input = ((struct stdio *)stream)->input;

    input->timeout = stream->timeout;
    return zoc_read(input, data, size);
}

static int write_pieces(zoc_stream *stream, const struct iovec *pieces, int count, size_t size, size_t *ret_written)
{
    zoc_stream *output = ((struct stdio *)stream)->output;
    uint64_t before = output->sent;
    ssize_t result = zoc_writev(output, pieces, count);

    (void)size;
    *ret_written = (size_t)(output->sent - before);
    return result < 0 ? (int)result : 0;
}

static int shut(zoc_stream *stream)
{
    struct stdio *stdio = (struct stdio *)stream;

    zoc_close(stdio->output);
    stdio->output = NULL;
    return 0;
}

static void close_stream(zoc_stream *stream)
{
    struct stdio *stdio = (struct stdio *)stream;

    zoc_close(stdio->output);
    zoc_close(stdio->input);
    free(stdio);
}

static void describe(const zoc_stream *stream, char *text, size_t size)
{
    (void)stream;
    snprintf(text, size, "standard input and output");
}

static struct descriptor *plain(zoc_stream *stream, bool sends)
{
    struct stdio *stdio = (struct stdio *)stream;
    zoc_stream *side = sends ? stdio->output : stdio->input;

    return side ? side->operations->plain(side, sends) : NULL;
}

static const struct stream_operations operations = {
    .receive = receive,
    .read = read_some,
    .writev = write_pieces,
    .shut = shut,
    .close = close_stream,
    .describe = describe,
    .plain = plain,
};

int zoc_stream_of_stdio(zoc_stream **ret_stream)
{
    struct stdio *stdio = calloc(1, sizeof *stdio);

    if (!stdio)
        return -ENOMEM;
    stream_init(&stdio->stream, &operations);
    int result = zoc_stream_of_fd(0, true, false, &stdio->input);
    if (result == 0)
        result = zoc_stream_of_fd(1, false, true, &stdio->output);
    if (result < 0) {
        zoc_close(stdio->input);
        free(stdio);
        return result;
    }
    stdio->stream.messages = stdio->input->messages;
    *ret_stream = &stdio->stream;
    return 0;
}

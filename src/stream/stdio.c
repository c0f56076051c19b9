/* Standard input and output as one stream. */
#include "stream/duplex.h"
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

static void describe(const zoc_stream *stream, char *text, size_t size)
{
    (void)stream;
    snprintf(text, size, "standard input and output");
}

static const struct stream_operations operations = {
    .receive = duplex_receive,
    .read = duplex_read,
    .writev = duplex_write,
    .shut = duplex_shut,
    .close = duplex_close,
    .describe = describe,
    .plain = duplex_plain,
};

int stdio_of_fds(int input, int output, zoc_stream **ret_stream)
{
    struct duplex *stdio = calloc(1, sizeof *stdio);

    if (!stdio)
        return -ENOMEM;
    stream_init(&stdio->stream, &operations);
    int result = zoc_stream_of_fd(input, true, false, &stdio->input);
    if (result == 0)
        result = zoc_stream_of_fd(output, false, true, &stdio->output);
    if (result < 0) {
        zoc_close(&stdio->stream);
        return result;
    }
    stdio->stream.messages = stdio->input->messages;
    *ret_stream = &stdio->stream;
    return 0;
}

int zoc_stream_of_stdio(zoc_stream **ret_stream)
{
    return stdio_of_fds(0, 1, ret_stream);
}

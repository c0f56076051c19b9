#include "stream/duplex.h"

#include <stdlib.h>

static zoc_stream *input_of(zoc_stream *stream)
{
    zoc_stream *input = ((struct duplex *)stream)->input;

    input->timeout = stream->timeout;
    return input;
}

ssize_t duplex_receive(zoc_stream *stream, zoc_bytes *ret_chunk)
{
    return zoc_receive(input_of(stream), ret_chunk);
}

ssize_t duplex_read(zoc_stream *stream, void *data, size_t size)
{
    return zoc_read(input_of(stream), data, size);
}

/* Past the account of the output: that of this stream has it, also how far a write has come that waits. */
int duplex_write(zoc_stream *stream, const struct iovec *pieces, int count, size_t size, size_t *ret_written)
{
    zoc_stream *output = ((struct duplex *)stream)->output;

    return output->operations->writev(output, pieces, count, size, ret_written);
}

int duplex_shut(zoc_stream *stream)
{
    struct duplex *duplex = (struct duplex *)stream;

    zoc_close(duplex->output);
    duplex->output = NULL;
    return 0;
}

void duplex_close(zoc_stream *stream)
{
    struct duplex *duplex = (struct duplex *)stream;

    zoc_close(duplex->output);
    zoc_close(duplex->input);
    free(duplex);
}

struct descriptor *duplex_plain(zoc_stream *stream, bool sends)
{
    struct duplex *duplex = (struct duplex *)stream;
    zoc_stream *side = sends ? duplex->output : duplex->input;

    return side ? side->operations->plain(side, sends) : NULL;
}

/* Two streams as one: what comes is received from one of them, and what goes is written to the other. */
#ifndef ZOC_STREAM_DUPLEX_H
#define ZOC_STREAM_DUPLEX_H

#include "stream/stream.h"

struct duplex {
    zoc_stream stream;          /* first */
    zoc_stream *input, *output; /* owned; output is NULL once it was shut */
};

/* Operations for the tables of streams that begin with a struct duplex. */
ssize_t duplex_receive(zoc_stream *stream, zoc_bytes *ret_chunk);
ssize_t duplex_read(zoc_stream *stream, void *data, size_t size);
int duplex_write(zoc_stream *stream, const struct iovec *pieces, int count, size_t size, size_t *ret_written);
int duplex_shut(zoc_stream *stream);
void duplex_close(zoc_stream *stream); /* both, and frees it */
struct descriptor *duplex_plain(zoc_stream *stream, bool sends);

/* As zoc_stream_of_stdio, over any two descriptors (stdio.c). */
int stdio_of_fds(int input, int output, zoc_stream **ret_stream);

#endif

/* A stream over another one: it makes something else of the bytes (telnet, TLS), and everything else is as below. */
#ifndef ZOC_STREAM_LAYER_H
#define ZOC_STREAM_LAYER_H

#include "stream/stream.h"

struct layer {
    zoc_stream stream; /* first */
    zoc_stream *inner; /* owned */
};

/* The stream below, with the timeout of this one. */
zoc_stream *layer_inner(const zoc_stream *stream);

/* Operations for the tables of streams that begin with a struct layer. There is no `plain`: bytes have to be looked at. */
int layer_shut(zoc_stream *stream);
void layer_close(zoc_stream *stream); /* both, and frees it */
void layer_describe(const zoc_stream *stream, char *text, size_t size);
zoc_stream *layer_below(const zoc_stream *stream);
struct descriptor *layer_plain(zoc_stream *stream, bool sends); /* NULL */

#endif

#include "stream/layer.h"

#include <stdlib.h>

zoc_stream *layer_below(const zoc_stream *stream)
{
    return ((const struct layer *)stream)->inner;
}

zoc_stream *layer_inner(const zoc_stream *stream)
{
    zoc_stream *inner = layer_below(stream);

    inner->timeout = stream->timeout;
    return inner;
}

int layer_shut(zoc_stream *stream)
{
    return zoc_shut(layer_below(stream));
}

void layer_close(zoc_stream *stream)
{
    zoc_close(layer_below(stream));
    free(stream);
}

void layer_describe(const zoc_stream *stream, char *text, size_t size)
{
    zoc_describe(layer_below(stream), text, size);
}

struct descriptor *layer_plain(zoc_stream *stream, bool sends)
{
    (void)stream, (void)sends;
    return NULL;
}

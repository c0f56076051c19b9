#include "talk/saying.h"

#include "stream/chunk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct saying *saying_new(zoc_bytes words)
{
    struct saying *saying = malloc(sizeof *saying + words.size);

    if (!saying)
        return NULL;
    saying->holders = 1;
    saying->size = words.size;
    memcpy(saying->data, words.data, words.size);
    return saying;
}

void saying_release(struct saying *saying)
{
    if (--saying->holders == 0)
        free(saying);
}

size_t saying_load(const struct saying *saying)
{
    return sizeof *saying + sizeof saying + saying->size;
}

size_t sayings_together(struct saying *const *sayings, size_t count)
{
    size_t together = 0, size = 0;

    while (together < count && (size += sayings[together]->size) <= SAYINGS_GATHER_MAX)
        together++;
    return together > 0 ? together : 1;
}

/* For words of everyday length copies cost less than a list of pieces, which the kernel would have to read. */
ssize_t sayings_write(zoc_stream *peer, struct saying *const *sayings, size_t count)
{
    if (count == 1)
        return zoc_write(peer, sayings[0]->data, sayings[0]->size);

    char *chunk = chunk_take();
    size_t size = 0;

    if (!chunk)
        return -ENOMEM;
    for (size_t i = 0; i < count; i++) {
        memcpy(chunk + size, sayings[i]->data, sayings[i]->size);
        size += sayings[i]->size;
    }
    ssize_t result = zoc_write(peer, chunk, size);
    chunk_give(chunk);
    return result;
}

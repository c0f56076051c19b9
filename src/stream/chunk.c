#include "stream/chunk.h"

#include "fiber/loop.h"

#include <stdlib.h>

static _Thread_local struct {
    char *kept[CHUNKS_KEPT];
    unsigned count;
    bool ends_with_loop;
    struct loop_end end;
} chunks;

static void release(void)
{
    while (chunks.count > 0)
        free(chunks.kept[--chunks.count]);
    chunks.ends_with_loop = false;
}

char *chunk_take(void)
{
    if (chunks.count > 0)
        return chunks.kept[--chunks.count];
    if (!chunks.ends_with_loop) {
        chunks.end.release = release;
        chunks.ends_with_loop = true;
        loop_at_end(&chunks.end);
    }
    return aligned_alloc(CHUNK_ALIGN, ZOC_CHUNK_MAX + CHUNK_MARGIN);
}

void chunk_give(char *chunk)
{
    if (chunk && chunks.count < CHUNKS_KEPT)
        chunks.kept[chunks.count++] = chunk;
    else
        free(chunk);
}

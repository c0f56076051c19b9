/* Chunks: buffers of ZOC_CHUNK_MAX bytes that a loop lends while there is something in them. The few that there are
 * stay warm in the cache, however many streams take turns with them. */
#ifndef ZOC_STREAM_CHUNK_H
#define ZOC_STREAM_CHUNK_H

#include <zocalo/stream.h>

#define CHUNKS_KEPT  8    /* free ones that a loop keeps */
#define CHUNK_MARGIN 1024 /* bytes behind ZOC_CHUNK_MAX: a layer may wrap a whole chunk of text into another one */
#define CHUNK_ALIGN \
    64 /* a copy from a page to 16 bytes behind the same offset takes four times as long on some processors */

/* A chunk of this loop, of ZOC_CHUNK_MAX + CHUNK_MARGIN bytes; NULL when there is no memory. */
char *chunk_take(void);

/* Gives it back; NULL is fine. */
void chunk_give(char *chunk);

#endif

/* Chunks: buffers of ZOC_CHUNK_MAX bytes that a loop lends while there is something in them. The few that there are
 * stay warm in the cache, however many streams take turns with them. */
#ifndef ZOC_NET_CHUNK_H
#define ZOC_NET_CHUNK_H

#include <zocalo/stream.h>

#define CHUNKS_KEPT 8 /* free ones that a loop keeps */

/* A chunk of this loop; NULL when there is no memory. */
char *chunk_take(void);

/* Gives it back; NULL is fine. */
void chunk_give(char *chunk);

#endif

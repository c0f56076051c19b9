/* The figures of a conversation, for people. */
#ifndef ZOC_TALK_STATS_H
#define ZOC_TALK_STATS_H

#include <stdio.h>
#include <zocalo/stream.h>

/* One line: bytes each way, and how long it took; of TCP another one with what the kernel measured. Before the stream is
 * closed. */
void stats_print(const zoc_stream *peer, FILE *file);

#endif

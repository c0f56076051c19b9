/* Time (RFC 868): seconds since 1900 in UTC, 32 bits, the highest byte first. */
#ifndef ZOC_CLASSIC_TIME_H
#define ZOC_CLASSIC_TIME_H

#include <stdint.h>
#include <zocalo/net.h>

/* Of nanoseconds since 1970. Begins again with 0 on 7 February 2036 at 06:28:16. */
uint32_t time_since_1900(int64_t wall);

/* A zoc_handler. Neither looks at its state. */
void time_converse(zoc_stream *peer, void *state);
int time_datagrams(zoc_datagrams *socket, void *state); /* as answer_datagrams */

#endif

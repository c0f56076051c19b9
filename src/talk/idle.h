/* A conversation that nobody says anything in any more. */
#ifndef ZOC_TALK_IDLE_H
#define ZOC_TALK_IDLE_H

#include <zocalo/stream.h>

#define IDLE_LOOKS 16 /* it looks so many times in that time: it is noticed a sixteenth too late at most */

/* Waits until nothing came from the stream and nothing went to it for so long. Returns 0, or -ECANCELED, -ETIMEDOUT. */
int idle_await(const zoc_stream *stream, zoc_duration idle);

#endif

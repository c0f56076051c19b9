/* One connection to a service: its number, what is logged of it. */
#ifndef ZOC_SERVE_CONVERSATION_H
#define ZOC_SERVE_CONVERSATION_H

#include <zocalo/stream.h>

/* A zoc_handler; `spec` is a struct spec. Runs the service, and logs who it was, how long it took, how many bytes went
 * each way and how it ended; at debug level also every read and write. */
void conversation_run(zoc_stream *peer, void *spec);

#endif

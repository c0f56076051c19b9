/* Discard (RFC 863): what comes is thrown away. */
#ifndef ZOC_CLASSIC_DISCARD_H
#define ZOC_CLASSIC_DISCARD_H

#include <zocalo/net.h>

/* A zoc_handler. Neither looks at its state. A soft stop ends it even while more comes. */
void discard_converse(zoc_stream *peer, void *state);

/* As answer_datagrams, without an answer. */
int discard_datagrams(zoc_datagrams *socket, void *state);

#endif

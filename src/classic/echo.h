/* Echo (RFC 862): what comes goes back. */
#ifndef ZOC_CLASSIC_ECHO_H
#define ZOC_CLASSIC_ECHO_H

#include <zocalo/net.h>

/* A zoc_handler; state is not used. */
void echo_converse(zoc_stream *peer, void *state);

/* Answers datagrams until it is stopped. Returns 0 after a soft stop, or why it cannot go on. Waits. */
int echo_datagrams(zoc_datagrams *socket, void *state);

/* Whether a datagram from that port must not be answered: the service there might answer back, and so for ever. */
bool echo_would_not_end(uint16_t peer_port, uint16_t own_port);

#endif

/* Services that answer: something to each datagram, or the same to whoever connects. */
#ifndef ZOC_CLASSIC_ANSWER_H
#define ZOC_CLASSIC_ANSWER_H

#include <zocalo/net.h>

/* Makes the answer to a datagram, of which it may be a part; or in `room`, which is empty and stays valid until the
 * answer is out. An answer of no bytes is one too; its data is NULL when nothing is to go back. Does not wait. */
typedef zoc_bytes answer_maker(zoc_bytes datagram, zoc_buffer *room, const void *settings);

/* Answers datagrams until it is stopped; but for those that answer_would_not_end, those that seem to come from this
 * process (zoc_datagrams_is_ours), and those from the port `unanswered`; 0: there is none. An answer that cannot be
 * sent is left out: it concerns that one peer. Returns 0 after a soft stop, or why it cannot go on. Waits. */
int answer_datagrams(zoc_datagrams *socket, answer_maker *make, const void *settings, uint16_t unanswered);

/* Where our echo listens: not answered by what is no echo. */
#define ANSWER_ECHO_PORT 50007

/* Sends a stream the answer to a datagram of no bytes. Waits. */
void answer_connection(zoc_stream *peer, answer_maker *make, const void *settings);

/* Whether a datagram from that port must not be answered: the service there might answer back, and so for ever. */
bool answer_would_not_end(uint16_t peer_port, uint16_t own_port);

#endif

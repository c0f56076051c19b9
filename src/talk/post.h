/* Datagrams of many peers as one stream of messages: what any of them sends is received, and what is written goes to the one
 * that was heard last. */
#ifndef ZOC_TALK_POST_H
#define ZOC_TALK_POST_H

#include <zocalo/net.h>

/* Waits for the first datagram, which the stream receives first, and whose sender is its peer. The socket stays the caller's,
 * for as long as the stream lives. A message that is too long goes as several; one that somebody does not take is lost, as
 * datagrams are. Returns 0, or a negative errno as zoc_datagrams_receive. */
int post_open(zoc_datagrams *socket, zoc_stream **ret_post);

/* Who was heard first. */
const zoc_correspondent *post_first(const zoc_stream *post);

#endif

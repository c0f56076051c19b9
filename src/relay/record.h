/* What the log has of a relay: one line for each connection or session that has ended, or came to nothing. */
#ifndef ZOC_RELAY_RECORD_H
#define ZOC_RELAY_RECORD_H

#include "relay/relay.h"

struct line;
struct session;

/* All once it has ended, and before its streams are closed. */
void record_line(const struct line *line);
void record_session(const struct session *session);

/* The words of zoc_why() say why. */
void record_unreached(const struct relay *relay, int64_t number, const zoc_address *peer, int error);

/* Who came and does not get as far as the target; `what` says at what it failed, and the words of zoc_why() say why. */
void record_failed(const zoc_address *peer, const char *what, int error);

/* The certificates of a place were read again. */
void record_renewed(const zoc_endpoint *place);

void record_denied(const zoc_address *peer);

#endif

/* The states that the two ends of a TCP connection go through (RFC 9293 section 3.3.2, figure 5), from the segments between them. */
#ifndef ZOC_ANATOMY_STATES_H
#define ZOC_ANATOMY_STATES_H

#include "anatomy/sequence.h"

/* What one end has sent, and seen. */
struct end {
    bool syn, established, reset;
    bool fin, fin_acked;           /* sent, and acknowledged */
    bool peer_fin, peer_fin_first; /* seen, and before its own was sent */
};

/* Zeroed, the server listens and the client has not begun. */
struct ends {
    struct end of[SIDE_COUNT];
};

/* A segment went and came. With the flag ACK it acknowledges all that its sender had been sent. */
void ends_see(struct ends *ends, enum side from, unsigned flags);

void ends_states(const struct ends *ends, enum tcp_state ret_states[static SIDE_COUNT]);

#endif

/* The sessions of a relay: peers that send datagrams to any of its places. */
#ifndef ZOC_RELAY_SESSIONS_H
#define ZOC_RELAY_SESSIONS_H

#include "relay/table.h"
#include "relay/turn.h"

#include <zocalo/fiber.h>
#include <zocalo/sync.h>

#define SESSIONS_LINGER (1 * ZOC_SECOND) /* of silence after a stop, and a session is over */

struct relay;
struct session;

/* Of one loop. */
struct sessions {
    struct relay *relay;
    struct session_table table;
    zoc_duration idle;     /* after so long a session is over; 0: never */
    struct session *ended; /* in no table any more, and not yet freed */
    unsigned ended_count;
    uint64_t dropped;      /* datagrams that no session took */
    unsigned sockets;      /* that are served */
    bool closing;          /* no new ones come */
    struct turn answering; /* only one fiber may send by a socket */
    zoc_event changed;     /* for the keeper */
    zoc_group keeping;
};

/* At most `max` at a time: when there is one more, the one that was idle longest goes. Returns 0 or a negative errno;
 * to be closed either way. */
int sessions_open(struct sessions *sessions, struct relay *relay, unsigned max, zoc_duration idle);

/* Takes datagrams from the socket until it is stopped. What is our own, or of who may not come, is dropped. Waits.
 * Returns 0 after a soft stop, or a negative errno. */
int sessions_serve(struct sessions *sessions, zoc_datagrams *socket);

/* Waits until all have ended: each once nothing comes for SESSIONS_LINGER, or after its idle time where that is
 * shorter; by a cancel at once. The sockets are to be open until then. */
void sessions_close(struct sessions *sessions);

/* --- for a session --------------------------------------------------------------------------------- */

/* It was used just now. */
void sessions_touch(struct sessions *sessions, struct session *session);

/* It is over. */
void sessions_retire(struct sessions *sessions, struct session *session);

/* One that is over has parted with its target. */
void sessions_changed(struct sessions *sessions);

#endif

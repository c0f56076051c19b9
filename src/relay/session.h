/* A session: what a peer sends in datagrams goes to a target of its own, and what that says comes back as datagrams. */
#ifndef ZOC_RELAY_SESSION_H
#define ZOC_RELAY_SESSION_H

#include "relay/dump.h"
#include "relay/sessions.h"

#define SESSION_QUEUE_MAX \
    (256 * 1024) /* bytes that wait for a target, with what each datagram costs; more is dropped */

struct letter;

struct session {
    struct session_entry entry; /* first */
    struct relay *relay;
    int64_t number;
    zoc_time since;
    zoc_stream *target; /* NULL: not yet */
    zoc_address local;  /* of a target of datagrams, that these come from there; size 0: none do */
    struct dump_tap dumps[2];
    struct tap *taps[2];         /* see what came from the peer, and what goes to it; NULL: nobody */
    struct recording *recording; /* NULL: none */

    struct letter *first, **last; /* that wait to be sent to the target */
    size_t load;                  /* bytes of SESSION_QUEUE_MAX that they are */
    zoc_event fed;                /* there are some */

    bool cut;  /* on purpose, by the relay's impairment */
    bool lost; /* something was on its way through that, and did not arrive */

    zoc_group work;       /* a fiber each way; it is waited for by the keeper of the sessions */
    unsigned active;      /* of these fibers: the last one parts with the target */
    bool parted;          /* it did, and nothing is left to do but to free it */
    struct session *next; /* of those that are over */

    uint64_t bytes_in, bytes_out; /* from the peer to the target, and back */
    uint64_t dropped;             /* datagrams either way */
    const char *ended;            /* how, in a word; NULL: it is not over */
    int error;                    /* why, where something failed; 0 */
    char *why;                    /* the words behind it; owned */
};

/* Starts it, without standing in any table. Returns 0, -ENOMEM or -EAGAIN. */
int session_new(struct relay *relay, zoc_datagrams *socket, const zoc_correspondent *who, struct session **ret_session);

/* A datagram of the peer, which is copied, or dropped when too much waits. Does not wait. */
void session_feed(struct session *session, zoc_bytes datagram);

/* It ends now: no longer in the table, and its fibers are cancelled. `error` is 0, or why, with words. */
void session_end(struct session *session, const char *how, int error);

/* Waits until its fibers have ended. */
void session_free(struct session *session);

#endif

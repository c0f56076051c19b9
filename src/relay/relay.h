/* Relays: what comes at one endpoint gets its own way to another. */
#ifndef ZOC_RELAY_RELAY_H
#define ZOC_RELAY_RELAY_H

#include "relay/dump.h"
#include "relay/impairment.h"
#include "relay/partner.h"
#include "relay/sessions.h"
#include "talk/access.h"
#include "talk/reach.h"
#include "transcript/recording.h"

#include <zocalo/net.h>

#define RELAY_SESSIONS (1024)            /* peers whose datagrams are relayed at a time, when nobody said */
#define RELAY_IDLE     (60 * ZOC_SECOND) /* after which a conversation of datagrams is over, when nobody said */
#define RELAY_UNSET    ((zoc_duration)-1)

struct place;

/* A side of a connection, or of a session of datagrams. */
struct relay_watched {
    int64_t number;     /* of the connection, from 1; 0: there is but one */
    enum side side;     /* the client's, or the target's */
    zoc_stream *stream; /* it came; NULL: it is to be dialled */
    bool alone;         /* the other side is not watched: it is a peer of datagrams */
};

/* Somebody who watches every connection, each side by itself; embedded in what keeps that. */
struct relay_watcher {
    /* Returns an observer of that side, which tells `also` as well (NULL: nobody); of a stream that came it is its observer already.
     * It is the watcher's, until its stream was told closed. */
    zoc_observer *(*watch)(struct relay_watcher *watcher, const struct relay_watched *watched, zoc_observer *also);
    /* Its dial has come to that result, or, of a stream that came, the handshake of TLS where there is one: 0, or a failure, with
     * words. A stream that came is told closed afterwards; of a dial that failed nothing more is told. */
    void (*settle)(struct relay_watcher *watcher, zoc_observer *observer, int result);
};

struct relay {
    /* What it joins: see relay_arrange. */
    zoc_endpoint **places; /* owned, and what they are too; they listen. None: `source` is dialled, once */
    size_t place_count;
    zoc_endpoint *source; /* owned; NULL with places */
    zoc_endpoint
        *target; /* owned. Dialled for each connection, or listens, and then each waits for the next one there */

    /* How. */
    struct access access; /* who may come; released here */
    struct access_list
        proxies;    /* who comes from there says first whose connection it is (proxy/header.h), and nobody else
                                 * is believed; released here */
    int send_proxy; /* the version of the header that the target is sent; 0: none is */
    struct impairment impairment; /* of all that passes */
    zoc_duration wait, timeout;   /* for the target: as of struct reach */
    zoc_duration idle;            /* 0: never; RELAY_UNSET: RELAY_IDLE where there are datagrams, and never elsewhere */
    unsigned max;           /* connections at once, and sessions of datagrams; 0: any number, and RELAY_SESSIONS */
    unsigned threads;       /* loops; 0: one for each processor */
    bool hex;               /* a dump on `output` */
    zoc_stream *output;     /* for the dump; not closed here */
    zoc_observer *observer; /* of every stream; NULL: nobody */
    struct relay_watcher *watcher; /* of one loop; NULL: nobody */
    struct transcript transcript;  /* of every connection and session, where it is open; of one loop */
    void (*tell_place)(const zoc_endpoint *where, const zoc_tls_context *tls); /* somebody can come there now */

    /* The relay's own while it runs. */
    zoc_gate *gate;
    zoc_crew *crew;
    struct place *open; /* as many as places, while it serves; NULL */
    zoc_group serving;  /* the places */
    struct partners partners;
    struct sessions sessions;
    struct dump dump;
};

/* Takes endpoints over, whatever it returns: all but the last are places, which listen; or the first of two is the
 * source, and with a last one that listens that is the place. Returns 0; -EINVAL with words when they cannot be
 * joined. */
int relay_arrange(struct relay *relay, zoc_endpoint **endpoints, size_t count);

/* Whether it serves many, until it is stopped. */
bool relay_serves(const struct relay *relay);

/* Joins source and target, until both have ended. Waits. Returns 0 when that was in order, and when nobody reads
 * standard output any more; otherwise a negative errno, with words that name the side. */
int relay_once(struct relay *relay);

/* Serves until it is stopped; then nobody new is taken, and what is under way ends by itself, or by a cancel. What
 * happened to each connection is logged. Returns 0 after a soft stop and when nobody reads the dump any more;
 * -ECANCELED; otherwise why it could not begin or go on, with words. */
int relay_serve(struct relay *relay);

/* Reads the certificates and keys of its places at tls:// again, for those who come from now on, and logs what came of it;
 * where that fails, the ones that it had stay. Waits. */
void relay_renew(struct relay *relay);

void relay_release(struct relay *relay);

/* --- for the relay's own files --------------------------------------------------------------------- */

/* Begins the recording of a connection. *ret_recording is NULL where there is no transcript. Returns 0 or -ENOMEM. */
int relay_record(struct relay *relay, struct recording **ret_recording);

/* Dials a side, which is watched and recorded (NULL: it is not). Waits. Returns as reach_peer. */
int relay_reach(const struct relay *relay, const struct relay_watched *watched, struct recording *recording,
                struct reach *reach, zoc_stream **ret_stream);

struct line;

/* For whom the other side is opened. */
struct relay_caller {
    int64_t number;              /* of its connection or session */
    struct recording *recording; /* NULL: it is not recorded */
    struct line *line;           /* which the target is told of; NULL: of datagrams, which have none */
};

/* The other side, for somebody who has come: dialled, or the next who comes there. Waits. Returns as reach_peer, zoc_accept or
 * line_introduce. */
int relay_open_target(struct relay *relay, const struct relay_caller *caller, zoc_stream **ret_stream);

/* How long a conversation may be idle; 0: for ever. */
zoc_duration relay_idle(const struct relay *relay, bool datagrams);

#endif

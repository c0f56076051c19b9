/* Listening from the inside: what accepting hands out before there is a stream. */
#ifndef ZOC_NET_LISTENER_H
#define ZOC_NET_LISTENER_H

#include "stream/descriptor.h"
#include "stream/made.h"

#include <zocalo/net.h>
#include <zocalo/tls.h>

#define LISTENER_MOVES 9 /* paths that `or-free` tries after a Unix socket's own: PATH.1 to PATH.9 */

struct zoc_listener {
    struct watch watch;
    zoc_endpoint *endpoint; /* where it really listens; owned */
    zoc_observer *observer;
    const struct descriptor_kind *kind; /* of what it accepts */
    struct made made;                   /* a Unix socket's file, removed at the end */
    bool inherited;                     /* others may hold the same socket */
    zoc_tls_context *tls;               /* of tls://: what those who come are shown; owned. NULL: no TLS */
    zoc_gate *gate;                     /* that it is served through; NULL: none */
    bool ending;                        /* newcomers are turned away; the backlog is still accepted */
    bool lingered;                      /* handshakes that had begun by then have had their time */
};

/* A socket that is bound. */
struct binding {
    int fd;
    struct made made; /* a Unix socket's file */
    bool inherited;   /* others may hold the same socket */
};

/* Binds a socket for the endpoint (or-free, stale files and mode= included), without listening, or takes an inherited
 * one. *endpoint becomes where it is really bound. Returns 0 or an error with words. May wait for a name. */
int listener_bind(zoc_endpoint *endpoint, struct binding *ret_binding);

/* Undoes it. */
void listener_give_up(const zoc_endpoint *endpoint, struct binding *binding);

/* A copy, to be changed to where something really is bound; NULL without memory. */
zoc_endpoint *listener_copy_endpoint(const zoc_endpoint *endpoint);

/* The next connection, as it comes from the kernel. Waits as zoc_accept does. */
int listener_accept(zoc_listener *listener, int *ret_fd, zoc_address *ret_peer);

/* Closes the descriptor: the place is free for others, and who accepts is told -ESHUTDOWN. What was accepted goes on.
 * */
void listener_leave(zoc_listener *listener);

/* No newcomers get into the backlog any more (turn_away.c), but for those whose handshake has begun. */
void listener_turn_away(zoc_listener *listener);

/* How long handshakes that had begun by then are given to end; 0: there are none. */
zoc_duration listener_handshake_time(const zoc_listener *listener);

/* An inherited socket of that type and address that nobody has taken yet, or -ENOENT. From now on it is taken. */
int inherited_take(const zoc_address *address, int type);

/* That descriptor is taken by its number. */
void inherited_note(int fd);

/* Whoever listened at that descriptor does so no more. When it was inherited it stays open, for whoever listens there
 * next, and this is true. */
bool inherited_give_back(int fd);

/* A stream over an accepted connection, in the loop that calls, with TLS where there is such a context: the one that the
 * listener had when it was accepted. Takes the descriptor over, and closes it when it fails. */
int listener_new_stream(const zoc_listener *listener, zoc_tls_context *tls, int fd, const zoc_address *peer,
                        zoc_stream **ret_stream);

#endif

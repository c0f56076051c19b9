/* Listening from the inside: what accepting hands out before there is a stream. */
#ifndef ZOC_NET_LISTENER_H
#define ZOC_NET_LISTENER_H

#include "net/descriptor.h"

#include <zocalo/net.h>

#define LISTENER_MOVES 9 /* paths that `or-free` tries after a Unix socket's own: PATH.1 to PATH.9 */

struct zoc_listener {
    struct watch watch;
    zoc_endpoint *endpoint; /* where it really listens; owned */
    zoc_observer *observer;
    const struct descriptor_kind *kind; /* of what it accepts */
    bool made_file;                     /* a Unix socket's file is ours, and unlinked at the end */
};

/* Binds a socket for the endpoint (or-free, stale files and mode= included), without listening. *endpoint becomes where
 * it is really bound. Returns the descriptor or an error with words. May wait for a name. */
int listener_bind(zoc_endpoint *endpoint, bool *ret_made_file);

/* Undoes it. */
void listener_give_up(const zoc_endpoint *endpoint, int fd, bool made_file);

/* A copy, to be changed to where something really is bound; NULL without memory. */
zoc_endpoint *listener_copy_endpoint(const zoc_endpoint *endpoint);

/* The next connection, as it comes from the kernel. Waits as zoc_accept does. */
int listener_accept(zoc_listener *listener, int *ret_fd, zoc_address *ret_peer);

/* Nobody is taken any more, and the place is free for others. What was accepted goes on. */
void listener_end(zoc_listener *listener);

/* A stream over an accepted connection, in the loop that calls; takes the descriptor over on success only. */
int listener_new_stream(const zoc_listener *listener, int fd, const zoc_address *peer, zoc_stream **ret_stream);

#endif

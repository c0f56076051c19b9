/* Dialling, listening, serving, and datagrams. */
#ifndef ZOCALO_NET_H
#define ZOCALO_NET_H

#include <zocalo/crew.h>
#include <zocalo/endpoint.h>
#include <zocalo/observer.h>
#include <zocalo/stream.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- dialling ----------------------------------------------------------------------------------- */

typedef struct zoc_dial_options {
    zoc_observer *observer; /* told of every step; stays with the stream. NULL: nobody */
} zoc_dial_options;

/* Connects. A name is resolved in both families and every address is tried, the next one ZOC_ATTEMPT_DELAY after
 * the one before when that has not answered (RFC 8305); localhost is both loopback addresses without asking anybody
 * (RFC 6761 section 6.3), and so is an empty host. `listen:ENDPOINT` listens there and takes the first connection that
 * comes (not for datagrams: -EINVAL). Waits. `options` may be NULL.
 * Returns 0 with a stream; -EINVAL for a malformed endpoint; -ZOC_ENAME, -ZOC_ENAMEFAIL; -ECONNREFUSED,
 * -EHOSTUNREACH, -ENETUNREACH, -ETIMEDOUT: of the last address that failed. */
int zoc_dial(const char *endpoint, const zoc_dial_options *options, zoc_stream **ret_stream);
int zoc_dial_endpoint(const zoc_endpoint *endpoint, const zoc_dial_options *options, zoc_stream **ret_stream);

#define ZOC_ATTEMPT_DELAY    (250 * ZOC_MILLISECOND) /* RFC 8305 section 5 */
#define ZOC_RESOLUTION_DELAY (50 * ZOC_MILLISECOND)  /* RFC 8305 section 3: how long A waits for AAAA */
#define ZOC_ADDRESSES_MAX    32                      /* of one name that are looked at */

/* Looks a name up, for each of its families; digits and localhost are answered without asking. Puts at most
 * `max` addresses with `port` into ret_addresses, in the order in which they are to be tried (RFC 6724, then
 * families in turn, RFC 8305 section 4). family is AF_UNSPEC, AF_INET or AF_INET6. Waits.
 * Returns how many; -ZOC_ENAME or -ZOC_ENAMEFAIL. */
int zoc_resolve(const char *host, uint16_t port, int family, zoc_address *ret_addresses, unsigned max);

/* --- listening ---------------------------------------------------------------------------------- */

typedef struct zoc_listener zoc_listener;

typedef struct zoc_listen_options {
    zoc_observer *observer; /* told of the listener and of every stream it accepts. NULL: nobody */
} zoc_listen_options;

/* Binds and listens, with SO_REUSEADDR. An empty host means every interface, both families on the same port
 * (IPv4 alone where there is no IPv6). A Unix socket's file that nobody answers on is replaced, and is unlinked when
 * the listener closes. May wait for a name to be resolved. `options` may be NULL.
 * Returns 0; -EADDRINUSE, -EACCES (a privileged port), -EADDRNOTAVAIL, -EINVAL, ... */
int zoc_listen(const char *endpoint, const zoc_listen_options *options, zoc_listener **ret_listener);
int zoc_listen_endpoint(const zoc_endpoint *endpoint, const zoc_listen_options *options, zoc_listener **ret_listener);

/* Where it really listens: with the port that the system chose. */
const zoc_endpoint *zoc_listener_endpoint(const zoc_listener *listener);

/* Waits for the next connection. When descriptors run out (EMFILE, ENFILE) or memory does, it waits until one
 * is freed, at most ZOC_ACCEPT_RETRY, and tries again. Returns 0, -ECANCELED (also by a soft stop, once the
 * backlog is empty), -ETIMEDOUT or a negative errno. */
int zoc_accept(zoc_listener *listener, zoc_stream **ret_stream);

#define ZOC_ACCEPT_RETRY (100 * ZOC_MILLISECOND)

/* NULL is fine. */
void zoc_listener_close(zoc_listener *listener);

/* --- serving ------------------------------------------------------------------------------------ */

/* What a connection runs. The stream is finished (zoc_finish) when it returns, unless it did so. */
typedef void zoc_handler(zoc_stream *peer, void *state);

/* Accepts, and runs the handler on a fiber of its own for each connection, until this fiber is stopped; then takes
 * what still stands in the backlog, stops the connections softly and waits for them. A deadline or a cancel ends them
 * hard. After a soft stop the listener has ended, and is only to be closed. Returns 0 after a soft stop, -ECANCELED,
 * -ETIMEDOUT, or why it cannot accept. */
int zoc_serve(zoc_listener *listener, zoc_handler *handler, void *state);

/* The same over a crew: this fiber accepts and hands each connection to the loop that has the fewest of this
 * listener's. Call it on loop 0. */
int zoc_serve_crew(zoc_listener *listener, zoc_crew *crew, zoc_handler *handler, void *state);

/* --- datagrams ---------------------------------------------------------------------------------- */

/* A bound datagram socket: UDP or Unix. Who sent a datagram, and to which of our addresses. */
typedef struct zoc_datagrams zoc_datagrams;

typedef struct zoc_correspondent {
    zoc_address peer;  /* size 0: an unnamed Unix socket, which cannot be answered */
    zoc_address local; /* what it was sent to; size 0 where the system does not say */
} zoc_correspondent;

/* Binds. Errors as zoc_listen. May wait for a name. */
int zoc_datagrams_open(const zoc_endpoint *endpoint, zoc_datagrams **ret_socket);

/* Where it is really bound. */
const zoc_endpoint *zoc_datagrams_endpoint(const zoc_datagrams *socket);

/* Waits for a datagram and lends it until the next call. Returns its size; 0 is a datagram of no bytes. An ICMP error
 * of an earlier answer is skipped. Returns -ECANCELED (also by a soft stop), -ETIMEDOUT or a negative errno. */
ssize_t zoc_datagrams_receive(zoc_datagrams *socket, zoc_bytes *ret_datagram, zoc_correspondent *ret_from);

/* Answers from the address that the datagram came to. Waits while the system has no room. Returns the size,
 * -EDESTADDRREQ when `to` cannot be answered, -EMSGSIZE, -ECONNREFUSED (nobody has that Unix socket), -EAGAIN (its queue
 * is full: who reads slowly loses datagrams, and holds nobody up), ... */
ssize_t zoc_datagrams_send(zoc_datagrams *socket, const void *data, size_t size, const zoc_correspondent *to);

/* Unlinks the file of a Unix socket. NULL is fine. */
void zoc_datagrams_close(zoc_datagrams *socket);

#ifdef __cplusplus
}
#endif

#endif

/* Dialling, listening, serving, and datagrams. */
#ifndef ZOCALO_NET_H
#define ZOCALO_NET_H

#include <zocalo/crew.h>
#include <zocalo/endpoint.h>
#include <zocalo/observer.h>
#include <zocalo/stream.h>
#include <zocalo/tls.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- dialling ----------------------------------------------------------------------------------- */

typedef struct zoc_dial_options {
    zoc_observer *observer; /* told of every step; stays with the stream. NULL: nobody */
    /* Says what comes before the conversation and before TLS, such as a header of the PROXY protocol: called with the new
     * connection, which nobody observes yet. May wait, within the time that dialling has; a negative result is that of the
     * dial. Not with `listen:`. NULL: nothing is said. */
    int (*introduce)(void *arg, zoc_stream *stream);
    void *arg;
} zoc_dial_options;

/* Connects. A name is resolved in both families and every address is tried, the next one ZOC_ATTEMPT_DELAY after
 * the one before when that has not answered (RFC 8305); localhost is both loopback addresses without asking anybody
 * (RFC 6761 section 6.3), and so is an empty host. With tls:// a connection has come about when its handshake is done
 * and the certificate is good. `listen:ENDPOINT` listens there and takes the first connection that
 * comes (not for datagrams: -EINVAL). Waits. `options` may be NULL.
 * Returns 0 with a stream; -EINVAL for a malformed endpoint; -ZOC_ENAME, -ZOC_ENAMEFAIL; -ECONNREFUSED,
 * -EHOSTUNREACH, -ENETUNREACH, -ETIMEDOUT: of the last address that failed; of tls:// also those of
 * zoc_tls_context_new (but -EINVAL for a file that is none) and zoc_tls_handshake. */
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
 * the listener closes. May wait for a name to be resolved, and with tls:// for files to be read. `options` may be NULL.
 * Returns 0; -EADDRINUSE, -EACCES (a privileged port), -EADDRNOTAVAIL, -EINVAL, ...; of tls:// also those of
 * zoc_tls_context_new (but -EINVAL for a file that is none). */
int zoc_listen(const char *endpoint, const zoc_listen_options *options, zoc_listener **ret_listener);
int zoc_listen_endpoint(const zoc_endpoint *endpoint, const zoc_listen_options *options, zoc_listener **ret_listener);

/* Where it really listens: with the port that the system chose. */
const zoc_endpoint *zoc_listener_endpoint(const zoc_listener *listener);

/* What a listener at tls:// shows and trusts; NULL of any other. */
zoc_tls_context *zoc_listener_tls(const zoc_listener *listener);

/* Another one, which is shared, for those who come from now on. In the loop of the listener. */
void zoc_listener_set_tls(zoc_listener *listener, zoc_tls_context *context);

/* The same with what is in the files of its endpoint now; nothing where there is no TLS. Waits. Returns 0, or as zoc_listen
 * with the one that it had before. */
int zoc_listener_renew_tls(zoc_listener *listener);

/* Waits for the next connection, in one fiber at a time; of tls:// its handshake is still to come (see zocalo/tls.h).
 * When descriptors run out (EMFILE, ENFILE) or memory does, it waits until one is freed, at most ZOC_ACCEPT_RETRY, and
 * tries again. Returns 0, -ECANCELED (also by a soft stop, once the backlog is empty), -ESHUTDOWN (see
 * zoc_listener_end), -ETIMEDOUT or a negative errno. */
int zoc_accept(zoc_listener *listener, zoc_stream **ret_stream);

#define ZOC_ACCEPT_RETRY (100 * ZOC_MILLISECOND)

/* Takes nobody new from now on, and loses nobody who is there: newcomers are turned away, the backlog can still be
 * accepted, and then accepting says -ESHUTDOWN. (Of TCP, a handshake that has not begun is held off, and finds the port
 * closed when it tries again; one that has begun is given ZOC_HANDSHAKE_TIME to end, on loopback a tenth of it. The
 * file of a Unix socket is unlinked.) An inherited socket has other holders: nobody is turned away from it. */
void zoc_listener_end(zoc_listener *listener);

#define ZOC_HANDSHAKE_TIME (100 * ZOC_MILLISECOND)

/* Makes a new listener over the same socket; who accepts from the old one is told -ESHUTDOWN, and what has come and
 * will come waits for the new one. The old one is only to be closed. Returns 0, -ESHUTDOWN when the old one has ended,
 * or a negative errno that leaves it as it was. */
int zoc_listener_hand_over(zoc_listener *from, zoc_listener **ret_to);

/* NULL is fine. */
void zoc_listener_close(zoc_listener *listener);

/* --- inherited sockets -------------------------------------------------------------------------- */

/* Sockets that the process which started this one opened for it, as systemd does (sd_listen_fds(3)): where an endpoint
 * has the address of one of them, listening takes that one instead of binding. `fd:N` takes it by its number. Looks at
 * LISTEN_PID and LISTEN_FDS and removes them from the environment: to be called once, before other threads run.
 * Returns how many there are: 0 when none are meant for this process; -EINVAL with words when LISTEN_FDS is no number
 * from 0 to ZOC_INHERITED_MAX; another negative errno when one cannot be used. */
int zoc_inherit(void);

#define ZOC_INHERITED_MAX 64

/* Appends the addresses of those that nobody listens on yet, with spaces between. Returns how many they are. */
int zoc_inherited_unused(zoc_buffer *text);

/* --- serving ------------------------------------------------------------------------------------ */

/* A bound on connections that several listeners may share. It belongs to the loop of its maker. */
typedef struct zoc_gate zoc_gate;

/* `at_once`: so many are served at a time, and the next ones wait in the backlog (and one for each listener at the
 * gate); when a listener ends, those who wait there are served all the same. `in_all`: after so many the gate is shut:
 * its listeners close at once, and zoc_serve_with returns when those that were taken have ended. 0: no bound. Returns 0
 * or -ENOMEM. */
int zoc_gate_new(unsigned at_once, unsigned in_all, zoc_gate **ret_gate);

/* Another owner of it, who frees it as well. Returns it. */
zoc_gate *zoc_gate_share(zoc_gate *gate);

/* Other bounds from now on: those who are being served count against `at_once`, and nobody yet against `in_all`. */
void zoc_gate_change(zoc_gate *gate, unsigned at_once, unsigned in_all);

/* Lets go of it; the last owner frees it, and nothing is served through it any more. NULL is fine. */
void zoc_gate_free(zoc_gate *gate);

/* What a connection runs. The stream is finished (zoc_finish) when it returns; the handler does not close it. */
typedef void zoc_handler(zoc_stream *peer, void *state);

/* Accepts, and runs the handler on a fiber of its own for each connection, until this fiber is stopped; then takes
 * what still stands in the backlog, stops the connections softly and waits for them. A deadline or a cancel ends them
 * hard. The listener has ended then, and is only to be closed. Returns 0 after a soft stop, -ECANCELED,
 * -ETIMEDOUT, or why it cannot accept. */
int zoc_serve(zoc_listener *listener, zoc_handler *handler, void *state);

typedef struct zoc_serve_options {
    zoc_crew *crew; /* this fiber, on loop 0, accepts, and hands each connection to the loop that has the fewest of this
                       listener's. NULL: this loop alone */
    zoc_gate *gate; /* what bounds the connections. NULL: nothing */
} zoc_serve_options;

/* The same with options. Returns 0 also when the listener has ended (zoc_listener_end), was handed over, or its gate
 * was shut, once the connections that it took have ended by themselves. */
int zoc_serve_with(zoc_listener *listener, const zoc_serve_options *options, zoc_handler *handler, void *state);

/* A connection that is served and has not said anything yet when it is stopped softly is given so long since it began
 * to say what it came for. */
#define ZOC_LAST_CALL (1 * ZOC_SECOND)

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

/* Makes a new socket of the same descriptor, as zoc_listener_hand_over does of a listener: the old one is told
 * -ESHUTDOWN when it receives. Whoever answers a datagram of it now does so first: waits for that. Returns 0,
 * -ESHUTDOWN when the old one has ended, -ECANCELED, -ETIMEDOUT or another negative errno that leaves it as it was. */
int zoc_datagrams_hand_over(zoc_datagrams *from, zoc_datagrams **ret_to);

/* Who receives is told -ESHUTDOWN, and the descriptor is closed; whoever answers a datagram of it does so first. */
void zoc_datagrams_end(zoc_datagrams *socket);

#define ZOC_DATAGRAMS_AT_STOP 16384 /* that are still received after a soft stop: others may go on to send */

/* Waits for a datagram and lends it until the next call. Returns its size; 0 is a datagram of no bytes. An ICMP error
 * of an earlier answer is skipped. Returns -ECANCELED (also by a soft stop, once what has come by then was received),
 * -ETIMEDOUT or a negative errno. */
ssize_t zoc_datagrams_receive(zoc_datagrams *socket, zoc_bytes *ret_datagram, zoc_correspondent *ret_from);

/* Answers from the address that the datagram came to. Waits while the system has no room. Returns the size,
 * -EDESTADDRREQ when `to` cannot be answered, -EMSGSIZE, -ECONNREFUSED (nobody has that Unix socket), -EAGAIN (its
 * queue is full: who reads slowly loses datagrams, and holds nobody up), ... */
ssize_t zoc_datagrams_send(zoc_datagrams *socket, const void *data, size_t size, const zoc_correspondent *to);

/* Whether a datagram that has come is, by its addresses, one of this process: from this host, and from a port that a
 * UDP socket of zoc_datagrams_open has, in any thread. Who answers such may be answered in turn, and so for ever, when
 * one datagram with a false sender has begun it. A socket that listens at another address of this host counts as well.
 * */
bool zoc_datagrams_is_ours(const zoc_correspondent *from);

/* Unlinks the file of a Unix socket. NULL is fine. */
void zoc_datagrams_close(zoc_datagrams *socket);

#ifdef __cplusplus
}
#endif

#endif

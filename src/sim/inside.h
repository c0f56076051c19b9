/* What the files of the simulated world share. Scenarios include sim.h. */
#ifndef ZOC_SIM_INSIDE_H
#define ZOC_SIM_INSIDE_H

#include "sim/agenda.h"
#include "sim/sim.h"
#include "world/world.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#define NEVER INT64_MAX

/* --- the run (sim.c) ------------------------------------------------------------------------------- */

extern const struct zoc_world sim_operations;

extern struct chance world_chance; /* for what the world does */
extern struct chance entropy;      /* for who asks it for random bytes */
extern int64_t now;                /* virtual nanoseconds */

/* A line of the trace. `what` is a short literal. */
void note(const char *what, int64_t number, int64_t result);

void *must_have(void *memory); /* ends the program without memory */

/* --- descriptors (file.c) -------------------------------------------------------------------------- */

struct file;

/* What goes through a descriptor. A count of 0 is the end; -EAGAIN: it would have to wait. */
struct file_kind {
    const char *name;
    unsigned (*ready)(const struct file *file); /* WORLD_ bits */
    ssize_t (*available)(struct file *file);    /* bytes to take; NULL: it does not receive */
    void (*take)(struct file *file, void *data, size_t size);
    ssize_t (*room)(struct file *file); /* bytes that can be put; NULL: it does not send */
    void (*put)(struct file *file, const void *data, size_t size);
    void (*full)(struct file *file);  /* somebody waits for room, though there is some; NULL: that cannot be */
    void (*close)(struct file *file); /* and frees it */
};

struct file {
    const struct file_kind *kind;
    int fd;
    bool watched, armed, pending;
    enum world_watch how;
    uint64_t token;
};

/* Gives it the lowest free number. Returns that or -EMFILE. */
int file_open(struct file *file, const struct file_kind *kind);

/* NULL when that is no descriptor. */
struct file *file_find(int fd);

/* It is ready for something that it was not ready for a moment ago, or once more. */
void file_changed(struct file *file);

size_t files_open(void);

int file_close(int fd);
ssize_t file_read(int fd, void *data, size_t size);
ssize_t file_write(int fd, const struct iovec *pieces, int count);
ssize_t file_splice(int from, int to, size_t size);

/* --- a queue of bytes (bytes.c) --------------------------------------------------------------------- */

struct bytes {
    char *data;
    size_t start, size, room;
};

void bytes_push(struct bytes *bytes, const void *data, size_t size);
void bytes_pop(struct bytes *bytes, void *data, size_t size); /* at most what is there; data may be NULL */
void bytes_release(struct bytes *bytes);

/* --- the network (network.c) ------------------------------------------------------------------------ */

struct address {
    socklen_t size;
    union {
        struct sockaddr any;
        struct sockaddr_in ip4;
        struct sockaddr_in6 ip6;
        struct sockaddr_un local;
    };
};

/* Draws latencies, bandwidths and troubles. */
void network_begin(void);

struct address address_of(const struct sockaddr *any, socklen_t size);
void address_give(const struct address *address, struct sockaddr *ret_any,
                  socklen_t *size); /* as getsockname(2) cuts it */
unsigned address_port(const struct address *address);
void address_set_port(struct address *address, unsigned port);
bool address_is_any(const struct address *address);

/* As a socket of that family sees it: IPv4 is mapped into IPv6. */
struct address address_in_family(const struct address *address, int family);

/* Whether what is sent to `to` arrives at a socket that is bound to `bound`: a wildcard takes all of its family. */
bool address_matches(const struct address *bound, const struct address *to);

/* The host that has it; -1: none has. */
int network_host(const struct address *address);

/* The address that a socket of that host sends from to `to`. */
struct address network_source(unsigned host, const struct address *to);

/* Whether something that is sent now arrives. */
bool network_reaches(unsigned from, unsigned to);

/* How long it is on its way, drawn anew each time. */
int64_t network_latency(unsigned from, unsigned to, size_t size);

/* --- sockets (socket.c, stream.c, connect.c, datagram.c) --------------------------------------------- */

enum socket_state { SOCKET_FRESH, SOCKET_LISTENING, SOCKET_CONNECTING, SOCKET_CONNECTED };

struct connection;

struct datagram {
    struct datagram *next;
    struct address from, to;
    size_t size;
    char data[];
};

struct socket {
    struct file file;               /* first */
    struct socket *next, *previous; /* all that are open */
    int family, type;
    enum socket_state state;
    struct address local, peer; /* size 0: none yet */
    int error;                  /* positive: what the next call says */
    struct event later;         /* a connection that is being made, or room that comes back */

    struct connection *connection; /* a stream that is connected */
    int side;
    struct bytes inbox;
    bool ended, shut;
    bool breaks_off; /* SO_LINGER of no time: its close is a reset */

    unsigned tries; /* SYNs that were sent */
    bool hopeless;  /* none of them arrives */

    struct socket *backlog; /* of one that listens: connections that nobody took, linked by `queued` */
    struct socket *queued;
    int backlog_count, backlog_max;
    bool turns_away;

    struct datagram *first_datagram;
    int datagrams;
    bool refused; /* a connected peer is not there */
};

extern const struct file_kind stream_kind, listener_kind, datagram_kind;

void sockets_begin(void);
struct socket *socket_new(int family, int type);
struct socket *socket_find(int fd); /* NULL: no socket */
void socket_free(struct socket *socket);
void socket_fail(struct socket *socket, int error);

/* The socket of that type that gets what is sent from `from` to `to`. */
struct socket *socket_bound(int type, const struct address *to, const struct address *from);

/* A port of its own, when it has none. */
void socket_give_port(struct socket *socket);

int socket_open(int family, int type);
int socket_pair(int family, int type, int ret_fds[2]);
int socket_bind(struct socket *socket, const struct address *address);
int socket_listen(struct socket *socket, int backlog);
int socket_connect(struct socket *socket, const struct address *address);
int socket_accept(struct socket *socket, struct address *ret_peer);
int socket_shut(struct socket *socket);
size_t socket_unsent(const struct socket *socket); /* bytes that have not arrived at the other side's socket */

/* Joins two sockets. What one sends arrives at the other at `open_at` at the earliest. */
void stream_join(struct socket *one, struct socket *other, unsigned host, unsigned other_host, int64_t open_at);

/* The connections of a host are gone (sim_crash). */
void streams_crash(unsigned host);

/* `source`: the address to come from, of a socket that is bound to all; size 0: any. */
ssize_t datagram_send(struct socket *socket, const struct iovec *pieces, size_t count, const struct address *to,
                      const struct address *source);
ssize_t datagram_receive(struct socket *socket, void *data, size_t size, struct address *ret_from,
                         struct address *ret_to);

/* What goes beside a datagram (control.c). */
void control_give(struct msghdr *message, const struct address *local);
struct address control_source(const struct msghdr *message); /* size 0: it does not say */

/* How many connections and datagrams there are still. */
size_t streams_alive(void);
size_t datagrams_alive(void);

/* --- pipes (pipe.c) and work (work.c) ---------------------------------------------------------------- */

int pipe_open(int ret_fds[2]);
ssize_t pipe_tee(int from, int to, size_t size);
int pipe_set_size(int fd, int size);

int work_begin(void (*work)(void *), void *arg);
size_t work_alive(void);

/* --- readiness (poller.c) ---------------------------------------------------------------------------- */

int poller_open(void **ret_poller);
void poller_close(void *poller);
int poller_watch(void *poller, int fd, enum world_watch how, uint64_t token);
int poller_unwatch(void *poller, int fd);
int poller_wait(void *poller, struct world_ready *ret_ready, int max, int64_t deadline);
void poller_wake(void *poller);
void poller_forget(struct file *file); /* it is closed */

#endif

/* The load generator: closed loops over raw sockets, on nothing of the library that it measures. One file per verb;
 * each prints JSON lines on standard output, which bench/run turns into figures. */
#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/types.h>

#define MESSAGE_SIZE 64 /* bytes of one request and of its answer */
#define SERVERS_MAX  8
#define MILLISECOND  1000000LL /* nanoseconds */

/* --- what is measured -------------------------------------------------------------------------- */

struct server {
    pid_t pid;
    uint16_t port;
};

/* Reads "PID:PORT"; ends the program when it is something else. */
struct server server_parse(const char *text);

struct usage {
    int64_t cpu_ns;  /* user and system */
    int64_t wait_ns; /* runnable, while something else had the core */
};

/* Of all its threads and children, with those that have ended. (Of children that have ended and were waited for the kernel
 * tells hundredths of a second, /proc/PID/stat; how long threads waited for a core is of those that live,
 * /proc/PID/task/TID/schedstat.) Call it while the server has nothing to do. */
struct usage server_usage(const struct server *server);

/* Bytes of memory that the process has resident (/proc/PID/smaps_rollup). */
int64_t server_resident(const struct server *server);

/* Whether a signal to the process waits to be taken (ShdPnd in /proc/PID/status). */
bool server_has_pending(const struct server *server, int signal);

/* A blocking socket whose connection ends with RST when it is closed, so that no port stays behind in TIME_WAIT, and
 * whose reads give up after ten seconds. */
int socket_new(void);

/* Connects such a socket; a new one, or one that was reset. */
int server_connect(const struct server *server);
void server_reconnect(const struct server *server, int fd);

/* Begins to connect a non-blocking socket; what came of it is its SO_ERROR once it is writable. */
void server_begin_connect(const struct server *server, int fd);

/* Ends the connection with RST and keeps the socket: connect(2) to AF_UNSPEC. */
void server_reset(int fd);

/* One request and its answer on a blocking connection. */
void server_echo(int fd);

/* --- measuring ---------------------------------------------------------------------------------- */

int64_t monotonic_ns(void);

/* Waits without sleeping: a generator that sleeps has to be woken by the server's sends, which then cost more, and
 * the two fall into a lockstep that hides what is measured. What was spent on asking in vain is counted as idle.
 * Both end the program after ten seconds without an answer. */
int spin_poll(int poller, struct epoll_event *ret_events, int max);
ssize_t spin_receive(int fd, void *data, size_t size); /* at least one byte */

/* What one slice began with. */
struct slice {
    const struct server *server;
    struct usage usage;
    int64_t wall_ns, idle_ns;
};

struct slice slice_begin(const struct server *server);

/* Prints what came of it: {"round":R,"server":S,"units":N,"wall_ns":..,"server_ns":..,"wait_ns":..,"idle_ns":..}: the
 * time, CPU time of the server, how long it waited for its core, and how long the generator had nothing to do. */
void slice_end(const struct slice *slice, int round, int server_number, int64_t units);

/* --- small change ------------------------------------------------------------------------------- */

void die(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));
void *allocate(size_t count, size_t size); /* zeroed, or the program ends */
int poller_new(void);
void poller_add(int poller, int fd, uint32_t events, uint64_t token);
void poller_change(int poller, int fd, uint32_t events, uint64_t token);
void set_nonblocking(int fd);

/* --- verbs -------------------------------------------------------------------------------------- */

struct plan {
    struct server servers[SERVERS_MAX];
    int server_count;
    int connections;
    int rounds;
    int64_t slice_ns;
    int requests; /* answered between two disturbances */
    int reloads;  /* SIGHUPs, and then */
    int stops;    /* SIGTERMs: 1 or 0 */
    int speakers; /* clients of a broker who speak, and of each */
    int burst;    /* messages at a time */
};

void load_echo(const struct plan *plan);
void load_accept(const struct plan *plan);
void load_fair(const struct plan *plan);
void load_idle(const struct plan *plan);
void load_busy(const struct plan *plan);
void load_visit(const struct plan *plan);
void load_broker(const struct plan *plan);
void load_bulk(const struct plan *plan);
void load_handshake(const struct plan *plan); /* these two where OpenSSL is there */
void load_secret(const struct plan *plan);

/* --- disturbing the server ---------------------------------------------------------------------- */

/* A run under reloads and a stop, and what became of every request: sent = answered + lost. */
struct siege {
    const struct plan *plan;
    int reloads, stops; /* that are still to come */
    int64_t next;       /* disturbs when so many were answered */
    bool over;          /* nothing more is to be asked */
    int64_t sent, answered, lost;
    int64_t reset;   /* of the lost ones: by a reset of the connection */
    int64_t refused; /* connects */
    int64_t ended;   /* connections that the server ended while nothing was asked */
    const char *why; /* the last one was lost; NULL */
};

struct siege siege_begin(const struct plan *plan);
void siege_answered(struct siege *siege);        /* and sends the signal whose turn it is */
void siege_lost(struct siege *siege, int error); /* an errno; 0: the server ended the connection */

/* Waits for events; ends the program after ten seconds without any. */
int siege_poll(int poller, struct epoll_event *ret_events, int max);

/* Prints {"sent":..,"answered":..,"lost":..,"reset":..,"refused":..,"ended":..,"why":".."}. */
void siege_report(const struct siege *siege);

#endif

/* The kernel's tables of the sockets in this network namespace (sock_diag(7)). */
#ifndef ZOC_LOOK_SOCKETS_H
#define ZOC_LOOK_SOCKETS_H

#include "look/clash.h"

#include <netinet/tcp.h>
#include <stdint.h>

#define LOOK_LISTENING   (1u << TCP_LISTEN) /* states are numbered as in netinet/tcp.h, for all protocols */
#define LOOK_EVERY_STATE UINT32_MAX

struct look_query {
    int family;      /* AF_INET, AF_INET6 or AF_UNIX */
    int protocol;    /* IPPROTO_TCP or IPPROTO_UDP; 0 for Unix sockets */
    uint32_t states; /* a bit for each that is asked for */
    uint16_t port;   /* local, host order; 0: all of them */
};

/* The file of a Unix socket, in the kernel's numbers. */
struct look_file {
    uint32_t device; /* major << 20 | minor; 0 when the socket has no file */
    uint32_t inode;  /* the lower half of it */
};

struct look_socket {
    struct look_local local; /* its address is of size 0 when the socket has no name */
    struct look_file file;   /* Unix */
    int type;                /* Unix: SOCK_STREAM, SOCK_DGRAM or SOCK_SEQPACKET */
    unsigned state;
    zoc_duration left;         /* TCP that no process has, in TIME_WAIT or FIN_WAIT2: until it is gone; 0 otherwise */
    unsigned waiting, backlog; /* TCP that listens: connections that nobody has accepted yet, and how many may wait */
    uint32_t inode;            /* what it is called in /proc/PID/fd; 0 when no process has it (any more) */
};

/* Is shown one socket. 0 to go on; a negative number ends the walk and becomes its result. */
typedef int look_socket_fn(const struct look_socket *socket, void *arg);

/* Shows each socket that the query names. May block: only on a worker thread. Returns 0, what visit returned, a
 * negative errno (-EPROTONOSUPPORT: the kernel has no such table). TCP sockets that are bound, and neither listen nor
 * are connected, are told of since Linux 6.8. */
int look_sockets(const struct look_query *query, look_socket_fn *visit, void *arg);

/* The one connection of TCP between the two addresses, as this machine's own end of it knows it: also when no process
 * has it any more (FIN_WAIT2, TIME_WAIT, ...). IPv4 mapped into IPv6 is the same as IPv4. May block: only on a worker
 * thread. Returns 0; -ENOENT when there is none; another negative errno. */
int look_connection(const zoc_address *local, const zoc_address *remote, struct look_socket *ret_socket);

#endif

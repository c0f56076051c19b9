/* Moments: what the program did and saw of an exchange, and what the kernel had counted by then. */
#ifndef ZOC_ANATOMY_MOMENT_H
#define ZOC_ANATOMY_MOMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <zocalo/units.h>

/* The kernel's counts of a TCP connection (TCP_INFO of linux/tcp.h). */
struct counts {
    bool known;
    bool peer_ended;              /* the peer's FIN has come */
    bool peer_first;              /* and it came before ours was sent, as far as the state tells */
    bool closed;                  /* nothing more is awaited of the connection, but by TIME_WAIT */
    unsigned out, in;             /* segments */
    unsigned data_out, data_in;   /* those of them that have data */
    unsigned again;               /* retransmissions among those that went out */
    uint64_t bytes_out, bytes_in; /* of data */
    unsigned rtt_us;              /* the smoothed round trip; 0: not known yet */
};

enum moment_kind {
    MOMENT_CONNECTED,
    MOMENT_REFUSED,     /* nobody listens there */
    MOMENT_SILENCE,     /* nobody answered */
    MOMENT_UNREACHABLE, /* there is no way, or so it was told */
    MOMENT_SEALED,      /* TLS was agreed on */
    MOMENT_SAID,
    MOMENT_HEARD,
    MOMENT_WE_ENDED,
    MOMENT_PEER_ENDED,
    MOMENT_RESET, /* by the peer */
    MOMENT_OVER   /* the program closes it */
};

struct moment {
    enum moment_kind kind;
    zoc_time time;  /* the program did or saw it */
    zoc_time since; /* of those that end an attempt to connect: when it began */
    zoc_time left, acknowledged,
        came; /* the kernel's: the data left, all of it was acknowledged, it came; 0: not told */
    size_t bytes;
    struct counts counts;
};

#endif

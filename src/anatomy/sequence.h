/* The sequence of segments that an exchange was, worked out from its moments. Pure. */
#ifndef ZOC_ANATOMY_SEQUENCE_H
#define ZOC_ANATOMY_SEQUENCE_H

#include "anatomy/headers.h"
#include "anatomy/moment.h"

/* Of the states of RFC 9293, section 3.3.2. */
enum tcp_state {
    STATE_CLOSED,
    STATE_LISTEN,
    STATE_SYN_SENT,
    STATE_SYN_RECEIVED,
    STATE_ESTABLISHED,
    STATE_FIN_WAIT_1,
    STATE_FIN_WAIT_2,
    STATE_CLOSING,
    STATE_TIME_WAIT,
    STATE_CLOSE_WAIT,
    STATE_LAST_ACK,
    STATE_UNKNOWN /* nothing came back that would tell */
};

const char *tcp_state_name(enum tcp_state state); /* "FIN_WAIT_1" */

/* How a time is known. */
enum certainty {
    CERTAIN_MEASURED, /* by the kernel */
    CERTAIN_SEEN,     /* the program called then, or a call of its told it then */
    CERTAIN_INFERRED  /* that it was is worked out; where it has a time, that too */
};

/* One segment or datagram, or several of one kind. */
struct segment {
    enum side from;
    unsigned flags; /* of TCP */
    unsigned count; /* so many stand here as one */
    uint64_t seq, ack;
    uint64_t bytes;   /* of data, of all of them */
    bool icmp;        /* it is no segment of this connection, but a message of ICMP about it */
    const char *note; /* N_(): what is in it, in a word or two; NULL */
    zoc_time time;    /* 0: not known */
    enum certainty certainty;
    enum tcp_state states[SIDE_COUNT]; /* after it */
};

#define SEGMENTS_MAX 64

struct sequence {
    struct segment segments[SEGMENTS_MAX];
    unsigned count;
    bool cut;                        /* there were more */
    bool counted;                    /* the kernel's counts are known: */
    unsigned counted_by[SIDE_COUNT]; /* segments, by who sent them */
    unsigned drawn_by[SIDE_COUNT];   /* what stands here */
    unsigned again;                  /* retransmissions of ours */
    unsigned rtt_us;
};

void sequence_build(struct sequence *sequence, const struct facts *facts, const struct moment *moments,
                    size_t moment_count);

#endif

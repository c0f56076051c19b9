#include "sim/fault.h"

#include <string.h>

struct kind {
    const char *name;
    uint64_t often; /* once in so many occasions at most, so that something still works */
    enum harm harm;
};

static const struct kind kinds[FAULTS] = {
    [FAULT_ACCEPT_EMFILE] = { "accept.emfile", 2, HARM_DELAY },    /* no descriptor is left for a connection */
    [FAULT_ACCEPT_ABORTED] = { "accept.aborted", 5, HARM_LOSS },   /* it was reset before it was taken */
    [FAULT_SOCKET_EMFILE] = { "socket.emfile", 10, HARM_LOSS },    /* no descriptor is left for a socket or a pipe */
    [FAULT_CONNECT_REFUSED] = { "connect.refused", 5, HARM_LOSS }, /* though somebody listens */
    [FAULT_CONNECT_LOST] = { "connect.lost", 2, HARM_DELAY },      /* the SYN has to be sent again */
    [FAULT_CONNECT_NEVER] = { "connect.never", 5, HARM_LOSS },     /* none of them arrives */
    [FAULT_CONNECT_LATE] = { "connect.late", 2, HARM_LOSS },       /* it is there just after the fiber's deadline */
    [FAULT_RECEIVE_SHORT] = { "receive.short", 2, HARM_NONE },     /* less than there is */
    [FAULT_SEND_SHORT] = { "send.short", 2, HARM_NONE },           /* less than there is room for */
    [FAULT_SEND_FULL] = { "send.full", 3, HARM_DELAY },            /* no room for a moment */
    [FAULT_STREAM_RESET] = { "stream.reset", 20, HARM_LOSS },      /* at any byte */
    [FAULT_STREAM_STALL] = { "stream.stall", 5, HARM_DELAY },      /* a segment is lost, and sent again later */
    [FAULT_DATAGRAM_LOST] = { "datagram.lost", 2, HARM_LOSS },     /* */
    [FAULT_DATAGRAM_TWICE] = { "datagram.twice", 2, HARM_DELAY },  /* it arrives two times */
    [FAULT_DATAGRAM_LATE] = { "datagram.late", 2, HARM_DELAY },    /* others overtake it */
    [FAULT_DATAGRAM_ICMP] = { "datagram.icmp", 2, HARM_LOSS },     /* an ICMP error comes instead of an answer */
    [FAULT_DATAGRAM_FULL] = { "datagram.full", 2, HARM_DELAY },    /* no room in the sender's queue for a moment */
    [FAULT_NAME_SLOW] = { "name.slow", 2, HARM_DELAY },            /* a name takes seconds to be found */
    [FAULT_NAME_FAILS] = { "name.fails", 3, HARM_LOSS },           /* the name server fails */
    [FAULT_OFFLOAD_NONE] = { "offload.none", 5, HARM_LOSS },       /* no worker is to be had */
    [FAULT_OFFLOAD_SLOW] = { "offload.slow", 2, HARM_DELAY },      /* work takes long, or begins late */
    [FAULT_HOST_CRASH] = { "host.crash", 2, HARM_LOSS },           /* and it comes back without its connections */
    [FAULT_LINK_CUT] = { "link.cut", 2, HARM_LOSS },               /* and it heals */
    [FAULT_LINK_ONE_WAY] = { "link.one-way", 2, HARM_LOSS },       /* cut in one direction, and it heals */
    [FAULT_READY_EARLY] = { "ready.early", 200, HARM_NONE },       /* an event that nothing is behind */
    [FAULT_KERNEL_AGAIN] = { "kernel.again", 3, HARM_DELAY },      /* an event, and nothing to receive */
    [FAULT_KERNEL_LATE] = { "kernel.late", 2, HARM_DELAY },        /* readiness is told another time */
    [FAULT_KERNEL_INTERRUPTED] = { "kernel.interrupted", 2, HARM_NONE }, /* a signal ends the wait for readiness */
    [FAULT_KERNEL_NOBUFS] = { "kernel.nobufs", 5, HARM_LOSS },           /* ENOBUFS or ENOMEM: a datagram is not sent */
};

/* How often each strikes, once in so many occasions; 0: never. */
static uint64_t rates[FAULTS];
static struct chance *source;
static uint64_t occasions, forced_nth, counts[FAULTS], counts_before[FAULTS]; /* of this run */
static enum fault forced = FAULTS;

const char *fault_name(enum fault fault)
{
    return kinds[fault].name;
}

enum fault fault_find(const char *name)
{
    enum fault fault = 0;

    while (fault < FAULTS && strcmp(kinds[fault].name, name) != 0)
        fault++;
    return fault;
}

bool fault_is_simulated(enum fault fault)
{
    return fault < FAULT_KERNEL_AGAIN;
}

bool fault_is_real(enum fault fault)
{
    static const bool both[FAULT_KERNEL_AGAIN] = {
        [FAULT_ACCEPT_EMFILE] = true,   [FAULT_ACCEPT_ABORTED] = true, [FAULT_SOCKET_EMFILE] = true,
        [FAULT_CONNECT_REFUSED] = true, [FAULT_RECEIVE_SHORT] = true,  [FAULT_SEND_SHORT] = true,
        [FAULT_SEND_FULL] = true,       [FAULT_DATAGRAM_FULL] = true,  [FAULT_READY_EARLY] = true,
    };

    return !fault_is_simulated(fault) || both[fault];
}

static uint64_t draw_rate(struct chance *chance, uint64_t often)
{
    static const uint64_t rates_drawn[] = { 2, 5, 20, 100, 1000 };
    uint64_t rate = rates_drawn[chance_below(chance, sizeof rates_drawn / sizeof *rates_drawn)];

    if (chance_once_in(chance, 2))
        return 0;
    return rate < often ? often : rate;
}

void faults_forbid(void)
{
    memset(rates, 0, sizeof rates);
    memcpy(counts_before, counts, sizeof counts);
    forced = FAULTS;
}

/* Half of them are away in each run, so that some runs are calm and others know one trouble alone. */
void faults_draw(struct chance *chance)
{
    faults_forbid();
    source = chance;
    for (enum fault fault = 0; fault < FAULTS; fault++)
        rates[fault] = draw_rate(chance, kinds[fault].often);
}

void faults_force(enum fault fault, uint64_t nth)
{
    faults_forbid();
    forced = fault;
    forced_nth = nth;
    occasions = 0;
}

void faults_limit(enum harm most)
{
    for (enum fault fault = 0; fault < FAULTS; fault++)
        if (kinds[fault].harm > most)
            rates[fault] = 0;
    if (forced < FAULTS && (kinds[forced].harm > most || forced_nth < kinds[forced].often))
        forced = FAULTS; /* what strikes too often does harm, whatever it is */
}

bool fault_strikes(enum fault fault)
{
    bool strikes =
        fault == forced ? ++occasions == forced_nth : rates[fault] > 0 && chance_once_in(source, rates[fault]);

    counts[fault] += strikes;
    return strikes;
}

uint64_t fault_count(enum fault fault)
{
    return counts[fault];
}

uint64_t fault_count_of_run(enum fault fault)
{
    return counts[fault] - counts_before[fault];
}

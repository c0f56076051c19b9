/* Faults: what goes wrong in the simulated world, each by its name. In exploration the seed draws which of them there
 * are in a run, and how often; a test forces one of them. */
#ifndef ZOC_SIM_FAULT_H
#define ZOC_SIM_FAULT_H

#include "base/chance.h"

enum fault {
    FAULT_ACCEPT_EMFILE,
    FAULT_ACCEPT_ABORTED,
    FAULT_SOCKET_EMFILE,
    FAULT_CONNECT_REFUSED,
    FAULT_CONNECT_LOST,
    FAULT_CONNECT_NEVER,
    FAULT_CONNECT_LATE,
    FAULT_RECEIVE_SHORT,
    FAULT_SEND_SHORT,
    FAULT_SEND_FULL,
    FAULT_STREAM_RESET,
    FAULT_STREAM_STALL,
    FAULT_DATAGRAM_LOST,
    FAULT_DATAGRAM_TWICE,
    FAULT_DATAGRAM_LATE,
    FAULT_DATAGRAM_ICMP,
    FAULT_DATAGRAM_FULL,
    FAULT_NAME_SLOW,
    FAULT_NAME_FAILS,
    FAULT_OFFLOAD_NONE,
    FAULT_OFFLOAD_SLOW,
    FAULT_HOST_CRASH,
    FAULT_LINK_CUT,
    FAULT_LINK_ONE_WAY,
    FAULT_READY_EARLY,
    FAULT_KERNEL_AGAIN, /* these and some of those above: of system calls (faulty.h) */
    FAULT_KERNEL_LATE,
    FAULT_KERNEL_INTERRUPTED,
    FAULT_KERNEL_NOBUFS,
    FAULTS
};

/* What a fault does at worst. */
enum harm {
    HARM_NONE,  /* nobody who is correct can tell: short reads and writes, events that nothing is behind */
    HARM_DELAY, /* it takes longer */
    HARM_LOSS   /* something is refused, reset or lost */
};

/* "accept.emfile" */
const char *fault_name(enum fault fault);

/* FAULTS when there is none of that name. */
enum fault fault_find(const char *name);

/* Whether it may strike in the simulated world; over the kernel's sockets. */
bool fault_is_simulated(enum fault fault);
bool fault_is_real(enum fault fault);

/* Draws which faults there are in this run, and how often. */
void faults_draw(struct chance *chance);

/* None but this one, once: at its `nth` occasion, from 1. */
void faults_force(enum fault fault, uint64_t nth);

/* None at all. */
void faults_forbid(void);

/* Those that do more harm are forbidden from now on: for what must hold when nothing is lost, or nothing is late. */
void faults_limit(enum harm most);

/* Whether it strikes at this occasion. */
bool fault_strikes(enum fault fault);

/* How often it struck since the program began. */
uint64_t fault_count(enum fault fault);

/* The same since faults were drawn, forced or forbidden: in this run. */
uint64_t fault_count_of_run(enum fault fault);

#endif

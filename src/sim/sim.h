/* A simulated world: hosts, links, sockets, pipes, time and chance inside one thread, all of it drawn from a seed. The
 * same services run in it, unchanged, and the same seed brings the same schedule, byte for byte.
 *
 * Host N, from 0 to SIM_HOSTS - 1, has the addresses 10.0.0.N and fd00::N; 127.0.0.0/8 and ::1 are host 0. A socket
 * that is not bound when it connects is host 1's (bind= chooses another), or host 0's when it connects to loopback.
 * Ports without an address (":80") listen at every host. There are no files. */
#ifndef ZOC_SIM_SIM_H
#define ZOC_SIM_SIM_H

#include "base/chance.h"
#include "sim/fault.h"

#include <stdio.h>
#include <zocalo/units.h>

#define SIM_HOSTS      8
#define SIM_TIME_MAX   (24 * 3600 * ZOC_SECOND) /* virtual: a run that takes longer never ends */
#define SIM_STEPS_MAX  2000000                  /* events and calls of a run; the same */
#define SIM_FILES_MAX  1024                     /* descriptors: EMFILE beyond */
#define SIM_WINDOW_MAX (256 * 1024)             /* bytes of a stream that are on their way or not received yet */
#define SIM_QUEUE_MAX  64                       /* datagrams that wait in a socket; more are lost */

/* --- a run ---------------------------------------------------------------------------------------- */

/* Begins a run: from now on zoc_world is this one. `trace` gets a line for every call and every event; NULL: nobody
 * does. Faults are as they were set (fault.h): draw, force or forbid them after this. */
void sim_begin(uint64_t seed, FILE *trace);

/* The same over the kernel's sockets, in real time: system calls fail, do less, and tell late (faulty.h). A seed brings
 * the same faults, but when the kernel does what is not in it. */
void sim_begin_real(uint64_t seed, FILE *trace);

/* Ends either, and puts the kernel's world back. What is left over is a failure: descriptors, connections that somebody
 * holds, work. */
void sim_end(void);

/* Two runs that do the same have the same digest. */
uint64_t sim_digest(void);

/* Draws for the scenario, apart from those of the world. */
struct chance *sim_chance(void);

/* Virtual nanoseconds since the run began. */
int64_t sim_time(void);

/* Whoever finds that something does not hold says so here: prints the seed, how to replay it, what every fiber did
 * last, and ends the program with status 1. */
void sim_fail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

#define sim_expect(condition) \
    ((condition) ? (void)0 : sim_fail("%s:%d: this does not hold: %s", __FILE__, __LINE__, #condition))

/* What else to say when a run fails: the command that replays it. */
extern const char *sim_replay;

/* --- hosts, links and work ------------------------------------------------------------------------- */

/* A host crashes: its connections are gone, and others hear of it when they write to it. It is back after so long. */
void sim_crash(unsigned host, zoc_duration duration);

/* Nothing goes from one host to the other for so long. What was sent meanwhile is sent again later, but datagrams. */
void sim_cut(unsigned from, unsigned to, zoc_duration duration);

/* Connections that are made from now on have windows of so many bytes; at first of 1 to SIM_WINDOW_MAX. */
void sim_windows(size_t least, size_t most);

/* A fiber computes for so long: what happens meanwhile is found, all at once, when the loop polls again. */
void sim_compute(zoc_duration duration);

/* For what runs in zoc_offload: takes so long, in virtual time, while the rest goes on. */
void sim_work(zoc_duration duration);

/* The most pieces of work at a time since the program began: so many threads the C library keeps for the next. */
size_t sim_work_most(void);

#endif

/* A program that a stream runs: its start, its end, and what becomes of it when nobody wants it any more. */
#ifndef ZOC_NET_PROGRAM_H
#define ZOC_NET_PROGRAM_H

#include "world/world.h"

#include <zocalo/units.h>

#define PROGRAM_GRACE          (1 * ZOC_SECOND) /* between SIGTERM and SIGKILL */
#define PROGRAM_STATUS_UNKNOWN (-1)

/* Zeroed, there is none. */
struct program {
    struct world_child child;
    bool ended; /* it was waited for */
    int status; /* as waitpid(2) has it, once it has ended; PROGRAM_STATUS_UNKNOWN where somebody else reaped it */
};

/* Runs the command through /bin/sh -c with these two descriptors, which stay the caller's, as its standard input and
 * output. Waits. Returns 0 or an error with words. */
int program_start(struct program *program, const char *command, int input, int output);

/* Waits until it has ended, at most so long; it may still run after that. Returns 0, -ECANCELED or -ETIMEDOUT (the
 * fiber's deadline). */
int program_await_end(struct program *program, zoc_duration patience);

/* Does not wait. What still runs, its process group included, gets SIGTERM, and SIGKILL after PROGRAM_GRACE; a worker
 * thread sees to that, and the loop does not end before. */
void program_release(struct program *program);

#endif

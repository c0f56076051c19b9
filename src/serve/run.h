/* Many services in one process: opening them all, telling where they listen, and stopping them gracefully. */
#ifndef ZOC_SERVE_RUN_H
#define ZOC_SERVE_RUN_H

#include "serve/spec.h"

struct serve_options {
    struct specs specs; /* at least one */
    unsigned threads;   /* loops; 0: one for each processor */
    zoc_duration grace; /* how long what is under way may go on after a stop */
    bool table;         /* standard output is a terminal: a table instead of `listening` lines */
    bool colour;
    const char *program; /* how this program was called */
};

/* Runs until SIGTERM or SIGINT; a second one ends it at once; SIGUSR2 dumps all fibers to standard error. On a fiber.
 * Returns 0 after a stop, or the negative errno with words for which a place could not be opened. */
int serve_run(const struct serve_options *options);

#endif

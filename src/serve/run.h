/* Many services in one process: opening them all, telling where they listen, reloading, and stopping them gracefully.
 * */
#ifndef ZOC_SERVE_RUN_H
#define ZOC_SERVE_RUN_H

#include "serve/sources.h"

struct serve_options {
    struct sources sources;
    unsigned threads;         /* loops; 0: one for each processor */
    zoc_duration grace;       /* how long what is under way may go on after a stop */
    const char *user, *group; /* to become once the ports are bound; NULL: stays who it is */
    bool table;               /* standard output is a terminal: a table instead of `listening` lines */
    bool colour;
    const char *program; /* how this program was called */
};

/* Runs until SIGTERM or SIGINT, or until every service has served all the clients that it was to serve. A second signal
 * ends it at once; SIGHUP reads the sources again; SIGUSR2 dumps all fibers to standard error. Takes inherited sockets
 * (zoc_inherit) and tells a service manager (sd_notify(3)). On a fiber.
 * Returns 0 after a stop, or the negative errno with words for which it could not begin. */
int serve_run(const struct serve_options *options);

#endif

/* The services that there are: one line each in the table of service.c. */
#ifndef ZOC_SERVE_SERVICE_H
#define ZOC_SERVE_SERVICE_H

#include <zocalo/net.h>

struct service {
    const char *name;
    const char *summary;                                  /* one line, N_() */
    const char *endpoints;                                /* the default ones, as in a spec; all on loopback */
    zoc_handler *converse;                                /* with a stream */
    int (*datagrams)(zoc_datagrams *socket, void *state); /* until it is stopped; NULL: it knows none */
};

extern const struct service services[];
extern const unsigned service_count;

/* NULL when there is none of that name. */
const struct service *service_find(const char *name);

#endif

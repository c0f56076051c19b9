/* The services that there are: one line each in the table of service.c. */
#ifndef ZOC_SERVE_SERVICE_H
#define ZOC_SERVE_SERVICE_H

#include "base/key.h"

#include <zocalo/net.h>

struct service {
    const char *name;
    const char *summary;   /* one line, N_() */
    const char *endpoints; /* the default ones, as in a spec; all on loopback */

    /* Both get the settings of their spec as state. */
    zoc_handler *converse;                                /* with a stream */
    int (*datagrams)(zoc_datagrams *socket, void *state); /* until it is stopped; NULL: it knows none */

    const struct key *keys; /* of its own, beside those that every service takes; NULL: none */
    size_t settings_size;   /* bytes of what they are read into, zeroed before */
    const char *look;       /* what a shell does with what it says, so that one can look at it; NULL: nothing */
    bool amplifies;         /* answers more bytes than it is asked with */
    bool (*lengthens)(const void *settings); /* whether these settings make it do so; NULL: none do */
};

extern const struct service services[];
extern const unsigned service_count;

/* Whether it answers more bytes than it is asked with: at every interface over UDP then only when that was asked for by
 * address. */
bool service_amplifies(const struct service *service, const void *settings);

/* NULL when there is none of that name. */
const struct service *service_find(const char *name);

#endif

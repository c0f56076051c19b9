/* Service specs: SERVICE [ENDPOINT...] [key=value...], one line each, the same on the command line and in a file. */
#ifndef ZOC_SERVE_SPEC_H
#define ZOC_SERVE_SPEC_H

#include "serve/service.h"
#include "serve/words.h"

struct spec {
    const struct service *service;
    void *settings;           /* what the service's own keys were read into; owned */
    zoc_endpoint **endpoints; /* at least one; no two of a program are the same place */
    size_t endpoint_count;
    zoc_duration idle;        /* idle=: nothing received for so long ends a connection; 0: never */
    unsigned connections_max; /* max-connections=: at once; the next ones wait in the backlog; 0: no bound */
    unsigned clients;         /* clients=: so many connections are served, and then no more; 0: no bound */
};

/* The keys that every service takes. */
extern const struct key spec_keys[];

/* The specs of one program. Zeroed, there are none. */
struct specs {
    struct spec *list;
    size_t count;
};

/* Each adds to the specs, or returns -EINVAL with words that show the place, or another negative errno.
 *
 * One spec in a line; a line of nothing but a comment adds nothing. `origin` is what the words begin with ("spec",
 * "spec 2" when there are several, or "square.conf:3"). */
int specs_add_line(struct specs *specs, const char *origin, const char *line);

/* Arguments: each is a spec when one of them has a space in it; all together are one otherwise. */
int specs_add_arguments(struct specs *specs, char **arguments, int count);

/* A file of lines, as text. */
int specs_add_text(struct specs *specs, const char *name, const char *text);

void specs_release(struct specs *specs);

/* Whether both endpoints would be bound to the same. Port 0 is another one each time. */
bool spec_same_place(const zoc_endpoint *one, const zoc_endpoint *other);

#endif

/* Places: one endpoint at which one service listens. */
#ifndef ZOC_SERVE_PLACE_H
#define ZOC_SERVE_PLACE_H

#include "serve/spec.h"

struct place {
    const struct spec *spec;
    const zoc_endpoint *wanted; /* as the spec says */
    zoc_listener *listener;     /* one of these two is open */
    zoc_datagrams *datagrams;
    zoc_crew *crew;
};

/* Returns 0 or an error with words. May wait for a name. */
int place_open(struct place *place, const struct spec *spec, const zoc_endpoint *wanted, zoc_crew *crew);
void place_close(struct place *place);

/* Where it really listens. */
const zoc_endpoint *place_endpoint(const struct place *place);

/* Whether something else had the endpoint, and another was taken (or-free). */
bool place_moved(const struct place *place);

/* A zoc_fn: serves until it is stopped; logs why when it cannot go on. */
int place_serve(void *place);

#endif

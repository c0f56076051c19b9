/* A set: the specs of one reading, and the places that serve them. A reload puts a new set in the place of the one
 * before: what both have is handed over with its socket, the rest is opened and ended, and connections go on with the
 * set that took them. */
#ifndef ZOC_SERVE_SET_H
#define ZOC_SERVE_SET_H

#include "serve/place.h"

struct set {
    struct specs specs; /* owned */
    struct place *places;
    size_t place_count;
    zoc_gate **gates;    /* one for each spec; NULL where nothing is bounded */
    bool *inherits_gate; /* of each spec: its gate was that of the previous set */
    size_t gate_count;
    bool retired; /* another set is in its place */
    bool ended;
};

/* Opens the places of the specs, but for those that `previous` (may be NULL) has open already. Takes the specs over on
 * success only. Returns 0, or an error with words, and then nothing has changed. Waits. */
int set_open(struct specs *specs, zoc_crew *crew, struct set *previous, struct set **ret_set);

/* Takes over what is the previous set's, and retires that. A place that is lost is logged. */
void set_replace(struct set *set, struct set *previous);

/* A zoc_fn: serves all places until they have ended or are stopped. Frees the set when it was retired by then, or else
 * leaves that to set_free. */
int set_serve(void *set);

/* Not while it is served. NULL is fine. */
void set_free(struct set *set);

#endif

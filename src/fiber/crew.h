/* What a crew and its groups know of each other. */
#ifndef ZOC_FIBER_CREW_H
#define ZOC_FIBER_CREW_H

#include "fiber/loop.h"

#include <zocalo/crew.h>

/* One loop of a crew. */
struct member {
    struct message up;  /* to loop 0: this loop runs, or could not be opened */
    struct message end; /* to this loop: return */
    struct zoc_crew *crew;
    struct loop *loop;
    void *thread;    /* NULL for loop 0 */
    int failure;     /* why it could not be opened */
    zoc_event ended; /* on its own loop */
    zoc_group parts; /* on its own loop: the fibers that stand for crew groups (crew_group.c) */
};

struct zoc_crew {
    unsigned size;
    unsigned up;      /* members that told so */
    zoc_event all_up; /* on loop 0 */
    struct member members[];
};

#endif

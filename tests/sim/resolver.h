/* Name servers of the simulated world: they know the names of a table, and answer as late as it says. */
#ifndef ZOC_TESTS_SIM_RESOLVER_H
#define ZOC_TESTS_SIM_RESOLVER_H

#include <zocalo/endpoint.h>

#define NAME_ADDRESSES 4 /* of a family */

enum { SIX, FOUR, FAMILIES };

/* What is known of a name in one family. */
struct answer {
    zoc_address addresses[NAME_ADDRESSES];
    unsigned count;
    zoc_duration takes;   /* before name.slow */
    unsigned asked;       /* so often */
    zoc_time answered_at; /* 0: not yet */
    bool failed;          /* name.fails struck */
};

struct name {
    char text[32];
    struct answer answers[FAMILIES];
};

/* From now on these are the names that there are. They outlive the run. */
void resolver_begin(struct name *names, unsigned count);

/* Puts the real resolver back. */
void resolver_end(void);

#endif

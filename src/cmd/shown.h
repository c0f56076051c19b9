/* Joining standard input and output with a peer, and what is shown of it on standard error meanwhile and afterwards. */
#ifndef ZOC_CMD_SHOWN_H
#define ZOC_CMD_SHOWN_H

#include "talk/join.h"

struct shown {
    bool progress; /* bytes and rate, on a terminal */
    bool sha256;   /* of what went and what came, at the end */
};

/* join_run, shown. Waits. Returns as it does. */
int shown_join(const struct shown *shown, struct join *join);

#endif

/* Tells what happens to a connection, one line a step: what -v shows. */
#ifndef ZOC_CMD_NARRATE_H
#define ZOC_CMD_NARRATE_H

#include <stdio.h>
#include <zocalo/observer.h>

struct narrator {
    zoc_observer observer; /* first */
    FILE *file;
};

struct narrator narrator_of(FILE *file);

#endif

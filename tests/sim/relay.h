/* What the worlds of the relay share. */
#ifndef ZOC_TESTS_SIM_RELAY_H
#define ZOC_TESTS_SIM_RELAY_H

#include "relay/relay.h"
#include "worlds.h"

#define RELAY_HOST  2
#define TARGET_HOST 4

/* A relay while it runs. */
struct relayed {
    struct relay relay;
    unsigned places; /* that have been told of */
    bool over;
    int result;
};

/* Between these endpoints; the rest of relayed->relay is the caller's to set. */
void relayed_prepare(struct relayed *relayed, const char *place, const char *target);

/* A fiber: serves until it is stopped. */
int relayed_run(void *relayed);

/* Stops it, and cancels it when the grace is over; nothing else may have ended it. */
void relayed_stop(struct relayed *relayed, zoc_group *group, zoc_duration grace);

/* Peers of datagrams, in place of connections. */
void relay_letters(void);

#endif

/* Turns: what only one fiber at a time may do. */
#ifndef ZOC_RELAY_TURN_H
#define ZOC_RELAY_TURN_H

#include <zocalo/sync.h>

/* Of one loop. Zeroed, nobody has it. */
struct turn {
    bool taken;
    zoc_event free;
};

/* Waits until nobody has it. Returns 0, -ECANCELED or -ETIMEDOUT. */
int turn_take(struct turn *turn);

void turn_give(struct turn *turn);

#endif

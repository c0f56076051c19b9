#include "relay/turn.h"

int turn_take(struct turn *turn)
{
    int result = 0;

    while (turn->taken && result == 0) {
        zoc_event_clear(&turn->free);
        result = zoc_event_wait(&turn->free);
    }
    if (result == 0)
        turn->taken = true;
    return result;
}

void turn_give(struct turn *turn)
{
    turn->taken = false;
    zoc_event_set(&turn->free);
}

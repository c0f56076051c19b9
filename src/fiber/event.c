#include "fiber/fiber.h"

void zoc_event_set(zoc_event *event)
{
    event->is_set = true;
    fiber_wake_all(&event->waiters);
}

void zoc_event_clear(zoc_event *event)
{
    event->is_set = false;
}

int zoc_event_wait(zoc_event *event)
{
    struct fiber_wait wait = { .what = "event", .heeds = HEED_ALL, .until = ZOC_NEVER, .queue = &event->waiters };
    int result = fiber_begin(HEED_ALL);

    if (result == 0 && !event->is_set)
        result = fiber_park(&wait); /* only a set wakes it, and the event may be cleared or gone by now */
    return result;
}

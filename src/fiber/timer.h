/* Timers: when time ends the wait of a fiber. A heap with at most one entry for each fiber.
 *
 * Entries are lazy. A fiber whose wait ended in time leaves its entry where it is; when that comes to the front it is
 * dropped, or moved to when the fiber's present wait ends. So a deadline that is set anew for each read, and never
 * comes, costs one heap operation each time it would have come. */
#ifndef ZOC_FIBER_TIMER_H
#define ZOC_FIBER_TIMER_H

#include <stddef.h>
#include <zocalo/units.h>

struct zoc_fiber;

struct timer {
    zoc_time at;
    struct zoc_fiber *fiber;
};

/* heap[1] is the earliest; the children of heap[i] are heap[2i] and heap[2i+1]. heap[i].fiber->timer == i. */
struct timers {
    struct timer *heap;
    size_t count;
    size_t capacity;
};

/* Room for an entry for each of so many fibers, so that arming cannot fail. Returns 0 or -ENOMEM. */
int timers_reserve(struct timers *timers, size_t fibers);

/* The fiber's entry comes at `at` or earlier. */
void timers_arm(struct timers *timers, struct zoc_fiber *fiber, zoc_time at);

/* The fiber has no entry any more. */
void timers_disarm(struct timers *timers, struct zoc_fiber *fiber);

/* The earliest entry; ZOC_NEVER when there is none. */
zoc_time timers_next(const struct timers *timers);

/* Ends the waits that `now` has come for, with -ETIMEDOUT. */
void timers_fire(struct timers *timers, zoc_time now);

void timers_release(struct timers *timers);

#endif

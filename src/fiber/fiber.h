/* Fibers from the inside: what one is, how it waits, how it is woken or cut off. */
#ifndef ZOC_FIBER_FIBER_H
#define ZOC_FIBER_FIBER_H

#include "base/error.h"
#include "fiber/switch.h"

#include <stdint.h>
#include <zocalo/fiber.h>
#include <zocalo/sync.h>

struct loop;

/* What a wait listens to besides being woken. A shield takes bits away. */
enum {
    HEED_STOP = 1, /* a soft stop: for waits for something new to do */
    HEED_CANCEL = 2,
    HEED_DEADLINE = 4,
    HEED_HARD = HEED_CANCEL | HEED_DEADLINE, /* for waits in the middle of something */
    HEED_ALL = HEED_STOP | HEED_HARD
};

/* A wait, in the frame of the fiber that waits. It stands in a queue or in a slot, from where it is taken when it is
 * cut off; whoever wakes a fiber finds it there. */
struct fiber_wait {
    const char *what; /* the verb, for dumps: "receive" */
    unsigned heeds;   /* HEED_ bits */
    zoc_time until;   /* -ETIMEDOUT then, or at the fiber's deadline if that is earlier */
    zoc_queue *queue; /* where it stands; NULL when it stands in a slot, or nowhere (only time wakes it) */
    struct zoc_fiber **slot;
    /* Words for what it waits on, for dumps; NULL when `what` says it all. */
    void (*describe)(const void *object, char *text, size_t size);
    const void *object;
};

/* Lives at the top of its own stack, so that both are on one page. */
struct zoc_fiber {
    switch_context context;            /* where it goes on; valid while it does not run */
    struct zoc_fiber *next, *previous; /* in the queue that it stands in: ready, or somebody's waiters */
    struct fiber_wait *wait;           /* while it waits; NULL while it is ready or runs */
    int woken;                         /* what the wait returns */
    int budget;                        /* operations left before others get their turn */
    unsigned shield;                   /* HEED_ bits that it does not heed now */
    enum zoc_stop stop;                /* the strongest that its group was given */
    zoc_time deadline;
    zoc_time wake_at; /* while it waits: when time ends the wait */
    size_t timer;     /* its place in the loop's timers, 0: none; lazily kept, see timer.h */

    zoc_group *group;
    struct zoc_fiber *group_next, *group_previous;
    zoc_fn *fn;
    void *arg;
    char *stack_top; /* for stacks_give; NULL for the loop's own context */

    struct base_words words; /* zoc_why */
    const char *name;
    uint64_t number;
    zoc_time since; /* when its wait began */
    struct zoc_fiber *all_next, *all_previous;
    void *sanitizer; /* TSan's fiber, or ASan's fake stack */
};

/* Whether the running fiber was stopped or is late: 0, -ECANCELED or -ETIMEDOUT. Called before every operation. */
int fiber_cut_off(unsigned heeds);

/* The same, for an operation that may succeed without waiting: counts it against the budget, and lets the others
 * run when that is spent. */
int fiber_begin(unsigned heeds);

/* Waits. Returns 0 when it was woken, -ECANCELED or -ETIMEDOUT when it was cut off. Being woken promises nothing:
 * the caller looks at its condition again. */
int fiber_park(struct fiber_wait *wait);

/* Ends the wait of a fiber that stands in a queue or slot. */
void fiber_wake(struct zoc_fiber *fiber);
void fiber_wake_all(zoc_queue *queue);

/* Ends the wait of a fiber with that error, where it waits and heeds such (a HEED_ bit). */
void fiber_cut(struct zoc_fiber *fiber, unsigned heed, int error);

/* Gives the stack of an ended fiber back. On the loop's own stack only. */
void fiber_reap(struct zoc_fiber *fiber);

#endif

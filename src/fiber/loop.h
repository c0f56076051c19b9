/* The loop: one per thread. It runs ready fibers, and asks the world what is ready when none is. */
#ifndef ZOC_FIBER_LOOP_H
#define ZOC_FIBER_LOOP_H

#include "fiber/fiber.h"
#include "fiber/stack.h"
#include "fiber/timer.h"
#include "world/world.h"

#define LOOP_TURNS  256 /* fibers that run between two looks at what is ready in the world */
#define LOOP_EVENTS 256 /* taken from the world at a time */

/* Something to do in a loop, sent from any thread. */
struct message {
    void (*deliver)(struct message *message); /* in the loop's own context: does not wait; may free the message */
    struct message *next;
};

/* Something to do when the loop of a thread ends: what other rooms keep for each loop is released there. */
struct loop_end {
    void (*release)(void);
    struct loop_end *next;
};

struct watch;

/* What stands behind a descriptor. The generation grows with each watch, so that an event that was meant for an
 * earlier owner of the same number is told from one for this. */
struct slot {
    struct watch *watch;
    uint32_t generation;
};

struct loop {
    struct zoc_fiber root;     /* the thread's own stack: polls, delivers messages, reaps. Never waits */
    struct zoc_fiber *current; /* &root or a fiber */
    zoc_queue ready;
    int turns;              /* fibers that may still run before the next poll */
    zoc_time now;           /* when the last poll returned */
    struct zoc_fiber *dead; /* ended, and not reaped yet */
    struct zoc_fiber *all;  /* every fiber that is alive */
    size_t alive;
    uint64_t fibers_made;
    struct timers timers;
    struct stacks stacks;
    void *poller;
    struct slot *slots; /* by descriptor */
    size_t slot_count;
    struct message *mail; /* newest first; shared with other threads, atomic */
    unsigned posting;     /* threads that are in loop_post; atomic */
    struct loop_end *ends;
    struct world_ready events[LOOP_EVENTS]; /* what the last poll found */
};

/* The loop of this thread; NULL when none runs. */
extern _Thread_local struct loop *loop_here __attribute__((tls_model("initial-exec")));

/* Stands `fiber` in the line of those that run next: last, or, where it lets others run before it, certainly last. */
void loop_ready(struct zoc_fiber *fiber);
void loop_ready_last(struct zoc_fiber *fiber);

/* A simulated world draws whether a fiber that becomes ready runs before the others; NULL: it never does. */
extern unsigned (*loop_shuffles)(void);

/* Leaves the running fiber, which stands in some queue or slot, until it is its turn again. */
void loop_switch_away(void);

/* The same for good. */
void loop_end_fiber(struct zoc_fiber *fiber) __attribute__((noreturn));

/* The next look at the world comes before another fiber runs. */
void loop_poll_soon(void);

/* Has the message delivered in that loop, in the order in which one thread posted. From any thread; the loop must
 * not have ended. */
void loop_post(struct loop *loop, struct message *message);

/* `end` is borrowed until the loop ends. */
void loop_at_end(struct loop_end *end);

/* --- watches: a descriptor that fibers of this loop wait on ---------------------------------------- */

struct watch {
    int fd;                   /* -1 when nothing is watched */
    unsigned ready;           /* WORLD_ bits that may be so: the call is tried before the wait */
    bool always;              /* epoll refused it: a file, which never makes anybody wait */
    bool oneshot;             /* armed anew for each wait */
    bool both;                /* armed for room to write as well: from the first wait for that on */
    struct zoc_fiber *reader; /* who waits */
    struct zoc_fiber *writer;
};

/* Begins to watch. WORLD_EDGE: registered once (and once more by the first wait for room), everything ready at first.
 * WORLD_ONESHOT: registered by each wait for reading. Returns 0, -EBUSY when this loop watches that descriptor already,
 * or another negative errno. */
int watch_open(struct watch *watch, int fd, enum world_watch how);

/* Ends it; nobody may wait on it. The descriptor is closed by the caller right after, or `keep` is true and it lives
 * on. */
void watch_close(struct watch *watch, bool keep);

/* Waits until the descriptor may be readable (or has ended); returns at once when watch->ready says so. The wait's
 * slot is filled in here. Returns as fiber_park. */
int watch_readable(struct watch *watch, struct fiber_wait *wait);
int watch_writable(struct watch *watch, struct fiber_wait *wait);

/* What a poll found. For loop.c. */
void watch_dispatch(struct loop *loop, const struct world_ready *ready);

#endif

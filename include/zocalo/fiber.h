/* Fibers: sequential code, many at a time, on one thread.
 *
 * A fiber runs until it waits; only calls that say "waits" here do. Fibers never leave the thread
 * that they were started on. Every fiber belongs to a group, and nothing outlives its group.
 *
 * Every waiting call first looks whether its fiber was stopped and whether its deadline has passed,
 * and returns -ECANCELED or -ETIMEDOUT instead of beginning, or while it waits.
 *
 * A fiber has a stack of ZOC_STACK_SIZE bytes, of which only what was touched costs memory. Keep
 * large arrays off it: one page is what an idle connection should cost. Code that needs a deep stack,
 * or that blocks (files, getaddrinfo, a database), goes through zoc_offload. */
#ifndef ZOCALO_FIBER_H
#define ZOCALO_FIBER_H

#include <stdbool.h>
#include <stddef.h>
#include <zocalo/units.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ZOC_STACK_SIZE (256 * 1024) /* bytes of a fiber's stack, its guard included */
#define ZOC_BUDGET     16           /* operations that a fiber may do before others get their turn */

struct zoc_fiber;

/* What a fiber runs. 0 or more is success; a negative number is kept by its group. */
typedef int zoc_fn(void *arg);

/* Runs a loop on this thread with a first fiber that calls fn(arg); returns what it returned, once it ended, or the
 * negative errno for which no loop could be made; zoc_why() has the words of either. SIGPIPE is ignored from then on,
 * unless the program handles it. Not from inside a fiber. */
int zoc_run(zoc_fn *fn, void *arg);

/* --- groups ------------------------------------------------------------------------------------ */

/* A number of fibers that begin and end together. It lives in its owner's frame:
 *
 *     ZOC_GROUP(group);
 *     zoc_go(&group, left, arg);
 *     zoc_go(&group, right, arg);
 *     return zoc_group_wait(&group);
 *
 * The fields are private. Zeroed, it is an empty group. */
typedef struct zoc_group {
    struct zoc_fiber *first;  /* those alive, doubly linked */
    struct zoc_fiber *waiter; /* the fiber in zoc_group_wait, or NULL */
    size_t count;             /* how many are alive */
    int failure;              /* the first negative result; 0 */
    char *why;                /* the words behind it; owned */
    int stop;                 /* how far it was stopped: enum zoc_stop */
} zoc_group;

/* Declares a group that is cancelled and waited for when its scope is left, however that happens. */
#define ZOC_GROUP(name) zoc_group name __attribute__((cleanup(zoc_group_end))) = { 0 }

/* Starts a fiber that calls fn(arg). It runs when this one waits next. It inherits this fiber's deadline,
 * which it can only shorten, and whatever stop its group has seen. Its name in dumps is that of the
 * function. Returns 0, -ENOMEM, or -EAGAIN when the kernel has no mappings left (vm.max_map_count). */
#define zoc_go(group, fn, arg) zoc_go_named((group), #fn, (fn), (arg))
int zoc_go_named(zoc_group *group, const char *name, zoc_fn *fn, void *arg);

/* Waits until every fiber of the group has ended. A soft stop, a cancel or the deadline of the waiter is
 * passed on to the group (a deadline as a cancel), and the wait goes on: no fiber of the group is alive
 * when this returns. Returns -ECANCELED or -ETIMEDOUT when the waiter was cut off so (a soft stop
 * is none), else the first failure in the group (of those that a cancel made fail, none) with its words, else 0. */
int zoc_group_wait(zoc_group *group);

/* Soft: each fiber finishes what it is doing. Waits for something new to do (accepting, receiving,
 * sleeping, a channel) end with -ECANCELED; what is under way (writing, connecting) goes on. */
void zoc_group_stop(zoc_group *group);

/* Hard: every wait of every fiber in the group ends with -ECANCELED. */
void zoc_group_cancel(zoc_group *group);

/* Cancels, and waits until all have ended. For the end of a scope; ZOC_GROUP does it by itself. */
void zoc_group_end(zoc_group *group);

/* --- this fiber -------------------------------------------------------------------------------- */

enum zoc_stop { ZOC_RUNNING, ZOC_STOPPING, ZOC_CANCELLED };

/* How far this fiber was stopped, whether or not a shield hides it. */
enum zoc_stop zoc_stopped(void);

/* Another name for this fiber in dumps: a string that outlives it. */
void zoc_set_name(const char *name);

/* Whether the caller runs on a fiber. */
bool zoc_on_fiber(void);

/* Lets the others run first. Waits. Returns 0, -ECANCELED (also by a soft stop) or -ETIMEDOUT. */
int zoc_yield(void);

/* Waits for so long. Returns 0, -ECANCELED (also by a soft stop), -ETIMEDOUT when the deadline came first. */
int zoc_sleep(zoc_duration duration);

/* Runs work(arg) on a worker thread while this fiber waits. Work that has begun is waited for to its end, so
 * that arg may live in the caller's frame; work that has not begun is dropped by a cancel or deadline. Returns
 * what work returned, -ECANCELED, -ETIMEDOUT or -EAGAIN (no thread to be had). */
int zoc_offload(int (*work)(void *), void *arg);

/* The same for work that may never end (reading a terminal): a stop, also a soft one, or the deadline abandons it.
 * After -ECANCELED and -ETIMEDOUT `arg` is not the caller's any more: release(arg) is called once, by the worker when
 * the work ends after all, or at once where it never began. After anything else it stays the caller's. */
int zoc_offload_abandonable(int (*work)(void *), void *arg, void (*release)(void *));

/* --- time -------------------------------------------------------------------------------------- */

/* Now, on the monotonic clock. */
zoc_time zoc_now(void);

/* When the waits of this fiber end at the latest; ZOC_NEVER when nothing was set. */
zoc_time zoc_deadline(void);

/* What a scope changed, for its end. Private. */
typedef struct zoc_scope {
    zoc_time deadline;
    unsigned shield;
} zoc_scope;

zoc_scope zoc_scope_within(zoc_duration duration);
zoc_scope zoc_scope_shield(zoc_duration duration);
zoc_scope zoc_scope_finish(void);
void zoc_scope_leave(zoc_scope *scope);

#define ZOC_SCOPE_(enter)                  ZOC_SCOPE_COUNTED_(enter, __COUNTER__)
#define ZOC_SCOPE_COUNTED_(enter, number)  ZOC_SCOPE_NUMBERED_(enter, number)
#define ZOC_SCOPE_NUMBERED_(enter, number) ZOC_SCOPE_NAMED_(enter, zoc_scope_##number, zoc_scope_once_##number)
#define ZOC_SCOPE_NAMED_(enter, scope, once) \
    for (zoc_scope scope __attribute__((cleanup(zoc_scope_leave))) = (enter), *once = &scope; once; once = NULL)

/* ZOC_WITHIN(5 * ZOC_SECOND) { ... }: waits in the block return -ETIMEDOUT when that time is over. An outer
 * deadline that comes earlier stays. Costs nothing until something waits. The block may be left in any way;
 * `break` leaves it. */
#define ZOC_WITHIN(duration) ZOC_SCOPE_(zoc_scope_within(duration))

/* ZOC_SHIELD(ZOC_SECOND) { ... }: a stopped or late fiber says goodbye. Within the block no stop and no outer
 * deadline is seen, only this one. */
#define ZOC_SHIELD(duration) ZOC_SCOPE_(zoc_scope_shield(duration))

/* ZOC_FINISH { ... }: in the middle of something. Within the block a soft stop is not seen; a cancel is. */
#define ZOC_FINISH ZOC_SCOPE_(zoc_scope_finish())

/* --- looking ----------------------------------------------------------------------------------- */

/* Writes one line for each fiber of this thread's loop to descriptor `fd`: its number and name, what it waits
 * for, since when, and the calls that led there. Does not wait; may block. */
void zoc_dump(int fd);

/* How many fibers of this thread's loop are alive. */
size_t zoc_fibers_alive(void);

#ifdef __cplusplus
}
#endif

#endif

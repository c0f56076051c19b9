/* A crew: several loops, one thread each, for services without shared state; and groups of fibers across them. */
#ifndef ZOCALO_CREW_H
#define ZOCALO_CREW_H

#include <zocalo/fiber.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ZOC_CREW_MAX     256  /* loops of one crew at most */
#define ZOC_CREW_BACKLOG 4096 /* fibers that wait to be started in one loop, for one group */

typedef struct zoc_crew zoc_crew;

/* Loop 0 is the one that the caller runs on; `loops` - 1 threads are started for the others. 0 means one for each
 * processor that this process may use. Waits. Returns 0, -EINVAL beyond ZOC_CREW_MAX, or a negative errno. */
int zoc_crew_new(unsigned loops, zoc_crew **ret_crew);

/* How many loops it has; 1 for NULL, which is a crew of this loop alone everywhere. */
unsigned zoc_crew_size(const zoc_crew *crew);

/* The number of the loop that the caller runs on, in its crew; 0 outside of any. */
unsigned zoc_crew_loop(void);

/* Ends the threads; every group of the crew was freed. Waits. NULL is fine. */
void zoc_crew_free(zoc_crew *crew);

/* --- groups across the loops of a crew ------------------------------------------------------------ */

/* As zoc_group, with fibers in every loop. All calls come from loop 0. */
typedef struct zoc_crew_group zoc_crew_group;

/* `crew` may be NULL: this loop alone. Waits. Returns 0 or a negative errno. */
int zoc_crew_group_new(zoc_crew *crew, zoc_crew_group **ret_group);

/* Starts a fiber in loop number `loop`, which is below zoc_crew_size; not once the group is being waited for. In
 * another loop than 0 it begins without a deadline. Does not wait. Returns 0, -EAGAIN when that loop has
 * ZOC_CREW_BACKLOG to start, -ENOMEM, or for loop 0 as zoc_go: the argument stays the caller's then. When another loop
 * cannot start it after all, it calls discard(arg), which must not wait. */
#define zoc_crew_go(group, loop, fn, arg, discard) zoc_crew_go_named((group), (loop), #fn, (fn), (arg), (discard))
int zoc_crew_go_named(zoc_crew_group *group, unsigned loop, const char *name, zoc_fn *fn, void *arg,
                      void (*discard)(void *arg));

/* As those of zoc_group, over all loops. Waiting passes on what happens to the waiter, as zoc_group_wait does, and
 * returns the failure of the lowest loop that has one; after it the group takes no more fibers. */
void zoc_crew_group_stop(zoc_crew_group *group);
void zoc_crew_group_cancel(zoc_crew_group *group);
int zoc_crew_group_wait(zoc_crew_group *group);

/* Cancels, waits, and frees it. NULL is fine. */
void zoc_crew_group_free(zoc_crew_group *group);

#ifdef __cplusplus
}
#endif

#endif

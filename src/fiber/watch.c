#include "fiber/fiber.h"
#include "fiber/loop.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static uint64_t token_of(int fd, uint32_t generation)
{
    return (uint64_t)generation << 32 | (uint32_t)fd;
}

static int reserve_slot(struct loop *loop, int fd)
{
    if ((size_t)fd < loop->slot_count)
        return 0;

    size_t count = (size_t)fd < 64 ? 64 : (size_t)fd * 2;
    struct slot *slots = realloc(loop->slots, count * sizeof *slots);
    if (!slots)
        return -ENOMEM;
    memset(slots + loop->slot_count, 0, (count - loop->slot_count) * sizeof *slots);
    loop->slots = slots;
    loop->slot_count = count;
    return 0;
}

static int arm(struct watch *watch, enum world_watch how)
{
    return zoc_world->poller_watch(loop_here->poller, watch->fd, how,
                                   token_of(watch->fd, loop_here->slots[watch->fd].generation));
}

int watch_open(struct watch *watch, int fd, enum world_watch how)
{
    struct loop *loop = loop_here;
    int result = reserve_slot(loop, fd);

    if (result < 0)
        return result;
    *watch = (struct watch){ .fd = fd, .ready = WORLD_READABLE | WORLD_WRITABLE, .oneshot = how == WORLD_ONESHOT };
    if (loop->slots[fd].watch)
        return -EBUSY;
    loop->slots[fd].generation++;
    loop->slots[fd].watch = watch;
    if (!watch->oneshot)
        result = arm(watch, how);
    if (result == -EPERM) {
        watch->always = true;
        result = 0;
    }
    if (result < 0) {
        loop->slots[fd].watch = NULL;
        watch->fd = -1;
    }
    return result;
}

void watch_close(struct watch *watch, bool keep)
{
    struct loop *loop = loop_here;

    if (watch->fd < 0)
        return;
    loop->slots[watch->fd].watch = NULL;
    if (keep && !watch->always)
        zoc_world->poller_unwatch(loop->poller, watch->fd);
    watch->fd = -1;
}

int watch_readable(struct watch *watch, struct fiber_wait *wait)
{
    if (watch->always || (watch->ready & WORLD_READABLE && !watch->oneshot))
        return 0;
    if (watch->oneshot) {
        int result = arm(watch, WORLD_ONESHOT);
        watch->always = result == -EPERM;
        if (result < 0)
            return watch->always ? 0 : result;
    }
    wait->slot = &watch->reader;
    return fiber_park(wait);
}

/* Most connections never wait to write, and are spared the events of their room. Asking for them now tells at once of
 * room that came in between. */
static int arm_both(struct watch *watch)
{
    int result = watch->both ? 0 : arm(watch, WORLD_EDGE_BOTH);

    watch->both = result == 0;
    return result;
}

int watch_writable(struct watch *watch, struct fiber_wait *wait)
{
    if (watch->always || watch->ready & WORLD_WRITABLE)
        return 0;
    int result = arm_both(watch);
    if (result < 0)
        return result;
    wait->slot = &watch->writer;
    return fiber_park(wait);
}

void watch_dispatch(struct loop *loop, const struct world_ready *ready)
{
    uint32_t fd = (uint32_t)ready->token;
    uint32_t generation = (uint32_t)(ready->token >> 32);
    struct watch *watch = fd < loop->slot_count ? loop->slots[fd].watch : NULL;

    if (!watch || loop->slots[fd].generation != generation)
        return; /* the descriptor was closed, and perhaps reused, after the kernel noted this */
    watch->ready |= ready->ready;
    if (watch->reader && ready->ready & (WORLD_READABLE | WORLD_ENDED))
        fiber_wake(watch->reader);
    if (watch->writer && ready->ready & (WORLD_WRITABLE | WORLD_ENDED))
        fiber_wake(watch->writer);
}

#include "fiber/timer.h"

#include "fiber/fiber.h"

#include <errno.h>
#include <stdlib.h>

int timers_reserve(struct timers *timers, size_t fibers)
{
    if (fibers < timers->capacity)
        return 0;

    size_t capacity = fibers < 64 ? 64 : fibers * 2;
    struct timer *heap = realloc(timers->heap, capacity * sizeof *heap);
    if (!heap)
        return -ENOMEM;
    timers->heap = heap;
    timers->capacity = capacity;
    return 0;
}

static void place(struct timers *timers, size_t index, struct timer timer)
{
    timers->heap[index] = timer;
    timer.fiber->timer = index;
}

static void sift_up(struct timers *timers, size_t index, struct timer timer)
{
    for (; index > 1 && timers->heap[index / 2].at > timer.at; index /= 2)
        place(timers, index, timers->heap[index / 2]);
    place(timers, index, timer);
}

static void sift_down(struct timers *timers, size_t index, struct timer timer)
{
    size_t child;

    for (; (child = 2 * index) <= timers->count; index = child) {
        if (child < timers->count && timers->heap[child + 1].at < timers->heap[child].at)
            child++;
        if (timers->heap[child].at >= timer.at)
            break;
        place(timers, index, timers->heap[child]);
    }
    place(timers, index, timer);
}

void timers_arm(struct timers *timers, struct zoc_fiber *fiber, zoc_time at)
{
    if (fiber->timer == 0)
        sift_up(timers, ++timers->count, (struct timer){ at, fiber });
    else if (at < timers->heap[fiber->timer].at)
        sift_up(timers, fiber->timer, (struct timer){ at, fiber });
}

void timers_disarm(struct timers *timers, struct zoc_fiber *fiber)
{
    size_t index = fiber->timer;

    if (index == 0)
        return;
    fiber->timer = 0;
    struct timer last = timers->heap[timers->count--];
    if (last.fiber == fiber)
        return;
    if (index > 1 && timers->heap[index / 2].at > last.at)
        sift_up(timers, index, last);
    else
        sift_down(timers, index, last);
}

zoc_time timers_next(const struct timers *timers)
{
    return timers->count ? timers->heap[1].at : ZOC_NEVER;
}

void timers_fire(struct timers *timers, zoc_time now)
{
    while (timers->count && timers->heap[1].at <= now) {
        struct zoc_fiber *fiber = timers->heap[1].fiber;

        timers_disarm(timers, fiber);
        if (fiber->wait && fiber->wake_at > now && fiber->wake_at != ZOC_NEVER)
            timers_arm(timers, fiber, fiber->wake_at);
        else if (fiber->wait && fiber->wake_at <= now)
            fiber_cut(fiber, 0, -ETIMEDOUT);
    }
}

void timers_release(struct timers *timers)
{
    free(timers->heap);
    *timers = (struct timers){ 0 };
}

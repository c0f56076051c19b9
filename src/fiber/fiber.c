#include "fiber/fiber.h"

#include "fiber/loop.h"
#include "fiber/queue.h"
#include "fiber/sanitize.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#define CACHE_LINE 64
#define STAGGERS   16 /* tops of neighbouring stacks lie in so many different cache sets */

/* --- birth and death ----------------------------------------------------------------------------- */

static void join_group(struct zoc_fiber *fiber, zoc_group *group)
{
    fiber->group = group;
    fiber->stop = (enum zoc_stop)group->stop;
    fiber->group_next = group->first;
    if (group->first)
        group->first->group_previous = fiber;
    group->first = fiber;
    group->count++;
}

static void leave_group(struct zoc_fiber *fiber, int result)
{
    zoc_group *group = fiber->group;
    bool cut = result == -ECANCELED && fiber->stop != ZOC_RUNNING;

    if (fiber->group_previous)
        fiber->group_previous->group_next = fiber->group_next;
    else
        group->first = fiber->group_next;
    if (fiber->group_next)
        fiber->group_next->group_previous = fiber->group_previous;
    if (result < 0 && group->failure == 0 && !cut) {
        group->failure = result;
        group->why = base_words_take(&fiber->words);
    }
    if (--group->count == 0 && group->waiter)
        fiber_wake(group->waiter);
}

static void enlist(struct loop *loop, struct zoc_fiber *fiber)
{
    fiber->number = ++loop->fibers_made;
    fiber->all_next = loop->all;
    if (loop->all)
        loop->all->all_previous = fiber;
    loop->all = fiber;
    loop->alive++;
}

static void delist(struct loop *loop, struct zoc_fiber *fiber)
{
    if (fiber->all_previous)
        fiber->all_previous->all_next = fiber->all_next;
    else
        loop->all = fiber->all_next;
    if (fiber->all_next)
        fiber->all_next->all_previous = fiber->all_previous;
    loop->alive--;
}

static void fiber_main(void *arg)
{
    struct zoc_fiber *self = arg;

    sanitize_after_switch(self, &loop_here->root);
    int result = self->fn(self->arg);

    leave_group(self, result);
    delist(loop_here, self);
    timers_disarm(&loop_here->timers, self);
    base_words_release(&self->words);
    loop_end_fiber(self);
}

/* The fiber's own record takes the top of its stack, a few cache lines lower for each neighbour. */
static struct zoc_fiber *place_on(char *top)
{
    size_t stagger = (uintptr_t)top / ZOC_STACK_SIZE % STAGGERS * CACHE_LINE;
    uintptr_t place = ((uintptr_t)top - stagger - sizeof(struct zoc_fiber)) & ~(uintptr_t)(CACHE_LINE - 1);

    return (struct zoc_fiber *)place;
}

int zoc_go_named(zoc_group *group, const char *name, zoc_fn *fn, void *arg)
{
    struct loop *loop = loop_here;
    char *top = NULL;

    assert(loop);
    int result = timers_reserve(&loop->timers, loop->alive + 1);
    if (result == 0)
        result = stacks_take(&loop->stacks, &top);
    if (result < 0)
        return result;

    struct zoc_fiber *fiber = place_on(top);
    memset(fiber, 0, sizeof *fiber);
    fiber->stack_top = top;
    fiber->name = name;
    fiber->fn = fn;
    fiber->arg = arg;
    fiber->budget = ZOC_BUDGET;
    fiber->deadline = loop->current->deadline;
    fiber->context = switch_prepare((char *)fiber, (size_t)((char *)fiber - top) + STACK_USABLE, fiber_main, fiber);
    sanitize_fiber_made(fiber);
    join_group(fiber, group);
    enlist(loop, fiber);
    loop_ready(fiber);
    return 0;
}

void fiber_reap(struct zoc_fiber *fiber)
{
    sanitize_fiber_gone(fiber);
    stacks_give(&loop_here->stacks, fiber->stack_top);
}

/* --- waiting ------------------------------------------------------------------------------------- */

static __attribute__((noinline)) int why_cut_off(const struct zoc_fiber *fiber, unsigned heeds)
{
    heeds &= ~fiber->shield;
    if (fiber->stop == ZOC_CANCELLED && heeds & (HEED_CANCEL | HEED_STOP))
        return -ECANCELED;
    if (fiber->stop == ZOC_STOPPING && heeds & HEED_STOP)
        return -ECANCELED;
    if (fiber->deadline <= loop_here->now && heeds & HEED_DEADLINE)
        return -ETIMEDOUT;
    return 0;
}

/* Before every operation, and nearly always in vain: so two comparisons, and the rest elsewhere. */
static inline int cut_off(const struct zoc_fiber *fiber, unsigned heeds)
{
    if (fiber->stop == ZOC_RUNNING && fiber->deadline > loop_here->now)
        return 0;
    return why_cut_off(fiber, heeds);
}

int fiber_cut_off(unsigned heeds)
{
    return cut_off(loop_here->current, heeds);
}

int fiber_begin(unsigned heeds)
{
    struct zoc_fiber *self = loop_here->current;

    if (--self->budget <= 0) {
        loop_poll_soon();
        loop_ready_last(self);
        loop_switch_away();
    }
    return cut_off(self, heeds);
}

static zoc_time wake_time(const struct zoc_fiber *fiber, const struct fiber_wait *wait)
{
    zoc_time deadline = wait->heeds & ~fiber->shield & HEED_DEADLINE ? fiber->deadline : ZOC_NEVER;

    return deadline < wait->until ? deadline : wait->until;
}

static void stand(struct zoc_fiber *fiber, const struct fiber_wait *wait)
{
    if (wait->queue) {
        queue_push(wait->queue, fiber);
    } else if (wait->slot) {
        assert(!*wait->slot); /* one at a time reads, or writes, or waits for a group */
        *wait->slot = fiber;
    }
}

static void step_out(struct zoc_fiber *fiber, const struct fiber_wait *wait)
{
    if (wait->queue)
        queue_remove(wait->queue, fiber);
    else if (wait->slot)
        *wait->slot = NULL;
}

int fiber_park(struct fiber_wait *wait)
{
    struct loop *loop = loop_here;
    struct zoc_fiber *self = loop->current;

    assert(self != &loop->root); /* waiting is for fibers */
    int cut = cut_off(self, wait->heeds);
    if (cut < 0)
        return cut;

    self->wake_at = wake_time(self, wait);
    if (self->wake_at != ZOC_NEVER)
        timers_arm(&loop->timers, self, self->wake_at);
    self->since = loop->now;
    self->wait = wait;
    stand(self, wait);
    loop_switch_away();
    return self->woken;
}

static void end_wait(struct zoc_fiber *fiber, int result)
{
    step_out(fiber, fiber->wait);
    fiber->wait = NULL;
    fiber->woken = result;
    loop_ready(fiber);
}

void fiber_wake(struct zoc_fiber *fiber)
{
    assert(fiber->wait);
    end_wait(fiber, 0);
}

void fiber_wake_all(zoc_queue *queue)
{
    while (queue->first)
        fiber_wake(queue->first);
}

void fiber_cut(struct zoc_fiber *fiber, unsigned heed, int error)
{
    if (fiber->wait && (heed & ~(fiber->wait->heeds & ~fiber->shield)) == 0)
        end_wait(fiber, error);
}

/* --- this fiber ---------------------------------------------------------------------------------- */

enum zoc_stop zoc_stopped(void)
{
    return loop_here->current->stop;
}

void zoc_set_name(const char *name)
{
    loop_here->current->name = name;
}

bool zoc_on_fiber(void)
{
    return loop_here && loop_here->current != &loop_here->root;
}

int zoc_yield(void)
{
    struct zoc_fiber *self = loop_here->current;

    assert(self != &loop_here->root);
    loop_ready_last(self);
    loop_switch_away();
    return cut_off(self, HEED_ALL);
}

int zoc_sleep(zoc_duration duration)
{
    zoc_time now = zoc_now();
    zoc_time until = duration < ZOC_NEVER - now ? now + duration : ZOC_NEVER;
    struct fiber_wait wait = { .what = "sleep", .heeds = HEED_ALL, .until = until };
    int result = fiber_park(&wait);

    return result == -ETIMEDOUT && zoc_deadline() > until ? 0 : result;
}

size_t zoc_fibers_alive(void)
{
    return loop_here ? loop_here->alive : 0;
}

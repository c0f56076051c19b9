#include "fiber/fiber.h"
#include "fiber/loop.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

static void stop_all(zoc_group *group, enum zoc_stop stop, unsigned heed)
{
    if (group->stop >= (int)stop)
        return;
    group->stop = (int)stop;
    for (struct zoc_fiber *fiber = group->first; fiber; fiber = fiber->group_next) {
        if (fiber->stop < stop)
            fiber->stop = stop;
        fiber_cut(fiber, heed, -ECANCELED);
    }
}

void zoc_group_stop(zoc_group *group)
{
    stop_all(group, ZOC_STOPPING, HEED_STOP);
}

void zoc_group_cancel(zoc_group *group)
{
    stop_all(group, ZOC_CANCELLED, HEED_CANCEL);
}

/* Waits until the group is empty, or until something that `heeds` names cuts the wait off. */
static int wait_empty(zoc_group *group, unsigned heeds)
{
    struct fiber_wait wait = { .what = "end of group", .heeds = heeds, .until = ZOC_NEVER, .slot = &group->waiter };
    int result = 0;

    while (group->count > 0 && result == 0)
        result = fiber_park(&wait);
    return group->count > 0 ? result : 0;
}

static void forget_words(zoc_group *group)
{
    free(group->why);
    group->why = NULL;
}

/* The words of the first failure become the waiter's. */
static int take_failure(zoc_group *group)
{
    if (group->why)
        base_words_give(base_words_slot(), group->failure, group->why);
    group->why = NULL;
    return group->failure;
}

/* Whatever cuts the waiter off is passed on, and not heeded a second time: so the wait ends with the group. */
int zoc_group_wait(zoc_group *group)
{
    unsigned heeds = HEED_ALL;
    int cut = 0;

    for (;;) {
        int result = wait_empty(group, heeds);
        if (result == 0)
            break;
        if (result == -ECANCELED && heeds & HEED_STOP && zoc_stopped() == ZOC_STOPPING) {
            zoc_group_stop(group);
            heeds &= ~(unsigned)HEED_STOP;
        } else {
            zoc_group_cancel(group);
            heeds = 0;
            cut = result;
        }
    }
    if (cut == 0)
        return take_failure(group);
    forget_words(group);
    return cut;
}

void zoc_group_end(zoc_group *group)
{
    if (group->count > 0) {
        zoc_group_cancel(group);
        wait_empty(group, 0);
    }
    forget_words(group);
}

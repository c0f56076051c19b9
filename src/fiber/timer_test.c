#include "fiber/loop.h"
#include "fiber/queue.h"
#include "fiber/testing.h"

#include <errno.h>
#include <stdlib.h>

#define FIBERS     100
#define OPERATIONS 20000

static struct loop loop;
static struct zoc_fiber fibers[FIBERS];
static struct fiber_wait wait = { .what = "time", .heeds = HEED_ALL, .until = ZOC_NEVER };

static int begin(void **state)
{
    (void)state;
    loop_here = &loop;
    return timers_reserve(&loop.timers, FIBERS);
}

static int end(void **state)
{
    (void)state;
    timers_release(&loop.timers);
    loop_here = NULL;
    return 0;
}

static void begin_wait(struct zoc_fiber *fiber, zoc_time at)
{
    fiber->wait = &wait;
    fiber->wake_at = at;
    if (at != ZOC_NEVER)
        timers_arm(&loop.timers, fiber, at);
}

/* Something else than time ends it: the entry stays. */
static void end_wait(struct zoc_fiber *fiber)
{
    fiber->wait = NULL;
}

static struct zoc_fiber *fired(void)
{
    struct zoc_fiber *fiber = queue_pop(&loop.ready);

    if (fiber)
        assert_int_equal(fiber->woken, -ETIMEDOUT);
    return fiber;
}

static void assert_heap(void)
{
    const struct timers *timers = &loop.timers;
    size_t entries = 0;

    for (size_t i = 1; i <= timers->count; i++) {
        assert_true(timers->heap[i].fiber->timer == i);
        assert_true(i == 1 || timers->heap[i / 2].at <= timers->heap[i].at);
    }
    for (int i = 0; i < FIBERS; i++) {
        const struct zoc_fiber *fiber = &fibers[i];
        entries += fiber->timer != 0;
        if (fiber->wait && fiber->wake_at != ZOC_NEVER) {
            assert_int_not_equal(fiber->timer, 0);
            assert_true(timers->heap[fiber->timer].at <= fiber->wake_at);
        }
    }
    assert_int_equal(entries, timers->count);
}

static bool is_due(const struct zoc_fiber *fiber, zoc_time now)
{
    return fiber->wait && fiber->wake_at <= now;
}

/* Fires, and compares with whom the model says it must be. */
static void fire(zoc_time now)
{
    bool due[FIBERS];
    struct zoc_fiber *fiber;

    for (int i = 0; i < FIBERS; i++)
        due[i] = is_due(&fibers[i], now);
    timers_fire(&loop.timers, now);
    while ((fiber = fired())) {
        assert_true(due[fiber - fibers]);
        due[fiber - fibers] = false;
    }
    for (int i = 0; i < FIBERS; i++)
        assert_false(due[i]);
    assert_true(timers_next(&loop.timers) > now);
}

static void random_operations_agree_with_a_model(void **state)
{
    zoc_time now = 0;

    (void)state;
    srand(1);
    for (int i = 0; i < OPERATIONS; i++) {
        struct zoc_fiber *fiber = &fibers[rand() % FIBERS];
        switch (rand() % 4) {
        case 0:
        case 1: /* waits, or waits again, for a time or for ever */
            begin_wait(fiber, rand() % 8 ? now + 1 + rand() % 1000 : ZOC_NEVER);
            break;
        case 2:
            end_wait(fiber);
            if (rand() % 4 == 0)
                timers_disarm(&loop.timers, fiber);
            break;
        case 3:
            now += rand() % 20;
            fire(now);
            break;
        }
        assert_heap();
    }
    fire(now + 1000);
    fire(now + 2000);
    assert_int_equal(loop.timers.count, 0);
}

static void the_next_entry_is_the_earliest(void **state)
{
    (void)state;
    assert_true(timers_next(&loop.timers) == ZOC_NEVER);
    begin_wait(&fibers[0], 30);
    begin_wait(&fibers[1], 10);
    begin_wait(&fibers[2], 20);
    assert_true(timers_next(&loop.timers) == 10);
    timers_disarm(&loop.timers, &fibers[1]);
    timers_disarm(&loop.timers, &fibers[1]);
    end_wait(&fibers[1]);
    assert_true(timers_next(&loop.timers) == 20);
    fire(30);
    assert_true(timers_next(&loop.timers) == ZOC_NEVER);
}

static void those_that_are_due_fire_in_order(void **state)
{
    (void)state;
    begin_wait(&fibers[0], 30);
    begin_wait(&fibers[1], 10);
    begin_wait(&fibers[2], 20);
    begin_wait(&fibers[3], 40);
    timers_fire(&loop.timers, 30);
    assert_ptr_equal(fired(), &fibers[1]);
    assert_ptr_equal(fired(), &fibers[2]);
    assert_ptr_equal(fired(), &fibers[0]);
    assert_null(fired());
    fire(40);
}

static void a_wait_that_ended_leaves_its_entry_and_does_not_fire(void **state)
{
    (void)state;
    begin_wait(&fibers[0], 10);
    end_wait(&fibers[0]);
    assert_int_equal(loop.timers.count, 1);
    timers_fire(&loop.timers, 10);
    assert_null(fired());
    assert_int_equal(loop.timers.count, 0);
}

static void an_old_entry_moves_to_the_end_of_the_present_wait(void **state)
{
    (void)state;
    begin_wait(&fibers[0], 10);
    end_wait(&fibers[0]);
    begin_wait(&fibers[0], 50);
    assert_int_equal(loop.timers.count, 1);
    assert_true(timers_next(&loop.timers) == 10);
    timers_fire(&loop.timers, 10);
    assert_null(fired());
    assert_true(timers_next(&loop.timers) == 50);
    timers_fire(&loop.timers, 50);
    assert_ptr_equal(fired(), &fibers[0]);
}

static void an_old_entry_is_dropped_when_the_present_wait_has_no_end(void **state)
{
    (void)state;
    begin_wait(&fibers[0], 10);
    end_wait(&fibers[0]);
    begin_wait(&fibers[0], ZOC_NEVER);
    timers_fire(&loop.timers, 10);
    assert_null(fired());
    assert_int_equal(loop.timers.count, 0);
    end_wait(&fibers[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_next_entry_is_the_earliest),
        cmocka_unit_test(those_that_are_due_fire_in_order),
        cmocka_unit_test(a_wait_that_ended_leaves_its_entry_and_does_not_fire),
        cmocka_unit_test(an_old_entry_moves_to_the_end_of_the_present_wait),
        cmocka_unit_test(an_old_entry_is_dropped_when_the_present_wait_has_no_end),
        cmocka_unit_test(random_operations_agree_with_a_model),
    };

    return cmocka_run_group_tests(tests, begin, end);
}

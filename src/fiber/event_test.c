#include "fiber/testing.h"

#include <errno.h>
#include <stdlib.h>
#include <zocalo/sync.h>

struct waiter {
    zoc_event *event;
    int number;
    int result; /* 1: still waits */
    int **next; /* where to write who was woken next */
};

static int wait_for_event(void *arg)
{
    struct waiter *waiter = arg;

    waiter->result = 1;
    waiter->result = zoc_event_wait(waiter->event);
    if (waiter->next)
        *(*waiter->next)++ = waiter->number;
    return 0;
}

static void a_set_event_is_not_waited_for(void)
{
    zoc_event event = { 0 };

    zoc_event_set(&event);
    assert_int_equal(zoc_event_wait(&event), 0);
    assert_int_equal(zoc_event_wait(&event), 0);
}

static void a_cleared_event_is_waited_for_again(void)
{
    zoc_event event = { 0 };

    zoc_event_set(&event);
    zoc_event_clear(&event);
    ZOC_WITHIN(ZOC_MILLISECOND)
        assert_int_equal(zoc_event_wait(&event), -ETIMEDOUT);
    assert_null(event.waiters.first);
}

static void setting_wakes_all_in_the_order_in_which_they_came(void)
{
    ZOC_GROUP(group);
    zoc_event event = { 0 };
    int woken[3], *next = woken;
    struct waiter waiters[3];

    for (int i = 0; i < 3; i++) {
        waiters[i] = (struct waiter){ .event = &event, .number = i, .next = &next };
        zoc_go(&group, wait_for_event, &waiters[i]);
    }
    testing_settle();
    assert_ptr_equal(next, woken);
    zoc_event_set(&event);
    assert_int_equal(zoc_group_wait(&group), 0);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(woken[i], i);
        assert_int_equal(waiters[i].result, 0);
    }
}

static void who_waited_is_woken_although_it_is_cleared_at_once(void)
{
    ZOC_GROUP(group);
    zoc_event event = { 0 };
    struct waiter waiter = { .event = &event };

    zoc_go(&group, wait_for_event, &waiter);
    testing_settle();
    zoc_event_set(&event);
    zoc_event_clear(&event);
    testing_settle();
    assert_int_equal(waiter.result, 0);
}

static void an_event_may_go_away_once_it_was_set(void)
{
    ZOC_GROUP(group);
    zoc_event *event = calloc(1, sizeof *event);
    struct waiter waiter = { .event = event };

    zoc_go(&group, wait_for_event, &waiter);
    testing_settle();
    zoc_event_set(event);
    free(event);
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_int_equal(waiter.result, 0);
}

static void a_soft_stop_ends_the_wait(void)
{
    ZOC_GROUP(group);
    zoc_event event = { 0 };
    struct waiter waiter = { .event = &event };

    zoc_go(&group, wait_for_event, &waiter);
    testing_settle();
    zoc_group_stop(&group);
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_int_equal(waiter.result, -ECANCELED);
    assert_null(event.waiters.first);
}

static void who_is_cut_off_leaves_the_line_to_the_others(void)
{
    ZOC_GROUP(staying);
    ZOC_GROUP(leaving);
    zoc_event event = { 0 };
    struct waiter waiters[3] = { { .event = &event }, { .event = &event }, { .event = &event } };

    zoc_go(&staying, wait_for_event, &waiters[0]);
    zoc_go(&leaving, wait_for_event, &waiters[1]);
    zoc_go(&staying, wait_for_event, &waiters[2]);
    testing_settle();
    zoc_group_end(&leaving);
    assert_int_equal(waiters[1].result, -ECANCELED);
    assert_int_equal(waiters[0].result, 1);
    zoc_event_set(&event);
    assert_int_equal(zoc_group_wait(&staying), 0);
    assert_int_equal(waiters[0].result, 0);
    assert_int_equal(waiters[2].result, 0);
}

static void a_wake_up_wins_over_a_cancel_that_comes_after_it(void)
{
    ZOC_GROUP(group);
    zoc_event event = { 0 };
    struct waiter waiter = { .event = &event };

    zoc_go(&group, wait_for_event, &waiter);
    testing_settle();
    zoc_event_set(&event);
    zoc_group_cancel(&group);
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_int_equal(waiter.result, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_FIBER(a_set_event_is_not_waited_for),
        ON_FIBER(a_cleared_event_is_waited_for_again),
        ON_FIBER(setting_wakes_all_in_the_order_in_which_they_came),
        ON_FIBER(who_waited_is_woken_although_it_is_cleared_at_once),
        ON_FIBER(an_event_may_go_away_once_it_was_set),
        ON_FIBER(a_soft_stop_ends_the_wait),
        ON_FIBER(who_is_cut_off_leaves_the_line_to_the_others),
        ON_FIBER(a_wake_up_wins_over_a_cancel_that_comes_after_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

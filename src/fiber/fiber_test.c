#include "fiber/testing.h"

#include <errno.h>
#include <string.h>
#include <zocalo/error.h>
#include <zocalo/sync.h>

static char trace[64];

static int append(void *arg)
{
    strcat(trace, arg);
    return 0;
}

static int append_twice(void *arg)
{
    append(arg);
    zoc_yield();
    append(arg);
    return 0;
}

static int return_7(void *unused)
{
    (void)unused;
    return 7;
}

static int return_the_argument(void *arg)
{
    return *(int *)arg;
}

static void a_loop_returns_what_its_first_fiber_returned(void **state)
{
    int failure = -EPROTO;

    (void)state;
    assert_int_equal(zoc_run(return_7, NULL), 7);
    assert_int_equal(zoc_run(return_the_argument, &failure), -EPROTO);
}

static void only_a_loop_has_fibers(void **state)
{
    (void)state;
    assert_false(zoc_on_fiber());
    assert_int_equal(zoc_fibers_alive(), 0);
}

static void the_first_fiber_is_one(void)
{
    assert_true(zoc_on_fiber());
    assert_int_equal(zoc_fibers_alive(), 1);
    assert_int_equal(zoc_stopped(), ZOC_RUNNING);
    assert_true(zoc_deadline() == ZOC_NEVER);
}

static void a_new_fiber_runs_when_its_maker_waits(void)
{
    ZOC_GROUP(group);

    trace[0] = '\0';
    assert_int_equal(zoc_go(&group, append, "b"), 0);
    assert_int_equal(zoc_fibers_alive(), 2);
    append("a");
    zoc_group_wait(&group);
    append("c");
    assert_string_equal(trace, "abc");
    assert_int_equal(zoc_fibers_alive(), 1);
}

static void fibers_take_turns_in_order(void)
{
    ZOC_GROUP(group);

    trace[0] = '\0';
    zoc_go(&group, append_twice, "1");
    zoc_go(&group, append_twice, "2");
    zoc_go(&group, append_twice, "3");
    zoc_group_wait(&group);
    assert_string_equal(trace, "123123");
}

static void a_yield_without_others_returns(void)
{
    for (int i = 0; i < 1000; i++)
        assert_int_equal(zoc_yield(), 0);
}

static int store_deadline(void *ret_deadline)
{
    *(zoc_time *)ret_deadline = zoc_deadline();
    return 0;
}

static void a_fiber_inherits_the_deadline_of_its_maker(void)
{
    zoc_time inner = 0, outer = 0, expected = 0;
    ZOC_GROUP(group);

    zoc_go(&group, store_deadline, &outer);
    ZOC_WITHIN(ZOC_HOUR) {
        expected = zoc_deadline();
        zoc_go(&group, store_deadline, &inner);
    }
    zoc_group_wait(&group);
    assert_true(inner == expected);
    assert_true(outer == ZOC_NEVER);
}

static int store_stop(void *ret_stop)
{
    *(int *)ret_stop = zoc_stopped();
    return 0;
}

static void a_fiber_inherits_the_stop_of_its_group(void)
{
    int stop = -1, cancel = -1;
    zoc_group stopped = { 0 }, cancelled = { 0 };

    zoc_group_stop(&stopped);
    zoc_go(&stopped, store_stop, &stop);
    zoc_group_cancel(&cancelled);
    zoc_go(&cancelled, store_stop, &cancel);
    zoc_group_wait(&stopped);
    zoc_group_wait(&cancelled);
    assert_int_equal(stop, ZOC_STOPPING);
    assert_int_equal(cancel, ZOC_CANCELLED);
}

static int sleep_an_hour(void *ret_result)
{
    *(int *)ret_result = zoc_sleep(ZOC_HOUR);
    return 0;
}

static void a_stopped_fiber_does_not_begin_to_sleep(void)
{
    int result = 0;
    ZOC_GROUP(group);

    zoc_group_stop(&group);
    zoc_go(&group, sleep_an_hour, &result);
    zoc_group_wait(&group);
    assert_int_equal(result, -ECANCELED);
}

static void a_late_fiber_does_not_begin_to_sleep(void)
{
    ZOC_WITHIN(0)
        assert_int_equal(zoc_sleep(ZOC_HOUR), -ETIMEDOUT);
}

static int sleep_and_append(void *arg)
{
    static const zoc_duration durations[] = {
        ['a'] = ZOC_MILLISECOND, ['b'] = 2 * ZOC_MILLISECOND, ['c'] = 3 * ZOC_MILLISECOND
    };

    assert_int_equal(zoc_sleep(durations[(int)*(char *)arg]), 0);
    return append(arg);
}

static void sleepers_wake_in_the_order_of_their_time(void)
{
    zoc_time before = zoc_now();
    ZOC_GROUP(group);

    trace[0] = '\0';
    zoc_go(&group, sleep_and_append, "c");
    zoc_go(&group, sleep_and_append, "a");
    zoc_go(&group, sleep_and_append, "b");
    zoc_group_wait(&group);
    assert_string_equal(trace, "abc");
    assert_true(zoc_now() - before >= 3 * ZOC_MILLISECOND);
}

static int sleep_for_ever(void *ret_result)
{
    *(int *)ret_result = 1;
    *(int *)ret_result = zoc_sleep(ZOC_NEVER);
    return 0;
}

static void a_sleep_may_be_for_ever(void)
{
    int result = 0;
    ZOC_GROUP(group);

    zoc_go(&group, sleep_for_ever, &result);
    testing_settle();
    assert_int_equal(result, 1);
    zoc_group_stop(&group);
    zoc_group_wait(&group);
    assert_int_equal(result, -ECANCELED);
}

static int fail_with_words(void *arg)
{
    zoc_refuse(-EPROTO, "%s", (const char *)arg);
    zoc_yield();
    assert_string_equal(zoc_why(), arg);
    return 0;
}

static void each_fiber_has_words_of_its_own(void)
{
    ZOC_GROUP(group);

    zoc_refuse(-EPROTO, "mine");
    zoc_go(&group, fail_with_words, "left");
    zoc_go(&group, fail_with_words, "right");
    zoc_group_wait(&group);
    assert_string_equal(zoc_why(), "mine");
}

static int add_one(void *sum)
{
    zoc_yield();
    ++*(int *)sum;
    return 0;
}

static void a_thousand_fibers_run_to_their_end(void)
{
    int sum = 0;
    ZOC_GROUP(group);

    for (int i = 0; i < 1000; i++)
        assert_int_equal(zoc_go(&group, add_one, &sum), 0);
    assert_int_equal(zoc_fibers_alive(), 1001);
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_int_equal(sum, 1000);
    assert_int_equal(zoc_fibers_alive(), 1);
}

static int take_a_turn(void *turns)
{
    ++*(int *)turns;
    return 0;
}

static int wait_for_set_event_until_a_turn(void *arg)
{
    zoc_event event = { 0 };
    int operations = 0;

    zoc_event_set(&event);
    for (; *(int *)arg == 0; operations++)
        assert_int_equal(zoc_event_wait(&event), 0);
    return operations;
}

static void who_never_waits_lets_others_run_when_its_budget_is_spent(void)
{
    int turns = 0;
    ZOC_GROUP(group);

    zoc_go(&group, take_a_turn, &turns);
    int operations = wait_for_set_event_until_a_turn(&turns);
    assert_in_range(operations, 1, ZOC_BUDGET);
}

static void who_never_waits_does_not_keep_time_from_coming(void)
{
    zoc_event event = { 0 };
    int result = 0;

    zoc_event_set(&event);
    ZOC_WITHIN(ZOC_MILLISECOND)
        while (result == 0)
            result = zoc_event_wait(&event);
    assert_int_equal(result, -ETIMEDOUT);
}

static int yield_until_told(void *told)
{
    while (!*(bool *)told)
        zoc_yield();
    return 0;
}

static int tell_later(void *told)
{
    zoc_sleep(ZOC_MICROSECOND);
    *(bool *)told = true;
    return 0;
}

static void those_that_only_yield_do_not_keep_time_from_coming(void)
{
    bool told = false;
    ZOC_GROUP(group);

    zoc_go(&group, yield_until_told, &told);
    zoc_go(&group, yield_until_told, &told);
    zoc_go(&group, tell_later, &told);
    assert_int_equal(zoc_group_wait(&group), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_loop_returns_what_its_first_fiber_returned),
        cmocka_unit_test(only_a_loop_has_fibers),
        ON_FIBER(the_first_fiber_is_one),
        ON_FIBER(a_new_fiber_runs_when_its_maker_waits),
        ON_FIBER(fibers_take_turns_in_order),
        ON_FIBER(a_yield_without_others_returns),
        ON_FIBER(a_fiber_inherits_the_deadline_of_its_maker),
        ON_FIBER(a_fiber_inherits_the_stop_of_its_group),
        ON_FIBER(a_stopped_fiber_does_not_begin_to_sleep),
        ON_FIBER(a_late_fiber_does_not_begin_to_sleep),
        ON_FIBER(sleepers_wake_in_the_order_of_their_time),
        ON_FIBER(a_sleep_may_be_for_ever),
        ON_FIBER(each_fiber_has_words_of_its_own),
        ON_FIBER(a_thousand_fibers_run_to_their_end),
        ON_FIBER(who_never_waits_lets_others_run_when_its_budget_is_spent),
        ON_FIBER(who_never_waits_does_not_keep_time_from_coming),
        ON_FIBER(those_that_only_yield_do_not_keep_time_from_coming),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "fiber/testing.h"

#include <errno.h>
#include <stdlib.h>
#include <zocalo/sync.h>

static void an_inner_deadline_only_shortens(void)
{
    ZOC_WITHIN(ZOC_MINUTE) {
        zoc_time outer = zoc_deadline();
        ZOC_WITHIN(ZOC_HOUR)
            assert_true(zoc_deadline() == outer);
        ZOC_WITHIN(ZOC_SECOND)
            assert_true(zoc_deadline() < outer);
        assert_true(zoc_deadline() == outer);
    }
    assert_true(zoc_deadline() == ZOC_NEVER);
}

static void a_scope_may_be_for_ever(void)
{
    ZOC_WITHIN(ZOC_NEVER)
        assert_true(zoc_deadline() == ZOC_NEVER);
}

static void a_deadline_counts_from_now(void)
{
    zoc_time before = zoc_now();

    ZOC_WITHIN(ZOC_MINUTE) {
        assert_true(zoc_deadline() >= before + ZOC_MINUTE);
        assert_true(zoc_deadline() <= zoc_now() + ZOC_MINUTE);
    }
}

static void a_break_leaves_the_scope(void)
{
    int rounds = 0;

    for (int i = 0; i < 3; i++) {
        ZOC_WITHIN(ZOC_HOUR) {
            rounds++;
            break;
        }
        assert_true(zoc_deadline() == ZOC_NEVER);
    }
    assert_int_equal(rounds, 3);
}

static int return_from_within(void)
{
    ZOC_WITHIN(ZOC_HOUR)
        ZOC_SHIELD(ZOC_MINUTE)
            return 7;
    return 0;
}

static void a_return_leaves_all_scopes(void)
{
    assert_int_equal(return_from_within(), 7);
    assert_true(zoc_deadline() == ZOC_NEVER);
}

static void a_wait_ends_with_the_scope_s_time(void)
{
    zoc_event event = { 0 };
    zoc_time before = zoc_now();

    ZOC_WITHIN(2 * ZOC_MILLISECOND)
        assert_int_equal(zoc_event_wait(&event), -ETIMEDOUT);
    assert_true(zoc_now() - before >= 2 * ZOC_MILLISECOND);
}

static void what_is_late_does_not_begin(void)
{
    zoc_event event = { 0 };

    zoc_event_set(&event);
    ZOC_WITHIN(-ZOC_SECOND)
        assert_int_equal(zoc_event_wait(&event), -ETIMEDOUT);
    assert_int_equal(zoc_event_wait(&event), 0);
}

static void the_time_of_a_scope_that_was_left_does_not_count(void)
{
    zoc_event event = { 0 };

    ZOC_WITHIN(ZOC_MILLISECOND)
        assert_int_equal(zoc_sleep(0), 0);
    ZOC_WITHIN(5 * ZOC_MILLISECOND) {
        zoc_time deadline = zoc_deadline();
        assert_int_equal(zoc_event_wait(&event), -ETIMEDOUT);
        assert_true(zoc_now() >= deadline);
    }
}

static void a_sleep_that_is_over_first_succeeds(void)
{
    ZOC_WITHIN(ZOC_HOUR)
        assert_int_equal(zoc_sleep(ZOC_MICROSECOND), 0);
}

/* --- shields --------------------------------------------------------------------------------------- */

enum { BEFORE, INSIDE, AFTER, PHASES };

static int shielded(void *arg)
{
    int *results = arg;

    results[BEFORE] = zoc_sleep(ZOC_NEVER);
    ZOC_SHIELD(ZOC_MINUTE) {
        results[INSIDE] = zoc_sleep(ZOC_MICROSECOND);
        assert_int_not_equal(zoc_stopped(), ZOC_RUNNING);
    }
    results[AFTER] = zoc_sleep(ZOC_NEVER);
    return 0;
}

static void a_shield_hides_a_cancel(void)
{
    int results[PHASES];
    ZOC_GROUP(group);

    zoc_go(&group, shielded, results);
    zoc_yield();
    zoc_group_end(&group);
    assert_int_equal(results[BEFORE], -ECANCELED);
    assert_int_equal(results[INSIDE], 0);
    assert_int_equal(results[AFTER], -ECANCELED);
}

static int shielded_wait(void *arg)
{
    int *result = arg;
    zoc_event event = { 0 };

    ZOC_SHIELD(ZOC_MILLISECOND)
        *result = zoc_event_wait(&event);
    return 0;
}

static void a_cancel_does_not_reach_a_wait_under_a_shield(void)
{
    int result = 0;
    ZOC_GROUP(group);

    zoc_go(&group, shielded_wait, &result);
    zoc_yield();
    zoc_group_end(&group);
    assert_int_equal(result, -ETIMEDOUT);
}

static void a_shield_replaces_an_outer_deadline(void)
{
    ZOC_WITHIN(-ZOC_SECOND) {
        zoc_time outer = zoc_deadline();
        assert_int_equal(zoc_sleep(0), -ETIMEDOUT);
        ZOC_SHIELD(ZOC_MINUTE)
            assert_int_equal(zoc_sleep(ZOC_MICROSECOND), 0);
        assert_true(zoc_deadline() == outer);
    }
}

static void a_deadline_within_a_shield_counts(void)
{
    zoc_event event = { 0 };

    ZOC_SHIELD(ZOC_MINUTE)
        ZOC_WITHIN(ZOC_MILLISECOND)
            assert_int_equal(zoc_event_wait(&event), -ETIMEDOUT);
}

static int finishing_wait(void *arg)
{
    int *result = arg;
    zoc_event event = { 0 };

    *result = 1;
    ZOC_FINISH
        *result = zoc_event_wait(&event);
    return 0;
}

static void finishing_hides_a_soft_stop_and_no_cancel(void)
{
    int result = 0;
    ZOC_GROUP(group);

    zoc_go(&group, finishing_wait, &result);
    testing_settle();
    zoc_group_stop(&group);
    testing_settle();
    assert_int_equal(result, 1);
    zoc_group_cancel(&group);
    zoc_group_wait(&group);
    assert_int_equal(result, -ECANCELED);
}

static void finishing_hides_no_deadline(void)
{
    zoc_event event = { 0 };

    ZOC_WITHIN(ZOC_MILLISECOND)
        ZOC_FINISH
            assert_int_equal(zoc_event_wait(&event), -ETIMEDOUT);
}

/* --- many deadlines -------------------------------------------------------------------------------- */

#define SLEEPERS 500

struct sleeper {
    zoc_time deadline;
    zoc_time *latest; /* of the deadlines that came before */
};

/* Most of its deadlines never come; the last one does. */
static int wait_for_deadline(void *arg)
{
    struct sleeper *sleeper = arg;
    zoc_event never = { 0 };

    for (int i = 1; i <= 3; i++)
        ZOC_WITHIN(i *ZOC_MILLISECOND)
            zoc_yield();
    zoc_duration rest = sleeper->deadline - zoc_now();
    if (rest <= 0)
        return 0; /* a slow machine: it would not wait */
    ZOC_WITHIN(rest) {
        sleeper->deadline = zoc_deadline();
        assert_int_equal(zoc_event_wait(&never), -ETIMEDOUT);
    }
    assert_true(zoc_now() >= sleeper->deadline);
    assert_true(sleeper->deadline >= *sleeper->latest);
    *sleeper->latest = sleeper->deadline;
    return 0;
}

static void deadlines_come_in_their_order(void)
{
    static struct sleeper sleepers[SLEEPERS];
    zoc_time latest = 0, start = zoc_now() + 20 * ZOC_MILLISECOND;
    ZOC_GROUP(group);

    srand(1);
    for (int i = 0; i < SLEEPERS; i++) {
        sleepers[i] = (struct sleeper){ .deadline = start + rand() % 30000 * ZOC_MICROSECOND, .latest = &latest };
        assert_int_equal(zoc_go(&group, wait_for_deadline, &sleepers[i]), 0);
    }
    assert_int_equal(zoc_group_wait(&group), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_FIBER(an_inner_deadline_only_shortens),
        ON_FIBER(a_scope_may_be_for_ever),
        ON_FIBER(a_deadline_counts_from_now),
        ON_FIBER(a_break_leaves_the_scope),
        ON_FIBER(a_return_leaves_all_scopes),
        ON_FIBER(a_wait_ends_with_the_scope_s_time),
        ON_FIBER(what_is_late_does_not_begin),
        ON_FIBER(the_time_of_a_scope_that_was_left_does_not_count),
        ON_FIBER(a_sleep_that_is_over_first_succeeds),
        ON_FIBER(a_shield_hides_a_cancel),
        ON_FIBER(a_cancel_does_not_reach_a_wait_under_a_shield),
        ON_FIBER(a_shield_replaces_an_outer_deadline),
        ON_FIBER(a_deadline_within_a_shield_counts),
        ON_FIBER(finishing_hides_a_soft_stop_and_no_cancel),
        ON_FIBER(finishing_hides_no_deadline),
        ON_FIBER(deadlines_come_in_their_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

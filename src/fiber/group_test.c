#include "fiber/testing.h"

#include <errno.h>
#include <zocalo/error.h>
#include <zocalo/sync.h>

static int return_the_argument(void *arg)
{
    return *(int *)arg;
}

static int sleep_for_ever(void *unused)
{
    (void)unused;
    return zoc_sleep(ZOC_NEVER);
}

static void an_empty_group_is_not_waited_for(void)
{
    zoc_group group = { 0 };

    assert_int_equal(zoc_group_wait(&group), 0);
    zoc_group_end(&group);
}

static void the_first_failure_is_that_of_the_group(void)
{
    int results[] = { 3, -EPROTO, 0, -EIO };
    ZOC_GROUP(group);

    for (int i = 0; i < 4; i++)
        zoc_go(&group, return_the_argument, &results[i]);
    assert_int_equal(zoc_group_wait(&group), -EPROTO);
}

static void success_is_no_failure(void)
{
    int result = 3;
    ZOC_GROUP(group);

    zoc_go(&group, return_the_argument, &result);
    assert_int_equal(zoc_group_wait(&group), 0);
}

static void what_a_cancel_made_fail_is_no_failure(void)
{
    ZOC_GROUP(group);

    zoc_go(&group, sleep_for_ever, NULL);
    zoc_go(&group, sleep_for_ever, NULL);
    testing_settle();
    zoc_group_cancel(&group);
    assert_int_equal(zoc_group_wait(&group), 0);
}

static void a_cancel_that_nobody_made_is_a_failure(void)
{
    int result = -ECANCELED;
    ZOC_GROUP(group);

    zoc_go(&group, return_the_argument, &result);
    assert_int_equal(zoc_group_wait(&group), -ECANCELED);
}

static int fail_when_cancelled(void *unused)
{
    (void)unused;
    zoc_sleep(ZOC_NEVER);
    return -EIO;
}

static void another_failure_after_a_cancel_is_one(void)
{
    ZOC_GROUP(group);

    zoc_go(&group, fail_when_cancelled, NULL);
    testing_settle();
    zoc_group_cancel(&group);
    assert_int_equal(zoc_group_wait(&group), -EIO);
}

/* --- how a stop goes down ------------------------------------------------------------------------ */

/* A fiber that owns a group of one, and waits for it. */
struct family {
    zoc_fn *child;
    int result; /* of the wait; 1 while it lasts */
    int child_result;
    enum zoc_stop seen; /* by the child when its wait ended */
    zoc_event release;
};

static int parent(void *arg)
{
    struct family *family = arg;
    ZOC_GROUP(group);

    family->result = 1;
    zoc_go_named(&group, "child", family->child, family);
    family->result = zoc_group_wait(&group);
    return 0;
}

static int sleeping_child(void *arg)
{
    struct family *family = arg;

    family->child_result = zoc_sleep(ZOC_NEVER);
    family->seen = zoc_stopped();
    return family->child_result;
}

/* It is in the middle of something. */
static int finishing_child(void *arg)
{
    struct family *family = arg;

    ZOC_FINISH
        family->child_result = zoc_event_wait(&family->release);
    family->seen = zoc_stopped();
    return family->child_result;
}

static void a_soft_stop_is_passed_on_by_who_waits(void)
{
    struct family family = { .child = sleeping_child };
    ZOC_GROUP(group);

    zoc_go(&group, parent, &family);
    testing_settle();
    zoc_group_stop(&group);
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_int_equal(family.seen, ZOC_STOPPING);
    assert_int_equal(family.child_result, -ECANCELED);
    assert_int_equal(family.result, 0);
}

static void a_soft_stop_waits_for_what_is_under_way(void)
{
    struct family family = { .child = finishing_child };
    ZOC_GROUP(group);

    zoc_go(&group, parent, &family);
    testing_settle();
    zoc_group_stop(&group);
    testing_settle();
    assert_int_equal(family.result, 1);
    zoc_event_set(&family.release);
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_int_equal(family.seen, ZOC_STOPPING);
    assert_int_equal(family.child_result, 0);
    assert_int_equal(family.result, 0);
}

static void a_cancel_follows_a_soft_stop(void)
{
    struct family family = { .child = finishing_child };
    ZOC_GROUP(group);

    zoc_go(&group, parent, &family);
    testing_settle();
    zoc_group_stop(&group);
    testing_settle();
    zoc_group_cancel(&group);
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_int_equal(family.seen, ZOC_CANCELLED);
    assert_int_equal(family.child_result, -ECANCELED);
    assert_int_equal(family.result, -ECANCELED);
}

static void a_soft_stop_does_not_weaken_a_cancel(void)
{
    struct family family = { .child = sleeping_child };
    ZOC_GROUP(group);

    zoc_group_cancel(&group);
    zoc_group_stop(&group);
    zoc_go(&group, parent, &family);
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_int_equal(family.seen, ZOC_CANCELLED);
    assert_int_equal(family.result, -ECANCELED);
}

static void the_deadline_of_who_waits_cancels_the_group(void)
{
    struct family family = { .child = sleeping_child };
    ZOC_GROUP(group);

    zoc_go(&group, sleeping_child, &family);
    ZOC_WITHIN(ZOC_MILLISECOND)
        assert_int_equal(zoc_group_wait(&group), -ETIMEDOUT);
    assert_int_equal(group.count, 0);
    assert_int_equal(family.seen, ZOC_CANCELLED);
    assert_int_equal(family.child_result, -ECANCELED);
}

static int say_goodbye(void *arg)
{
    zoc_sleep(ZOC_NEVER);
    ZOC_SHIELD(ZOC_MINUTE)
        *(int *)arg = zoc_sleep(ZOC_MICROSECOND);
    return 0;
}

static void a_cancelled_group_is_waited_for_to_its_end(void)
{
    int goodbye = 1;
    ZOC_GROUP(group);

    zoc_go(&group, say_goodbye, &goodbye);
    ZOC_WITHIN(ZOC_MILLISECOND)
        assert_int_equal(zoc_group_wait(&group), -ETIMEDOUT);
    assert_int_equal(goodbye, 0);
}

/* --- nothing outlives its group ------------------------------------------------------------------- */

static int leave_a_scope(void *goodbye)
{
    ZOC_GROUP(group);

    zoc_go(&group, say_goodbye, goodbye);
    zoc_yield();
    return -EIO;
}

static void nothing_outlives_the_scope_of_its_group(void)
{
    int goodbye = 1;

    assert_int_equal(leave_a_scope(&goodbye), -EIO);
    assert_int_equal(goodbye, 0);
    assert_int_equal(zoc_fibers_alive(), 1);
}

static void the_end_of_a_group_waits_although_its_owner_is_cancelled_and_late(void)
{
    int goodbye = 1;
    ZOC_GROUP(group);

    zoc_group_cancel(&group);
    ZOC_WITHIN(0)
        zoc_go(&group, leave_a_scope, &goodbye);
    assert_int_equal(zoc_group_wait(&group), -EIO);
    assert_int_equal(goodbye, 0);
}

static int breed(void *arg)
{
    zoc_group *group = arg;

    for (int i = 0; i < 3; i++)
        zoc_go(group, sleep_for_ever, NULL);
    return 0;
}

static void those_that_are_started_while_it_is_waited_for_belong_to_it(void)
{
    ZOC_GROUP(group);

    zoc_go(&group, breed, &group);
    ZOC_WITHIN(ZOC_MILLISECOND)
        assert_int_equal(zoc_group_wait(&group), -ETIMEDOUT);
    assert_int_equal(group.count, 0);
    assert_int_equal(zoc_fibers_alive(), 1);
}

static void a_group_may_be_filled_again(void)
{
    int failure = -EIO, success = 0;
    ZOC_GROUP(group);

    zoc_go(&group, return_the_argument, &success);
    assert_int_equal(zoc_group_wait(&group), 0);
    zoc_go(&group, return_the_argument, &failure);
    assert_int_equal(zoc_group_wait(&group), -EIO);
}

static int fail_with_words(void *words)
{
    return zoc_refuse(-EPROTO, "%s", (char *)words);
}

static void the_words_of_the_first_failure_reach_who_waits(void)
{
    ZOC_GROUP(group);

    zoc_go(&group, fail_with_words, "what came first");
    zoc_go(&group, fail_with_words, "what came second");
    assert_int_equal(zoc_group_wait(&group), -EPROTO);
    assert_string_equal(zoc_why(), "what came first");
}

static void the_words_of_the_first_fiber_outlive_its_loop(void **state)
{
    (void)state;
    assert_int_equal(zoc_run(fail_with_words, "what went wrong"), -EPROTO);
    assert_string_equal(zoc_why(), "what went wrong");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_FIBER(an_empty_group_is_not_waited_for),
        ON_FIBER(the_first_failure_is_that_of_the_group),
        ON_FIBER(success_is_no_failure),
        ON_FIBER(what_a_cancel_made_fail_is_no_failure),
        ON_FIBER(a_cancel_that_nobody_made_is_a_failure),
        ON_FIBER(another_failure_after_a_cancel_is_one),
        ON_FIBER(a_soft_stop_is_passed_on_by_who_waits),
        ON_FIBER(a_soft_stop_waits_for_what_is_under_way),
        ON_FIBER(a_cancel_follows_a_soft_stop),
        ON_FIBER(a_soft_stop_does_not_weaken_a_cancel),
        ON_FIBER(the_deadline_of_who_waits_cancels_the_group),
        ON_FIBER(a_cancelled_group_is_waited_for_to_its_end),
        ON_FIBER(nothing_outlives_the_scope_of_its_group),
        ON_FIBER(the_end_of_a_group_waits_although_its_owner_is_cancelled_and_late),
        ON_FIBER(those_that_are_started_while_it_is_waited_for_belong_to_it),
        ON_FIBER(a_group_may_be_filled_again),
        ON_FIBER(the_words_of_the_first_failure_reach_who_waits),
        cmocka_unit_test(the_words_of_the_first_fiber_outlive_its_loop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

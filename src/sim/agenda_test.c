#include "base/chance.h"
#include "sim/agenda.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define MANY 600 /* more than the agenda has room for at first */

static void expect_next(struct event *event)
{
    assert_ptr_equal(agenda_first(), event);
    agenda_remove(event);
    assert_int_equal(event->place, 0);
}

static int forget_all(void **state)
{
    (void)state;
    agenda_clear();
    return 0;
}

static void the_earliest_comes_first(void **state)
{
    struct event late = { 0 }, early = { 0 }, between = { 0 };

    (void)state;
    agenda_add(&late, 30);
    agenda_add(&early, 10);
    agenda_add(&between, 20);
    assert_ptr_equal(agenda_first(), &early);
    expect_next(&early);
    expect_next(&between);
    expect_next(&late);
    assert_null(agenda_first());
}

static void at_the_same_time_the_one_that_was_put_down_first(void **state)
{
    struct event events[8] = { 0 };

    (void)state;
    for (int i = 0; i < 8; i++)
        agenda_add(&events[i], 5);
    for (int i = 0; i < 8; i++)
        expect_next(&events[i]);
}

static void what_is_added_again_is_moved(void **state)
{
    struct event one = { 0 }, other = { 0 };

    (void)state;
    agenda_add(&one, 10);
    agenda_add(&other, 20);
    agenda_add(&one, 30);
    expect_next(&other);
    expect_next(&one);
    assert_null(agenda_first());

    agenda_add(&one, 10);
    agenda_add(&other, 10);
    agenda_add(&one, 10); /* it stands behind the other now */
    expect_next(&other);
    expect_next(&one);
}

static void what_is_removed_does_not_happen(void **state)
{
    struct event events[5] = { 0 };

    (void)state;
    for (int i = 0; i < 5; i++)
        agenda_add(&events[i], i);
    agenda_remove(&events[2]);
    agenda_remove(&events[0]);
    agenda_remove(&events[4]);
    agenda_remove(&events[4]);
    expect_next(&events[1]);
    expect_next(&events[3]);
    assert_null(agenda_first());
}

static void clearing_forgets_all(void **state)
{
    struct event events[3] = { 0 };

    (void)state;
    for (int i = 0; i < 3; i++)
        agenda_add(&events[i], i);
    agenda_clear();
    assert_null(agenda_first());
    for (int i = 0; i < 3; i++)
        assert_int_equal(events[i].place, 0);
    agenda_add(&events[1], 7);
    assert_int_equal(events[1].number, 0);
    expect_next(&events[1]);
}

static void many_that_come_and_go_stay_in_order(void **state)
{
    static struct event events[MANY];
    struct chance chance;
    const struct event *before = NULL;
    int count = 0;

    (void)state;
    chance_seed(&chance, 1);
    for (int i = 0; i < MANY; i++)
        agenda_add(&events[i], (int64_t)chance_below(&chance, 100));
    for (int i = 0; i < MANY; i += 3)
        agenda_remove(&events[i]);
    for (int i = 0; i < MANY; i += 6)
        agenda_add(&events[i], (int64_t)chance_below(&chance, 100));
    for (struct event *event; (event = agenda_first()); before = event, count++) {
        assert_true(!before || before->at < event->at || (before->at == event->at && before->number < event->number));
        expect_next(event);
    }
    assert_int_equal(count, MANY - MANY / 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(the_earliest_comes_first, forget_all),
        cmocka_unit_test_teardown(at_the_same_time_the_one_that_was_put_down_first, forget_all),
        cmocka_unit_test_teardown(what_is_added_again_is_moved, forget_all),
        cmocka_unit_test_teardown(what_is_removed_does_not_happen, forget_all),
        cmocka_unit_test_teardown(clearing_forgets_all, forget_all),
        cmocka_unit_test_teardown(many_that_come_and_go_stay_in_order, forget_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

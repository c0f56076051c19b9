#include "sim/fault.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define OCCASIONS 2000

static uint64_t strikes(enum fault fault, int occasions)
{
    uint64_t count = 0;

    for (int i = 0; i < occasions; i++)
        count += fault_strikes(fault);
    return count;
}

static int forbid(void **state)
{
    (void)state;
    faults_forbid();
    return 0;
}

/* --- names ---------------------------------------------------------------------------------------- */

static void each_has_a_name_of_its_own_by_which_it_is_found(void **state)
{
    (void)state;
    for (enum fault fault = 0; fault < FAULTS; fault++) {
        assert_non_null(fault_name(fault));
        assert_non_null(strchr(fault_name(fault), '.'));
        assert_int_equal(fault_find(fault_name(fault)), fault);
    }
    assert_int_equal(fault_find("accept.emfile"), FAULT_ACCEPT_EMFILE);
}

static void other_names_are_not_found(void **state)
{
    (void)state;
    assert_int_equal(fault_find("accept"), FAULTS);
    assert_int_equal(fault_find("accept.emfile "), FAULTS);
    assert_int_equal(fault_find(""), FAULTS);
}

static void each_belongs_to_a_world(void **state)
{
    (void)state;
    for (enum fault fault = 0; fault < FAULTS; fault++)
        assert_true(fault_is_simulated(fault) || fault_is_real(fault));
    assert_true(fault_is_simulated(FAULT_STREAM_RESET) && !fault_is_real(FAULT_STREAM_RESET));
    assert_true(fault_is_simulated(FAULT_SEND_SHORT) && fault_is_real(FAULT_SEND_SHORT));
    assert_true(!fault_is_simulated(FAULT_KERNEL_AGAIN) && fault_is_real(FAULT_KERNEL_AGAIN));
}

/* --- forcing -------------------------------------------------------------------------------------- */

static void one_that_is_forced_strikes_once_at_its_occasion(void **state)
{
    (void)state;
    for (uint64_t nth = 1; nth <= 4; nth++) {
        faults_force(FAULT_SEND_SHORT, nth);
        for (uint64_t i = 1; i <= OCCASIONS; i++)
            assert_int_equal(fault_strikes(FAULT_SEND_SHORT), i == nth);
        assert_int_equal(fault_count_of_run(FAULT_SEND_SHORT), 1);
    }
}

static void no_other_strikes_beside_it(void **state)
{
    (void)state;
    faults_force(FAULT_SEND_SHORT, 1);
    for (enum fault fault = 0; fault < FAULTS; fault++)
        if (fault != FAULT_SEND_SHORT)
            assert_int_equal(strikes(fault, OCCASIONS), 0);
    assert_true(fault_strikes(FAULT_SEND_SHORT)); /* the occasions of others did not count */
}

static void what_is_forbidden_never_strikes(void **state)
{
    struct chance chance;

    (void)state;
    chance_seed(&chance, 1);
    faults_draw(&chance);
    faults_forbid();
    for (enum fault fault = 0; fault < FAULTS; fault++)
        assert_int_equal(strikes(fault, OCCASIONS), 0);
}

/* --- drawing -------------------------------------------------------------------------------------- */

static void the_same_seed_draws_the_same_faults(void **state)
{
    bool struck[FAULTS][20];

    (void)state;
    for (int round = 0; round < 2; round++) {
        struct chance chance;
        chance_seed(&chance, 11);
        faults_draw(&chance);
        for (enum fault fault = 0; fault < FAULTS; fault++)
            for (int i = 0; i < 20; i++) {
                bool strikes_now = fault_strikes(fault);
                assert_true(round == 0 || strikes_now == struck[fault][i]);
                struck[fault][i] = strikes_now;
            }
    }
}

static void some_are_away_in_each_run_and_none_in_all(void **state)
{
    unsigned runs[FAULTS] = { 0 };

    (void)state;
    for (uint64_t seed = 0; seed < 40; seed++) {
        struct chance chance;
        unsigned there = 0;
        chance_seed(&chance, seed);
        faults_draw(&chance);
        for (enum fault fault = 0; fault < FAULTS; fault++) {
            bool struck = strikes(fault, OCCASIONS) > 0;
            runs[fault] += struck;
            there += struck;
        }
        assert_in_range(there, 1, FAULTS - 1);
    }
    for (enum fault fault = 0; fault < FAULTS; fault++)
        assert_in_range(runs[fault], 1, 39);
}

/* --- counting and limits -------------------------------------------------------------------------- */

static void strikes_are_counted_for_the_run_and_for_good(void **state)
{
    uint64_t before = fault_count(FAULT_LINK_CUT);

    (void)state;
    faults_force(FAULT_LINK_CUT, 1);
    assert_int_equal(strikes(FAULT_LINK_CUT, 5), 1);
    assert_int_equal(fault_count_of_run(FAULT_LINK_CUT), 1);
    faults_force(FAULT_LINK_CUT, 2);
    assert_int_equal(fault_count_of_run(FAULT_LINK_CUT), 0);
    assert_int_equal(strikes(FAULT_LINK_CUT, 5), 1);
    assert_int_equal(fault_count_of_run(FAULT_LINK_CUT), 1);
    assert_int_equal(fault_count(FAULT_LINK_CUT), before + 2);
}

/* Which faults struck in any of many runs that were limited so. */
static void explore(enum harm most, bool ret_struck[FAULTS])
{
    memset(ret_struck, 0, FAULTS * sizeof *ret_struck);
    for (uint64_t seed = 0; seed < 40; seed++) {
        struct chance chance;
        chance_seed(&chance, seed);
        faults_draw(&chance);
        faults_limit(most);
        for (enum fault fault = 0; fault < FAULTS; fault++)
            ret_struck[fault] |= strikes(fault, OCCASIONS) > 0;
    }
}

static void a_limit_forbids_what_does_more_harm(void **state)
{
    bool struck[FAULTS];

    (void)state;
    explore(HARM_NONE, struck);
    assert_true(struck[FAULT_RECEIVE_SHORT] && struck[FAULT_READY_EARLY]);
    assert_false(struck[FAULT_STREAM_STALL] || struck[FAULT_STREAM_RESET]);
    explore(HARM_DELAY, struck);
    assert_true(struck[FAULT_RECEIVE_SHORT] && struck[FAULT_STREAM_STALL]);
    assert_false(struck[FAULT_STREAM_RESET] || struck[FAULT_DATAGRAM_LOST]);
    explore(HARM_LOSS, struck);
    assert_true(struck[FAULT_STREAM_STALL] && struck[FAULT_STREAM_RESET]);
}

static void a_limit_holds_for_one_that_is_forced(void **state)
{
    (void)state;
    faults_force(FAULT_STREAM_RESET, 20);
    faults_limit(HARM_DELAY);
    assert_int_equal(strikes(FAULT_STREAM_RESET, OCCASIONS), 0);
    faults_force(FAULT_STREAM_RESET, 20);
    faults_limit(HARM_LOSS);
    assert_int_equal(strikes(FAULT_STREAM_RESET, OCCASIONS), 1);
    faults_force(FAULT_STREAM_STALL, 4); /* sooner than it comes by itself, which does more harm than a delay */
    faults_limit(HARM_DELAY);
    assert_int_equal(strikes(FAULT_STREAM_STALL, OCCASIONS), 0);
    faults_force(FAULT_STREAM_STALL, 5);
    faults_limit(HARM_DELAY);
    assert_int_equal(strikes(FAULT_STREAM_STALL, OCCASIONS), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(each_has_a_name_of_its_own_by_which_it_is_found, forbid),
        cmocka_unit_test_teardown(other_names_are_not_found, forbid),
        cmocka_unit_test_teardown(each_belongs_to_a_world, forbid),
        cmocka_unit_test_teardown(one_that_is_forced_strikes_once_at_its_occasion, forbid),
        cmocka_unit_test_teardown(no_other_strikes_beside_it, forbid),
        cmocka_unit_test_teardown(what_is_forbidden_never_strikes, forbid),
        cmocka_unit_test_teardown(the_same_seed_draws_the_same_faults, forbid),
        cmocka_unit_test_teardown(some_are_away_in_each_run_and_none_in_all, forbid),
        cmocka_unit_test_teardown(strikes_are_counted_for_the_run_and_for_good, forbid),
        cmocka_unit_test_teardown(a_limit_forbids_what_does_more_harm, forbid),
        cmocka_unit_test_teardown(a_limit_holds_for_one_that_is_forced, forbid),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

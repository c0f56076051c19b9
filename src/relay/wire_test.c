#include "relay/wire.h"

#include <stdlib.h>

#include <cmocka.h>

#define T0    (1000 * ZOC_SECOND) /* when it begins */
#define DRAWS 1000

static const uint64_t rates[] = { 1, 7, 49, 50, 51, 1000, 1024, 999983, 1 << 20, UINT64_C(10) << 30 };

static struct wire wire_of(const struct impairment *impairment, bool datagrams)
{
    struct wire wire;

    wire_init(&wire, impairment, 1, 0, datagrams);
    return wire;
}

/* Something that is through at *now leaves in bits; returns how many. *now is when the last of it has left. */
static unsigned leave(struct wire *wire, zoc_time *now, size_t size)
{
    unsigned bits = 0;

    do {
        size_t bit = wire_bit(wire, size);
        *now = wire_leaves(wire, *now, bit);
        assert_int_equal(wire_leaves(wire, *now, bit), *now);
        wire_passed(wire, *now, bit);
        size -= bit;
        bits++;
    } while (size > 0);
    return bits;
}

/* --- delay and jitter ----------------------------------------------------------------------------- */

static void without_an_impairment_all_passes_at_once(void **state)
{
    static const struct impairment none;
    struct wire wire = wire_of(&none, false);
    zoc_time now = T0;

    (void)state;
    assert_false(wire_loses(&wire));
    assert_int_equal(wire_delays(&wire, now), now);
    assert_int_equal(leave(&wire, &now, 65536), 1);
    assert_int_equal(now, T0);
    assert_int_equal(wire_delays_end(&wire, now), now);
    assert_false(wire_cuts(&wire, SIZE_MAX));
}

static void all_is_delayed_by_the_same_time(void **state)
{
    static const struct impairment late = { .delay = 50 * ZOC_MILLISECOND };
    struct wire wire = wire_of(&late, false);

    (void)state;
    assert_int_equal(wire_delays(&wire, T0), T0 + late.delay);
    assert_int_equal(wire_delays(&wire, T0 + 1), T0 + 1 + late.delay);
    assert_int_equal(wire_delays_end(&wire, T0 + 2), T0 + 2 + late.delay);
}

static void jitter_is_up_to_so_much_more_and_reaches_both_ends(void **state)
{
    static const struct impairment shaky = { .delay = 100, .jitter = 3 };
    struct wire wire = wire_of(&shaky, true);
    bool seen[4] = { false };

    (void)state;
    for (int i = 0; i < DRAWS; i++) {
        zoc_time extra = wire_delays(&wire, T0) - T0 - shaky.delay;
        assert_in_range(extra, 0, 3);
        seen[extra] = true;
    }
    for (int i = 0; i < 4; i++)
        assert_true(seen[i]);
}

static void a_stream_stays_in_order_and_its_end_is_last(void **state)
{
    static const struct impairment shaky = { .jitter = ZOC_SECOND };
    struct wire wire = wire_of(&shaky, false);
    zoc_time before = 0;

    (void)state;
    for (int i = 0; i < DRAWS; i++) {
        zoc_time through_at = wire_delays(&wire, T0 + i);
        assert_true(through_at >= before);
        before = through_at;
    }
    assert_true(wire_delays_end(&wire, T0 + DRAWS) >= before);
}

static void datagrams_overtake_and_an_end_is_last_all_the_same(void **state)
{
    static const struct impairment shaky = { .jitter = ZOC_SECOND };
    struct wire wire = wire_of(&shaky, true);
    zoc_time before = 0, last = 0;
    unsigned overtook = 0;

    (void)state;
    for (int i = 0; i < DRAWS; i++) {
        zoc_time through_at = wire_delays(&wire, T0 + i);
        overtook += through_at < before;
        last = through_at > last ? through_at : last;
        before = through_at;
    }
    assert_true(overtook > DRAWS / 4);
    assert_true(wire_delays_end(&wire, T0 + DRAWS) >= last);
}

static void the_longest_delays_do_not_wrap(void **state)
{
    static const struct impairment endless = { .delay = INT64_MAX, .jitter = INT64_MAX, .stall = INT64_MAX };
    struct wire wire = wire_of(&endless, false);

    (void)state;
    assert_int_equal(wire_delays(&wire, T0), ZOC_NEVER);
    assert_int_equal(wire_delays_end(&wire, T0), ZOC_NEVER);
    assert_int_equal(wire_leaves(&wire, T0, 1), ZOC_NEVER);
}

/* --- loss ----------------------------------------------------------------------------------------- */

static unsigned lost_of(const struct impairment *impairment, bool datagrams)
{
    struct wire wire = wire_of(impairment, datagrams);
    unsigned lost = 0;

    for (int i = 0; i < DRAWS; i++)
        lost += wire_loses(&wire);
    return lost;
}

static void so_many_datagrams_are_lost_and_nothing_of_a_stream(void **state)
{
    (void)state;
    assert_int_equal(lost_of(&(struct impairment){ .loss = 0 }, true), 0);
    assert_int_equal(lost_of(&(struct impairment){ .loss = LOSS_ALL }, true), DRAWS);
    assert_in_range(lost_of(&(struct impairment){ .loss = LOSS_ALL / 10 }, true), DRAWS / 20, DRAWS / 5);
    assert_int_equal(lost_of(&(struct impairment){ .loss = LOSS_ALL }, false), 0);
}

/* --- seeds ---------------------------------------------------------------------------------------- */

/* How often two wires draw the same of DRAWS times; loss and jitter together. */
static unsigned agreements(struct wire one, struct wire other)
{
    unsigned same = 0;

    for (int i = 0; i < DRAWS; i++) {
        bool lost = wire_loses(&one), other_lost = wire_loses(&other);
        zoc_time late = wire_delays(&one, T0), other_late = wire_delays(&other, T0);
        same += lost == other_lost && late == other_late;
    }
    return same;
}

static struct wire drawn(const struct impairment *impairment, uint64_t connection, unsigned direction)
{
    struct wire wire;

    wire_init(&wire, impairment, connection, direction, true);
    return wire;
}

static void what_is_drawn_depends_on_seed_connection_and_direction_alone(void **state)
{
    static const struct impairment seven = { .loss = LOSS_ALL / 2, .jitter = ZOC_SECOND, .seed = 7 };
    static const struct impairment eight = { .loss = LOSS_ALL / 2, .jitter = ZOC_SECOND, .seed = 8 };

    (void)state;
    assert_int_equal(agreements(drawn(&seven, 1, 0), drawn(&seven, 1, 0)), DRAWS);
    assert_in_range(agreements(drawn(&seven, 1, 0), drawn(&eight, 1, 0)), 0, 2);
    assert_in_range(agreements(drawn(&seven, 1, 0), drawn(&seven, 2, 0)), 0, 2);
    assert_in_range(agreements(drawn(&seven, 1, 0), drawn(&seven, 1, 1)), 0, 2);
}

static void jitter_does_not_change_what_is_lost(void **state)
{
    static const struct impairment calm = { .loss = LOSS_ALL / 2 }, shaky = { .loss = LOSS_ALL / 2, .jitter = 100 };
    struct wire one = wire_of(&calm, true), other = wire_of(&shaky, true);

    (void)state;
    for (int i = 0; i < DRAWS; i++) {
        assert_int_equal(wire_loses(&one), wire_loses(&other));
        wire_delays(&other, T0);
    }
}

/* --- rate ----------------------------------------------------------------------------------------- */

static void no_more_passes_than_the_rate_and_one_burst(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        const struct impairment slow = { .rate = rates[i] };
        struct wire wire = wire_of(&slow, false);
        zoc_time now = T0;
        for (unsigned pieces = 0; pieces < 20; pieces++) {
            leave(&wire, &now, 1 + 37 * pieces);
            long double most = (long double)(now - T0 + WIRE_BURST) * rates[i] / ZOC_SECOND + 1;
            assert_true((long double)wire.passed <= most);
        }
    }
}

static void the_rate_is_reached(void **state)
{
    static const struct impairment slow = { .rate = 1 << 20 };
    struct wire wire = wire_of(&slow, false);
    zoc_time now = T0;

    (void)state;
    for (int i = 0; i < 160; i++)
        leave(&wire, &now, 65536);
    assert_in_range(now - T0, 10 * ZOC_SECOND - WIRE_BURST - ZOC_MILLISECOND, 10 * ZOC_SECOND);
}

static void a_slow_stream_leaves_in_bits_of_a_fraction_of_a_second(void **state)
{
    static const struct impairment slow = { .rate = 1024 };
    struct wire wire = wire_of(&slow, false);
    zoc_time now = T0, before = T0;

    (void)state;
    for (size_t left = 65536; left > 0;) {
        size_t bit = wire_bit(&wire, left);
        now = wire_leaves(&wire, now, bit);
        assert_in_range(now - before, 0, WIRE_BURST);
        wire_passed(&wire, now, bit);
        before = now;
        left -= bit;
    }
}

static void a_byte_a_second_passes_byte_by_byte(void **state)
{
    static const struct impairment slow = { .rate = 1 };
    struct wire wire = wire_of(&slow, false);
    zoc_time now = T0;

    (void)state;
    assert_int_equal(leave(&wire, &now, 5), 5);
    assert_int_equal(now - T0, 4 * ZOC_SECOND);
}

static void silence_saves_up_no_more_than_a_burst(void **state)
{
    static const struct impairment slow = { .rate = 1000 };
    struct wire wire = wire_of(&slow, false);
    zoc_time now = T0 + ZOC_HOUR;

    (void)state;
    leave(&wire, &now, 20);
    assert_int_equal(now, T0 + ZOC_HOUR);
    leave(&wire, &now, 20);
    assert_int_equal(now, T0 + ZOC_HOUR + WIRE_BURST);
}

static void a_datagram_leaves_whole_and_is_paid_for_afterwards(void **state)
{
    static const struct impairment slow = { .rate = 1000 };
    struct wire wire = wire_of(&slow, true);
    zoc_time now = T0;

    (void)state;
    assert_int_equal(wire_bit(&wire, 500), 500);
    assert_int_equal(leave(&wire, &now, 500), 1);
    assert_int_equal(now, T0);
    leave(&wire, &now, 1);
    assert_int_equal(now, T0 + 481 * ZOC_MILLISECOND);
    leave(&wire, &now, 0);
    assert_int_equal(now, T0 + 481 * ZOC_MILLISECOND);
}

/* --- stall ---------------------------------------------------------------------------------------- */

static void a_stall_comes_before_the_first_byte_when_nobody_said_after_which(void **state)
{
    static const struct impairment stalls = { .stall = 5 * ZOC_SECOND };
    struct wire wire = wire_of(&stalls, false);
    zoc_time now = T0;

    (void)state;
    leave(&wire, &now, 10);
    assert_int_equal(now, T0 + 5 * ZOC_SECOND);
    leave(&wire, &now, 10);
    assert_int_equal(now, T0 + 5 * ZOC_SECOND);
}

static void a_stall_comes_after_exactly_so_many_bytes_and_once(void **state)
{
    static const struct impairment stalls = { .stall = 5 * ZOC_SECOND, .stall_after = 7 };
    struct wire wire = wire_of(&stalls, false);
    zoc_time now = T0;

    (void)state;
    assert_int_equal(wire_bit(&wire, 100), 7);
    assert_int_equal(leave(&wire, &now, 7), 1);
    assert_int_equal(now, T0);
    assert_int_equal(wire_bit(&wire, 93), 93);
    leave(&wire, &now, 93);
    assert_int_equal(now, T0 + 5 * ZOC_SECOND);
    leave(&wire, &now, 100);
    assert_int_equal(now, T0 + 5 * ZOC_SECOND);
}

static void an_end_stalls_where_a_byte_would(void **state)
{
    static const struct impairment stalls = { .stall = 5 * ZOC_SECOND, .stall_after = 7 };
    struct wire early = wire_of(&stalls, false), late = wire_of(&stalls, false);
    zoc_time now = T0;

    (void)state;
    leave(&early, &now, 6);
    assert_int_equal(wire_leaves(&early, now, 0), T0);
    leave(&late, &now, 7);
    assert_int_equal(wire_leaves(&late, now, 0), T0 + 5 * ZOC_SECOND);
}

static void a_datagram_that_does_not_fit_before_a_stall_waits_for_its_end(void **state)
{
    static const struct impairment stalls = { .stall = 5 * ZOC_SECOND, .stall_after = 7 };
    struct wire wire = wire_of(&stalls, true);
    zoc_time now = T0;

    (void)state;
    leave(&wire, &now, 7);
    assert_int_equal(now, T0);
    leave(&wire, &now, 1);
    assert_int_equal(now, T0 + 5 * ZOC_SECOND);

    struct wire other = wire_of(&stalls, true);
    now = T0;
    leave(&other, &now, 8);
    assert_int_equal(now, T0 + 5 * ZOC_SECOND);
}

/* --- cut ------------------------------------------------------------------------------------------ */

static void a_cut_comes_after_exactly_so_many_bytes(void **state)
{
    static const struct impairment cut = { .cut_after = 10 };
    struct wire wire = wire_of(&cut, false);
    zoc_time now = T0;

    (void)state;
    leave(&wire, &now, 9);
    assert_false(wire_cuts(&wire, 5));
    assert_int_equal(wire_bit(&wire, 5), 1);
    leave(&wire, &now, 1);
    assert_true(wire_cuts(&wire, 0));
    assert_int_equal(wire.passed, 10);
}

static void a_cut_passes_on_the_datagrams_that_fit(void **state)
{
    static const struct impairment cut = { .cut_after = 10 };
    struct wire wire = wire_of(&cut, true);
    zoc_time now = T0;

    (void)state;
    assert_false(wire_cuts(&wire, 10));
    assert_true(wire_cuts(&wire, 11));
    leave(&wire, &now, 6);
    assert_false(wire_cuts(&wire, 4));
    assert_true(wire_cuts(&wire, 5));
    assert_false(wire_cuts(&wire, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_an_impairment_all_passes_at_once),
        cmocka_unit_test(all_is_delayed_by_the_same_time),
        cmocka_unit_test(jitter_is_up_to_so_much_more_and_reaches_both_ends),
        cmocka_unit_test(a_stream_stays_in_order_and_its_end_is_last),
        cmocka_unit_test(datagrams_overtake_and_an_end_is_last_all_the_same),
        cmocka_unit_test(the_longest_delays_do_not_wrap),
        cmocka_unit_test(so_many_datagrams_are_lost_and_nothing_of_a_stream),
        cmocka_unit_test(what_is_drawn_depends_on_seed_connection_and_direction_alone),
        cmocka_unit_test(jitter_does_not_change_what_is_lost),
        cmocka_unit_test(no_more_passes_than_the_rate_and_one_burst),
        cmocka_unit_test(the_rate_is_reached),
        cmocka_unit_test(a_slow_stream_leaves_in_bits_of_a_fraction_of_a_second),
        cmocka_unit_test(a_byte_a_second_passes_byte_by_byte),
        cmocka_unit_test(silence_saves_up_no_more_than_a_burst),
        cmocka_unit_test(a_datagram_leaves_whole_and_is_paid_for_afterwards),
        cmocka_unit_test(a_stall_comes_before_the_first_byte_when_nobody_said_after_which),
        cmocka_unit_test(a_stall_comes_after_exactly_so_many_bytes_and_once),
        cmocka_unit_test(an_end_stalls_where_a_byte_would),
        cmocka_unit_test(a_datagram_that_does_not_fit_before_a_stall_waits_for_its_end),
        cmocka_unit_test(a_cut_comes_after_exactly_so_many_bytes),
        cmocka_unit_test(a_cut_passes_on_the_datagrams_that_fit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

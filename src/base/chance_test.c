#include "base/chance.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define DRAWS 2000

static struct chance seeded(uint64_t seed)
{
    struct chance chance;

    chance_seed(&chance, seed);
    return chance;
}

static void the_same_seed_draws_the_same(void **state)
{
    struct chance one = seeded(7), same = seeded(7), other = seeded(8);
    unsigned equal = 0;

    (void)state;
    for (int i = 0; i < DRAWS; i++) {
        uint64_t bits = chance_bits(&one);
        assert_int_equal(bits, chance_bits(&same));
        equal += bits == chance_bits(&other);
    }
    assert_int_equal(equal, 0);
}

static void one_does_not_disturb_another(void **state)
{
    struct chance one = seeded(7), alone = seeded(7), other = seeded(9);

    (void)state;
    for (int i = 0; i < DRAWS; i++) {
        chance_bits(&other);
        assert_int_equal(chance_bits(&one), chance_bits(&alone));
    }
}

static void all_below_a_bound_are_drawn_and_nothing_else(void **state)
{
    struct chance chance = seeded(1);
    bool seen[10] = { false };

    (void)state;
    for (int i = 0; i < DRAWS; i++) {
        uint64_t drawn = chance_below(&chance, 10);
        assert_in_range(drawn, 0, 9);
        seen[drawn] = true;
    }
    for (int i = 0; i < 10; i++)
        assert_true(seen[i]);
    assert_int_equal(chance_below(&chance, 1), 0);
}

static void between_covers_both_ends(void **state)
{
    struct chance chance = seeded(2);
    bool seen[5] = { false };

    (void)state;
    for (int i = 0; i < DRAWS; i++) {
        uint64_t drawn = chance_between(&chance, 3, 7);
        assert_in_range(drawn, 3, 7);
        seen[drawn - 3] = true;
    }
    for (int i = 0; i < 5; i++)
        assert_true(seen[i]);
    assert_int_equal(chance_between(&chance, 5, 5), 5);
}

static void the_whole_range_can_be_asked_for(void **state)
{
    struct chance chance = seeded(3);
    uint64_t least = UINT64_MAX, most = 0;

    (void)state;
    for (int i = 0; i < DRAWS; i++) {
        uint64_t drawn = chance_between(&chance, 0, UINT64_MAX);
        least = drawn < least ? drawn : least;
        most = drawn > most ? drawn : most;
    }
    assert_int_equal(least, 0);
    assert_true(most > UINT64_MAX / 2);
}

static void small_numbers_come_as_often_as_large_ones(void **state)
{
    struct chance chance = seeded(4);
    int small = 0;

    (void)state;
    for (int i = 0; i < DRAWS; i++)
        small += chance_between(&chance, 0, 1000000) < 1000;
    assert_in_range(small, DRAWS / 3, DRAWS * 2 / 3);
}

static void once_in_so_many_times(void **state)
{
    struct chance chance = seeded(5);
    int struck = 0;

    (void)state;
    for (int i = 0; i < DRAWS; i++) {
        assert_false(chance_once_in(&chance, 0));
        assert_true(chance_once_in(&chance, 1));
        struck += chance_once_in(&chance, 10);
    }
    assert_in_range(struck, DRAWS / 20, DRAWS / 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_seed_draws_the_same),
        cmocka_unit_test(one_does_not_disturb_another),
        cmocka_unit_test(all_below_a_bound_are_drawn_and_nothing_else),
        cmocka_unit_test(between_covers_both_ends),
        cmocka_unit_test(the_whole_range_can_be_asked_for),
        cmocka_unit_test(small_numbers_come_as_often_as_large_ones),
        cmocka_unit_test(once_in_so_many_times),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

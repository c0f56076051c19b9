#include "relay/impairment.h"

#include <errno.h>

#include <cmocka.h>

static void expect_loss(const char *text, unsigned expected)
{
    unsigned loss = LOSS_ALL + 1;

    assert_int_equal(impairment_parse_loss(text, &loss), 0);
    assert_int_equal(loss, expected);
}

static void a_share_is_a_percentage_with_or_without_its_sign(void **state)
{
    (void)state;
    expect_loss("1%", 10000);
    expect_loss("1", 10000);
    expect_loss("0.5%", 5000);
    expect_loss("0.0001%", 1);
    expect_loss("12.34%", 123400);
    expect_loss("0%", 0);
    expect_loss("0", 0);
    expect_loss("100%", LOSS_ALL);
    expect_loss("100.0000%", LOSS_ALL);
    expect_loss("007%", 70000);
}

static void what_is_no_share_is_refused(void **state)
{
    static const char *const texts[] = { "",    "%",      "-1%",       "+1%",         "1%%",   "1 %",
                                         "1.%", ".5%",    "100.0001%", "101%",        "1000%", "1e1%",
                                         "x",   "1.5.5%", "0.00001%",  "4294967296%", "1%x" };
    unsigned loss = 7;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_int_equal(impairment_parse_loss(texts[i], &loss), -EINVAL);
    assert_int_equal(loss, 7);
}

static void nothing_is_done_unless_it_was_asked_for(void **state)
{
    (void)state;
    assert_false(impairment_does_anything(&(struct impairment){ .seed = 7, .stall_after = 7 }));
    assert_true(impairment_does_anything(&(struct impairment){ .rate = 1 }));
    assert_true(impairment_does_anything(&(struct impairment){ .delay = 1 }));
    assert_true(impairment_does_anything(&(struct impairment){ .jitter = 1 }));
    assert_true(impairment_does_anything(&(struct impairment){ .loss = 1 }));
    assert_true(impairment_does_anything(&(struct impairment){ .cut_after = 1 }));
    assert_true(impairment_does_anything(&(struct impairment){ .stall = 1 }));
}

static void jitter_and_loss_are_drawn_and_nothing_else_is(void **state)
{
    (void)state;
    assert_true(impairment_draws(&(struct impairment){ .jitter = 1 }));
    assert_true(impairment_draws(&(struct impairment){ .loss = 1 }));
    assert_false(impairment_draws(&(struct impairment){ .rate = 1, .delay = 1, .cut_after = 1, .stall = 1 }));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_share_is_a_percentage_with_or_without_its_sign),
        cmocka_unit_test(what_is_no_share_is_refused),
        cmocka_unit_test(nothing_is_done_unless_it_was_asked_for),
        cmocka_unit_test(jitter_and_loss_are_drawn_and_nothing_else_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

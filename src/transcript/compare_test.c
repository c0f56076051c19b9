#include "transcript/compare.h"

#include "transcript/testing.h"

static void see(struct comparison *comparison, const char *text)
{
    comparison_see(comparison, zoc_bytes_of(text));
}

static void expect_sample(const struct sample *sample, const char *text)
{
    assert_int_equal(sample->size, strlen(text));
    assert_memory_equal(sample->data, text, sample->size);
}

/* --- streams -------------------------------------------------------------------------------------- */

static struct script stream(void)
{
    return TESTING_SCRIPT(TESTING_DATA(1, "client", "who?"), TESTING_DATA(2, "server", "abc"),
                          TESTING_DATA(3, "server", "defgh"));
}

/* In every two pieces, and byte by byte. */
static void expect_in_pieces(const char *live, void (*check)(const struct comparison *))
{
    struct script script = stream();
    size_t size = strlen(live);

    for (size_t cut = 0; cut <= size; cut++) {
        struct comparison comparison = comparison_of(&script, SIDE_SERVER);
        comparison_see(&comparison, (zoc_bytes){ live, cut });
        comparison_see(&comparison, (zoc_bytes){ live + cut, size - cut });
        check(&comparison);
    }
    struct comparison comparison = comparison_of(&script, SIDE_SERVER);
    for (size_t i = 0; i < size; i++)
        comparison_see(&comparison, (zoc_bytes){ live + i, 1 });
    check(&comparison);
    script_release(&script);
}

static void expect_same(const struct comparison *comparison)
{
    assert_false(comparison->differs);
    assert_int_equal(comparison->bytes, 8);
    assert_int_equal(comparison_missing(comparison), 0);
    assert_int_equal(comparison_missing_pieces(comparison), 0);
    assert_int_equal(comparison->beyond, 0);
}

static void the_same_bytes_are_the_same_in_whatever_pieces(void **state)
{
    (void)state;
    expect_in_pieces("abcdefgh", expect_same);
}

static void expect_difference(const struct comparison *comparison)
{
    assert_true(comparison->differs);
    assert_int_equal(comparison->offset, 4);
    assert_int_equal(comparison->event, 2);
    expect_sample(&comparison->live, "Efgh");
    assert_int_equal(comparison_missing(comparison), 0);
}

static void the_first_difference_is_kept_with_what_came_instead(void **state)
{
    (void)state;
    expect_in_pieces("abcdEfgh", expect_difference);
}

static void expect_missing(const struct comparison *comparison)
{
    assert_false(comparison->differs);
    assert_int_equal(comparison_missing(comparison), 2);
    assert_int_equal(comparison_event_at(comparison, comparison->at), 2);
}

static void what_does_not_come_is_missing(void **state)
{
    (void)state;
    expect_in_pieces("abcdef", expect_missing);
}

static void expect_beyond(const struct comparison *comparison)
{
    assert_false(comparison->differs);
    assert_int_equal(comparison->beyond, 40);
    expect_sample(&comparison->extra, "89012345678901234567890123456789");
}

static void what_comes_beyond_is_counted_and_its_beginning_kept(void **state)
{
    (void)state;
    expect_in_pieces("abcdefgh8901234567890123456789012345678901234567", expect_beyond);
}

static void an_event_is_met_when_as_many_bytes_have_come(void **state)
{
    struct script script = stream();
    struct comparison comparison = comparison_of(&script, SIDE_SERVER);

    (void)state;
    see(&comparison, "ab");
    assert_false(comparison_has(&comparison, &script.events[1]));
    see(&comparison, "X");
    assert_true(comparison_has(&comparison, &script.events[1]));
    assert_false(comparison_has(&comparison, &script.events[2]));
    see(&comparison, "defgh");
    assert_true(comparison_has(&comparison, &script.events[2]));
    script_release(&script);
}

static void where_nothing_was_said_everything_is_beyond(void **state)
{
    struct script script = TESTING_SCRIPT(TESTING_DATA(1, "client", "hola"));
    struct comparison comparison = comparison_of(&script, SIDE_SERVER);

    (void)state;
    see(&comparison, "");
    assert_int_equal(comparison.beyond, 0);
    see(&comparison, "x");
    assert_int_equal(comparison.beyond, 1);
    assert_false(comparison.differs);
    assert_int_equal(comparison_event_at(&comparison, 0), script.count);
    script_release(&script);
}

/* --- datagrams ------------------------------------------------------------------------------------ */

static struct script letters(void)
{
    return TESTING_SCRIPT(TESTING_LETTER(1, "server", "one"), TESTING_LETTER(2, "client", "?"),
                          TESTING_LETTER(3, "server", ""), TESTING_LETTER(4, "server", "three"));
}

static void the_same_datagrams_are_the_same(void **state)
{
    struct script script = letters();
    struct comparison comparison = comparison_of(&script, SIDE_SERVER);

    (void)state;
    see(&comparison, "one");
    assert_true(comparison_has(&comparison, &script.events[0]));
    assert_false(comparison_has(&comparison, &script.events[2]));
    see(&comparison, "");
    assert_true(comparison_has(&comparison, &script.events[2]));
    assert_int_equal(comparison_missing_pieces(&comparison), 1);
    see(&comparison, "three");
    assert_false(comparison.differs);
    assert_int_equal(comparison_missing_pieces(&comparison), 0);
    assert_int_equal(comparison_missing(&comparison), 0);
    see(&comparison, "");
    assert_int_equal(comparison.pieces_beyond, 1);
    script_release(&script);
}

/* The first three bytes, two bytes and so on: boundaries count. */
static void the_boundaries_of_datagrams_count(void **state)
{
    static const struct {
        const char *live[3];
        size_t event, offset;
    } cases[] = {
        { { "on", "e", "three" }, 0, 2 },  { { "onex", "", "three" }, 0, 3 }, { { "", "", "three" }, 0, 0 },
        { { "one", "x", "three" }, 2, 3 }, { { "one", "", "thRee" }, 3, 5 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct script script = letters();
        struct comparison comparison = comparison_of(&script, SIDE_SERVER);
        for (int piece = 0; piece < 3; piece++)
            see(&comparison, cases[i].live[piece]);
        assert_true(comparison.differs);
        assert_int_equal(comparison.event, cases[i].event);
        assert_int_equal(comparison.offset, cases[i].offset);
        assert_int_equal(comparison_missing_pieces(&comparison), 0);
        script_release(&script);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_bytes_are_the_same_in_whatever_pieces),
        cmocka_unit_test(the_first_difference_is_kept_with_what_came_instead),
        cmocka_unit_test(what_does_not_come_is_missing),
        cmocka_unit_test(what_comes_beyond_is_counted_and_its_beginning_kept),
        cmocka_unit_test(an_event_is_met_when_as_many_bytes_have_come),
        cmocka_unit_test(where_nothing_was_said_everything_is_beyond),
        cmocka_unit_test(the_same_datagrams_are_the_same),
        cmocka_unit_test(the_boundaries_of_datagrams_count),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "prose/prose.h"

#include <errno.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void expect_folded(const char *text, unsigned columns, unsigned at, unsigned indent, const char *expected)
{
    zoc_buffer folded = { 0 };

    assert_int_equal(prose_fold(&folded, text, columns, at, indent), 0);
    assert_int_equal(zoc_buffer_append(&folded, "", 1), 0);
    assert_string_equal(folded.data, expected);
    zoc_buffer_release(&folded);
}

static void what_fits_stays_in_one_line(void **state)
{
    (void)state;
    expect_folded("one two", 7, 0, 2, "one two");
}

static void what_does_not_fit_goes_on_in_an_indented_line(void **state)
{
    (void)state;
    expect_folded("one two", 6, 0, 2, "one\n  two");
    expect_folded("one two three", 9, 3, 2, "one\n  two\n  three");
}

static void a_long_word_has_a_line_for_itself(void **state)
{
    (void)state;
    expect_folded("a abcdefghij b", 5, 0, 1, "a\n abcdefghij\n b");
}

static void without_columns_nothing_is_folded(void **state)
{
    (void)state;
    expect_folded("one two three four", 0, 0, 4, "one two three four");
}

static void paragraphs_and_examples_are_kept(void **state)
{
    (void)state;
    expect_folded("a b\n\n  $ x  y  z\nc", 4, 0, 1, "a b\n\n   $ x  y  z\n c");
}

static void colours_take_no_room(void **state)
{
    (void)state;
    assert_int_equal(prose_width(zoc_bytes_of("\033[1;31mab\033[0m")), 2);
}

static void wide_and_combining_characters_count_as_they_show(void **state)
{
    (void)state;
    assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
    assert_int_equal(prose_width(zoc_bytes_of("z\u00f3calo")), 6);
    assert_int_equal(prose_width(zoc_bytes_of("\u4f60")), 2);
    assert_int_equal(prose_width(zoc_bytes_of("e\u0301")), 1);
}

static void memory_that_is_not_there_is_told(void **state)
{
    zoc_buffer small = { .size_max = 5 };

    (void)state;
    assert_int_equal(prose_fold(&small, "one two", 0, 0, 0), -EMSGSIZE);
    zoc_buffer_release(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_fits_stays_in_one_line),
        cmocka_unit_test(what_does_not_fit_goes_on_in_an_indented_line),
        cmocka_unit_test(a_long_word_has_a_line_for_itself),
        cmocka_unit_test(without_columns_nothing_is_folded),
        cmocka_unit_test(paragraphs_and_examples_are_kept),
        cmocka_unit_test(colours_take_no_room),
        cmocka_unit_test(wide_and_combining_characters_count_as_they_show),
        cmocka_unit_test(memory_that_is_not_there_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

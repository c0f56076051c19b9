#include "serve/words.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define WORDS_MAX 4

/* A line, and its words with the places where they begin; the last one is NULL. */
struct good {
    const char *line;
    const char *words[WORDS_MAX + 1];
    size_t at[WORDS_MAX];
};

static void assert_splits(const struct good *good)
{
    struct words words = { 0 };
    size_t count = 0, at = 0;

    assert_int_equal(words_split(good->line, &words, &at), 0);
    for (; good->words[count]; count++) {
        assert_true(count < words.count);
        assert_string_equal(words.list[count].text, good->words[count]);
        assert_int_equal(words.list[count].at, good->at[count]);
    }
    assert_int_equal(words.count, count);
    words_release(&words);
}

static void white_space_stands_between_words(void **state)
{
    static const struct good cases[] = {
        { "", { NULL }, { 0 } },
        { " \t\r\n ", { NULL }, { 0 } },
        { "echo", { "echo" }, { 0 } },
        { "  echo\t:0\r\n", { "echo", ":0" }, { 2, 7 } },
        { "a b c d", { "a", "b", "c", "d" }, { 0, 2, 4, 6 } },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_splits(&cases[i]);
}

static void quotes_keep_what_they_hold(void **state)
{
    static const struct good cases[] = {
        { "'a b' \"c d\"", { "a b", "c d" }, { 0, 6 } },
        { "text='a b'c", { "text=a bc" }, { 0 } },
        { "'a\"b' \"c'd\"", { "a\"b", "c'd" }, { 0, 6 } },
        { "'' \"\" x", { "", "", "x" }, { 0, 3, 6 } },
        { "'a'\"b\"'c'", { "abc" }, { 0 } },
        { "'a\nb'", { "a\nb" }, { 0 } },
        { "'#' \"#\"", { "#", "#" }, { 0, 4 } },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_splits(&cases[i]);
}

static void a_backslash_counts_in_double_quotes_before_a_quote_and_itself(void **state)
{
    static const struct good cases[] = {
        { "\"a\\\"b\"", { "a\"b" }, { 0 } },   { "\"a\\\\b\"", { "a\\b" }, { 0 } },
        { "\"a\\nb\"", { "a\\nb" }, { 0 } },   { "'a\\b'", { "a\\b" }, { 0 } },
        { "a\\ b", { "a\\", "b" }, { 0, 3 } }, { "\"\\\\\" x", { "\\", "x" }, { 0, 5 } },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_splits(&cases[i]);
}

static void a_comment_begins_where_a_word_would(void **state)
{
    static const struct good cases[] = {
        { "# all of it", { NULL }, { 0 } }, { "echo # 'the rest", { "echo" }, { 0 } },
        { "echo #", { "echo" }, { 0 } },    { "a#b", { "a#b" }, { 0 } },
        { "''#b", { "#b" }, { 0 } },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_splits(&cases[i]);
}

static void a_quote_that_nobody_closes_is_refused_with_its_place(void **state)
{
    static const struct {
        const char *line;
        size_t at;
    } cases[] = { { "'", 0 },         { "echo 'a", 5 }, { "text=\"a b", 5 }, { "'a' \"b", 4 },
                  { "'a'b'c\"d", 4 }, { "\"a\\\"", 0 }, { "\"\\", 0 },       { "a 'b' 'c' x'", 11 } };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct words words = { 0 };
        size_t at = SIZE_MAX;
        assert_int_equal(words_split(cases[i].line, &words, &at), -EINVAL);
        assert_int_equal(at, cases[i].at);
        words_release(&words);
    }
}

static void words_are_added_one_by_one(void **state)
{
    struct words words = { 0 };

    (void)state;
    assert_int_equal(words_add(&words, "echo :0", 4, 0), 0);
    assert_int_equal(words_add(&words, "", 0, 9), 0);
    assert_int_equal(words.count, 2);
    assert_string_equal(words.list[0].text, "echo");
    assert_string_equal(words.list[1].text, "");
    assert_int_equal(words.list[1].at, 9);
    words_release(&words);
    assert_int_equal(words.count, 0);
    assert_null(words.list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(white_space_stands_between_words),
        cmocka_unit_test(quotes_keep_what_they_hold),
        cmocka_unit_test(a_backslash_counts_in_double_quotes_before_a_quote_and_itself),
        cmocka_unit_test(a_comment_begins_where_a_word_would),
        cmocka_unit_test(a_quote_that_nobody_closes_is_refused_with_its_place),
        cmocka_unit_test(words_are_added_one_by_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

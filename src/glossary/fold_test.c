#include "glossary/fold.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void case_accents_and_what_stands_between_words_do_not_matter(void **state)
{
    (void)state;
    assert_true(glossary_is("half-close", "Half Close"));
    assert_true(glossary_is("TIME_WAIT", "time-wait"));
    assert_true(glossary_is("conmutacion de paquetes", "Conmutación de  PAQUETES"));
    assert_true(glossary_is("zócalo", "zocalo"));
    assert_true(glossary_is("tamano", "TAMAÑO"));
}

static void words_are_kept_apart_where_that_is_asked_for(void **state)
{
    char words[32];

    (void)state;
    assert_string_equal(glossary_words("UTF-8, a  Transformación", words, sizeof words), " utf 8 a transformacion ");
    assert_string_equal(glossary_words(" - ", words, sizeof words), "");
    assert_string_equal(glossary_words("", words, sizeof words), "");
    assert_string_equal(glossary_words("abcdef", words, 6), " abc ");
}

static void a_plural_is_the_same_word(void **state)
{
    (void)state;
    assert_true(glossary_is("port", "ports"));
    assert_true(glossary_is("broadcast address", "broadcast addresses"));
    assert_false(glossary_is("ports", "port"));
    assert_false(glossary_is("port", "portal"));
}

static void nothing_is_no_word(void **state)
{
    (void)state;
    assert_false(glossary_is("port", ""));
    assert_false(glossary_is("---", "---"));
    assert_false(glossary_is("", "s"));
}

static void bytes_that_are_no_text_and_text_without_end_are_compared_as_far_as_they_go(void **state)
{
    char text[4 * FOLDED_MAX], folded[FOLDED_MAX];

    (void)state;
    memset(text, 'a', sizeof text);
    text[sizeof text - 1] = '\0';
    assert_int_equal(strlen(glossary_fold(text, folded, sizeof folded)), FOLDED_MAX - 1);
    assert_string_equal(glossary_fold("a\xff\xc3", folded, sizeof folded), "a\xff\xc3");
    assert_string_equal(glossary_fold("日本 語", folded, sizeof folded), "日本語");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(case_accents_and_what_stands_between_words_do_not_matter),
        cmocka_unit_test(words_are_kept_apart_where_that_is_asked_for),
        cmocka_unit_test(a_plural_is_the_same_word),
        cmocka_unit_test(nothing_is_no_word),
        cmocka_unit_test(bytes_that_are_no_text_and_text_without_end_are_compared_as_far_as_they_go),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

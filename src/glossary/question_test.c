#include "glossary/question.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char *bare(const char *question)
{
    static char text[QUESTION_MAX];

    return question_bare(question, text);
}

static void words_that_say_a_kind_are_left_out(void **state)
{
    (void)state;
    assert_string_equal(bare("status 404"), "404");
    assert_string_equal(bare("¿Qué es un socket?"), "socket?");
    assert_string_equal(bare("qué es un socket"), "socket");
    assert_string_equal(bare("Código  404"), "404");
    assert_string_equal(bare("websocket close 1006"), "websocket 1006");
}

static void the_other_words_stay_as_they_are(void **state)
{
    (void)state;
    assert_string_equal(bare("half-close"), "half-close");
    assert_string_equal(bare("  media   clausura "), "media clausura");
    assert_string_equal(bare(""), "");
    assert_string_equal(bare("error"), "");
}

static void words_come_one_after_the_other(void **state)
{
    const char *rest = " tcp  vs udp ";
    char word[QUESTION_MAX];

    (void)state;
    assert_string_equal(question_word(&rest, word), "tcp");
    assert_string_equal(question_word(&rest, word), "vs");
    assert_string_equal(question_word(&rest, word), "udp");
    assert_null(question_word(&rest, word));
}

static void a_question_of_any_length_is_cut(void **state)
{
    char question[4096], word[QUESTION_MAX];
    const char *rest = question;

    (void)state;
    memset(question, 'x', sizeof question - 1);
    question[sizeof question - 1] = '\0';
    assert_int_equal(strlen(question_word(&rest, word)), QUESTION_MAX - 1);
    assert_true(strlen(bare(question)) < QUESTION_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_that_say_a_kind_are_left_out),
        cmocka_unit_test(the_other_words_stay_as_they_are),
        cmocka_unit_test(words_come_one_after_the_other),
        cmocka_unit_test(a_question_of_any_length_is_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

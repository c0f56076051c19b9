#include "terminal/tail.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct {
    const char *said, *raw;
    const wchar_t *text;
    bool lost;
} cases[] = {
    { "login: ", "login: ", L"login: ", false },
    { "Welcome\r\nlogin: ", "login: ", L"login: ", false },
    { "whole\n", "", L"", false },
    { "ä中> ", "ä中> ", L"ä中> ", false },
    { "\033[1;32muser\033[0m$ ", "\033[1;32muser\033[0m$ ", L"user$ ", false },
    { "\033]0;title\a$ ", "\033]0;title\a$ ", L"$ ", false },
    { "\033]0;title\033\\$ ", "\033]0;title\033\\$ ", L"$ ", false },
    { "\033[?2004h$ ", "\033[?2004h$ ", L"$ ", false },
    { "\033(B$ ", "\033(B$ ", L"$ ", false },
    { "ring\a", "ring", L"ring", false },
    { "\r$ ", "\r$ ", L"$ ", false },
    { "50%\r60%", "", L"", true },
    { "a\bb", "", L"", true },
    { "\033[5;5Hx", "", L"", true },
    { "\033[5;5Hx\ny", "y", L"y", false },
    { "\xff", "", L"", true },
};

static void check(const struct tail *tail, size_t i)
{
    assert_int_equal(tail->lost, cases[i].lost);
    assert_int_equal(tail->size, strlen(cases[i].raw));
    assert_memory_equal(tail->raw, cases[i].raw, tail->size);
    assert_int_equal(wcscmp(tail->text, cases[i].text), 0);
    assert_int_equal(tail->length, wcslen(cases[i].text));
}

static void the_tail_is_what_was_begun_and_not_ended(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct tail tail = { 0 };
        assert_int_equal(tail_follow(&tail, zoc_bytes_of(cases[i].said)), strlen(cases[i].said));
        check(&tail, i);
    }
}

static void it_is_the_same_wherever_the_bytes_are_split(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t first = 1; first < strlen(cases[i].said); first++) {
            struct tail tail = { 0 };
            const char *said = cases[i].said;
            size_t done = tail_follow(&tail, (zoc_bytes){ said, first });
            assert_true(done <= first);
            assert_int_equal(tail_follow(&tail, zoc_bytes_of(said + done)), strlen(said + done));
            check(&tail, i);
        }
}

static void what_is_incomplete_is_held_back(void **state)
{
    static const char *const begun[] = { "\r", "\033", "\033[", "\033[1;", "\033]0;ti", "\033(", "\xc3", "\xe4\xb8" };

    (void)state;
    for (size_t i = 0; i < sizeof begun / sizeof *begun; i++) {
        struct tail tail = { 0 };
        assert_int_equal(tail_follow(&tail, zoc_bytes_of(begun[i])), 0);
        assert_false(tail.lost);
    }
}

static void what_never_completes_is_let_go(void **state)
{
    char said[TAIL_HELD + 2] = "\033]";
    struct tail tail = { 0 };

    (void)state;
    memset(said + 2, 'x', sizeof said - 2);
    assert_int_equal(tail_follow(&tail, (zoc_bytes){ said, TAIL_HELD }), 0);
    assert_int_equal(tail_follow(&tail, (zoc_bytes){ said, TAIL_HELD + 1 }), TAIL_HELD + 1);
    assert_true(tail.lost);
}

static void a_prompt_that_is_too_long_is_none(void **state)
{
    struct tail tail = { 0 };

    (void)state;
    for (size_t i = 0; i < TAIL_MAX; i++)
        tail_follow(&tail, zoc_bytes_of("x"));
    assert_false(tail.lost);
    assert_int_equal(tail.length, TAIL_MAX);
    tail_follow(&tail, zoc_bytes_of("x"));
    assert_true(tail.lost);
    assert_int_equal(tail.length, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_tail_is_what_was_begun_and_not_ended),
        cmocka_unit_test(it_is_the_same_wherever_the_bytes_are_split),
        cmocka_unit_test(what_is_incomplete_is_held_back),
        cmocka_unit_test(what_never_completes_is_let_go),
        cmocka_unit_test(a_prompt_that_is_too_long_is_none),
    };

    setlocale(LC_CTYPE, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}

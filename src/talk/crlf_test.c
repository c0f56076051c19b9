#include "talk/crlf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct {
    const char *text, *expected;
} cases[] = {
    { "", "" },
    { "no line", "no line" },
    { "one\n", "one\r\n" },
    { "one\r\n", "one\r\n" },
    { "\n\n", "\r\n\r\n" },
    { "one\r\ntwo\nthree", "one\r\ntwo\r\nthree" },
    { "a\rb\n\r\n\n", "a\rb\r\n\r\n\r\n" },
    { "\r\r\n", "\r\r\n" },
};

static void assert_result(zoc_buffer *text, const char *expected)
{
    assert_int_equal(text->size, strlen(expected));
    assert_memory_equal(text->size ? text->data : "", expected, text->size);
    zoc_buffer_release(text);
}

static void a_bare_lf_gets_a_cr(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct crlf crlf = { 0 };
        zoc_buffer text = { 0 };

        assert_int_equal(crlf_append(&crlf, zoc_bytes_of(cases[i].text), &text), 0);
        assert_result(&text, cases[i].expected);
    }
}

static void it_does_not_matter_how_the_text_is_cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct crlf crlf = { 0 };
        zoc_buffer text = { 0 };

        for (const char *at = cases[i].text; *at; at++)
            assert_int_equal(crlf_append(&crlf, (zoc_bytes){ at, 1 }, &text), 0);
        assert_result(&text, cases[i].expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bare_lf_gets_a_cr),
        cmocka_unit_test(it_does_not_matter_how_the_text_is_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

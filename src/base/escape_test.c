#include <zocalo/bytes.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

struct pair {
    const char *raw, *shown;
};

static void assert_escapes(const struct pair *pairs, size_t count)
{
    char text[64];

    for (size_t i = 0; i < count; i++)
        assert_string_equal(zoc_escape(zoc_bytes_of(pairs[i].raw), text, sizeof text), pairs[i].shown);
}

#define ASSERT_ESCAPES(pairs) assert_escapes(pairs, sizeof(pairs) / sizeof *(pairs))

static void plain_text_of_any_script_stays_as_it_is(void **state)
{
    static const struct pair pairs[] = {
        { "", "" },
        { "GET / HTTP/1.1", "GET / HTTP/1.1" },
        { "zócalo 広場 🏛", "zócalo 広場 🏛" },
        { "\u00a0\u200d\u2027\u202f\u2065\u206a\ud7ff\ue000\U0010ffff",
          "\u00a0\u200d\u2027\u202f\u2065\u206a\ud7ff\ue000\U0010ffff" },
    };

    (void)state;
    ASSERT_ESCAPES(pairs);
}

static void controls_become_escapes(void **state)
{
    static const struct pair pairs[] = {
        { "a\r\n\tb", "a\\r\\n\\tb" },
        { "\033[2J", "\\e[2J" },
        { "C:\\x", "C:\\\\x" },
        { "\a\b\x7f\x1f", "\\x07\\x08\\x7f\\x1f" },
        { "\xc2\x80\xc2\x9b\xc2\x9f", "\\xc2\\x80\\xc2\\x9b\\xc2\\x9f" },
    };
    char text[16];

    (void)state;
    ASSERT_ESCAPES(pairs);
    assert_string_equal(zoc_escape((zoc_bytes){ "a\0b", 3 }, text, sizeof text), "a\\x00b");
}

static void characters_that_reorder_text_become_escapes(void **state)
{
    static const struct pair pairs[] = {
        { "\u202a\u202e", "\\xe2\\x80\\xaa\\xe2\\x80\\xae" }, { "\u2066\u2069", "\\xe2\\x81\\xa6\\xe2\\x81\\xa9" },
        { "\u200e\u200f", "\\xe2\\x80\\x8e\\xe2\\x80\\x8f" }, { "\u061c", "\\xd8\\x9c" },
        { "\u2028\u2029", "\\xe2\\x80\\xa8\\xe2\\x80\\xa9" },
    };

    (void)state;
    ASSERT_ESCAPES(pairs);
}

static void bytes_that_are_not_utf8_become_escapes(void **state)
{
    static const struct pair pairs[] = {
        { "\x80z", "\\x80z" },
        { "\xc3(", "\\xc3(" },
        { "\xc0\xaf", "\\xc0\\xaf" },                   /* overlong */
        { "\xe0\x9f\xbf", "\\xe0\\x9f\\xbf" },          /* overlong */
        { "\xed\xa0\x80", "\\xed\\xa0\\x80" },          /* a surrogate */
        { "\xf0\x8f\xbf\xbf", "\\xf0\\x8f\\xbf\\xbf" }, /* overlong */
        { "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80" }, /* above U+10FFFF */
        { "\xf5\xff", "\\xf5\\xff" },
        { "\xe2\x82", "\\xe2\\x82" }, /* cut off */
        { "\xe2\x82"
          "A",
          "\\xe2\\x82"
          "A" },
    };

    (void)state;
    ASSERT_ESCAPES(pairs);
}

static void text_that_just_fits_is_not_cut(void **state)
{
    char text[8];

    (void)state;
    assert_string_equal(zoc_escape(zoc_bytes_of("1234567"), text, sizeof text), "1234567");
    assert_string_equal(zoc_escape(zoc_bytes_of("12345678"), text, sizeof text), "1234...");
    assert_string_equal(zoc_escape(zoc_bytes_of("123\x01"), text, sizeof text), "123\\x01");
}

static void a_cut_falls_between_characters_and_escapes(void **state)
{
    char text[8];

    (void)state;
    assert_string_equal(zoc_escape(zoc_bytes_of("1\x01\x02"), text, sizeof text), "1...");
    assert_string_equal(zoc_escape(zoc_bytes_of("123éáí"), text, sizeof text), "123...");
    assert_string_equal(zoc_escape(zoc_bytes_of("12éáí"), text, sizeof text), "12é...");
    assert_string_equal(zoc_escape(zoc_bytes_of("\x01\x02"), text, sizeof text), "\\x01...");
}

/* Each input lies in a block of its own size, so that a sanitizer sees a byte too many read or written. */
static void no_input_makes_it_leave_its_bounds(void **state)
{
    unsigned seed = 1;

    (void)state;
    for (unsigned round = 0; round < 20000; round++) {
        size_t size = round % 12, text_size = 8 + round % 17;
        char *raw = malloc(size + !size), *text = malloc(text_size);

        for (size_t i = 0; i < size; i++) {
            seed = seed * 1664525 + 1013904223;
            raw[i] = (char)(seed >> 24 | (seed >> 16 & 0x80));
        }
        assert_ptr_equal(zoc_escape((zoc_bytes){ raw, size }, text, text_size), text);
        assert_true(strlen(text) < text_size);
        free(raw);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_text_of_any_script_stays_as_it_is),
        cmocka_unit_test(controls_become_escapes),
        cmocka_unit_test(characters_that_reorder_text_become_escapes),
        cmocka_unit_test(bytes_that_are_not_utf8_become_escapes),
        cmocka_unit_test(text_that_just_fits_is_not_cut),
        cmocka_unit_test(a_cut_falls_between_characters_and_escapes),
        cmocka_unit_test(no_input_makes_it_leave_its_bounds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

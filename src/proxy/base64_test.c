#include "proxy/base64.h"

#include <setjmp.h>

#include <cmocka.h>

/* RFC 4648 section 10. */
static void the_test_vectors_of_the_rfc_hold(void **state)
{
    static const char *const vectors[][2] = {
        { "", "" },
        { "f", "Zg==" },
        { "fo", "Zm8=" },
        { "foo", "Zm9v" },
        { "foob", "Zm9vYg==" },
        { "fooba", "Zm9vYmE=" },
        { "foobar", "Zm9vYmFy" },
    };
    char text[BASE64_TEXT(6)];

    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
        assert_string_equal(base64_encode(zoc_bytes_of(vectors[i][0]), text), vectors[i][1]);
}

static void every_bit_has_its_place(void **state)
{
    char text[BASE64_TEXT(3)];

    (void)state;
    assert_string_equal(base64_encode((zoc_bytes){ "\xfb\xff\xbf", 3 }, text), "+/+/");
    assert_string_equal(base64_encode((zoc_bytes){ "\0\x10\x83", 3 }, text), "ABCD");
    assert_string_equal(base64_encode((zoc_bytes){ "\xff\xff", 2 }, text), "//8=");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_test_vectors_of_the_rfc_hold),
        cmocka_unit_test(every_bit_has_its_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

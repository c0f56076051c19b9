#include "base/base64.h"

#include <errno.h>
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

static ssize_t decode(const char *text, char *data)
{
    return base64_decode(zoc_bytes_of(text), data);
}

static void what_was_encoded_comes_back(void **state)
{
    char bytes[256], text[BASE64_TEXT(sizeof bytes)], back[BASE64_DATA(sizeof text)];

    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(255 - i);
    for (size_t size = 0; size <= sizeof bytes; size++) {
        base64_encode((zoc_bytes){ bytes, size }, text);
        assert_int_equal(decode(text, back), size);
        assert_memory_equal(back, bytes, size);
    }
}

static void what_no_bytes_make_is_refused(void **state)
{
    static const char *const bad[] = { "Z",        "Zg",   "Zg=",  "====", "=",    "Z===", "Zg==Zg==",        "Zm9v\n",
                                       "Zm 9v===", "Zm9-", "Zm_v", "Zh==", "Zm9=", "Zg=v", "\xff\xff\xff\xff" };
    char data[BASE64_DATA(12)];

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(decode(bad[i], data), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_test_vectors_of_the_rfc_hold),
        cmocka_unit_test(every_bit_has_its_place),
        cmocka_unit_test(what_was_encoded_comes_back),
        cmocka_unit_test(what_no_bytes_make_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "terminal/characters.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void expect_the_same_back(zoc_bytes bytes)
{
    zoc_buffer back = { 0 };
    wchar_t *text = characters_of(bytes);

    assert_non_null(text);
    assert_int_equal(characters_encode(text, wcslen(text), &back), 0);
    assert_int_equal(back.size, bytes.size);
    assert_memory_equal(back.data, bytes.data, bytes.size);
    zoc_buffer_release(&back);
    free(text);
}

static void bytes_come_back_as_they_were(void **state)
{
    char every[255];

    (void)state;
    for (size_t i = 0; i < sizeof every; i++)
        every[i] = (char)(i + 1);
    expect_the_same_back((zoc_bytes){ every, sizeof every });
    expect_the_same_back(zoc_bytes_of("ä中😀 text"));
    expect_the_same_back(zoc_bytes_of("cut \xe4\xb8"));
    expect_the_same_back(zoc_bytes_of("\xed\xb3\xbf")); /* what stands for a byte, as UTF-8, is none */
}

static void a_character_waits_for_its_bytes(void **state)
{
    wchar_t character;

    (void)state;
    assert_int_equal(characters_decode(zoc_bytes_of(""), &character), 0);
    assert_int_equal(characters_decode(zoc_bytes_of("\xe4\xb8"), &character), 0);
    assert_int_equal(characters_decode(zoc_bytes_of("\xe4\xb8\xad!"), &character), 3);
    assert_int_equal(character, 0x4e2d);
    assert_int_equal(characters_decode(zoc_bytes_of("\xe4!"), &character), 1);
    assert_int_equal(character, CHARACTERS_NO_BYTE + 0xe4);
    assert_int_equal(characters_decode((zoc_bytes){ "", 1 }, &character), 1);
    assert_int_equal(character, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_come_back_as_they_were),
        cmocka_unit_test(a_character_waits_for_its_bytes),
    };

    setlocale(LC_CTYPE, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}

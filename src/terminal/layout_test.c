#include "terminal/layout.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct {
    const wchar_t *text;
    unsigned row, column; /* behind it, on rows of ten columns */
} cases[] = {
    { L"", 0, 0 },
    { L"abc", 0, 3 },
    { L"123456789", 0, 9 },
    { L"1234567890", 1, 0 },
    { L"12345678901", 1, 1 },
    { L"a\nb", 1, 1 },
    { L"a\tb", 0, 9 },
    { L"123456789\t", 1, 6 },
    { L"\x01", 0, 2 },
    { L"123456789\x01", 1, 1 },
    { L"中", 0, 2 },
    { L"123456789中", 1, 2 },
    { L"12345678中", 1, 0 },
    { L"\xdcff", 0, 7 },
};

static void text_lies_as_libedit_draws_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct place place = layout_behind((struct place){ 0 }, cases[i].text, wcslen(cases[i].text), 10);
        assert_int_equal(place.row, cases[i].row);
        assert_int_equal(place.column, cases[i].column);
    }
}

static void the_cursor_is_where_its_character_fits(void **state)
{
    struct place place = layout_at((struct place){ 0 }, L"123456789中", 10, 9, 10);

    (void)state;
    assert_int_equal(place.row, 1);
    assert_int_equal(place.column, 0);
    place = layout_at((struct place){ .column = 9 }, L"x", 1, 0, 10);
    assert_int_equal(place.row, 0);
    assert_int_equal(place.column, 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_lies_as_libedit_draws_it),
        cmocka_unit_test(the_cursor_is_where_its_character_fits),
    };

    setlocale(LC_CTYPE, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}

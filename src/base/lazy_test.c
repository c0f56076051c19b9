#include "base/lazy.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zocalo/error.h>

#include <cmocka.h>

/* Of a library that is there wherever this runs. */
#define NUMBERS(F) F(strtol) F(strtoul)

static struct {
    NUMBERS(LAZY_POINTER)
} numbers;

static const char *const names[] = { NUMBERS(LAZY_NAME) NULL };

static void functions_are_called_once_it_is_loaded(void **state)
{
    struct lazy library = { .file = "libc.so.6", .names = names, .pointers = &numbers };

    (void)state;
    assert_int_equal(lazy_load(&library), 0);
    assert_int_equal(numbers.strtol("-42", NULL, 10), -42);
    assert_int_equal(numbers.strtoul("42", NULL, 10), 42);
    assert_int_equal(lazy_load(&library), 0); /* and again */
}

static void a_library_that_is_missing_is_named(void **state)
{
    struct lazy library = { .file = "libno-such-thing.so.9", .names = names, .pointers = &numbers };

    (void)state;
    assert_int_equal(lazy_load(&library), -ELIBACC);
    assert_non_null(strstr(zoc_why(), "'libno-such-thing.so.9'"));
    assert_int_equal(lazy_load(&library), -ELIBACC);
}

static void a_function_that_is_missing_is_named(void **state)
{
    static const char *const strange[] = { "strtol", "no_such_function", NULL };
    struct lazy library = { .file = "libc.so.6", .names = strange, .pointers = &numbers };

    (void)state;
    assert_int_equal(lazy_load(&library), -ELIBACC);
    assert_non_null(strstr(zoc_why(), "no_such_function"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions_are_called_once_it_is_loaded),
        cmocka_unit_test(a_library_that_is_missing_is_named),
        cmocka_unit_test(a_function_that_is_missing_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

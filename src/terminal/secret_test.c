#include "terminal/secret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static enum secret_step type(zoc_buffer *line, const char *keys)
{
    enum secret_step step = SECRET_GOES_ON;

    for (; *keys; keys++)
        step = secret_take(line, *keys);
    return step;
}

static void expect(const char *keys, const char *entered)
{
    zoc_buffer line = { 0 };

    assert_int_equal(type(&line, keys), SECRET_ENTERED);
    assert_int_equal(line.size, strlen(entered));
    assert_memory_equal(line.data, entered, line.size);
    secret_forget(&line);
    assert_int_equal(line.size, 0);
}

static void a_line_is_entered(void **state)
{
    (void)state;
    expect("secret\n", "secret\n");
    expect("secret\r", "secret\n");
    expect("\n", "\n");
}

static void characters_are_taken_back(void **state)
{
    (void)state;
    expect("ab\177c\n", "ac\n");
    expect("a\344\270\255\177b\n", "ab\n");
    expect("\177\b\ba\n", "a\n");
    expect("all\025new\n", "new\n");
}

static void ctrl_d_ends_an_empty_line_alone(void **state)
{
    zoc_buffer line = { 0 };

    (void)state;
    assert_int_equal(type(&line, "\004"), SECRET_ENDED);
    assert_int_equal(type(&line, "a\004"), SECRET_GOES_ON);
    secret_forget(&line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_entered),
        cmocka_unit_test(characters_are_taken_back),
        cmocka_unit_test(ctrl_d_ends_an_empty_line_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

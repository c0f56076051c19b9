#include "base/state_path.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void set(const char *variable, const char *value)
{
    if (value)
        setenv(variable, value, 1);
    else
        unsetenv(variable);
}

static void assert_path(const char *state, const char *home, const char *expected)
{
    char *path;

    set("XDG_STATE_HOME", state);
    set("HOME", home);
    assert_int_equal(state_path("history", &path), 0);
    assert_string_equal(path, expected);
    free(path);
}

static void the_state_folder_comes_before_home(void **state)
{
    (void)state;
    assert_path("/var/s", "/home/ana", "/var/s/zocalo/history");
    assert_path(NULL, "/home/ana", "/home/ana/.local/state/zocalo/history");
    assert_path("", "/home/ana", "/home/ana/.local/state/zocalo/history");
    assert_path("not/absolute", "/home/ana", "/home/ana/.local/state/zocalo/history");
}

static void without_either_there_is_no_place(void **state)
{
    char *path;

    (void)state;
    set("XDG_STATE_HOME", NULL);
    set("HOME", NULL);
    assert_int_equal(state_path("history", &path), -ENOENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_state_folder_comes_before_home),
        cmocka_unit_test(without_either_there_is_no_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

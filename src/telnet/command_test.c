#include "telnet/command.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static void commands_have_names(void **state)
{
    (void)state;
    assert_int_equal(telnet_find_command("ayt"), 246);
    assert_int_equal(telnet_find_command("BRK"), 243);
    assert_int_equal(telnet_find_command("eof"), 236);
    assert_int_equal(telnet_find_command("do"), -ENOENT);
    assert_int_equal(telnet_find_command(""), -ENOENT);
}

static void options_have_names_and_numbers(void **state)
{
    (void)state;
    assert_int_equal(telnet_find_option("naws"), 31);
    assert_int_equal(telnet_find_option("Terminal-Type"), 24);
    assert_int_equal(telnet_find_option("0"), 0);
    assert_int_equal(telnet_find_option("255"), 255);
    assert_int_equal(telnet_find_option("256"), -ENOENT);
    assert_int_equal(telnet_find_option("-1"), -ENOENT);
    assert_int_equal(telnet_find_option("0001"), -ENOENT);
    assert_int_equal(telnet_find_option(""), -ENOENT);
}

static void names_in_tables_are_different(void **state)
{
    (void)state;
    for (const struct telnet_name *name = telnet_command_names; name->name; name++)
        assert_int_equal(telnet_find_command(name->name), name->number);
    for (const struct telnet_name *name = telnet_option_names; name->name; name++)
        assert_int_equal(telnet_find_option(name->name), name->number);
}

static void expect(struct telnet_command command, const char *wanted)
{
    char text[128];

    assert_string_equal(telnet_command_text(&command, text, sizeof text), wanted);
}

static void commands_have_words(void **state)
{
    (void)state;
    expect((struct telnet_command){ TELNET_DO, TELNET_TELOPT_NAWS, { 0 } }, "DO NAWS");
    expect((struct telnet_command){ TELNET_WONT, 200, { 0 } }, "WONT 200");
    expect((struct telnet_command){ TELNET_AYT, 0, { 0 } }, "AYT");
    expect((struct telnet_command){ 7, 0, { 0 } }, "7");
    expect((struct telnet_command){ TELNET_SB, TELNET_TELOPT_NAWS, { "\0\x50\0\x18", 4 } }, "SB NAWS 0 80 0 24");
    expect((struct telnet_command){ TELNET_SB, 42, { "aaaaaaaaaaaaaaaaaaaa", 20 } },
           "SB 42 97 97 97 97 97 97 97 97 97 97 97 97 97 97 97 97 ...");
}

static void words_are_cut_where_there_is_no_room(void **state)
{
    struct telnet_command command = { TELNET_SB, TELNET_TELOPT_NAWS, { "\0\x50\0\x18", 4 } };
    char text[8];

    (void)state;
    assert_string_equal(telnet_command_text(&command, text, sizeof text), "SB NAWS");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands_have_names),
        cmocka_unit_test(options_have_names_and_numbers),
        cmocka_unit_test(names_in_tables_are_different),
        cmocka_unit_test(commands_have_words),
        cmocka_unit_test(words_are_cut_where_there_is_no_room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

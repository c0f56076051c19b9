#include "glossary/code.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct meaning mail_rows[] = {
    { "354", "the server is ready for the message", RFC(5321, "4.2.3"), false },
    { "5xx", "the server refuses for good", RFC(5321, "4.2.1"), false },
};
static const struct meaning mail_commands[] = { { "HELP", "asks for help", RFC(5321, "4.1.1.8"), false } };
static const struct meanings mail_tables[] = { MEANINGS("reply code", mail_rows), MEANINGS("command", mail_commands) };

static const struct meaning web_rows[] = {
    { "3xx", "it is to be found elsewhere", RFC(9110, "15.4"), false },
    { "308", "it has moved for good", RFC(9110, "15.4.9"), false },
};
static const struct meanings web_tables[] = { MEANINGS("status", web_rows) };

static const struct protocol mail = { .name = "smtp", .title = "SMTP", .tables = mail_tables, .table_count = 2 };
static const struct protocol web = { .name = "http", .title = "HTTP/1.1", .tables = web_tables, .table_count = 1 };
static const struct protocol *const both[] = { &mail, &web, NULL };

/* "smtp 354, http 3xx": what was found. */
static const char *found(const char *query)
{
    static char text[256];
    struct code codes[CODES_MAX];
    size_t count = codes_named(both, query, codes, CODES_MAX);

    text[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        strcat(text, i > 0 ? ", " : "");
        strcat(strcat(strcat(text, codes[i].protocol->name), " "), codes[i].meaning->word);
    }
    return text;
}

static void a_word_is_found_in_any_table_of_any_protocol(void **state)
{
    (void)state;
    assert_string_equal(found("308"), "http 308");
    assert_string_equal(found("help"), "smtp HELP");
    assert_string_equal(found("he-lp"), "smtp HELP");
    assert_string_equal(found("EHLO"), "");
    assert_string_equal(found(""), "");
}

static void a_code_of_its_own_hides_classes_of_other_protocols(void **state)
{
    (void)state;
    assert_string_equal(found("354"), "smtp 354");
    assert_string_equal(found("399"), "http 3xx");
    assert_string_equal(found("3xx"), "http 3xx");
    assert_string_equal(found("599"), "smtp 5xx");
}

static void a_protocol_before_the_word_limits_the_search_to_it(void **state)
{
    (void)state;
    assert_string_equal(found("http 308"), "http 308");
    assert_string_equal(found("HTTP/1.1 354"), "http 3xx");
    assert_string_equal(found("https 308"), "http 308");
    assert_string_equal(found("smtp  550"), "smtp 5xx");
    assert_string_equal(found("smtp 308"), "");
    assert_string_equal(found("smtp"), "");
    assert_string_equal(found("smtp "), "");
    assert_string_equal(found("gopher 354"), "");
}

static void no_more_is_found_than_there_is_room_for(void **state)
{
    struct code codes[1];

    (void)state;
    assert_int_equal(codes_named(both, "354", codes, 0), 0);
    assert_int_equal(codes_named(both, "354", codes, 1), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_word_is_found_in_any_table_of_any_protocol),
        cmocka_unit_test(a_code_of_its_own_hides_classes_of_other_protocols),
        cmocka_unit_test(a_protocol_before_the_word_limits_the_search_to_it),
        cmocka_unit_test(no_more_is_found_than_there_is_room_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

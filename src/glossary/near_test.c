#include "glossary/near.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char *closest(const char *query)
{
    struct near near = near_find(query);

    return near.count > 0 ? near.names[0] : "";
}

static void a_mistyped_name_leads_to_the_name(void **state)
{
    (void)state;
    assert_string_equal(closest("naggle"), "Nagle's algorithm");
    assert_string_equal(closest("econrefused"), "ECONNREFUSED");
    assert_string_equal(closest("half-clsoe"), "half-close");
    assert_string_equal(closest("Nagel"), "Nagle's algorithm");
    assert_string_equal(closest("media clusura"), "half-close");
}

static void a_part_of_a_name_leads_to_the_name(void **state)
{
    (void)state;
    assert_string_equal(closest("ephemer"), "ephemeral port");
    assert_string_equal(closest("authorit"), "certificate authority");
}

static void what_is_like_nothing_leads_nowhere(void **state)
{
    (void)state;
    assert_string_equal(closest("xyzzyplugh"), "");
    assert_string_equal(closest(""), "");
    assert_string_equal(closest("..."), "");
}

static void a_few_are_given_the_closest_first(void **state)
{
    struct near near = near_find("port");

    (void)state;
    assert_int_equal(near.count, NEAR_MAX);
    assert_string_equal(near.names[0], "port");
    for (size_t i = 1; i < near.count; i++)
        assert_true(near.distances[i - 1] <= near.distances[i]);
}

static void a_word_of_any_length_is_compared(void **state)
{
    char word[4096];

    (void)state;
    memset(word, 'a', sizeof word);
    word[sizeof word - 1] = '\0';
    assert_string_equal(closest(word), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mistyped_name_leads_to_the_name),  cmocka_unit_test(a_part_of_a_name_leads_to_the_name),
        cmocka_unit_test(what_is_like_nothing_leads_nowhere), cmocka_unit_test(a_few_are_given_the_closest_first),
        cmocka_unit_test(a_word_of_any_length_is_compared),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

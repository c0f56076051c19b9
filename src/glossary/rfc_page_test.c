#include "glossary/rfc_page.h"

#include "glossary/rfc_json.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct paper pipe = { 0 };
static const struct paper terminal = { .columns = 60, .colour = true, .utf8 = true };

static void expect_page(unsigned number, const struct paper *paper, const char *part)
{
    zoc_buffer page = { 0 };

    assert_int_equal(rfc_page(rfc_find(number), paper, &page), 0);
    assert_int_equal(zoc_buffer_append(&page, "", 1), 0);
    if (!strstr(page.data, part))
        fail_msg("not in it: %s\n%s", part, page.data);
    zoc_buffer_release(&page);
}

static void it_begins_with_title_date_and_status(void **state)
{
    (void)state;
    expect_page(862, &pipe, "RFC 862: Echo Protocol\nMay 1983, Internet Standard, STD 20\n");
    expect_page(2026, &pipe, "October 1996, Best Current Practice, BCP 9\n");
    expect_page(1, &pipe, "April 1969, Unknown\n");
}

static void what_replaced_it_at_once_is_told(void **state)
{
    (void)state;
    expect_page(793, &pipe,
                "It is obsolete. In force instead:\n  RFC 9293: Transmission Control Protocol (TCP), 2022\n");
}

static void what_stands_between_is_told_too(void **state)
{
    (void)state;
    expect_page(821, &pipe, "replaced by RFC 2821. In force today:\n  RFC 5321: Simple Mail Transfer Protocol, 2008\n");
}

static void sections_stand_in_two_columns(void **state)
{
    (void)state;
    expect_page(2119, &pipe, "\n  1  MUST, REQUIRED, SHALL\n  3  SHOULD, RECOMMENDED\n");
}

static void it_says_where_the_text_is(void **state)
{
    (void)state;
    expect_page(1, &pipe, "\nFull text: https://www.rfc-editor.org/rfc/rfc1\n");
}

static void a_title_is_bold_where_there_are_colours(void **state)
{
    (void)state;
    expect_page(862, &terminal, "\033[1mRFC 862: Echo Protocol\033[0m\n");
}

static void no_line_is_longer_than_the_paper_is_wide(void **state)
{
    zoc_buffer catalogue = { 0 };

    (void)state;
    assert_int_equal(rfc_catalogue(&terminal, &catalogue), 0);
    for (zoc_bytes rest = { catalogue.data, catalogue.size }; rest.size > 0;) {
        const char *end = memchr(rest.data, '\n', rest.size);
        size_t size = (size_t)(end - rest.data);
        assert_in_range(prose_width((zoc_bytes){ rest.data, size }), 0, terminal.columns);
        rest = (zoc_bytes){ end + 1, rest.size - size - 1 };
    }
    zoc_buffer_release(&catalogue);
}

static void a_list_marks_what_is_obsolete(void **state)
{
    const struct rfc *const rows[] = { rfc_find(9293), rfc_find(793) };
    zoc_buffer list = { 0 };

    (void)state;
    assert_int_equal(rfc_list(rows, 2, &pipe, &list), 0);
    assert_int_equal(zoc_buffer_append(&list, "", 1), 0);
    assert_string_equal(list.data, "RFC 9293   2022  Internet Standard       Transmission Control Protocol (TCP)\n"
                                   "RFC 793    1981  obsolete: see RFC 9293  Transmission Control Protocol\n");
    zoc_buffer_release(&list);
}

static void memory_that_is_not_there_is_told(void **state)
{
    zoc_buffer small = { .size_max = 100 };

    (void)state;
    assert_int_equal(rfc_page(rfc_find(862), &pipe, &small), -EMSGSIZE);
    zoc_buffer_release(&small);
    assert_int_equal(rfc_json(rfc_find(862), &small), -EMSGSIZE);
    zoc_buffer_release(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_begins_with_title_date_and_status),
        cmocka_unit_test(what_replaced_it_at_once_is_told),
        cmocka_unit_test(what_stands_between_is_told_too),
        cmocka_unit_test(sections_stand_in_two_columns),
        cmocka_unit_test(it_says_where_the_text_is),
        cmocka_unit_test(a_title_is_bold_where_there_are_colours),
        cmocka_unit_test(no_line_is_longer_than_the_paper_is_wide),
        cmocka_unit_test(a_list_marks_what_is_obsolete),
        cmocka_unit_test(memory_that_is_not_there_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

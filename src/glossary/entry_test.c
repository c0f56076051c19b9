#include "glossary/entry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct meaning rows[] = {
    { "354", "the server is ready for the message, which ends with a line that has a dot alone", RFC(5321, "4.2.3"),
      false },
    { "111", "a row with the number of an error", DOCUMENT("a document"), false },
};
static const struct meanings tables[] = { MEANINGS("reply code", rows) };
static const struct protocol mail = { .name = "smtp", .title = "SMTP", .tables = tables, .table_count = 1 };
static const struct protocol *const protocols_here[] = { &mail, NULL };

static const struct paper narrow = { .columns = 50 };

static char *page_of(const char *query, const struct paper *paper, zoc_buffer *page)
{
    struct entries entries;

    assert_true(entries_find(protocols_here, query, &entries));
    assert_int_equal(entries_write(&entries, paper, page), 0);
    assert_int_equal(zoc_buffer_append(page, "", 1), 0);
    return page->data;
}

static void a_word_of_a_protocol_is_shown_with_who_has_it_and_where_it_is_written(void **state)
{
    zoc_buffer page = { .data = NULL };

    (void)state;
    assert_string_equal(page_of("354", &narrow, &page), "354 (SMTP, reply code)\n"
                                                        "\n"
                                                        "  the server is ready for the message, which ends\n"
                                                        "  with a line that has a dot alone\n"
                                                        "  Written down in: RFC 5321, 4.2.3\n");
    zoc_buffer_release(&page);
}

static void all_that_a_word_names_is_shown(void **state)
{
    zoc_buffer page = { .data = NULL };

    (void)state;
    page_of("111", &narrow, &page);
    assert_ptr_equal(strstr(page.data, "ECONNREFUSED (111): Connection refused\n\n"), page.data);
    assert_non_null(strstr(page.data, "\n    1. the service is not running, or has not\n       started yet\n"));
    assert_non_null(strstr(page.data, "\n\n111 (SMTP, reply code)\n"));
    assert_non_null(strstr(page.data, "Written down in: a document\n"));
    zoc_buffer_release(&page);
}

static void no_line_of_a_text_is_longer_than_the_paper_or_eighty_columns(void **state)
{
    const struct paper wide = { .columns = 200 };
    zoc_buffer page = { .data = NULL };

    (void)state;
    page_of("TIME_WAIT", &wide, &page);
    for (char *line = strtok(page.data, "\n"); line; line = strtok(NULL, "\n"))
        assert_true(strchr(line, '$') || prose_width(zoc_bytes_of(line)) <= 80);
    zoc_buffer_release(&page);
}

static void only_a_heading_has_a_colour_and_only_where_the_paper_takes_it(void **state)
{
    const struct paper coloured = { .columns = 80, .colour = true };
    zoc_buffer page = { .data = NULL }, plain = { .data = NULL };

    (void)state;
    page_of("half-close", &coloured, &page);
    assert_ptr_equal(strstr(page.data, "\033[1mhalf-close\033[0m\n"), page.data);
    assert_null(strchr(page.data + strlen("\033[1mhalf-close\033[0m\n"), '\033'));
    assert_null(strchr(page_of("half-close", &narrow, &plain), '\033'));
    zoc_buffer_release(&page);
    zoc_buffer_release(&plain);
}

static void what_nothing_is_known_of_is_not_found(void **state)
{
    struct entries entries;

    (void)state;
    assert_false(entries_find(protocols_here, "xyzzy", &entries));
    assert_false(entries_find(protocols_here, "", &entries));
}

static void memory_that_runs_out_is_told(void **state)
{
    struct entries entries;
    zoc_buffer full = { .size_max = 100 };

    (void)state;
    assert_true(entries_find(protocols_here, "half-close", &entries));
    assert_true(entries_write(&entries, &narrow, &full) < 0);
    zoc_buffer_release(&full);
    full = (zoc_buffer){ .size_max = 100 };
    assert_true(entries_write_json(&entries, &full) < 0);
    zoc_buffer_release(&full);
    full = (zoc_buffer){ .size_max = 100 };
    assert_true(index_write(&narrow, &full) < 0);
    zoc_buffer_release(&full);
}

static size_t lines_of(const zoc_buffer *text)
{
    size_t lines = 0;

    for (size_t i = 0; i < text->size; i++)
        lines += text->data[i] == '\n';
    return lines;
}

static void the_index_has_every_name_once_in_one_column_or_in_many(void **state)
{
    const struct paper pipe = { .columns = 0 };
    zoc_buffer one = { .data = NULL }, many = { .data = NULL };
    size_t names = failure_count, headings = 2;

    (void)state;
    for (const struct field *const *field = glossary; *field; field++) {
        names += (*field)->count;
        headings += 2; /* and an empty line before it */
    }
    assert_int_equal(index_write(&pipe, &one), 0);
    assert_int_equal(lines_of(&one), names + headings - 1);
    assert_int_equal(index_write(&narrow, &many), 0);
    assert_true(lines_of(&many) < lines_of(&one));
    assert_int_equal(zoc_buffer_append(&many, "", 1), 0);
    for (char *line = strtok(many.data, "\n"); line; line = strtok(NULL, "\n"))
        assert_true(prose_width(zoc_bytes_of(line)) <= narrow.columns);
    zoc_buffer_release(&one);
    zoc_buffer_release(&many);
}

static void for_programs_it_is_an_object_a_line(void **state)
{
    zoc_buffer text = { .data = NULL };
    struct entries entries;

    (void)state;
    assert_true(entries_find(protocols_here, "354", &entries));
    assert_int_equal(entries_write_json(&entries, &text), 0);
    assert_int_equal(zoc_buffer_append(&text, "", 1), 0);
    assert_string_equal(text.data,
                        "{\"kind\":\"word\",\"name\":\"354\",\"protocol\":\"smtp\",\"what\":\"reply code\","
                        "\"text\":\"the server is ready for the message, which ends with a line that has a dot "
                        "alone\",\"references\":[{\"rfc\":5321,\"section\":\"4.2.3\"}]}\n");
    zoc_buffer_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_word_of_a_protocol_is_shown_with_who_has_it_and_where_it_is_written),
        cmocka_unit_test(all_that_a_word_names_is_shown),
        cmocka_unit_test(no_line_of_a_text_is_longer_than_the_paper_or_eighty_columns),
        cmocka_unit_test(only_a_heading_has_a_colour_and_only_where_the_paper_takes_it),
        cmocka_unit_test(what_nothing_is_known_of_is_not_found),
        cmocka_unit_test(memory_that_runs_out_is_told),
        cmocka_unit_test(the_index_has_every_name_once_in_one_column_or_in_many),
        cmocka_unit_test(for_programs_it_is_an_object_a_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

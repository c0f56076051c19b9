#include "meaning/protocol.h"
#include "meaning/testing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct meaning rows[] = {
    { "EHLO", "hello", RFC(5321, "4.1.1.1"), false },   { "354", "go on", RFC(5321, "4.2.3"), false },
    { "3xx", "more is wanted", RFC(5321, ""), false },  { "x.1.1", "no such mailbox", RFC(3463, "3.2"), false },
    { "x.1.x", "an address", RFC(3463, "3.2"), false }, { "5.x.x", "for good", RFC(3463, "2"), false },
};

static const struct meanings table = MEANINGS("word", rows);

static const char *text_of(const char *word)
{
    const struct meaning *row = meanings_find(&table, zoc_bytes_of(word));

    return row ? row->text : "";
}

static void a_word_is_found_whatever_its_case(void **state)
{
    (void)state;
    assert_string_equal(text_of("ehlo"), "hello");
    assert_string_equal(text_of("EHL"), "");
    assert_string_equal(text_of(""), "");
}

static void a_code_without_a_row_means_what_its_class_does(void **state)
{
    (void)state;
    assert_string_equal(text_of("354"), "go on");
    assert_string_equal(text_of("399"), "more is wanted");
    assert_string_equal(text_of("3a9"), "");
    assert_string_equal(text_of("499"), "");
}

static void a_status_code_means_what_its_detail_its_subject_or_its_class_does(void **state)
{
    (void)state;
    assert_string_equal(text_of("5.1.1"), "no such mailbox");
    assert_string_equal(text_of("4.1.1"), "no such mailbox");
    assert_string_equal(text_of("5.1.99"), "an address");
    assert_string_equal(text_of("5.99.123"), "for good");
    assert_string_equal(text_of("4.99.1"), "");
    assert_string_equal(text_of("5.1."), "");
    assert_string_equal(text_of("5..1"), "");
    assert_string_equal(text_of("5.1.1x"), "");
    assert_string_equal(text_of("5.1"), "");
    assert_string_equal(text_of("5.1.1111111111111"), "");
}

static void a_reference_names_the_rfc_and_its_section(void **state)
{
    char text[REFERENCE_TEXT];

    (void)state;
    assert_string_equal(reference_format(&rows[0].reference, text, sizeof text), "RFC 5321, 4.1.1.1");
    assert_string_equal(reference_format(&rows[2].reference, text, sizeof text), "RFC 5321");
    assert_string_equal(reference_format(&(struct reference)DOCUMENT("protocol.txt"), text, sizeof text),
                        "protocol.txt");
    assert_string_equal(reference_format(&(struct reference){ 0 }, text, sizeof text), "");
}

static void expect_rows_that_fit(const struct meanings *meanings)
{
    for (size_t i = 0; i < meanings->count; i++) {
        const struct meaning *row = &meanings->rows[i];
        bool fits = FITS(row->word) && FITS(row->text) && FITS(row->reference.section) && FITS(row->reference.document);
        if (!fits)
            fail_msg("'%.*s' has no room for its NUL", (int)sizeof row->word, row->word);
    }
}

static void every_text_fits_into_its_row(void **state)
{
    (void)state;
    for (size_t i = 0; protocols[i]; i++)
        for (size_t j = 0; j < protocols[i]->table_count; j++)
            expect_rows_that_fit(&protocols[i]->tables[j]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_text_fits_into_its_row),
        cmocka_unit_test(a_word_is_found_whatever_its_case),
        cmocka_unit_test(a_code_without_a_row_means_what_its_class_does),
        cmocka_unit_test(a_status_code_means_what_its_detail_its_subject_or_its_class_does),
        cmocka_unit_test(a_reference_names_the_rfc_and_its_section),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

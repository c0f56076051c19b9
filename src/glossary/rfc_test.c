#include "glossary/rfc.h"
#include "meaning/testing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zocalo/bytes.h>

#include <cmocka.h>

#define EARLIEST 1969 /* when the series began */

/* Calls for every row of every field. */
static void for_each(void (*check)(const struct rfc *rfc))
{
    for (size_t i = 0; rfc_fields[i]; i++)
        for (size_t j = 0; j < rfc_fields[i]->count; j++)
            check(&rfc_fields[i]->rows[j]);
}

static void expect_found(const char *const *words, size_t count, const unsigned *numbers, size_t expected)
{
    const struct rfc *rows[RFC_MAX];

    assert_int_equal(rfc_search(words, count, rows), expected);
    for (size_t i = 0; i < expected; i++)
        assert_int_equal(rows[i]->number, numbers[i]);
}

static void expect_in_force(unsigned number, const unsigned *numbers, size_t expected)
{
    const struct rfc *rows[RFC_RELATED_MAX];

    assert_int_equal(rfc_in_force(rfc_find(number), rows), expected);
    for (size_t i = 0; i < expected; i++)
        assert_int_equal(rows[i]->number, numbers[i]);
}

#define COUNT(array)                   (sizeof(array) / sizeof *(array))
#define EXPECT_FOUND(words, numbers)   expect_found(words, COUNT(words), numbers, COUNT(numbers))
#define EXPECT_IN_FORCE(from, numbers) expect_in_force(from, numbers, COUNT(numbers))

/* --- the tables ----------------------------------------------------------------------------------- */

static void each_field_is_in_the_order_of_numbers(void **state)
{
    (void)state;
    for (size_t i = 0; rfc_fields[i]; i++)
        for (size_t j = 1; j < rfc_fields[i]->count; j++)
            assert_true(rfc_fields[i]->rows[j - 1].number < rfc_fields[i]->rows[j].number);
}

static void find_itself(const struct rfc *rfc)
{
    assert_ptr_equal(rfc_find(rfc->number), rfc);
}

static void each_is_in_one_field_alone(void **state)
{
    (void)state;
    for_each(find_itself);
}

static size_t rows_of_all_fields(void)
{
    size_t count = 0;

    for (size_t i = 0; rfc_fields[i]; i++)
        count += rfc_fields[i]->count;
    return count;
}

static void there_is_room_for_all(void **state)
{
    const struct rfc *rows[RFC_MAX];

    (void)state;
    assert_true(rows_of_all_fields() <= RFC_MAX);
    assert_int_equal(rfc_search(NULL, 0, rows), rows_of_all_fields());
}

static void check_facts(const struct rfc *rfc)
{
    assert_true(rfc->published.year >= EARLIEST);
    assert_in_range(rfc->published.month, 1, 12);
    assert_true((unsigned)rfc->status < RFC_STATUS_COUNT);
    assert_true(strlen(rfc->title) > 0);
    if (rfc->series)
        assert_true(rfc->status == RFC_INTERNET_STANDARD || rfc->status == RFC_BEST_CURRENT_PRACTICE);
}

static void each_has_its_facts(void **state)
{
    (void)state;
    for_each(check_facts);
}

/* One that is in force has its number in the series of standards. */
static void check_series(const struct rfc *rfc)
{
    if (rfc->status == RFC_INTERNET_STANDARD && !rfc_is_obsolete(rfc))
        assert_int_not_equal(rfc->series, 0);
}

static void a_standard_in_force_has_its_number(void **state)
{
    (void)state;
    for_each(check_series);
}

static void check_replacement(const struct rfc *rfc)
{
    for (size_t i = 0; i < RFC_REPLACED_MAX && rfc->obsoleted_by[i]; i++) {
        assert_non_null(rfc_find(rfc->obsoleted_by[i]));
        assert_true(rfc->obsoleted_by[i] > rfc->number);
    }
}

static void what_replaces_one_is_known_and_later(void **state)
{
    (void)state;
    for_each(check_replacement);
}

static void check_room(const struct rfc *rfc)
{
    bool fits = FITS(rfc->title) && FITS(rfc->text);

    for (int i = 0; i < RFC_SECTIONS_MAX; i++)
        fits = fits && FITS(rfc->sections[i].where) && FITS(rfc->sections[i].text);
    for (int i = 0; i < RFC_COMMANDS_MAX; i++)
        fits = fits && FITS(rfc->commands[i]);
    if (!fits)
        fail_msg("RFC %u has a text that fills its room", rfc->number);
}

static void every_text_fits_into_its_row(void **state)
{
    (void)state;
    for_each(check_room);
}

static void check_commands(const struct rfc *rfc)
{
    assert_true(*rfc->text ? *rfc->commands[0] : !*rfc->commands[0]);
    for (size_t i = 0; i < RFC_COMMANDS_MAX && *rfc->commands[i]; i++) {
        unsigned other;
        assert_int_equal(strncmp(rfc->commands[i], "zocalo ", 7), 0);
        if (sscanf(rfc->commands[i], "zocalo rfc %u", &other) == 1) {
            assert_int_not_equal(other, rfc->number);
            assert_non_null(rfc_find(other));
        }
    }
}

static void what_is_told_has_a_command_that_shows_it(void **state)
{
    (void)state;
    for_each(check_commands);
}

/* --- what replaced what --------------------------------------------------------------------------- */

static void what_is_in_force_leads_to_itself(void **state)
{
    (void)state;
    EXPECT_IN_FORCE(862, ((const unsigned[]){ 862 }));
}

static void one_step_leads_to_what_is_in_force(void **state)
{
    (void)state;
    EXPECT_IN_FORCE(793, ((const unsigned[]){ 9293 }));
}

static void several_steps_are_followed_to_the_end(void **state)
{
    (void)state;
    EXPECT_IN_FORCE(821, ((const unsigned[]){ 5321 }));
    EXPECT_IN_FORCE(2246, ((const unsigned[]){ 9846 }));
}

static void ways_that_part_are_all_followed(void **state)
{
    (void)state;
    EXPECT_IN_FORCE(2616, ((const unsigned[]){ 9110, 9111, 9112 }));
}

static void what_it_replaced_is_known(void **state)
{
    const struct rfc *rows[RFC_RELATED_MAX];

    (void)state;
    assert_int_equal(rfc_replaced(rfc_find(2821), rows), 2);
    assert_int_equal(rows[0]->number, 821);
    assert_int_equal(rows[1]->number, 1869);
    assert_int_equal(rfc_replaced(rfc_find(862), rows), 0);
}

/* --- searching ------------------------------------------------------------------------------------ */

static void a_number_that_is_in_no_table_is_not_found(void **state)
{
    (void)state;
    assert_null(rfc_find(0));
    assert_null(rfc_find(2));
    assert_null(rfc_find(99999));
}

static void all_words_must_be_there_whatever_their_case(void **state)
{
    (void)state;
    EXPECT_FOUND(((const char *const[]){ "HAPPY", "eyeballs" }), ((const unsigned[]){ 8305, 6555 }));
}

static void a_word_is_found_at_its_beginning_alone(void **state)
{
    (void)state;
    EXPECT_FOUND(((const char *const[]){ "teap" }), ((const unsigned[]){ 2324 }));
    assert_int_equal(rfc_search((const char *const[]){ "eapot" }, 1, (const struct rfc *[RFC_MAX]){ 0 }), 0);
}

static const struct rfc *first_of(const char *word)
{
    const struct rfc *rows[RFC_MAX];

    return rfc_search(&word, 1, rows) > 0 ? rows[0] : NULL;
}

static void what_is_about_it_comes_first(void **state)
{
    (void)state;
    assert_ptr_equal(first_of("tcp"), rfc_find(9293));
    assert_ptr_equal(first_of("smtp"), rfc_find(5321));
    assert_ptr_equal(first_of("http"), rfc_find(9110));
    assert_ptr_equal(first_of("HTTP/1.1"), rfc_find(9112));
    assert_ptr_equal(first_of("dns"), rfc_find(1034));
    assert_ptr_equal(first_of("TLS 1.3"), rfc_find(9846));
    assert_ptr_equal(first_of("quic"), rfc_find(9000));
}

static void what_its_sections_say_is_found_as_well(void **state)
{
    (void)state;
    assert_ptr_equal(first_of("nagle"), rfc_find(7805));
    EXPECT_FOUND(((const char *const[]){ "Nagle's", "closing" }), ((const unsigned[]){ 9293 }));
}

static void plurals_and_marks_do_not_matter(void **state)
{
    (void)state;
    assert_ptr_equal(first_of("websockets"), rfc_find(6455));
    assert_ptr_equal(first_of("nagles"), rfc_find(7805));
    assert_ptr_equal(first_of("utf8"), rfc_find(3629));
    assert_ptr_equal(first_of("time_wait"), rfc_find(1337));
    assert_null(first_of("---"));
    assert_null(first_of(""));
}

static void a_series_leads_to_all_that_are_of_it(void **state)
{
    const struct rfc *rows[RFC_RELATED_MAX];

    (void)state;
    assert_int_equal(rfc_of_series(RFC_INTERNET_STANDARD, 7, rows), 1);
    assert_ptr_equal(rows[0], rfc_find(9293));
    assert_int_equal(rfc_of_series(RFC_BEST_CURRENT_PRACTICE, 14, rows), 2);
    assert_ptr_equal(rows[1], rfc_find(8174));
    assert_int_equal(rfc_of_series(RFC_INTERNET_STANDARD, 0, rows), 0);
    assert_int_equal(rfc_of_series(RFC_INTERNET_STANDARD, 99999, rows), 0);
}

static void what_is_obsolete_comes_last(void **state)
{
    const struct rfc *rows[RFC_MAX];
    size_t count = rfc_search((const char *const[]){ "smtp" }, 1, rows);

    (void)state;
    assert_true(count > 2);
    for (size_t i = 1; i < count; i++)
        assert_false(rfc_is_obsolete(rows[i - 1]) && !rfc_is_obsolete(rows[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_text_fits_into_its_row),
        cmocka_unit_test(each_field_is_in_the_order_of_numbers),
        cmocka_unit_test(each_is_in_one_field_alone),
        cmocka_unit_test(there_is_room_for_all),
        cmocka_unit_test(each_has_its_facts),
        cmocka_unit_test(a_standard_in_force_has_its_number),
        cmocka_unit_test(what_replaces_one_is_known_and_later),
        cmocka_unit_test(what_is_told_has_a_command_that_shows_it),
        cmocka_unit_test(what_is_in_force_leads_to_itself),
        cmocka_unit_test(one_step_leads_to_what_is_in_force),
        cmocka_unit_test(several_steps_are_followed_to_the_end),
        cmocka_unit_test(ways_that_part_are_all_followed),
        cmocka_unit_test(what_it_replaced_is_known),
        cmocka_unit_test(a_number_that_is_in_no_table_is_not_found),
        cmocka_unit_test(all_words_must_be_there_whatever_their_case),
        cmocka_unit_test(a_word_is_found_at_its_beginning_alone),
        cmocka_unit_test(what_is_about_it_comes_first),
        cmocka_unit_test(what_its_sections_say_is_found_as_well),
        cmocka_unit_test(plurals_and_marks_do_not_matter),
        cmocka_unit_test(a_series_leads_to_all_that_are_of_it),
        cmocka_unit_test(what_is_obsolete_comes_last),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

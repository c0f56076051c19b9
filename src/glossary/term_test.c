#include "glossary/term.h"

#include "glossary/fold.h"
#include "glossary/list.h"
#include "meaning/testing.h"
#include "prose/prose.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define TEXT_COLUMNS   72
#define TEXT_LINES_MIN 6
#define TEXT_LINES_MAX 12
#define TERMS_MIN      120

static void for_each_term(void (*check)(const struct term *term))
{
    for (const struct field *const *field = glossary; *field; field++)
        for (size_t i = 0; i < (*field)->count; i++)
            check(&(*field)->terms[i]);
}

static size_t terms_with_name(const char *name)
{
    size_t count = 0;

    for (const struct field *const *field = glossary; *field; field++)
        for (size_t i = 0; i < (*field)->count; i++)
            count += strcmp((*field)->terms[i].name, name) == 0;
    return count;
}

/* --- finding -------------------------------------------------------------------------------------- */

static const char *first_named(const char *query)
{
    const struct term *found[TERMS_MAX];

    return terms_named(query, found, TERMS_MAX) > 0 ? found[0]->name : "";
}

static void a_term_is_found_by_its_name_and_by_its_aliases(void **state)
{
    (void)state;
    assert_string_equal(first_named("Half Close"), "half-close");
    assert_string_equal(first_named("cierre a medias"), "half-close");
    assert_string_equal(first_named("apretón de manos"), "three-way handshake");
    assert_string_equal(first_named("time-wait"), "TIME_WAIT");
    assert_string_equal(first_named("xyzzy"), "");
    assert_string_equal(first_named(""), "");
}

static void a_term_with_the_name_comes_before_those_with_the_alias(void **state)
{
    const struct term *found[TERMS_MAX];

    (void)state;
    assert_int_equal(terms_named("TTL", found, TERMS_MAX), 2);
    assert_string_equal(first_named("listen"), "listen");
    assert_int_equal(terms_named("TTL", found, 1), 1);
}

/* --- the tables ----------------------------------------------------------------------------------- */

static void there_are_enough_terms_for_a_course(void **state)
{
    size_t count = 0;

    (void)state;
    for (const struct field *const *field = glossary; *field; field++)
        count += (*field)->count;
    assert_true(count >= TERMS_MIN);
}

static void terms_stand_by_their_names(void **state)
{
    char before[FOLDED_MAX], after[FOLDED_MAX];

    (void)state;
    for (const struct field *const *field = glossary; *field; field++)
        for (size_t i = 1; i < (*field)->count; i++) {
            glossary_fold((*field)->terms[i - 1].name, before, sizeof before);
            glossary_fold((*field)->terms[i].name, after, sizeof after);
            assert_true(strcmp(before, after) < 0);
        }
}

static void has_a_name_of_its_own(const struct term *term)
{
    for (const struct field *const *field = glossary; *field; field++)
        for (size_t i = 0; i < (*field)->count; i++)
            if (&(*field)->terms[i] != term)
                assert_false(glossary_is((*field)->terms[i].name, term->name));
}

static void fits_into_its_row(const struct term *term)
{
    bool fits = FITS(term->name) && FITS(term->text) && !*term->aliases[TERM_ALIASES - 1] &&
                !*term->related[TERM_RELATED - 1] && !*term->trials[TERM_TRIALS - 1].command &&
                reference_is_empty(&term->references[TERM_REFERENCES - 1]);

    for (int i = 0; i < TERM_ALIASES; i++)
        fits = fits && FITS(term->aliases[i]);
    for (int i = 0; i < TERM_RELATED; i++)
        fits = fits && FITS(term->related[i]);
    for (int i = 0; i < TERM_TRIALS; i++)
        fits = fits && FITS(term->trials[i].command) && FITS(term->trials[i].note);
    if (!fits)
        fail_msg("'%.*s' has a text or a list that fills its room", (int)sizeof term->name, term->name);
}

static void every_text_and_list_fits_into_its_row(void **state)
{
    (void)state;
    for_each_term(fits_into_its_row);
}

static void names_are_different_once_folded(void **state)
{
    (void)state;
    for_each_term(has_a_name_of_its_own);
}

static void has_aliases_that_are_compared(const struct term *term)
{
    for (int i = 0; *term->aliases[i]; i++) {
        char folded[FOLDED_MAX];
        assert_true(strlen(glossary_fold(term->aliases[i], folded, sizeof folded)) > 0);
        assert_true(strlen(folded) < FOLDED_MAX - 1);
    }
}

static void no_alias_is_empty_or_too_long(void **state)
{
    (void)state;
    for_each_term(has_aliases_that_are_compared);
}

static void has_related_terms(const struct term *term)
{
    for (int i = 0; *term->related[i]; i++)
        if (terms_with_name(term->related[i]) != 1 || strcmp(term->related[i], term->name) == 0)
            fail_msg("'%s' leads to '%s'", term->name, term->related[i]);
}

static void related_terms_exist(void **state)
{
    (void)state;
    for_each_term(has_related_terms);
}

static void has_some_lines(const struct term *term)
{
    __attribute__((cleanup(zoc_buffer_release))) zoc_buffer folded = { .data = NULL };
    unsigned lines = 1;

    assert_int_equal(prose_fold(&folded, term->text, TEXT_COLUMNS, 0, 0), 0);
    for (size_t i = 0; i < folded.size; i++)
        lines += folded.data[i] == '\n';
    if (lines < TEXT_LINES_MIN || lines > TEXT_LINES_MAX)
        fail_msg("'%s' has %u lines", term->name, lines);
}

static void a_text_has_about_ten_lines(void **state)
{
    (void)state;
    for_each_term(has_some_lines);
}

static void has_something_to_try(const struct term *term)
{
    assert_true(*term->trials[0].command != '\0');
    for (const struct trial *trial = term->trials; *trial->command; trial++)
        assert_non_null(strstr(trial->command, "zocalo "));
}

static void each_term_can_be_seen_here(void **state)
{
    (void)state;
    for_each_term(has_something_to_try);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_text_and_list_fits_into_its_row),
        cmocka_unit_test(a_term_is_found_by_its_name_and_by_its_aliases),
        cmocka_unit_test(a_term_with_the_name_comes_before_those_with_the_alias),
        cmocka_unit_test(there_are_enough_terms_for_a_course),
        cmocka_unit_test(terms_stand_by_their_names),
        cmocka_unit_test(names_are_different_once_folded),
        cmocka_unit_test(no_alias_is_empty_or_too_long),
        cmocka_unit_test(related_terms_exist),
        cmocka_unit_test(a_text_has_about_ten_lines),
        cmocka_unit_test(each_term_can_be_seen_here),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "glossary/failure.h"

#include "glossary/list.h"
#include "meaning/testing.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <zocalo/error.h>

#include <cmocka.h>

static void an_error_is_found_by_its_number_whatever_the_sign(void **state)
{
    (void)state;
    assert_string_equal(failure_find(-ECONNREFUSED)->name, "ECONNREFUSED");
    assert_string_equal(failure_find(ZOC_ETRUNCATED)->name, "ZOC_ETRUNCATED");
    assert_null(failure_find(0));
}

static void an_error_is_found_by_its_name_its_number_and_its_words(void **state)
{
    (void)state;
    assert_ptr_equal(failure_named("econnrefused"), failure_find(ECONNREFUSED));
    assert_ptr_equal(failure_named("111"), failure_find(111));
    assert_ptr_equal(failure_named("Connection refused"), failure_find(ECONNREFUSED));
    assert_ptr_equal(failure_named("the certificate is refused"), failure_find(ZOC_ECERTIFICATE));
    assert_ptr_equal(failure_named("Conexión rechazada"), failure_find(ECONNREFUSED));
    assert_ptr_equal(failure_named("timeout"), failure_find(ETIMEDOUT));
    assert_null(failure_named("111x"));
    assert_null(failure_named("0111"));
    assert_null(failure_named(""));
}

static bool fits_into_its_row(const struct failure *failure)
{
    bool fits = FITS(failure->name) && FITS(failure->meaning) && !*failure->aliases[FAILURE_TEXTS - 1] &&
                !*failure->causes[FAILURE_TEXTS - 1] && !*failure->remedies[FAILURE_TEXTS - 1] &&
                reference_is_empty(&failure->references[FAILURE_REFERENCES - 1]);

    for (int i = 0; i < FAILURE_TEXTS; i++)
        fits = fits && FITS(failure->aliases[i]) && FITS(failure->causes[i]) && FITS(failure->remedies[i]);
    return fits;
}

static void every_text_and_list_fits_into_its_row(void **state)
{
    (void)state;
    for (size_t i = 0; i < failure_count; i++)
        if (!fits_into_its_row(&failures[i]))
            fail_msg("error %d has a text or a list that fills its room", failures[i].error);
}

static void failures_stand_by_their_names(void **state)
{
    (void)state;
    for (size_t i = 1; i < failure_count; i++)
        assert_true(strcmp(failures[i - 1].name, failures[i].name) < 0);
}

static void each_failure_has_a_meaning_causes_and_something_to_try(void **state)
{
    (void)state;
    for (size_t i = 0; i < failure_count; i++) {
        assert_true(strlen(failures[i].meaning) > 0);
        assert_non_null(failures[i].causes[0]);
        assert_non_null(failures[i].remedies[0]);
        assert_non_null(failures[i].references);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_text_and_list_fits_into_its_row),
        cmocka_unit_test(an_error_is_found_by_its_number_whatever_the_sign),
        cmocka_unit_test(an_error_is_found_by_its_name_its_number_and_its_words),
        cmocka_unit_test(failures_stand_by_their_names),
        cmocka_unit_test(each_failure_has_a_meaning_causes_and_something_to_try),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

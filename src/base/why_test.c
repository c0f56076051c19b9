#include "base/error.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static int forget(void **state)
{
    (void)state;
    base_words_release(base_words_slot());
    return 0;
}

static void nothing_failed_yet_means_no_words(void **state)
{
    (void)state;
    assert_string_equal(zoc_why(), "");
}

static void numbers_have_words(void **state)
{
    (void)state;
    assert_string_equal(zoc_error_text(-ECONNREFUSED), strerror(ECONNREFUSED));
    assert_string_equal(zoc_error_text(-ZOC_ENAME), "no such name");
    assert_string_equal(zoc_error_text(-ZOC_ENAMEFAIL), "the name servers gave no answer");
    assert_string_equal(zoc_error_text(-ZOC_ETRUNCATED), "the peer ended in the middle");
    assert_string_equal(zoc_error_text(-ZOC_EPROGRAM), "the program failed");
    assert_string_equal(zoc_error_text(-ZOC_EPROXY), "the proxy refused");
    assert_string_equal(zoc_error_text(-ZOC_ETLS), "TLS failed");
    assert_string_equal(zoc_error_text(-ZOC_ECERTIFICATE), "the certificate is refused");
}

static void each_level_puts_its_words_before_those_below(void **state)
{
    char expected[128];

    (void)state;
    assert_int_equal(zoc_fail(-ECONNREFUSED, "connect %s", "10.0.0.7"), -ECONNREFUSED);
    assert_int_equal(zoc_wrap(-ECONNREFUSED, "dial %s:%d", "db", 5432), -ECONNREFUSED);
    snprintf(expected, sizeof expected, "dial db:5432: connect 10.0.0.7: %s", strerror(ECONNREFUSED));
    assert_string_equal(zoc_why(), expected);
}

static void a_refusal_is_its_words_alone(void **state)
{
    (void)state;
    assert_int_equal(zoc_refuse(-EINVAL, "port '%s': not a number", "x"), -EINVAL);
    assert_string_equal(zoc_why(), "port 'x': not a number");
}

static void a_new_failure_replaces_the_words(void **state)
{
    (void)state;
    zoc_refuse(-EINVAL, "first");
    zoc_refuse(-EINVAL, "second");
    assert_string_equal(zoc_why(), "second");
}

static void a_wrap_of_no_words_tells_the_number(void **state)
{
    char expected[128];

    (void)state;
    zoc_wrap(-EPIPE, "write");
    snprintf(expected, sizeof expected, "write: %s", strerror(EPIPE));
    assert_string_equal(zoc_why(), expected);
}

static void the_words_so_far_may_be_an_argument(void **state)
{
    (void)state;
    zoc_refuse(-EINVAL, "inner");
    zoc_wrap(-EINVAL, "outer (%s)", zoc_why());
    assert_string_equal(zoc_why(), "outer (inner): inner");
    zoc_refuse(-EINVAL, "again: %s", zoc_why());
    assert_string_equal(zoc_why(), "again: outer (inner): inner");
}

static void words_at_the_limit_are_whole_and_longer_ones_are_cut(void **state)
{
    (void)state;
    zoc_refuse(-EINVAL, "%0*d", BASE_WORDS_MAX - 1, 7);
    assert_int_equal(strlen(zoc_why()), BASE_WORDS_MAX - 1);
    assert_string_equal(zoc_why() + BASE_WORDS_MAX - 5, "0007");
    zoc_refuse(-EINVAL, "%0*d", BASE_WORDS_MAX, 7);
    assert_int_equal(strlen(zoc_why()), BASE_WORDS_MAX - 1);
    assert_string_equal(zoc_why() + BASE_WORDS_MAX - 5, "0...");
    for (int i = 0; i < 3; i++) {
        zoc_wrap(-EINVAL, "level %d", i);
        assert_int_equal(strlen(zoc_why()), BASE_WORDS_MAX - 1);
    }
    assert_memory_equal(zoc_why(), "level 2: level 1: level 0: 0", 28);
    assert_string_equal(zoc_why() + BASE_WORDS_MAX - 4, "...");
}

static void a_cut_does_not_split_a_character(void **state)
{
    (void)state;
    zoc_refuse(-EINVAL, "%0*d%s", BASE_WORDS_MAX - 6, 7, "広場");
    assert_string_equal(zoc_why() + BASE_WORDS_MAX - 7, "7...");
}

/* A wide character that the C locale cannot write makes vsnprintf fail: words that cannot be built. */
static void words_that_cannot_be_built_leave_those_of_the_number(void **state)
{
    (void)state;
    zoc_refuse(-EINVAL, "before");
    assert_int_equal(zoc_fail(-ENOMEM, "%ls", L"\u5e83"), -ENOMEM);
    assert_string_equal(zoc_why(), strerror(ENOMEM));
    zoc_wrap(-ENOMEM, "outer");
    assert_memory_equal(zoc_why(), "outer: ", 7);
    assert_string_equal(zoc_why() + 7, strerror(ENOMEM));
}

static void *fail_on_a_thread(void *arg)
{
    (void)arg;
    assert_string_equal(zoc_why(), "");
    zoc_refuse(-EINVAL, "theirs");
    assert_string_equal(zoc_why(), "theirs");
    return NULL;
}

static void threads_have_words_of_their_own(void **state)
{
    pthread_t thread;

    (void)state;
    zoc_refuse(-EINVAL, "ours");
    assert_int_equal(pthread_create(&thread, NULL, fail_on_a_thread, NULL), 0);
    pthread_join(thread, NULL);
    assert_string_equal(zoc_why(), "ours");
}

static struct base_words other;

static struct base_words *other_slot(void)
{
    return &other;
}

static void a_hook_says_whose_words_are_meant(void **state)
{
    struct base_words *(*before)(void) = base_words_slot;

    (void)state;
    zoc_refuse(-EINVAL, "the thread's");
    base_words_slot = other_slot;
    assert_string_equal(zoc_why(), "");
    zoc_refuse(-EINVAL, "the fiber's");
    assert_string_equal(zoc_why(), "the fiber's");
    base_words_release(&other);
    base_words_slot = before;
    assert_string_equal(zoc_why(), "the thread's");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(nothing_failed_yet_means_no_words, forget),
        cmocka_unit_test_setup(numbers_have_words, forget),
        cmocka_unit_test_setup(each_level_puts_its_words_before_those_below, forget),
        cmocka_unit_test_setup(a_refusal_is_its_words_alone, forget),
        cmocka_unit_test_setup(a_new_failure_replaces_the_words, forget),
        cmocka_unit_test_setup(a_wrap_of_no_words_tells_the_number, forget),
        cmocka_unit_test_setup(the_words_so_far_may_be_an_argument, forget),
        cmocka_unit_test_setup(words_at_the_limit_are_whole_and_longer_ones_are_cut, forget),
        cmocka_unit_test_setup(a_cut_does_not_split_a_character, forget),
        cmocka_unit_test_setup(words_that_cannot_be_built_leave_those_of_the_number, forget),
        cmocka_unit_test_setup(threads_have_words_of_their_own, forget),
        cmocka_unit_test_setup_teardown(a_hook_says_whose_words_are_meant, forget, forget),
    };

    return cmocka_run_group_tests(tests, NULL, forget);
}

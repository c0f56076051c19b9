#include "tls/tls_sessions.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void put(unsigned number)
{
    char key[16];

    snprintf(key, sizeof key, "%u", number);
    tls_sessions_put(key, zoc_bytes_of(key));
}

/* Takes it, and says whether it was there. */
static bool has(unsigned number)
{
    char key[16];

    snprintf(key, sizeof key, "%u", number);
    zoc_bytes session = tls_sessions_take(key);
    bool found = session.data && session.size == strlen(key) && memcmp(session.data, key, session.size) == 0;
    free((char *)session.data);
    return found;
}

static void a_session_is_taken_once(void **state)
{
    (void)state;
    put(1);
    assert_true(has(1));
    assert_false(has(1));
    assert_false(has(2));
}

static void the_newest_of_a_key_stays(void **state)
{
    (void)state;
    tls_sessions_put("key", zoc_bytes_of("old"));
    tls_sessions_put("key", zoc_bytes_of("newer"));
    zoc_bytes session = tls_sessions_take("key");
    assert_int_equal(session.size, 5);
    assert_memory_equal(session.data, "newer", 5);
    free((char *)session.data);
    assert_null(tls_sessions_take("key").data);
}

static void beyond_the_bound_the_oldest_goes(void **state)
{
    (void)state;
    for (unsigned i = 0; i < TLS_SESSIONS_MAX; i++)
        put(i);
    put(0); /* is the newest again */
    put(TLS_SESSIONS_MAX);
    assert_false(has(1));
    assert_true(has(0));
    for (unsigned i = 2; i <= TLS_SESSIONS_MAX; i++)
        assert_true(has(i));
}

static void what_is_too_large_is_not_kept(void **state)
{
    char *large = calloc(1, TLS_SESSION_SIZE_MAX + 1);

    (void)state;
    tls_sessions_put("large", (zoc_bytes){ large, TLS_SESSION_SIZE_MAX + 1 });
    assert_null(tls_sessions_take("large").data);
    tls_sessions_put("large", (zoc_bytes){ large, TLS_SESSION_SIZE_MAX });
    zoc_bytes session = tls_sessions_take("large");
    assert_int_equal(session.size, TLS_SESSION_SIZE_MAX);
    free((char *)session.data);
    tls_sessions_put("empty", (zoc_bytes){ large, 0 });
    assert_null(tls_sessions_take("empty").data);
    free(large);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_is_taken_once),
        cmocka_unit_test(the_newest_of_a_key_stays),
        cmocka_unit_test(beyond_the_bound_the_oldest_goes),
        cmocka_unit_test(what_is_too_large_is_not_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "tls/tls_words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void alerts_have_names(void **state)
{
    (void)state;
    assert_string_equal(tls_alert_name(48), "unknown ca");
    assert_string_equal(tls_alert_name(116), "certificate required");
    assert_null(tls_alert_name(200));
}

/* Each beginning, however short, is as far as it goes. */
static void tls_looks_like_tls(void **state)
{
    static const char hello[] = "\x16\x03\x01\x02\x00\x01";

    (void)state;
    for (size_t i = 0; i <= sizeof hello - 1; i++)
        assert_true(tls_looks_right((zoc_bytes){ hello, i }));
    assert_true(tls_looks_right((zoc_bytes){ "\x15\x03\x03", 3 }));
    assert_false(tls_looks_right((zoc_bytes){ "\x16\x02", 2 }));
    assert_false(tls_looks_right((zoc_bytes){ "\x13", 1 }));
    assert_false(tls_looks_right((zoc_bytes){ "\x18\x03", 2 }));
    assert_false(tls_looks_right(zoc_bytes_of("G")));
}

static void what_else_it_may_be_is_guessed(void **state)
{
    (void)state;
    assert_string_equal(tls_looks_like(zoc_bytes_of("GET /")), "HTTP");
    assert_string_equal(tls_looks_like(zoc_bytes_of("HTTP/1.0")), "HTTP");
    assert_string_equal(tls_looks_like(zoc_bytes_of("SSH-2.0-")), "SSH");
    assert_string_equal(tls_looks_like(zoc_bytes_of("220 ")), "SMTP or FTP");
    assert_null(tls_looks_like(zoc_bytes_of("GE")));
    assert_null(tls_looks_like(zoc_bytes_of("")));
    assert_null(tls_looks_like(zoc_bytes_of("hello")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alerts_have_names),
        cmocka_unit_test(tls_looks_like_tls),
        cmocka_unit_test(what_else_it_may_be_is_guessed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

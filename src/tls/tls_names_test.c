#include "tls/tls_names.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static bool matches(const char *presented, const char *host)
{
    return tls_name_matches(zoc_bytes_of(presented), host);
}

static void a_name_is_the_same_in_either_case(void **state)
{
    (void)state;
    assert_true(matches("host.example", "host.example"));
    assert_true(matches("HOST.example", "host.EXAMPLE"));
    assert_false(matches("host.example", "xhost.example"));
    assert_false(matches("xhost.example", "host.example"));
    assert_false(matches("", ""));
    assert_false(tls_name_matches((zoc_bytes){ "host.example\0.evil", 18 }, "host.example"));
    assert_false(tls_name_matches((zoc_bytes){ "host.example\0", 13 }, "host.example"));
}

static void a_star_is_the_whole_first_label(void **state)
{
    (void)state;
    assert_true(matches("*.host.example", "a.host.example"));
    assert_true(matches("*.Host.example", "a.host.EXAMPLE"));
    assert_false(matches("*.host.example", "host.example"));
    assert_false(matches("*.host.example", ".host.example"));
    assert_false(matches("*.host.example", "a.b.host.example"));
    assert_false(matches("a*.host.example", "ab.host.example"));
    assert_false(matches("*a.host.example", "ba.host.example"));
    assert_false(matches("a.*.example", "a.b.example"));
    assert_false(matches("*.*.example", "a.b.example"));
    assert_false(matches("*.example", "a.example"));
    assert_false(matches("*", "example"));
    assert_false(matches("*.", "a."));
}

static void an_address_is_no_name(void **state)
{
    (void)state;
    assert_false(matches("10.0.0.1", "10.0.0.1"));
    assert_false(matches("*.0.0.1", "10.0.0.1"));
    assert_true(tls_is_ip("10.0.0.1"));
    assert_true(tls_is_ip("::1"));
    assert_false(tls_is_ip("host.example"));
    assert_false(tls_is_ip(""));
}

static void addresses_are_compared_as_bytes(void **state)
{
    static const char loopback6[16] = { [15] = 1 };

    (void)state;
    assert_true(tls_ip_matches((zoc_bytes){ "\x0a\0\0\1", 4 }, "10.0.0.1"));
    assert_false(tls_ip_matches((zoc_bytes){ "\x0a\0\0\2", 4 }, "10.0.0.1"));
    assert_false(tls_ip_matches((zoc_bytes){ "\x0a\0\0\1", 3 }, "10.0.0.1"));
    assert_true(tls_ip_matches((zoc_bytes){ loopback6, 16 }, "::1"));
    assert_true(tls_ip_matches((zoc_bytes){ loopback6, 16 }, "0:0:0:0:0:0:0:1"));
    assert_false(tls_ip_matches((zoc_bytes){ loopback6, 4 }, "::1"));
    assert_false(tls_ip_matches((zoc_bytes){ "\x0a\0\0\1", 4 }, "host.example"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_is_the_same_in_either_case),
        cmocka_unit_test(a_star_is_the_whole_first_label),
        cmocka_unit_test(an_address_is_no_name),
        cmocka_unit_test(addresses_are_compared_as_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "proxy/proxy.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <zocalo/error.h>

#include <cmocka.h>

static void expect_same(const char *got, const char *wanted)
{
    assert_true((got == NULL) == (wanted == NULL));
    if (wanted)
        assert_string_equal(got, wanted);
}

static void a_proxy_is_read_with_all_its_parts(void **state)
{
    static const struct {
        const char *url;
        struct proxy proxy;
    } good[] = {
        { "socks5://127.0.0.1:9050", { PROXY_SOCKS5, "127.0.0.1", 9050, NULL, NULL } },
        { "socks5h://proxy", { PROXY_SOCKS5, "proxy", 1080, NULL, NULL } },
        { "SOCKS5://proxy/", { PROXY_SOCKS5, "proxy", 1080, NULL, NULL } },
        { "socks4://ada@proxy", { PROXY_SOCKS4, "proxy", 1080, "ada", NULL } },
        { "socks4a://proxy:1", { PROXY_SOCKS4, "proxy", 1, NULL, NULL } },
        { "http://proxy", { PROXY_HTTP, "proxy", 3128, NULL, NULL } },
        { "http://proxy:8080/", { PROXY_HTTP, "proxy", 8080, NULL, NULL } },
        { "socks5://[::1]", { PROXY_SOCKS5, "::1", 1080, NULL, NULL } },
        { "http://[2001:db8::1]:8080", { PROXY_HTTP, "2001:db8::1", 8080, NULL, NULL } },
        { "socks5://:1080", { PROXY_SOCKS5, "", 1080, NULL, NULL } },
        { "socks5://ada:love@proxy:1080", { PROXY_SOCKS5, "proxy", 1080, "ada", "love" } },
        { "socks5://ada:@proxy", { PROXY_SOCKS5, "proxy", 1080, "ada", "" } },
        { "socks5://@proxy", { PROXY_SOCKS5, "proxy", 1080, NULL, NULL } },
        { "socks5://a:b:c@d@proxy", { PROXY_SOCKS5, "proxy", 1080, "a", "b:c@d" } },
        { "http://%61%64a:100%25%20%2F%2f%3a@proxy", { PROXY_HTTP, "proxy", 3128, "ada", "100% //:" } },
        { "socks5://a%3Ab:%C3%A9@proxy", { PROXY_SOCKS5, "proxy", 1080, "a:b", "\xc3\xa9" } },
    };

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct proxy proxy = { 0 };
        assert_int_equal(proxy_parse(good[i].url, &proxy), 0);
        assert_int_equal(proxy.kind, good[i].proxy.kind);
        assert_int_equal(proxy.port, good[i].proxy.port);
        expect_same(proxy.host, good[i].proxy.host);
        expect_same(proxy.user, good[i].proxy.user);
        expect_same(proxy.password, good[i].proxy.password);
        proxy_release(&proxy);
        assert_null(proxy.host);
        proxy_release(&proxy);
    }
}

static void everything_else_is_refused_in_one_line(void **state)
{
    static const struct {
        const char *url, *why;
    } bad[] = {
        { "proxy:1080", "a proxy begins with its scheme, such as 'socks5://' or 'http://'" },
        { "", "a proxy begins with its scheme, such as 'socks5://' or 'http://'" },
        { "https://proxy", "a proxy is not reached by https://, which needs TLS; by http:// it is" },
        { "ftp\n://proxy",
          "unknown scheme 'ftp\\n://' (known: socks4://, socks4a://, socks5://, socks5h://, http://)" },
        { "://proxy", "unknown scheme '://' (known: socks4://, socks4a://, socks5://, socks5h://, http://)" },
        { "socks://proxy", "unknown scheme 'socks://' (known: socks4://, socks4a://, socks5://, socks5h://, http://)" },
        { "socks5://", "the proxy's host is missing" },
        { "http:///", "the proxy's host is missing" },
        { "socks5://ada@", "the proxy's host is missing" },
        { "socks5://:secret@proxy", "a password without a user name" },
        { "socks4://ada:secret@proxy", "SOCKS 4 knows no password; socks5:// does" },
        { "http://a%3ab:secret@proxy", "a user name for HTTP has no ':'" },
        { "socks5://a%00b@proxy", "a user name and a password have no control characters" },
        { "socks5://a:%0d%0a@proxy", "a user name and a password have no control characters" },
        { "socks5://a\nb@proxy", "a user name and a password have no control characters" },
        { "socks5://100%:secret@proxy",
          "a percent sign in a user name or a password comes before two hexadecimal digits" },
        { "socks5://a:%@proxy", "a percent sign in a user name or a password comes before two hexadecimal digits" },
        { "socks5://a:%4@proxy", "a percent sign in a user name or a password comes before two hexadecimal digits" },
        { "socks5://a:%4g@proxy", "a percent sign in a user name or a password comes before two hexadecimal digits" },
        { "http://proxy/path", "endpoint 'proxy/path': character 6: '/' cannot stand in the name of a host" },
        { "http://a:secret@proxy:99999", "endpoint 'proxy:99999': character 7: port '99999' is over 65535" },
        { "http://[::1", "endpoint '[::1': character 1: '[' without ']'" },
        { "http://[proxy]",
          "endpoint '[proxy]': character 2: 'proxy' is not an IPv6 address; brackets are for these alone" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct proxy proxy = { .port = 7 };
        assert_int_equal(proxy_parse(bad[i].url, &proxy), -EINVAL);
        assert_string_equal(zoc_why(), bad[i].why);
        assert_int_equal(proxy.port, 7);
    }
}

static void a_login_has_a_bound(void **state)
{
    char word[PROXY_LOGIN_MAX + 2] = "";
    struct proxy proxy;

    (void)state;
    memset(word, 'w', PROXY_LOGIN_MAX);
    assert_int_equal(proxy_init(PROXY_SOCKS5, "proxy", word, word, &proxy), 0);
    proxy_release(&proxy);
    word[PROXY_LOGIN_MAX] = 'w';
    assert_int_equal(proxy_init(PROXY_SOCKS5, "proxy", word, NULL, &proxy), -EINVAL);
    assert_string_equal(zoc_why(), "a user name and a password have at most 255 bytes");
    assert_int_equal(proxy_init(PROXY_SOCKS5, "proxy", "ada", word, &proxy), -EINVAL);
}

static void parts_are_taken_as_they_are(void **state)
{
    struct proxy proxy;

    (void)state;
    assert_int_equal(proxy_init(PROXY_HTTP, "[::1]:3129", "a%20b", NULL, &proxy), 0);
    assert_string_equal(proxy.host, "::1");
    assert_int_equal(proxy.port, 3129);
    assert_string_equal(proxy.user, "a%20b");
    assert_null(proxy.password);
    proxy_release(&proxy);
    assert_int_equal(proxy_init(PROXY_SOCKS4, "proxy", NULL, NULL, &proxy), 0);
    assert_int_equal(proxy.port, 1080);
    proxy_release(&proxy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_proxy_is_read_with_all_its_parts),
        cmocka_unit_test(everything_else_is_refused_in_one_line),
        cmocka_unit_test(a_login_has_a_bound),
        cmocka_unit_test(parts_are_taken_as_they_are),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "base/base64.h"
#include "proxy/testing.h"

static const struct proxy plain = { .kind = PROXY_HTTP, .host = "127.0.0.1", .port = 3128 };
static const struct proxy named = {
    .kind = PROXY_HTTP, .host = "127.0.0.1", .port = 3128, .user = "Aladdin", .password = "open sesame"
};

#define CONNECT "CONNECT example.org:80 HTTP/1.1\r\nHost: example.org:80\r\n"
#define ASK     BYTES(CONNECT "\r\n")

/* --- what is granted ------------------------------------------------------------------------------ */

static void every_2xx_grants(void)
{
    static const struct exchange bare[] = { { ASK, BYTES("HTTP/1.1 200 \r\n\r\n") }, LAST };
    static const struct exchange fields[] = {
        { ASK, BYTES("HTTP/1.0 200 Connection established\r\nContent-Length: 5\r\n\tmore: \0\r\n\r\n") }, LAST
    };
    static const struct exchange lazy[] = { { ASK, BYTES("HTTP/1.1 204\nVia: a\n\n") }, LAST };

    testing_granted(&plain, "example.org", 80, bare);
    testing_granted(&plain, "example.org", 80, fields);
    testing_granted(&plain, "example.org", 80, lazy);
    testing_cut_off(&plain, "example.org", 80, fields);
}

static void interim_answers_are_read_over(void)
{
    static const struct exchange steps[] = {
        { ASK, BYTES("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: <x>\r\n\r\nHTTP/1.1 299 Fine\r\n\r\n") },
        LAST,
    };

    testing_granted(&plain, "example.org", 80, steps);
    testing_cut_off(&plain, "example.org", 80, steps);
}

static void ip6_stands_in_brackets(void)
{
    static const struct exchange steps[] = {
        { BYTES("CONNECT [2001:db8::1]:443 HTTP/1.1\r\nHost: [2001:db8::1]:443\r\n\r\n"),
          BYTES("HTTP/1.1 200 OK\r\n\r\n") },
        LAST,
    };

    testing_granted(&plain, "2001:db8::1", 443, steps);
}

/* RFC 7617 section 2. */
static void a_login_is_sent_with_the_request(void)
{
    static const struct exchange with[] = {
        { BYTES(CONNECT "Proxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n"),
          BYTES("HTTP/1.1 200 OK\r\n\r\n") },
        LAST,
    };
    static const struct exchange without[] = {
        { BYTES(CONNECT "Proxy-Authorization: Basic QWxhZGRpbjo=\r\n\r\n"), BYTES("HTTP/1.1 200 OK\r\n\r\n") }, LAST
    };
    struct proxy proxy = named;

    testing_granted(&named, "example.org", 80, with);
    proxy.password = NULL;
    testing_granted(&proxy, "example.org", 80, without);
}

static void the_longest_login_fits(void)
{
    char word[PROXY_LOGIN_MAX + 1] = "", login[2 * sizeof word], text[BASE64_TEXT(sizeof login)], asked[1024];
    struct proxy proxy = named;

    memset(word, 'w', PROXY_LOGIN_MAX);
    proxy.user = proxy.password = word;
    snprintf(login, sizeof login, "%s:%s", word, word);
    base64_encode(zoc_bytes_of(login), text);
    int size = snprintf(asked, sizeof asked, CONNECT "Proxy-Authorization: Basic %s\r\n\r\n", text);
    const struct exchange steps[] = { { { asked, (size_t)size }, BYTES("HTTP/1.1 200 OK\r\n\r\n") }, LAST };
    assert_int_equal(testing_ask(&proxy, "example.org", 80, (struct script){ .steps = steps, .split = AT_ONCE }), 0);
}

/* --- what is refused ------------------------------------------------------------------------------ */

static void the_status_and_its_reason_are_shown(void)
{
    static const struct {
        zoc_bytes answer;
        int error;
        const char *why;
    } refusals[] = {
        { BYTES("HTTP/1.1 403 Forbidden\r\n"), -ZOC_EPROXY, "403 Forbidden" },
        { BYTES("HTTP/1.1 401 Unauthorized\r\n"), -ZOC_EPROXY, "401 Unauthorized" },
        { BYTES("HTTP/1.1 500\r\n"), -EHOSTUNREACH, "500" },
        { BYTES("HTTP/1.1 501\r\n"), -ZOC_EPROXY, "501" },
        { BYTES("HTTP/1.0 502 Bad Gateway\r\n"), -EHOSTUNREACH, "502 Bad Gateway" },
        { BYTES("HTTP/1.1 503 Service Unavailable\r\n"), -EHOSTUNREACH, "503 Service Unavailable" },
        { BYTES("HTTP/1.1 504 Gateway Timeout\r\n"), -ETIMEDOUT, "504 Gateway Timeout" },
        { BYTES("HTTP/1.1 302 \x1b[2J\0\xff\r\n"), -ZOC_EPROXY, "302 \\e[2J\\x00\\xff" },
        { BYTES("HTTP/1.1 101 Switching Protocols\r\n"), -ZOC_EPROXY, "101 Switching Protocols" },
        { BYTES("HTTP/1.1 999 \r\n"), -ZOC_EPROXY, "999 " },
    };
    char why[256];

    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        const struct exchange steps[] = { { ASK, refusals[i].answer }, LAST };
        snprintf(why, sizeof why, "refused to connect to 'example.org' port 80: %s", refusals[i].why);
        testing_refused(&plain, "example.org", 80, steps, refusals[i].error, why);
    }
}

static void a_login_that_is_refused_or_missing_is_the_proxys_refusal(void)
{
    static const zoc_bytes answer = BYTES("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
    const struct exchange missing[] = { { ASK, answer }, LAST };
    const struct exchange wrong[] = {
        { BYTES(CONNECT "Proxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n"), answer }, LAST
    };
    const struct exchange as_a_server[] = { { wrong[0].asked, BYTES("HTTP/1.1 401 Unauthorized\r\n") }, LAST };

    testing_refused(&plain, "example.org", 80, missing, -ZOC_EPROXY,
                    "it wants a user name and a password, and has none from us");
    testing_refused(&named, "example.org", 80, wrong, -ZOC_EPROXY, "it refused the user name and the password");
    testing_refused(&named, "example.org", 80, as_a_server, -ZOC_EPROXY, "it refused the user name and the password");
}

static void what_is_not_http_is_no_answer(void)
{
    static const struct {
        zoc_bytes answer;
        const char *shown;
    } answers[] = {
        { BYTES("SSH-2.0-OpenSSH\r\n"), "SSH-2.0-OpenSSH" },
        { BYTES("\r\n"), "" },
        { BYTES("\0\x5b\0\n"), "\\x00[\\x00" },
        { BYTES("HTTP/1.1 200\r\r\n"), "HTTP/1.1 200\\r" },
        { BYTES("HTTP/1.1 2000 OK\r\n"), "HTTP/1.1 2000 OK" },
        { BYTES("HTTP/1.1 20 OK\r\n"), "HTTP/1.1 20 OK" },
        { BYTES("HTTP/1.1  200 OK\r\n"), "HTTP/1.1  200 OK" },
        { BYTES("HTTP/2 200 OK\r\n"), "HTTP/2 200 OK" },
        { BYTES("HTTP/2.0 200 OK\r\n"), "HTTP/2.0 200 OK" },
        { BYTES("http/1.1 200 OK\r\n"), "http/1.1 200 OK" },
        { BYTES("HTTP/1.1 099 Low\r\n"), "HTTP/1.1 099 Low" },
        { BYTES("HTTP/1.1 100 Go\r\n\r\n\r\n"), "" },
    };
    char why[256];

    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        const struct exchange steps[] = { { ASK, answers[i].answer }, LAST };
        snprintf(why, sizeof why, "what it answers is not HTTP: '%s'", answers[i].shown);
        testing_refused(&plain, "example.org", 80, steps, -ZOC_EPROXY, why);
    }
}

/* An answer of so many bytes, in which only the empty line at its end is short. */
static int ask_with_header(size_t size)
{
    static const char head[] = "HTTP/1.1 200 OK\r\nX: ";
    zoc_stream *one, *other;
    char *answer = malloc(size);

    memset(answer, 'x', size);
    memcpy(answer, head, sizeof head - 1);
    memcpy(answer + size - 4, "\r\n\r\n", 4);
    assert_int_equal(zoc_stream_pair(&one, &other), 0);
    assert_int_equal(zoc_write(other, answer, size), size);
    assert_int_equal(zoc_shut(other), 0);
    int result = proxy_ask(&plain, one, "example.org", 80);
    if (result == 0)
        testing_expect_end(one);
    zoc_close(one);
    zoc_close(other);
    free(answer);
    return result;
}

static void a_header_has_a_bound(void)
{
    assert_int_equal(ask_with_header(16384), 0);
    assert_int_equal(ask_with_header(16385), -ZOC_EPROXY);
    assert_string_equal(zoc_why(), "proxy 127.0.0.1:3128: its answer is longer than 16384 bytes");
}

static int go_on_for_ever(void *arg)
{
    static const char interim[] = "HTTP/1.1 100 Continue\r\n\r\n";

    while (zoc_write(arg, interim, sizeof interim - 1) > 0)
        ;
    zoc_close(arg);
    return 0;
}

static void interim_answers_count_for_the_bound(void)
{
    ZOC_GROUP(group);
    zoc_stream *one, *other;

    assert_int_equal(zoc_stream_pair(&one, &other), 0);
    assert_int_equal(zoc_go(&group, go_on_for_ever, other), 0);
    assert_int_equal(proxy_ask(&plain, one, "example.org", 80), -ZOC_EPROXY);
    zoc_close(one);
    assert_int_equal(zoc_group_wait(&group), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_NET(every_2xx_grants),
        ON_NET(interim_answers_are_read_over),
        ON_NET(ip6_stands_in_brackets),
        ON_NET(a_login_is_sent_with_the_request),
        ON_NET(the_longest_login_fits),
        ON_NET(the_status_and_its_reason_are_shown),
        ON_NET(a_login_that_is_refused_or_missing_is_the_proxys_refusal),
        ON_NET(what_is_not_http_is_no_answer),
        ON_NET(a_header_has_a_bound),
        ON_NET(interim_answers_count_for_the_bound),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

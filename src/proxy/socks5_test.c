#include "proxy/testing.h"

static const struct proxy plain = { .kind = PROXY_SOCKS5, .host = "127.0.0.1", .port = 1080 };
static const struct proxy named = {
    .kind = PROXY_SOCKS5, .host = "127.0.0.1", .port = 1080, .user = "ada", .password = "love:lace"
};

#define HELLO  BYTES("\5\1\0")
#define LOGIN  BYTES("\5\2\0\2")
#define SECRET BYTES("\1\3ada\x9love:lace")
#define OPEN   BYTES("\5\0")
#define ASK_NAME        \
    BYTES("\5\1\0\3\xb" \
          "example.org\0\x50")
#define BOUND_IP4 BYTES("\5\0\0\1\x7f\0\0\1\x12\x34")

/* --- what is granted ------------------------------------------------------------------------------ */

static void a_name_goes_to_the_proxy(void)
{
    static const struct exchange steps[] = { { HELLO, OPEN }, { ASK_NAME, BOUND_IP4 }, LAST };

    testing_granted(&plain, "example.org", 80, steps);
    testing_cut_off(&plain, "example.org", 80, steps);
}

static void addresses_go_as_they_are(void)
{
    static const struct exchange ip4[] = { { HELLO, OPEN }, { BYTES("\5\1\0\1\xc0\0\2\1\x1f\x90"), BOUND_IP4 }, LAST };
    static const struct exchange ip6[] = { { HELLO, OPEN },
                                           { BYTES("\5\1\0\4\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\1\0\x50"), BOUND_IP4 },
                                           LAST };

    testing_granted(&plain, "192.0.2.1", 8080, ip4);
    testing_granted(&plain, "2001:db8::1", 80, ip6);
}

static void the_address_in_the_answer_may_be_of_any_kind(void)
{
    static const struct exchange ip6[] = { { HELLO, OPEN },
                                           { ASK_NAME, BYTES("\5\0\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\x12\x34") },
                                           LAST };
    static const struct exchange name[] = { { HELLO, OPEN }, { ASK_NAME, BYTES("\5\0\0\3\5proxy\x12\x34") }, LAST };
    static const struct exchange no_name[] = { { HELLO, OPEN }, { ASK_NAME, BYTES("\5\0\0\3\0\x12\x34") }, LAST };

    testing_granted(&plain, "example.org", 80, ip6);
    testing_granted(&plain, "example.org", 80, name);
    testing_granted(&plain, "example.org", 80, no_name);
    testing_cut_off(&plain, "example.org", 80, ip6);
    testing_cut_off(&plain, "example.org", 80, name);
}

static void the_longest_names_fit(void)
{
    char host[ZOC_HOST_MAX + 1] = "", ask[5 + ZOC_HOST_MAX + 2] = "\5\1\0\3\xfd", bound[5 + 255 + 2] = "\5\0\0\3\xff";

    memset(host, 'h', ZOC_HOST_MAX);
    memset(ask + 5, 'h', ZOC_HOST_MAX);
    ask[sizeof ask - 1] = 7;
    const struct exchange steps[] = { { HELLO, OPEN }, { { ask, sizeof ask }, { bound, sizeof bound } }, LAST };
    const struct script script = { .steps = steps, .split = AT_ONCE, .follows = BYTES("echo") };
    assert_int_equal(testing_ask(&plain, host, 7, script), 0);
}

/* --- who asks ------------------------------------------------------------------------------------- */

static void a_user_logs_in_when_the_proxy_wants_it(void)
{
    static const struct exchange wanted[] = {
        { LOGIN, BYTES("\5\2") }, { SECRET, BYTES("\1\0") }, { ASK_NAME, BOUND_IP4 }, LAST
    };
    static const struct exchange unwanted[] = { { LOGIN, OPEN }, { ASK_NAME, BOUND_IP4 }, LAST };

    testing_granted(&named, "example.org", 80, wanted);
    testing_cut_off(&named, "example.org", 80, wanted);
    testing_granted(&named, "example.org", 80, unwanted);
}

static void a_user_may_have_no_password(void)
{
    static const struct exchange steps[] = {
        { LOGIN, BYTES("\5\2") }, { BYTES("\1\3ada\0"), BYTES("\1\0") }, { ASK_NAME, BOUND_IP4 }, LAST
    };
    struct proxy proxy = named;

    proxy.password = NULL;
    testing_granted(&proxy, "example.org", 80, steps);
}

static void the_longest_login_fits(void)
{
    char word[PROXY_LOGIN_MAX + 1] = "", login[1 + 2 * 256] = { 1, (char)255, [257] = (char)255 };
    struct proxy proxy = named;

    memset(word, 'w', PROXY_LOGIN_MAX);
    memset(login + 2, 'w', PROXY_LOGIN_MAX);
    memset(login + 258, 'w', PROXY_LOGIN_MAX);
    proxy.user = proxy.password = word;
    const struct exchange steps[] = {
        { LOGIN, BYTES("\5\2") }, { { login, sizeof login }, BYTES("\1\0") }, { ASK_NAME, BOUND_IP4 }, LAST
    };
    assert_int_equal(testing_ask(&proxy, "example.org", 80, (struct script){ .steps = steps, .split = AT_ONCE }), 0);
}

static void a_login_that_is_refused_or_missing_is_the_proxys_refusal(void)
{
    static const struct exchange wrong[] = { { LOGIN, BYTES("\5\2") }, { SECRET, BYTES("\1\1") }, LAST };
    static const struct exchange missing[] = { { HELLO, BYTES("\5\xff") }, LAST };
    static const struct exchange other[] = { { LOGIN, BYTES("\5\xff") }, LAST };

    testing_refused(&named, "h", 80, wrong, -ZOC_EPROXY, "it refused the user name and the password");
    testing_refused(&plain, "h", 80, missing, -ZOC_EPROXY, "it wants a user name and a password, and has none from us");
    testing_refused(&named, "h", 80, other, -ZOC_EPROXY,
                    "it takes neither nobody's word nor a user name and a password");
}

/* --- what is refused ------------------------------------------------------------------------------ */

static void every_code_has_words(void)
{
    static const struct {
        uint8_t code;
        int error;
        const char *why;
    } codes[] = {
        { 1, -ZOC_EPROXY, "general failure of the proxy" },
        { 2, -ZOC_EPROXY, "a rule of the proxy forbids it" },
        { 3, -ENETUNREACH, "Network is unreachable" },
        { 4, -EHOSTUNREACH, "No route to host" },
        { 5, -ECONNREFUSED, "Connection refused" },
        { 6, -ETIMEDOUT, "the time to live of its packets ended on the way" },
        { 7, -ZOC_EPROXY, "the proxy does not make connections" },
        { 8, -ZOC_EPROXY, "the proxy does not know addresses of that kind" },
        { 9, -ZOC_EPROXY, "code 9, which its protocol does not know" },
        { 255, -ZOC_EPROXY, "code 255, which its protocol does not know" },
    };
    char why[256];

    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        char answer[10] = { 5, (char)codes[i].code, 0, 1 };
        const struct exchange steps[] = { { HELLO, OPEN }, { ASK_NAME, { answer, sizeof answer } }, LAST };
        snprintf(why, sizeof why, "refused to connect to 'example.org' port 80: %s", codes[i].why);
        testing_refused(&plain, "example.org", 80, steps, codes[i].error, why);
    }
}

static void a_refusal_may_end_after_its_code(void)
{
    static const struct exchange steps[] = { { HELLO, OPEN }, { ASK_NAME, BYTES("\5\5") }, LAST };

    testing_refused(&plain, "example.org", 80, steps, -ECONNREFUSED,
                    "refused to connect to 'example.org' port 80: Connection refused");
}

static void what_is_not_socks_5_is_no_answer(void)
{
    static const struct exchange hello[] = { { HELLO, BYTES("HTTP/1.1 400 Bad Request\r\n\r\n") }, LAST };
    static const struct exchange method[] = { { HELLO, BYTES("\5\2") }, LAST }; /* which was not offered */
    static const struct exchange gssapi[] = { { LOGIN, BYTES("\5\1") }, LAST };
    static const struct exchange login[] = { { LOGIN, BYTES("\5\2") }, { SECRET, BYTES("\5\0") }, LAST };
    static const struct exchange answer[] = { { HELLO, OPEN }, { ASK_NAME, BYTES("\4\0\0\1\0\0\0\0\0\0") }, LAST };
    static const struct exchange type[] = { { HELLO, OPEN }, { ASK_NAME, BYTES("\5\0\0\2\0\0\0\0\0\0") }, LAST };
    static const char words[] = "what it answers is not SOCKS 5";

    testing_refused(&plain, "example.org", 80, hello, -ZOC_EPROXY, words);
    testing_refused(&plain, "example.org", 80, method, -ZOC_EPROXY, words);
    testing_refused(&named, "example.org", 80, gssapi, -ZOC_EPROXY, words);
    testing_refused(&named, "example.org", 80, login, -ZOC_EPROXY, words);
    testing_refused(&plain, "example.org", 80, answer, -ZOC_EPROXY, words);
    testing_refused(&plain, "example.org", 80, type, -ZOC_EPROXY, words);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_NET(a_name_goes_to_the_proxy),
        ON_NET(addresses_go_as_they_are),
        ON_NET(the_address_in_the_answer_may_be_of_any_kind),
        ON_NET(the_longest_names_fit),
        ON_NET(a_user_logs_in_when_the_proxy_wants_it),
        ON_NET(a_user_may_have_no_password),
        ON_NET(the_longest_login_fits),
        ON_NET(a_login_that_is_refused_or_missing_is_the_proxys_refusal),
        ON_NET(every_code_has_words),
        ON_NET(a_refusal_may_end_after_its_code),
        ON_NET(what_is_not_socks_5_is_no_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "proxy/testing.h"

static const struct proxy plain = { .kind = PROXY_SOCKS4, .host = "127.0.0.1", .port = 1080 };
static const struct proxy named = { .kind = PROXY_SOCKS4, .host = "127.0.0.1", .port = 1080, .user = "ada" };

#define GRANTED "\0\x5a\x12\x34\x7f\0\0\1"

static void an_address_goes_as_socks_4_has_it(void)
{
    static const struct exchange steps[] = { { BYTES("\4\1\0\x50\xc0\0\2\1\0"), BYTES(GRANTED) }, LAST };

    testing_granted(&plain, "192.0.2.1", 80, steps);
    testing_cut_off(&plain, "192.0.2.1", 80, steps);
}

static void a_name_goes_to_the_proxy_after_the_user(void)
{
    static const struct exchange steps[] = { { BYTES("\4\1\x1f\x90\0\0\0\1ada\0example.org\0"), BYTES(GRANTED) },
                                             LAST };

    testing_granted(&named, "example.org", 8080, steps);
}

static void the_longest_user_and_name_fit(void)
{
    char user[PROXY_LOGIN_MAX + 1] = "", host[ZOC_HOST_MAX + 1] = "", asked[8 + sizeof user + sizeof host] = "\4\1\0\7";
    struct proxy proxy = named;

    memset(user, 'u', PROXY_LOGIN_MAX);
    memset(host, 'h', ZOC_HOST_MAX);
    proxy.user = user;
    asked[7] = 1;
    memcpy(asked + 8, user, sizeof user);
    memcpy(asked + 8 + sizeof user, host, sizeof host);
    const struct exchange steps[] = { { { asked, sizeof asked }, BYTES(GRANTED) }, LAST };
    assert_int_equal(testing_ask(&proxy, host, 7, (struct script){ .steps = steps, .split = AT_ONCE }), 0);
}

static void every_code_has_words(void)
{
    static const struct {
        uint8_t code;
        int error;
        const char *why;
    } codes[] = {
        { 91, -ECONNREFUSED, "rejected or failed" },
        { 92, -ZOC_EPROXY, "it wants to ask an ident service on this machine, and finds none" },
        { 93, -ZOC_EPROXY, "the ident service on this machine says another user" },
        { 0, -ZOC_EPROXY, "code 0, which its protocol does not know" },
        { 255, -ZOC_EPROXY, "code 255, which its protocol does not know" },
    };
    char why[256];

    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        char answer[8] = { 0, (char)codes[i].code };
        const struct exchange steps[] = { { BYTES("\4\1\0\x50\0\0\0\1\0h\0"), { answer, sizeof answer } }, LAST };
        snprintf(why, sizeof why, "refused to connect to 'h' port 80: %s", codes[i].why);
        testing_refused(&plain, "h", 80, steps, codes[i].error, why);
    }
}

static void another_protocol_is_no_answer(void)
{
    static const struct exchange steps[] = { { BYTES("\4\1\0\x50\0\0\0\1\0h\0"), BYTES("HTTP/1.1 400 Bad\r\n\r\n") },
                                             LAST };

    testing_refused(&plain, "h", 80, steps, -ZOC_EPROXY, "what it answers is not SOCKS 4");
}

static void ip6_is_refused_before_anything_is_sent(void)
{
    static const struct exchange none[] = { LAST };

    assert_int_equal(testing_ask(&plain, "2001:db8::1", 80, (struct script){ .steps = none }), -EINVAL);
    assert_string_equal(zoc_why(), "SOCKS 4 does not reach IPv6 addresses, such as '2001:db8::1'; socks5:// does");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_NET(an_address_goes_as_socks_4_has_it), ON_NET(a_name_goes_to_the_proxy_after_the_user),
        ON_NET(the_longest_user_and_name_fit),     ON_NET(every_code_has_words),
        ON_NET(another_protocol_is_no_answer),     ON_NET(ip6_is_refused_before_anything_is_sent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

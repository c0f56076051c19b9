#include "net/endpoint.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <zocalo/error.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define DIGITS       "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define PIN          "sha256:" DIGITS

static zoc_endpoint *parse(const char *text)
{
    zoc_endpoint *endpoint = NULL;

    if (zoc_endpoint_parse(text, &endpoint) < 0)
        fail_msg("%s", zoc_why());
    return endpoint;
}

/* Text that is accepted, and how it is printed. */
struct good {
    const char *text, *printed;
};

#define SAME(text) \
    {              \
        text, text \
    }

static void assert_prints(const char *text, const char *printed)
{
    zoc_endpoint *endpoint = parse(text);
    char *again = zoc_endpoint_text(endpoint);

    assert_string_equal(again, printed);
    free(again);
    zoc_endpoint_free(endpoint);
}

static void assert_good(const struct good *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        assert_prints(cases[i].text, cases[i].printed);
        assert_prints(cases[i].printed, cases[i].printed);
    }
}

/* Text that is refused, and the words after "endpoint 'TEXT': ". */
struct bad {
    const char *text, *wrong;
};

static void assert_bad(const struct bad *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        zoc_endpoint *endpoint = NULL;
        if (zoc_endpoint_parse(cases[i].text, &endpoint) != -EINVAL)
            fail_msg("'%s' was not refused", cases[i].text);
        if (strstr(zoc_why(), cases[i].wrong) == NULL)
            fail_msg("'%s' was refused with: %s", cases[i].text, zoc_why());
    }
}

/* "tls://:1,NAME=" and so many of a byte; valid until the next call. */
static const char *padded(const char *before, char byte, size_t size)
{
    static char text[2 * ZOC_ENDPOINT_MAX];
    size_t start = strlen(before);

    memcpy(text, before, start);
    memset(text + start, byte, size);
    text[start + size] = '\0';
    return text;
}

static bool is_accepted(const char *text)
{
    zoc_endpoint *endpoint = NULL;
    int result = zoc_endpoint_parse(text, &endpoint);

    zoc_endpoint_free(endpoint);
    return result == 0;
}

/* --- what is accepted ----------------------------------------------------------------------------- */

static void what_nobody_gives_has_its_default(void **state)
{
    zoc_endpoint *endpoint = parse("tls://:443");
    const zoc_tls_options *options = &endpoint->options.tls;

    (void)state;
    assert_int_equal(endpoint->scheme, ZOC_TLS);
    assert_string_equal(endpoint->host, "");
    assert_int_equal(endpoint->port, 443);
    assert_null(options->files);
    assert_int_equal(options->file_count, 0);
    assert_null(options->ca);
    assert_null(options->pin);
    assert_null(options->sni);
    assert_null(options->alpn);
    assert_int_equal(options->version, 0);
    assert_false(options->insecure);
    assert_false(zoc_endpoint_has_datagrams(endpoint));
    assert_true(zoc_endpoint_can_listen(endpoint));
    zoc_endpoint_free(endpoint);
}

static void every_option_reaches_its_field(void **state)
{
    zoc_endpoint *endpoint = parse("tls://h:1,ca=a.pem,cert=c.pem,key=k.pem,sni=n,alpn=h2:http/1.1,version=1.2");
    const zoc_tls_options *options = &endpoint->options.tls;

    (void)state;
    assert_string_equal(options->ca, "a.pem");
    assert_int_equal(options->file_count, 1);
    assert_string_equal(options->files[0].certificate, "c.pem");
    assert_string_equal(options->files[0].key, "k.pem");
    assert_string_equal(options->sni, "n");
    assert_string_equal(options->alpn, "h2:http/1.1");
    assert_int_equal(options->version, 12);
    zoc_endpoint_free(endpoint);

    endpoint = parse("tls://h:1,pin=" PIN ",version=1.3");
    assert_string_equal(endpoint->options.tls.pin, PIN);
    assert_int_equal(endpoint->options.tls.version, 13);
    zoc_endpoint_free(endpoint);

    endpoint = parse("tls://h:1,insecure");
    assert_true(endpoint->options.tls.insecure);
    zoc_endpoint_free(endpoint);
}

static void what_tcp_takes_tls_takes_as_well(void **state)
{
    static const struct good cases[] = {
        SAME("tls://h:1,bind=:5,4,connect-timeout=1s,timeout=2s,keepalive,nodelay,reuseport,debug,rcvbuf=1,sndbuf=1,"
             "or-free,ttl=1,min-ttl=1,tos=0,backlog=1"),
        SAME("tls://[::1]:1,6"),
        SAME("listen:tls://:0"),
        { "tls://h:https", "tls://h:443" },
    };

    (void)state;
    assert_good(cases, COUNT(cases));
}

static void options_of_tls_are_printed_in_one_order(void **state)
{
    static const struct good cases[] = {
        SAME("tls://h:1,ca=a,cert=c,key=k,sni=n,alpn=h2,version=1.3"),
        { "tls://h:1,version=1.3,alpn=h2,sni=n,cert=c,key=k,ca=a",
          "tls://h:1,ca=a,cert=c,key=k,sni=n,alpn=h2,version=1.3" },
        SAME("tls://h:1,sni=n,insecure"),
        SAME("tls://h:1,timeout=1s,pin=" PIN),
    };

    (void)state;
    assert_good(cases, COUNT(cases));
}

static void a_certificate_keeps_its_key_beside_it(void **state)
{
    static const struct good cases[] = {
        SAME("tls://:1,cert=a,key=b,cert=c,key=d"),
        SAME("tls://:1,cert=a,cert=c,key=d,cert=e"),
        { "tls://:1,cert=a,nodelay,key=b", "tls://:1,nodelay,cert=a,key=b" },
    };

    (void)state;
    assert_good(cases, COUNT(cases));
}

static void commas_and_backslashes_of_files_are_escaped(void **state)
{
    static const struct good cases[] = {
        SAME("tls://:1,ca=a\\,b,cert=c\\\\\\,,key=\\,"),
        SAME("tls://:1,cert=a=b"),
        SAME("tls://:1,alpn=a\\,b:c"),
    };
    zoc_endpoint *endpoint = parse("tls://:1,ca=/a\\,b\\\\c,nodelay");

    (void)state;
    assert_string_equal(endpoint->options.tls.ca, "/a,b\\c");
    assert_true(endpoint->options.nodelay);
    zoc_endpoint_free(endpoint);
    assert_good(cases, COUNT(cases));
}

static void a_pin_is_written_in_one_way(void **state)
{
    static const struct good cases[] = {
        { "tls://:1,pin=sha256:00112233445566778899AABBCCDDEEFF00112233445566778899aabbccddeeff", "tls://:1,pin=" PIN },
        { "tls://:1,pin=sha256:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:"
          "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF",
          "tls://:1,pin=" PIN },
        { "tls://:1,pin=sha256:0011:22334455:66778899aabbccddeeff00112233445566778899aabbccddeeff",
          "tls://:1,pin=" PIN },
    };

    (void)state;
    assert_good(cases, COUNT(cases));
}

/* --- what is refused ------------------------------------------------------------------------------ */

static void a_malformed_option_is_refused(void **state)
{
    static const struct bad cases[] = {
        { "tls://:1,pin=" DIGITS, "character 14: '0011" },
        { "tls://:1,pin=md5:" DIGITS, "is not 'sha256:' and 64 hexadecimal digits" },
        { "tls://:1,pin=sha256:", "'sha256:' is not 'sha256:' and 64 hexadecimal digits" },
        { "tls://:1,pin=" PIN "0", "is not 'sha256:' and 64 hexadecimal digits" },
        { "tls://:1,pin=" PIN ":", "is not 'sha256:' and 64 hexadecimal digits" },
        { "tls://:1,pin=sha256:0:0112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
          "is not 'sha256:' and 64 hexadecimal digits" },
        { "tls://:1,pin=sha256:00::112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
          "is not 'sha256:' and 64 hexadecimal digits" },
        { "tls://:1,pin=sha256::00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
          "is not 'sha256:' and 64 hexadecimal digits" },
        { "tls://:1,pin=sha256:g0112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
          "is not 'sha256:' and 64 hexadecimal digits" },
        { "tls://:1,version=1.1", "character 18: unknown version '1.1' (known: 1.2, 1.3)" },
        { "tls://:1,alpn=:h2",
          "character 15: ':h2' is not names of 1 to 255 bytes with ':' between, as 'h2:http/1.1'" },
        { "tls://:1,alpn=h2:", "'h2:' is not names of 1 to 255 bytes" },
        { "tls://:1,alpn=a::b", "'a::b' is not names of 1 to 255 bytes" },
        { "tls://:1,sni=a b", "character 15: ' ' cannot stand in the name of a host" },
        { "tls://:1,ca=a\\b", "character 14: a '\\' in a path is written '\\\\', and a comma '\\,'" },
        { "tls://:1,ca", "character 12: option 'ca' needs a value: 'ca=FILE'" },
        { "tls://:1,cert=", "option 'cert' needs a value: 'cert=FILE'" },
        { "tls://:1,insecure=1", "option 'insecure' takes no value" },
    };

    (void)state;
    assert_bad(cases, COUNT(cases));
}

static void a_key_without_its_certificate_is_refused(void **state)
{
    static const struct bad cases[] = {
        { "tls://:1,key=k", "character 14: a 'key=' belongs to the 'cert=' before it, and that one is missing" },
        { "tls://:1,key=k,cert=c", "character 14: a 'key=' belongs to the 'cert=' before it, and that one is missing" },
        { "tls://:1,cert=c,key=k,key=l",
          "character 27: a 'key=' belongs to the 'cert=' before it, and that one has its key" },
    };

    (void)state;
    assert_bad(cases, COUNT(cases));
}

static void what_is_given_once_is_refused_the_second_time(void **state)
{
    static const struct bad cases[] = {
        { "tls://:1,ca=a,ca=a", "option 'ca' is given twice" },
        { "tls://:1,pin=" PIN ",pin=" PIN, "option 'pin' is given twice" },
        { "tls://:1,sni=a,sni=a", "option 'sni' is given twice" },
        { "tls://:1,alpn=a,alpn=b", "option 'alpn' is given twice" },
        { "tls://:1,version=1.2,version=1.3", "option 'version' is given twice" },
        { "tls://:1,insecure,insecure", "option 'insecure' is given twice" },
    };

    (void)state;
    assert_bad(cases, COUNT(cases));
}

static void ways_to_trust_that_contradict_one_another_are_refused(void **state)
{
    static const struct bad cases[] = {
        { "tls://:1,insecure,ca=a", "character 19: 'insecure' trusts whoever answers, so 'ca=' says nothing" },
        { "tls://:1,ca=a,insecure", "character 15: 'insecure' trusts whoever answers, so 'ca=' says nothing" },
        { "tls://:1,insecure,pin=" PIN, "'insecure' trusts whoever answers, so 'pin=' says nothing" },
        { "tls://:1,pin=" PIN ",ca=a", "'pin=' trusts that key alone, so 'ca=' says nothing" },
    };

    (void)state;
    assert_bad(cases, COUNT(cases));
}

static void options_of_tls_belong_to_tls_alone(void **state)
{
    static const struct bad cases[] = {
        { "tcp://:1,ca=a", "'tcp://' has no option 'ca'" },
        { "tcp://:1,cert=a", "'tcp://' has no option 'cert'" },
        { "udp://:1,insecure", "'udp://' has no option 'insecure'" },
        { "unix:s,sni=a", "'unix:' has no option 'sni'" },
        { "tls://:1,broadcast", "'tls://' has no option 'broadcast'" },
        { "tls://:1,mode=0600", "'tls://' has no option 'mode'" },
        { "fd:3,pin=" PIN, "'fd:' has no option 'pin'" },
    };

    (void)state;
    assert_bad(cases, COUNT(cases));
}

static void a_name_has_at_most_its_limit(void **state)
{
    (void)state;
    assert_true(is_accepted(padded("tls://:1,alpn=", 'a', 255)));
    assert_false(is_accepted(padded("tls://:1,alpn=", 'a', 256)));
    assert_true(is_accepted(padded("tls://:1,alpn=b:", 'a', 255)));
    assert_false(is_accepted(padded("tls://:1,alpn=b:", 'a', 256)));
    assert_true(is_accepted(padded("tls://:1,sni=", 'a', ZOC_HOST_MAX)));
    assert_false(is_accepted(padded("tls://:1,sni=", 'a', ZOC_HOST_MAX + 1)));
}

/* --- roles ---------------------------------------------------------------------------------------- */

static void assert_misplaced(int (*check)(const zoc_endpoint *), const char *text, const char *words)
{
    zoc_endpoint *endpoint = parse(text);

    assert_int_equal(check(endpoint), -EINVAL);
    assert_string_equal(zoc_why(), words);
    zoc_endpoint_free(endpoint);
}

static void assert_fits(int (*check)(const zoc_endpoint *), const char *text)
{
    zoc_endpoint *endpoint = parse(text);

    if (check(endpoint) < 0)
        fail_msg("%s", zoc_why());
    zoc_endpoint_free(endpoint);
}

static void options_of_who_connects_are_refused_when_listening(void **state)
{
    (void)state;
    assert_misplaced(endpoint_check_listen, "tls://:1,sni=a", "option 'sni=' says nothing when listening");
    assert_misplaced(endpoint_check_listen, "tls://:1,pin=" PIN, "option 'pin=' says nothing when listening");
    assert_misplaced(endpoint_check_listen, "tls://:1,insecure", "option 'insecure' says nothing when listening");
    assert_misplaced(endpoint_check_listen, "tls://:1,bind=:1", "option 'bind=' says nothing when listening");
    assert_fits(endpoint_check_listen, "tls://:1,cert=a,key=b,cert=c,ca=d,alpn=e,version=1.3");
}

static void who_connects_shows_one_certificate(void **state)
{
    (void)state;
    assert_misplaced(endpoint_check_dial, "tls://:1,cert=a,cert=b",
                     "who connects shows one certificate, and 'cert=' is given 2 times");
    assert_misplaced(endpoint_check_dial, "tls://:1,backlog=1", "option 'backlog=' says nothing when connecting");
    assert_fits(endpoint_check_dial, "tls://:1,cert=a,key=b,ca=d,alpn=e,version=1.3,sni=f");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_nobody_gives_has_its_default),
        cmocka_unit_test(every_option_reaches_its_field),
        cmocka_unit_test(what_tcp_takes_tls_takes_as_well),
        cmocka_unit_test(options_of_tls_are_printed_in_one_order),
        cmocka_unit_test(a_certificate_keeps_its_key_beside_it),
        cmocka_unit_test(commas_and_backslashes_of_files_are_escaped),
        cmocka_unit_test(a_pin_is_written_in_one_way),
        cmocka_unit_test(a_malformed_option_is_refused),
        cmocka_unit_test(a_key_without_its_certificate_is_refused),
        cmocka_unit_test(what_is_given_once_is_refused_the_second_time),
        cmocka_unit_test(ways_to_trust_that_contradict_one_another_are_refused),
        cmocka_unit_test(options_of_tls_belong_to_tls_alone),
        cmocka_unit_test(a_name_has_at_most_its_limit),
        cmocka_unit_test(options_of_who_connects_are_refused_when_listening),
        cmocka_unit_test(who_connects_shows_one_certificate),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

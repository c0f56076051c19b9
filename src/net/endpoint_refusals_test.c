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

#define SCHEMES      "tcp://, udp://, tls://, unix:, fifo:, file:, exec:, fd:, -"
#define TCP_OPTIONS                                                                                                    \
    "bind=, 4, 6, connect-timeout=, timeout=, keepalive, nodelay, reuseport, debug, rcvbuf=, sndbuf=, or-free, ttl=, " \
    "min-ttl=, tos=, backlog="

#define FIFO_OPTIONS "connect-timeout=, timeout=, mode=, dir="
#define FILE_OPTIONS "timeout=, mode=, dir=, append"

static zoc_endpoint *parse(const char *text)
{
    zoc_endpoint *endpoint = NULL;

    if (zoc_endpoint_parse(text, &endpoint) < 0)
        fail_msg("%s", zoc_why());
    return endpoint;
}

/* Text that is refused, and the words after "endpoint 'TEXT': ". */
struct bad {
    const char *text, *wrong;
};

static void assert_refused(const char *text, const char *quoted, const char *wrong)
{
    zoc_endpoint *endpoint = NULL;
    char words[1024];

    if (zoc_endpoint_parse(text, &endpoint) != -EINVAL)
        fail_msg("'%s' was not refused", text);
    assert_null(endpoint);
    snprintf(words, sizeof(words), "endpoint '%s': %s", quoted, wrong);
    assert_string_equal(zoc_why(), words);
}

static void assert_bad(const struct bad *cases, size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_refused(cases[i].text, cases[i].text, cases[i].wrong);
}

/* A string of `size` times that byte, with words before and after it; valid until the next call. */
static const char *padded(const char *before, char byte, size_t size, const char *after)
{
    static char text[2 * ZOC_ENDPOINT_MAX];
    size_t start = strlen(before);

    assert_true(start + size + strlen(after) < sizeof(text));
    strcpy(text, before);
    memset(text + start, byte, size);
    strcpy(text + start + size, after);
    return text;
}

/* --- what is refused ------------------------------------------------------------------------------ */

static void what_is_no_endpoint_at_all_gets_a_hint(void **state)
{
    static const struct bad cases[] = {
        { "", "character 1: nothing here: give HOST:PORT, a path with a '/', or a scheme (known: " SCHEMES ")" },
        { "listen:", "character 8: nothing here: give HOST:PORT, a path with a '/', or a scheme (known: " SCHEMES ")" },
        { ",4", "character 1: nothing here: give HOST:PORT, a path with a '/', or a scheme (known: " SCHEMES ")" },
        { "localhost", "character 10: a port is missing: 'localhost:PORT'" },
        { "listen:localhost", "character 17: a port is missing: 'localhost:PORT'" },
        { "localhost,4", "character 10: a port is missing: 'localhost:PORT'" },
        { "8080", "character 1: a port alone is written ':8080'" },
        { "99999", "character 6: a port is missing: '99999:PORT'" },
        { "@name", "character 1: an abstract name needs its scheme: 'unix:@name'" },
        { "tcp://", "character 7: a port is missing: ':PORT'" },
        { "tcp:80", "character 5: '//' is missing: 'tcp://HOST:PORT'" },
        { "udp:/x", "character 5: '//' is missing: 'udp://HOST:PORT'" },
        { "listen:listen::80", "character 8: a second 'listen:'; one is enough" },
        { "listen:-", "character 8: '-' cannot be listened on; take 'listen:' away" },
        { "listen:fifo:p", "character 8: 'fifo:' cannot be listened on; take 'listen:' away" },
        { "listen:file:f", "character 8: 'file:' cannot be listened on; take 'listen:' away" },
        { "listen:exec:cat", "character 8: 'exec:' cannot be listened on; take 'listen:' away" },
    };

    (void)state;
    assert_bad(cases, COUNT(cases));
}

static void an_unknown_scheme_is_refused_with_the_known_ones(void **state)
{
    static const struct bad cases[] = {
        { "ssl://localhost:443", "character 1: unknown scheme 'ssl' (known: " SCHEMES ")" },
        { "listen:ws://:80/chat", "character 8: unknown scheme 'ws' (known: " SCHEMES ")" },
        { "TCP://:80", "character 1: unknown scheme 'TCP' (known: " SCHEMES ")" },
        { "pipe:/tmp/x", "character 1: unknown scheme 'pipe' (known: " SCHEMES ")" },
        { "pipe:cat", "character 6: unknown service 'cat'; give a number from 0 to 65535, a name in /etc/services, "
                      "or begin with a scheme (known: " SCHEMES ")" },
    };

    (void)state;
    assert_bad(cases, COUNT(cases));
}

static void a_malformed_host_is_refused(void **state)
{
    static const struct bad cases[] = {
        { "tcp://[::1:80", "character 7: '[' without ']'" },
        { "tcp://[]:80", "character 8: '' is not an IPv6 address; brackets are for these alone" },
        { "tcp://[localhost]:80", "character 8: 'localhost' is not an IPv6 address; brackets are for these alone" },
        { "tcp://[127.0.0.1]:80", "character 8: '127.0.0.1' is not an IPv6 address; brackets are for these alone" },
        { "tcp://[fe80::1%]:80", "character 8: 'fe80::1%' is not an IPv6 address; brackets are for these alone" },
        { "tcp://[fe80::1%longer-than-any-name]:80",
          "character 8: 'fe80::1%longer-than-any-name' is not an IPv6 address; brackets are for these alone" },
        { "tcp://[::1]80", "character 12: after ']' comes ':PORT', not '80'" },
        { "tcp://[::1]", "character 12: a port is missing: '[::1]:PORT'" },
        { "::1:80", "character 1: an IPv6 address stands in brackets: '[::1]:80'" },
        { "fe80::1", "character 1: an IPv6 address stands in brackets: '[fe80::1]:PORT'" },
        { "tcp://2001:db8::5:80,4", "character 7: an IPv6 address stands in brackets: '[2001:db8::5]:80'" },
        { "tcp://a:b:80", "character 10: a second ':'; an IPv6 address stands in brackets: '[ADDRESS]:PORT'" },
        { "tcp://a b:80", "character 8: ' ' cannot stand in the name of a host" },
        { "tcp://a/b:80", "character 8: '/' cannot stand in the name of a host" },
        { "tcp://a]:80", "character 8: ']' cannot stand in the name of a host" },
    };

    (void)state;
    assert_bad(cases, COUNT(cases));
}

static void control_characters_are_refused_in_a_host_and_escaped_in_the_words(void **state)
{
    (void)state;
    assert_refused("tcp://a\nb:80", "tcp://a\\nb:80", "character 8: '\\n' cannot stand in the name of a host");
    assert_refused("tcp://\x7f:80", "tcp://\\x7f:80", "character 7: '\\x7f' cannot stand in the name of a host");
    assert_refused("tcp://:80,\x1b[1m", "tcp://:80,\\e[1m",
                   "character 11: unknown option '\\e[1m' (known: " TCP_OPTIONS ")");
}

static void a_malformed_port_is_refused(void **state)
{
    static const struct bad cases[] = {
        { "localhost:", "character 11: a port is missing after ':'" },
        { "tcp://[::1]:", "character 13: a port is missing after ':'" },
        { "tcp://:65536", "character 8: port '65536' is over 65535" },
        { "tcp://:99999999999999999999999", "character 8: port '99999999999999999999999' is over 65535" },
        { "tcp://:-1", "character 8: unknown service '-1'; give a number from 0 to 65535 or a name in /etc/services" },
        { "tcp://:0x50",
          "character 8: unknown service '0x50'; give a number from 0 to 65535 or a name in /etc/services" },
        { "tcp://:80/path",
          "character 8: unknown service '80/path'; give a number from 0 to 65535 or a name in /etc/services" },
        { "tcp://:tftp",
          "character 8: unknown service 'tftp'; give a number from 0 to 65535 or a name in /etc/services" },
    };

    (void)state;
    assert_bad(cases, COUNT(cases));
}

static void a_malformed_path_or_descriptor_is_refused(void **state)
{
    static const struct bad cases[] = {
        { "unix:", "character 6: a path is missing" },
        { "unix:,mode=0600", "character 6: a path is missing" },
        { "unix:@", "character 7: a name is missing after '@'" },
        { "fifo:", "character 6: a path is missing" },
        { "file:,append", "character 6: a path is missing" },
        { "exec:", "character 6: a command is missing" },
        { "fd:", "character 4: '' is not the number of a descriptor, as in 'fd:3'" },
        { "fd:-1", "character 4: '-1' is not the number of a descriptor, as in 'fd:3'" },
        { "fd:3x", "character 4: '3x' is not the number of a descriptor, as in 'fd:3'" },
        { "fd:2147483648", "character 4: '2147483648' is not the number of a descriptor, as in 'fd:3'" },
    };

    (void)state;
    assert_bad(cases, COUNT(cases));
    assert_refused("unix:a\\b", "unix:a\\\\b", "character 7: a '\\' in a path is written '\\\\', and a comma '\\,'");
    assert_refused("unix:a\\", "unix:a\\\\", "character 7: a '\\' in a path is written '\\\\', and a comma '\\,'");
}

static void an_unknown_or_foreign_option_is_refused_with_the_known_ones(void **state)
{
    static const struct bad cases[] = {
        { "tcp://:80,nodely", "character 11: unknown option 'nodely' (known: " TCP_OPTIONS ")" },
        { "tcp://:80,nodely=1", "character 11: unknown option 'nodely' (known: " TCP_OPTIONS ")" },
        { "tcp://:80,,4", "character 11: an option is missing after ',' (known: " TCP_OPTIONS ")" },
        { "tcp://:80,", "character 11: an option is missing after ',' (known: " TCP_OPTIONS ")" },
        { "tcp://:80,4,mode=0600", "character 13: 'tcp://' has no option 'mode' (known: " TCP_OPTIONS ")" },
        { "udp://:80,nodelay", "character 11: 'udp://' has no option 'nodelay' (known: bind=, 4, 6, connect-timeout=, "
                               "timeout=, reuseport, broadcast, debug, rcvbuf=, sndbuf=, or-free, ttl=, "
                               "min-ttl=, tos=)" },
        { "unix:/s,ttl=1",
          "character 9: 'unix:' has no option 'ttl' (known: bind=, connect-timeout=, timeout=, or-free, "
          "backlog=, mode=, type=)" },
        { "tcp://:80,dir=in", "character 11: 'tcp://' has no option 'dir' (known: " TCP_OPTIONS ")" },
        { "unix:/s,append",
          "character 9: 'unix:' has no option 'append' (known: bind=, connect-timeout=, timeout=, or-free, "
          "backlog=, mode=, type=)" },
        { "fifo:p,append", "character 8: 'fifo:' has no option 'append' (known: " FIFO_OPTIONS ")" },
        { "fifo:p,type=dgram", "character 8: 'fifo:' has no option 'type' (known: " FIFO_OPTIONS ")" },
        { "file:f,connect-timeout=1s",
          "character 8: 'file:' has no option 'connect-timeout' (known: " FILE_OPTIONS ")" },
        { "./s,ttl=1", "character 5: a path has no option 'ttl' (known: connect-timeout=, timeout=, or-free, backlog=, "
                       "mode=, type=, dir=, append)" },
        { "fd:3,4", "character 6: 'fd:' has no option '4' (known: timeout=)" },
        { "-,4", "character 3: '-' has no option '4' (known: timeout=)" },
    };

    (void)state;
    assert_bad(cases, COUNT(cases));
}

static void a_malformed_option_is_refused(void **state)
{
    static const struct bad cases[] = {
        { "tcp://:80,nodelay=1", "character 18: option 'nodelay' takes no value" },
        { "tcp://:80,nodelay=", "character 18: option 'nodelay' takes no value" },
        { "tcp://:80,ttl", "character 14: option 'ttl' needs a value: 'ttl=N'" },
        { "tcp://:80,ttl=", "character 14: option 'ttl' needs a value: 'ttl=N'" },
        { "tcp://:80,bind=,4", "character 15: option 'bind' needs a value: 'bind=ADDRESS'" },
        { "tcp://:80,ttl=0", "character 15: '0' is not a number from 1 to 255" },
        { "tcp://:80,ttl=256", "character 15: '256' is not a number from 1 to 255" },
        { "tcp://:80,tos=256", "character 15: '256' is not a number from 0 to 255" },
        { "tcp://:80,tos=-1", "character 15: '-1' is not a number from 0 to 255" },
        { "tcp://:80,backlog=0", "character 19: '0' is not a number from 1 to 65535" },
        { "tcp://:80,backlog=65536", "character 19: '65536' is not a number from 1 to 65535" },
        { "unix:s,mode=08", "character 13: '08' is not a mode in octal digits, as '0660'" },
        { "unix:s,mode=10000", "character 13: '10000' is not a mode in octal digits, as '0660'" },
        { "unix:@s,mode=0600", "character 9: an abstract name has no file, so no 'mode'" },
        { "unix:s,type=raw", "character 13: unknown type 'raw' (known: stream, dgram, seqpacket)" },
        { "fifo:p,dir=up", "character 12: unknown direction 'up' (known: in, out)" },
        { "fifo:p,dir=", "character 11: option 'dir' needs a value: 'dir=in|out'" },
        { "file:f,append=1", "character 14: option 'append' takes no value" },
        { "file:f,append,dir=in", "character 15: 'append' writes, and 'dir=in' reads" },
        { "./f,dir=in,append", "character 12: 'append' writes, and 'dir=in' reads" },
        { "tcp://:80,timeout=5", "character 19: '5' is not a duration, as '500ms', '30s' or '5m'" },
        { "tcp://:80,timeout=-5s", "character 19: '-5s' is not a duration, as '500ms', '30s' or '5m'" },
        { "tcp://:80,timeout=9223372036854775808ns",
          "character 19: '9223372036854775808ns' is not a duration, as '500ms', '30s' or '5m'" },
        { "tcp://:80,bind=[::1", "character 16: '[' without ']'" },
        { "tcp://:80,bind=a:99999", "character 18: port '99999' is over 65535" },
        { "tcp://:80,bind=:", "character 17: a port is missing after ':'" },
        { "tcp://:80,4,nodelay,4", "character 21: option '4' is given twice" },
        { "tcp://:80,ttl=1,ttl=1", "character 17: option 'ttl' is given twice" },
        { "tcp://:80,4,6", "character 13: options '4' and '6' exclude each other; leave both out for both" },
        { "tcp://:80,6,4", "character 13: options '4' and '6' exclude each other; leave both out for both" },
    };

    (void)state;
    assert_bad(cases, COUNT(cases));
}

/* --- limits --------------------------------------------------------------------------------------- */

static void assert_accepted(const char *text)
{
    zoc_endpoint_free(parse(text));
}

static void assert_why_has(const char *text, const char *part)
{
    zoc_endpoint *endpoint = NULL;

    assert_int_equal(zoc_endpoint_parse(text, &endpoint), -EINVAL);
    assert_null(endpoint);
    if (strstr(zoc_why(), part) == NULL)
        fail_msg("'%s' is not in: %s", part, zoc_why());
}

static void a_text_has_at_most_its_limit(void **state)
{
    (void)state;
    assert_accepted(padded("tcp://:", '0', ZOC_ENDPOINT_MAX - 7, ""));
    assert_why_has(padded("tcp://:", '0', ZOC_ENDPOINT_MAX - 6, ""), "character 1025: longer than 1024 bytes");
}

static void a_host_has_at_most_its_limit(void **state)
{
    (void)state;
    assert_accepted(padded("tcp://", 'h', ZOC_HOST_MAX, ":80"));
    assert_why_has(padded("tcp://", 'h', ZOC_HOST_MAX + 1, ":80"),
                   "character 260: the name of a host has at most 253 bytes");
    assert_why_has(padded("tcp://:1,bind=", 'h', ZOC_HOST_MAX + 1, ""),
                   "character 268: the name of a host has at most 253 bytes");
}

static void a_path_fits_into_its_address(void **state)
{
    (void)state;
    assert_accepted(padded("unix:", 'p', 107, ""));
    assert_why_has(padded("unix:", 'p', 108, ""), "character 6: 108 bytes of path, and a socket has room for 107");
    assert_accepted(padded("unix:@", 'p', 107, ""));
    assert_why_has(padded("unix:@", 'p', 108, ""), "character 7: 108 bytes of path, and a socket has room for 107");
    assert_accepted(padded("unix:\\\\", 'p', 106, ""));
    assert_why_has(padded("unix:\\\\", 'p', 107, ""), "108 bytes of path");
}

static void only_the_path_of_a_socket_has_to_fit(void **state)
{
    zoc_endpoint *endpoint = parse(padded("./", 'p', 106, ""));

    (void)state;
    assert_accepted(padded("fifo:", 'p', ZOC_ENDPOINT_MAX - 5, ""));
    assert_accepted(padded("file:", 'p', ZOC_ENDPOINT_MAX - 5, ""));
    assert_int_equal(endpoint_settle(endpoint, ZOC_FILE), 0);
    assert_int_equal(endpoint_settle(endpoint, ZOC_UNIX), -EINVAL);
    assert_string_equal(zoc_why(), "108 bytes of path, and a socket has room for 107");
    zoc_endpoint_free(endpoint);

    endpoint = parse(padded("./", 'p', 105, ""));
    assert_int_equal(endpoint_settle(endpoint, ZOC_UNIX), 0);
    zoc_endpoint_free(endpoint);
}

/* --- what a path turns out to be ------------------------------------------------------------------ */

static void options_that_do_not_fit_what_a_path_is_are_refused(void **state)
{
    static const struct {
        const char *text;
        zoc_scheme scheme;
        const char *words;
    } cases[] = {
        { "./p,dir=in", ZOC_UNIX,
          "'unix:' has no option 'dir' (known: bind=, connect-timeout=, timeout=, or-free, backlog=, mode=, type=)" },
        { "./p,append", ZOC_FIFO, "'fifo:' has no option 'append' (known: " FIFO_OPTIONS ")" },
        { "./p,type=dgram", ZOC_FILE, "'file:' has no option 'type' (known: " FILE_OPTIONS ")" },
        { "./p,connect-timeout=1s", ZOC_FILE, "'file:' has no option 'connect-timeout' (known: " FILE_OPTIONS ")" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        zoc_endpoint *endpoint = parse(cases[i].text);

        assert_int_equal(endpoint_settle(endpoint, cases[i].scheme), -EINVAL);
        assert_string_equal(zoc_why(), cases[i].words);
        zoc_endpoint_free(endpoint);
    }
}

static void a_refusal_of_a_long_text_still_says_what_is_wrong(void **state)
{
    (void)state;
    assert_why_has(padded("tcp://:80,", '\x01', 900, ""), "(known: " TCP_OPTIONS ")");
}

/* --- two arguments ------------------------------------------------------------------------------- */

static void a_malformed_pair_is_refused(void **state)
{
    static const struct {
        const char *host, *port, *words;
    } cases[] = {
        { "localhost:80", "90",
          "endpoint 'tcp://localhost:80:90': character 19: a second ':'; an IPv6 address stands "
          "in brackets: '[ADDRESS]:PORT'" },
        { "localhost", "", "endpoint 'tcp://localhost:': character 17: a port is missing after ':'" },
        { "/run/socket", "80", "endpoint 'tcp:///run/socket:80': character 7: '/' cannot stand in the name of a host" },
        { "unix:/run/socket", "80", "endpoint 'unix:/run/socket': character 1: 'unix:' takes no port: leave out '80'" },
        { "exec:cat", "80", "endpoint 'exec:cat': character 1: 'exec:' takes no port: leave out '80'" },
        { "listen:fd:3", "80", "endpoint 'listen:fd:3': character 8: 'fd:' takes no port: leave out '80'" },
        { "-", "80", "endpoint '-': character 1: '-' takes no port: leave out '80'" },
        { "ws://h", "80", "endpoint 'ws://h:80': character 1: unknown scheme 'ws' (known: " SCHEMES ")" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        zoc_endpoint *endpoint = NULL;

        assert_int_equal(zoc_endpoint_parse_pair(cases[i].host, cases[i].port, &endpoint), -EINVAL);
        assert_null(endpoint);
        assert_string_equal(zoc_why(), cases[i].words);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_endpoint_at_all_gets_a_hint),
        cmocka_unit_test(an_unknown_scheme_is_refused_with_the_known_ones),
        cmocka_unit_test(a_malformed_host_is_refused),
        cmocka_unit_test(control_characters_are_refused_in_a_host_and_escaped_in_the_words),
        cmocka_unit_test(a_malformed_port_is_refused),
        cmocka_unit_test(a_malformed_path_or_descriptor_is_refused),
        cmocka_unit_test(an_unknown_or_foreign_option_is_refused_with_the_known_ones),
        cmocka_unit_test(a_malformed_option_is_refused),
        cmocka_unit_test(a_text_has_at_most_its_limit),
        cmocka_unit_test(a_host_has_at_most_its_limit),
        cmocka_unit_test(a_path_fits_into_its_address),
        cmocka_unit_test(only_the_path_of_a_socket_has_to_fit),
        cmocka_unit_test(options_that_do_not_fit_what_a_path_is_are_refused),
        cmocka_unit_test(a_refusal_of_a_long_text_still_says_what_is_wrong),
        cmocka_unit_test(a_malformed_pair_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

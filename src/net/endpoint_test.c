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

static zoc_endpoint *parse(const char *text)
{
    zoc_endpoint *endpoint = NULL;

    if (zoc_endpoint_parse(text, &endpoint) < 0)
        fail_msg("%s", zoc_why());
    return endpoint;
}

static void assert_prints(const zoc_endpoint *endpoint, const char *text)
{
    char *printed = zoc_endpoint_text(endpoint);

    assert_non_null(printed);
    assert_string_equal(printed, text);
    free(printed);
}

/* Text that is accepted, and how it is printed. */
struct good {
    const char *text, *printed;
};

#define SAME(text) \
    {              \
        text, text \
    }

static void assert_good(const struct good *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *printed = cases[i].printed;
        zoc_endpoint *endpoint = parse(cases[i].text), *again = parse(printed);

        assert_prints(endpoint, printed);
        assert_prints(again, printed);
        zoc_endpoint_free(endpoint);
        zoc_endpoint_free(again);
    }
}

/* --- what is accepted ----------------------------------------------------------------------------- */

static void what_nobody_gives_has_its_default(void **state)
{
    zoc_endpoint *endpoint = parse("tcp://localhost:80");
    const zoc_endpoint_options *options = &endpoint->options;

    (void)state;
    assert_int_equal(endpoint->scheme, ZOC_TCP);
    assert_false(endpoint->listens);
    assert_string_equal(endpoint->host, "localhost");
    assert_int_equal(endpoint->port, 80);
    assert_null(endpoint->path);
    assert_null(options->bind);
    assert_false(options->only4 || options->only6 || options->keepalive || options->nodelay || options->reuseport ||
                 options->or_free);
    assert_int_equal(options->connect_timeout, 0);
    assert_int_equal(options->timeout, 0);
    assert_int_equal(options->ttl, 0);
    assert_int_equal(options->tos, -1);
    assert_int_equal(options->backlog, 0);
    assert_int_equal(options->mode, -1);
    zoc_endpoint_free(endpoint);
}

static void every_option_reaches_its_field(void **state)
{
    zoc_endpoint *endpoint = parse("listen:udp://[::1]:0,bind=[::1]:7,6,connect-timeout=1.5s,timeout=5m,reuseport,"
                                   "or-free,ttl=64,tos=0");
    const zoc_endpoint_options *options = &endpoint->options;

    (void)state;
    assert_int_equal(endpoint->scheme, ZOC_UDP);
    assert_true(endpoint->listens);
    assert_string_equal(endpoint->host, "::1");
    assert_string_equal(options->bind, "[::1]:7");
    assert_true(options->only6 && options->reuseport && options->or_free);
    assert_int_equal(options->connect_timeout, 1500 * ZOC_MILLISECOND);
    assert_int_equal(options->timeout, 5 * ZOC_MINUTE);
    assert_int_equal(options->ttl, 64);
    assert_int_equal(options->tos, 0);
    zoc_endpoint_free(endpoint);

    endpoint = parse("tcp://:1,4,keepalive,nodelay,backlog=16");
    assert_true(endpoint->options.only4 && endpoint->options.keepalive && endpoint->options.nodelay);
    assert_int_equal(endpoint->options.backlog, 16);
    zoc_endpoint_free(endpoint);

    endpoint = parse("unix:/s,mode=0660,type=dgram");
    assert_int_equal(endpoint->options.mode, 0660);
    assert_int_equal(endpoint->type, SOCK_DGRAM);
    zoc_endpoint_free(endpoint);
}

static void hosts_and_ports_are_read(void **state)
{
    static const struct good cases[] = {
        SAME("tcp://localhost:80"),
        SAME("udp://10.0.0.1:0"),
        SAME("tcp://:65535"),
        SAME("tcp://[::1]:80"),
        SAME("tcp://[fe80::1%eth0]:80"),
        SAME("tcp://[fe80::1%2]:80"),
        SAME("tcp://[::ffff:1.2.3.4]:80"),
        SAME("tcp://z\xc3\xb3"
             "calo.example:80"),
        { "localhost:80", "tcp://localhost:80" },
        { "[::1]:80", "tcp://[::1]:80" },
        { ":80", "tcp://:80" },
        { "-dash:80", "tcp://-dash:80" },
        { "host.example:ssh", "tcp://host.example:22" },
        { "udp://:tftp", "udp://:69" },
        { "tcp://:00080", "tcp://:80" },
        { "listen::80", "listen:tcp://:80" },
        SAME("listen:tcp://:80"),
    };

    (void)state;
    assert_good(cases, COUNT(cases));
}

static void unix_paths_are_read(void **state)
{
    static const struct good cases[] = {
        SAME("unix:/run/socket"), SAME("unix:socket"),
        SAME("unix:a b"),         SAME("unix:a:80"),
        SAME("unix:@name"),       SAME("unix:@@"),
        SAME("unix:./@name"),     SAME("unix:a\\,b"),
        SAME("unix:a\\\\"),       SAME("unix:\\\\\\,,mode=0600"),
        { "@a/b", "unix:@a/b" },
    };

    (void)state;
    assert_good(cases, COUNT(cases));
}

static void escapes_are_taken_out_of_a_path(void **state)
{
    zoc_endpoint *endpoint = parse("unix:a\\,b\\\\c");

    (void)state;
    assert_string_equal(endpoint->path, "a,b\\c");
    assert_false(endpoint->abstract);
    assert_int_equal(endpoint->type, SOCK_STREAM);
    assert_null(endpoint->host);
    zoc_endpoint_free(endpoint);

    endpoint = parse("unix:@a\\,b");
    assert_string_equal(endpoint->path, "a,b");
    assert_true(endpoint->abstract);
    zoc_endpoint_free(endpoint);
}

static void a_bare_path_stays_one(void **state)
{
    static const struct good cases[] = {
        SAME("/run/socket"),
        { "./a\\,b,mode=600", "./a\\,b,mode=0600" },
        SAME("10:20/30"),
        SAME("-/x"),
        SAME("a/@b"),
        SAME("listen:./socket"),
        { "./s,append,type=dgram,dir=out,backlog=5,connect-timeout=1s",
          "./s,connect-timeout=1s,backlog=5,type=dgram,dir=out,append" },
    };
    zoc_endpoint *endpoint = parse("./s,type=dgram");

    (void)state;
    assert_int_equal(endpoint->scheme, ZOC_PATH);
    assert_string_equal(endpoint->path, "./s");
    assert_true(zoc_endpoint_has_datagrams(endpoint));
    zoc_endpoint_free(endpoint);

    endpoint = parse("./s");
    assert_int_equal(endpoint->type, SOCK_STREAM);
    assert_false(zoc_endpoint_has_datagrams(endpoint));
    zoc_endpoint_free(endpoint);
    assert_good(cases, COUNT(cases));
}

static void a_path_is_settled_as_what_it_is(void **state)
{
    zoc_endpoint *endpoint = parse("./p,mode=0600");

    (void)state;
    assert_int_equal(endpoint_settle(endpoint, ZOC_FIFO), 0);
    assert_prints(endpoint, "fifo:./p,mode=0600");
    zoc_endpoint_free(endpoint);

    endpoint = parse("./p,type=seqpacket,backlog=3");
    assert_int_equal(endpoint_settle(endpoint, ZOC_UNIX), 0);
    assert_prints(endpoint, "unix:./p,backlog=3,type=seqpacket");
    zoc_endpoint_free(endpoint);
}

static void pipes_and_files_are_read(void **state)
{
    static const struct good cases[] = {
        SAME("fifo:/tmp/p"),     SAME("fifo:p,dir=in"),
        SAME("fifo:@p,dir=out"), SAME("fifo:p,connect-timeout=1s,timeout=2s,mode=0660,dir=out"),
        SAME("file:a\\,b"),      SAME("file:a,timeout=2s,mode=0644,dir=out,append"),
        SAME("file:a,dir=both"), SAME("./a,dir=both"),
    };
    zoc_endpoint *endpoint = parse("fifo:p,dir=out");

    (void)state;
    assert_int_equal(endpoint->scheme, ZOC_FIFO);
    assert_string_equal(endpoint->path, "p");
    assert_int_equal(endpoint->options.direction, ZOC_OUT);
    zoc_endpoint_free(endpoint);

    endpoint = parse("file:@a,append");
    assert_int_equal(endpoint->scheme, ZOC_FILE);
    assert_string_equal(endpoint->path, "@a");
    assert_false(endpoint->abstract);
    assert_true(endpoint->options.append);
    assert_int_equal(endpoint->options.direction, ZOC_DIRECTION_DEFAULT);
    zoc_endpoint_free(endpoint);
    assert_good(cases, COUNT(cases));
}

static void terminals_are_read(void **state)
{
    static const struct good cases[] = {
        SAME("file:/dev/ttyS0,dir=both,raw,speed=115200"),
        SAME("/dev/ttyS0,cooked,speed=50"),
        SAME("file:t,speed=4000000"),
        SAME("pty:/tmp/com1,timeout=1m,mode=0660"),
        SAME("pty:a\\,b"),
    };
    zoc_endpoint *endpoint = parse("/dev/ttyS0,raw,speed=9600,dir=both");

    (void)state;
    assert_true(endpoint->options.raw && !endpoint->options.cooked);
    assert_int_equal(endpoint->options.speed, 9600);
    assert_int_equal(endpoint->options.direction, ZOC_BOTH);
    zoc_endpoint_free(endpoint);

    endpoint = parse("pty:./com1");
    assert_int_equal(endpoint->scheme, ZOC_PTY);
    assert_string_equal(endpoint->path, "./com1");
    zoc_endpoint_free(endpoint);
    assert_good(cases, COUNT(cases));
}

static void a_command_is_all_that_follows(void **state)
{
    static const struct good cases[] = {
        SAME("exec:cat"),
        SAME("exec:echo a,b\\,c \\\\ 'd/e',timeout=5s"),
        SAME("exec:,"),
    };
    zoc_endpoint *endpoint = parse("exec:printf 'a\n',4");

    (void)state;
    assert_int_equal(endpoint->scheme, ZOC_EXEC);
    assert_string_equal(endpoint->command, "printf 'a\n',4");
    zoc_endpoint_free(endpoint);
    assert_good(cases, COUNT(cases));
}

static void only_sockets_and_what_may_be_one_can_be_listened_on(void **state)
{
    static const struct {
        const char *text;
        bool can;
    } cases[] = {
        { "tcp://:1", true }, { "udp://:1", true }, { "unix:s", true },    { "fd:3", true }, { "./s", true },
        { "fifo:p", false },  { "file:f", false },  { "exec:cat", false }, { "-", false },   { "pty:t", false },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        zoc_endpoint *endpoint = parse(cases[i].text);

        assert_int_equal(zoc_endpoint_can_listen(endpoint), cases[i].can);
        zoc_endpoint_free(endpoint);
    }
}

static void descriptors_are_read(void **state)
{
    static const struct good cases[] = {
        SAME("fd:0"), SAME("fd:2147483647"), { "fd:007", "fd:7" },    SAME("listen:fd:3"),
        SAME("-"),    SAME("-,timeout=5s"),  SAME("fd:3,timeout=1h"),
    };
    zoc_endpoint *endpoint = parse("listen:fd:3");

    (void)state;
    assert_int_equal(endpoint->scheme, ZOC_FD);
    assert_int_equal(endpoint->fd, 3);
    assert_true(endpoint->listens);
    zoc_endpoint_free(endpoint);
    assert_good(cases, COUNT(cases));
}

static void options_are_printed_in_one_order_and_only_where_they_differ(void **state)
{
    static const struct good cases[] = {
        SAME("tcp://"
             ":1,bind=:5,4,connect-timeout=1s,timeout=2s,keepalive,nodelay,reuseport,or-free,ttl=1,tos=0,backlog=1"),
        { "tcp://:1,ttl=255,tos=255,backlog=65535,nodelay", "tcp://:1,nodelay,ttl=255,tos=255,backlog=65535" },
        { "tcp://:1,timeout=0", "tcp://:1" },
        { "tcp://:1,timeout=60s", "tcp://:1,timeout=1m" },
        { "tcp://:1,timeout=1500ms", "tcp://:1,timeout=1.5s" },
        SAME("tcp://:1,timeout=1234567891ns"),
        SAME("tcp://:1,timeout=9223372036854775807ns"),
        SAME("tcp://:1,debug,rcvbuf=1,sndbuf=1073741824,ttl=1,min-ttl=255,tos=0"),
        SAME("udp://:1,broadcast,rcvbuf=4096"),
        SAME("unix:s,bind=/tmp/me,type=dgram"),
        SAME("unix:s,bind=/tmp/a\\,b\\\\,type=dgram"),
        SAME("tcp://:1,bind=localhost"),
        SAME("tcp://:1,bind=::1"),
        SAME("tcp://:1,bind=[::1]"),
        SAME("tcp://:1,bind=1.2.3.4:80"),
        { "unix:s,type=stream", "unix:s" },
        { "unix:s,type=seqpacket,mode=07777", "unix:s,mode=7777,type=seqpacket" },
        { "unix:s,mode=0,backlog=5,or-free", "unix:s,or-free,backlog=5,mode=0000" },
    };

    (void)state;
    assert_good(cases, COUNT(cases));
}

static void printing_appends_to_what_a_buffer_holds(void **state)
{
    zoc_endpoint *endpoint = parse(":80");
    zoc_buffer buffer = { 0 };

    (void)state;
    assert_int_equal(zoc_buffer_append(&buffer, "at ", 3), 0);
    assert_int_equal(zoc_endpoint_print(endpoint, &buffer), 0);
    assert_int_equal(buffer.size, strlen("at tcp://:80"));
    assert_memory_equal(buffer.data, "at tcp://:80", buffer.size);
    zoc_buffer_release(&buffer);
    zoc_endpoint_free(endpoint);
}

static void freeing_nothing_is_fine(void **state)
{
    (void)state;
    zoc_endpoint_free(NULL);
}

/* --- bind= in two parts --------------------------------------------------------------------------- */

static void bind_is_split_into_host_and_port(void **state)
{
    static const struct {
        const char *text, *host;
        uint16_t port;
    } cases[] = {
        { "tcp://:1,bind=localhost", "localhost", 0 },
        { "tcp://:1,bind=1.2.3.4:80", "1.2.3.4", 80 },
        { "tcp://:1,bind=:ssh", "", 22 },
        { "tcp://:1,bind=fe80::1%lo", "fe80::1%lo", 0 },
        { "tcp://:1,bind=[::1]", "::1", 0 },
        { "tcp://:1,bind=[::1]:7", "::1", 7 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        zoc_endpoint *endpoint = parse(cases[i].text);
        char *host = NULL;
        uint16_t port = 99;

        assert_int_equal(endpoint_split_bind(endpoint, &host, &port), 0);
        assert_string_equal(host, cases[i].host);
        assert_int_equal(port, cases[i].port);
        free(host);
        zoc_endpoint_free(endpoint);
    }
}

/* --- two arguments -------------------------------------------------------------------------------- */

static void a_pair_is_read_as_one_endpoint(void **state)
{
    static const struct {
        const char *host, *port, *printed;
    } cases[] = {
        { "localhost", "80", "tcp://localhost:80" },
        { "localhost", "ssh", "tcp://localhost:22" },
        { "", "80", "tcp://:80" },
        { "::1", "80", "tcp://[::1]:80" },
        { "[::1]", "80", "tcp://[::1]:80" },
        { "fe80::1%eth0", "80", "tcp://[fe80::1%eth0]:80" },
        { "udp://::1", "80", "udp://[::1]:80" },
        { "listen:", "80", "listen:tcp://:80" },
        { "listen:udp://localhost", "80,4", "listen:udp://localhost:80,4" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        zoc_endpoint *endpoint = NULL;

        if (zoc_endpoint_parse_pair(cases[i].host, cases[i].port, &endpoint) < 0)
            fail_msg("%s", zoc_why());
        assert_prints(endpoint, cases[i].printed);
        zoc_endpoint_free(endpoint);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_nobody_gives_has_its_default),
        cmocka_unit_test(every_option_reaches_its_field),
        cmocka_unit_test(hosts_and_ports_are_read),
        cmocka_unit_test(unix_paths_are_read),
        cmocka_unit_test(escapes_are_taken_out_of_a_path),
        cmocka_unit_test(a_bare_path_stays_one),
        cmocka_unit_test(a_path_is_settled_as_what_it_is),
        cmocka_unit_test(pipes_and_files_are_read),
        cmocka_unit_test(terminals_are_read),
        cmocka_unit_test(a_command_is_all_that_follows),
        cmocka_unit_test(only_sockets_and_what_may_be_one_can_be_listened_on),
        cmocka_unit_test(descriptors_are_read),
        cmocka_unit_test(options_are_printed_in_one_order_and_only_where_they_differ),
        cmocka_unit_test(printing_appends_to_what_a_buffer_holds),
        cmocka_unit_test(freeing_nothing_is_fine),
        cmocka_unit_test(bind_is_split_into_host_and_port),
        cmocka_unit_test(a_pair_is_read_as_one_endpoint),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "serve/spec.h"

#include "classic/echo.h"
#include "classic/hello.h"
#include "classic/qotd.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <zocalo/error.h>

#include <cmocka.h>

/* --- reading -------------------------------------------------------------------------------------- */

static struct specs read_text(const char *text)
{
    struct specs specs = { 0 };

    if (specs_add_text(&specs, "file", text) < 0)
        fail_msg("%s", zoc_why());
    return specs;
}

/* The only spec of a line. */
static struct specs read_one(const char *line)
{
    struct specs specs = read_text(line);

    assert_int_equal(specs.count, 1);
    return specs;
}

static void assert_endpoint(const struct spec *spec, size_t number, const char *expected)
{
    assert_true(number < spec->endpoint_count);
    char *text = zoc_endpoint_text(spec->endpoints[number]);

    assert_non_null(text);
    assert_string_equal(text, expected);
    free(text);
}

/* Nothing is added, and nothing that was there before is lost. */
static void assert_refused(const char *text, const char *words)
{
    struct specs specs = read_one("echo tcp://127.0.0.1:7007");

    assert_int_equal(specs_add_text(&specs, "file", text), -EINVAL);
    assert_string_equal(zoc_why(), words);
    assert_endpoint(&specs.list[0], 0, "tcp://127.0.0.1:7007");
    specs_release(&specs);
}

/* --- what is said --------------------------------------------------------------------------------- */

static void what_nobody_says_has_its_default(void **state)
{
    struct specs specs = read_one("echo");
    const struct spec *spec = specs.list;

    (void)state;
    assert_string_equal(spec->service->name, "echo");
    assert_int_equal(spec->idle, 0);
    assert_int_equal(spec->connections_max, 0);
    assert_int_equal(spec->clients, 0);
    assert_int_equal(((struct echo_settings *)spec->settings)->mode, ECHO_RAW);
    assert_int_equal(spec->endpoint_count, 2);
    assert_endpoint(spec, 0, "tcp://127.0.0.1:50007");
    assert_endpoint(spec, 1, "udp://127.0.0.1:50007");
    specs_release(&specs);
}

static void every_service_has_endpoints_of_its_own_on_loopback(void **state)
{
    struct specs specs = { 0 };

    (void)state;
    for (unsigned i = 0; i < service_count; i++) /* beside each other: no two are the same */
        assert_int_equal(specs_add_line(&specs, "spec", services[i].name), 0);
    assert_int_equal(specs.count, service_count);
    for (unsigned i = 0; i < service_count; i++) {
        assert_ptr_equal(specs.list[i].service, &services[i]);
        assert_true(specs.list[i].endpoint_count > 0);
        assert_int_equal(specs.list[i].settings != NULL, services[i].settings_size > 0);
        for (size_t k = 0; k < specs.list[i].endpoint_count; k++)
            assert_string_equal(specs.list[i].endpoints[k]->host, "127.0.0.1");
    }
    specs_release(&specs);
}

static void general_keys_are_read_into_the_spec(void **state)
{
    struct specs specs = read_one("discard :0 idle=1.5s max-connections=20 clients=1000000");

    (void)state;
    assert_int_equal(specs.list->idle, 1500 * ZOC_MILLISECOND);
    assert_int_equal(specs.list->connections_max, 20);
    assert_int_equal(specs.list->clients, 1000000);
    assert_null(specs.list->settings);
    specs_release(&specs);
}

static void keys_of_the_service_are_read_into_its_settings(void **state)
{
    struct specs specs = read_text("echo :0 mode=stamp\nhello mode=ask :0 text='a b'\nqotd :0 text=x\nqotd :0");

    (void)state;
    assert_int_equal(specs.count, 4);
    assert_int_equal(((struct echo_settings *)specs.list[0].settings)->mode, ECHO_STAMP);
    assert_int_equal(((struct hello_settings *)specs.list[1].settings)->mode, HELLO_ASK);
    assert_string_equal(((struct hello_settings *)specs.list[1].settings)->text, "a b");
    assert_string_equal(((struct qotd_settings *)specs.list[2].settings)->text, "x");
    assert_null(((struct qotd_settings *)specs.list[3].settings)->text);
    specs_release(&specs);
}

static void the_last_value_of_a_key_counts(void **state)
{
    struct specs specs = read_one("hello :0 text=uno idle=1s text=dos idle=2s");

    (void)state;
    assert_string_equal(((struct hello_settings *)specs.list->settings)->text, "dos");
    assert_int_equal(specs.list->idle, 2 * ZOC_SECOND);
    specs_release(&specs);
}

static void endpoints_take_the_place_of_the_default_ones(void **state)
{
    struct specs specs = read_one("echo :0,backlog=4 idle=1s unix:/tmp/a=b");

    (void)state;
    assert_int_equal(specs.list->endpoint_count, 2);
    assert_endpoint(specs.list, 0, "tcp://:0,backlog=4");
    assert_endpoint(specs.list, 1, "unix:/tmp/a=b");
    specs_release(&specs);
}

/* --- files and arguments -------------------------------------------------------------------------- */

static void a_text_has_a_spec_in_each_line(void **state)
{
    struct specs specs = read_text("# first\n\necho :0 # one\n \t\r\nhello :0\r\necho :0");

    (void)state;
    assert_int_equal(specs.count, 3);
    assert_string_equal(specs.list[1].service->name, "hello");
    specs_release(&specs);
}

static void a_text_of_nothing_adds_nothing(void **state)
{
    static const char *const texts[] = { "", "\n", "# nothing", "\r\n\t#\n\n" };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_int_equal(read_text(texts[i]).count, 0);
}

static void assert_arguments(char **arguments, int count, size_t expected)
{
    struct specs specs = { 0 };

    assert_int_equal(specs_add_arguments(&specs, arguments, count), 0);
    assert_int_equal(specs.count, expected);
    specs_release(&specs);
}

static void arguments_are_one_spec_or_one_each(void **state)
{
    (void)state;
    assert_arguments((char *[]){ "echo", ":0", "idle=1s" }, 3, 1);
    assert_arguments((char *[]){ "echo :0", "hello" }, 2, 2);
    assert_arguments((char *[]){ "echo\t:0", "hello :0", "echo :0" }, 3, 3);
    assert_arguments((char *[]){ "echo :0 # more" }, 1, 1);
}

static void an_argument_is_taken_as_it_is(void **state)
{
    char *arguments[] = { "hello", ":0", "text=it's", "mode=greet" };
    struct specs specs = { 0 };

    (void)state;
    assert_int_equal(specs_add_arguments(&specs, arguments, 4), 0);
    assert_string_equal(((struct hello_settings *)specs.list->settings)->text, "it's");
    specs_release(&specs);
}

static void assert_arguments_refused(char **arguments, int count, const char *words)
{
    struct specs specs = { 0 };

    assert_int_equal(specs_add_arguments(&specs, arguments, count), -EINVAL);
    assert_string_equal(zoc_why(), words);
    specs_release(&specs);
}

static void one_of_several_arguments_is_told_by_its_number(void **state)
{
    (void)state;
    assert_arguments_refused((char *[]){ "echo :0", "echo mode=x" }, 2,
                             "spec 2: character 6: 'x' is not one of raw, line, stamp");
    assert_arguments_refused((char *[]){ "echo :0", "echo 'x" }, 2,
                             "spec 2: character 6: a quote is opened and not closed");
    assert_arguments_refused((char *[]){ "echo :0 mode=x" }, 1,
                             "spec: character 9: 'x' is not one of raw, line, stamp");
    assert_arguments_refused((char *[]){ "echo", "mode=x" }, 2,
                             "spec: character 6: 'x' is not one of raw, line, stamp");
}

/* --- what is refused ------------------------------------------------------------------------------ */

static void a_fault_is_shown_with_its_line_and_character(void **state)
{
    (void)state;
    assert_refused("ecco", "file:1: character 1: unknown service 'ecco' (known: echo, hello, discard, daytime, qotd, "
                           "chargen, time)");
    assert_refused("\n  discard :0 x=1",
                   "file:2: character 14: unknown key in 'x=1' (known: idle=, max-connections=, clients=)");
    assert_refused("echo :0 mode=x", "file:1: character 9: 'x' is not one of raw, line, stamp");
    assert_refused("echo :0\necho tcp://x",
                   "file:2: character 6: endpoint 'tcp://x': character 8: a port is missing: 'x:PORT'");
    assert_refused("echo 'x", "file:1: character 6: a quote is opened and not closed");
    assert_refused("echo :0\n\nhello :0 tcp://127.0.0.1:7007",
                   "file:3: character 10: 'tcp://127.0.0.1:7007' is there twice: it belongs to 'echo' already");
    assert_refused("hello\n  hello   mode=ask",
                   "file:2: character 3: 'tcp://127.0.0.1:9000' is there twice: it belongs to 'hello' already");
    assert_refused("echo udp://:0 clients=1", "file:1: 'clients=' counts connections, and datagrams have none");
    assert_refused("echo udp://:0 max-connections=1",
                   "file:1: 'max-connections=' counts connections, and datagrams have none");
    assert_refused("hello udp://:0", "file:1: character 7: 'udp://:0' is for datagrams, which hello does not take");
    assert_refused("echo -", "file:1: character 6: '-' cannot be listened on");
}

static void what_a_message_quotes_breaks_out_of_nothing(void **state)
{
    (void)state;
    assert_refused("'\033[31m\n'", "file:1: character 1: a quote is opened and not closed");
    assert_refused("'\033[31m'", "file:1: character 1: unknown service '\\e[31m' (known: echo, hello, discard, "
                                 "daytime, qotd, chargen, time)");
    assert_refused("echo :0 \"mode=\a\"", "file:1: character 9: '\\x07' is not one of raw, line, stamp");
}

/* --- the same place ------------------------------------------------------------------------------- */

static bool is_same(const char *here, const char *there)
{
    zoc_endpoint *one, *other;

    assert_int_equal(zoc_endpoint_parse(here, &one), 0);
    assert_int_equal(zoc_endpoint_parse(there, &other), 0);
    bool same = spec_same_place(one, other);
    assert_int_equal(spec_same_place(other, one), same);
    zoc_endpoint_free(one);
    zoc_endpoint_free(other);
    return same;
}

static void options_make_no_other_place(void **state)
{
    (void)state;
    assert_true(is_same("tcp://127.0.0.1:7", "127.0.0.1:7,backlog=4"));
    assert_true(is_same("tcp://LocalHost:7", "tcp://localhost:7"));
    assert_true(is_same("unix:/tmp/a", "unix:/tmp/a,type=dgram"));
    assert_true(is_same("unix:/tmp/a", "/tmp/a"));
    assert_true(is_same("fd:3", "fd:3"));
}

static void another_scheme_or_host_or_port_is_another_place(void **state)
{
    (void)state;
    assert_false(is_same("tcp://127.0.0.1:7", "udp://127.0.0.1:7"));
    assert_false(is_same("tcp://127.0.0.1:7", "tcp://127.0.0.1:8"));
    assert_false(is_same("tcp://127.0.0.1:7", "tcp://127.0.0.2:7"));
    assert_false(is_same("unix:/tmp/a", "unix:@/tmp/a"));
    assert_false(is_same("unix:/tmp/a", "unix:/tmp/b"));
    assert_false(is_same("fd:3", "fd:4"));
    assert_false(is_same("tcp://:7", "unix:/tmp/a"));
}

static void port_0_is_another_place_each_time(void **state)
{
    (void)state;
    assert_false(is_same("tcp://127.0.0.1:0", "tcp://127.0.0.1:0"));
    assert_false(is_same("udp://:0", "udp://:0"));
}

static void what_amplifies_stays_on_loopback_unless_its_address_is_written(void **state)
{
    (void)state;
    for (unsigned i = 0; i < service_count; i++) {
        char line[64];
        if (!services[i].datagrams)
            continue;
        snprintf(line, sizeof line, "%s udp://:0,ttl=4 udp://0.0.0.0:0 tcp://:0", services[i].name);
        struct specs specs = read_one(line);
        assert_endpoint(specs.list, 0, services[i].amplifies ? "udp://127.0.0.1:0,ttl=4" : "udp://:0,ttl=4");
        assert_endpoint(specs.list, 1, "udp://0.0.0.0:0");
        assert_endpoint(specs.list, 2, "tcp://:0");
        specs_release(&specs);
    }
}

static void an_echo_with_words_stays_on_loopback_wherever_its_mode_is_written(void **state)
{
    static const struct {
        const char *line, *first;
    } cases[] = {
        { "echo udp://:0 mode=stamp", "udp://127.0.0.1:0" },     { "echo mode=line udp://:0", "udp://127.0.0.1:0" },
        { "echo mode=stamp udp://:0 mode=raw", "udp://:0" },     { "echo mode=stamp tcp://:0", "tcp://:0" },
        { "echo udp://0.0.0.0:0 mode=line", "udp://0.0.0.0:0" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct specs specs = read_one(cases[i].line);
        assert_endpoint(specs.list, 0, cases[i].first);
        specs_release(&specs);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_nobody_says_has_its_default),
        cmocka_unit_test(every_service_has_endpoints_of_its_own_on_loopback),
        cmocka_unit_test(general_keys_are_read_into_the_spec),
        cmocka_unit_test(keys_of_the_service_are_read_into_its_settings),
        cmocka_unit_test(the_last_value_of_a_key_counts),
        cmocka_unit_test(endpoints_take_the_place_of_the_default_ones),
        cmocka_unit_test(a_text_has_a_spec_in_each_line),
        cmocka_unit_test(a_text_of_nothing_adds_nothing),
        cmocka_unit_test(arguments_are_one_spec_or_one_each),
        cmocka_unit_test(one_of_several_arguments_is_told_by_its_number),
        cmocka_unit_test(an_argument_is_taken_as_it_is),
        cmocka_unit_test(a_fault_is_shown_with_its_line_and_character),
        cmocka_unit_test(what_a_message_quotes_breaks_out_of_nothing),
        cmocka_unit_test(options_make_no_other_place),
        cmocka_unit_test(another_scheme_or_host_or_port_is_another_place),
        cmocka_unit_test(port_0_is_another_place_each_time),
        cmocka_unit_test(what_amplifies_stays_on_loopback_unless_its_address_is_written),
        cmocka_unit_test(an_echo_with_words_stays_on_loopback_wherever_its_mode_is_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "talk/ports.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <zocalo/error.h>

#include <cmocka.h>

static void assert_numbers(const struct ports *ports, const uint16_t *numbers, size_t count)
{
    assert_int_equal(ports->count, count);
    assert_memory_equal(ports->numbers, numbers, count * sizeof *numbers);
}

static void numbers_names_and_ranges_stand_in_the_order_they_came_in(void **state)
{
    static const uint16_t expected[] = { 80, 20, 22, 23, 24, 65535 };
    struct ports ports = { 0 };

    (void)state;
    assert_int_equal(ports_add(&ports, "http", false), 0);
    assert_int_equal(ports_add(&ports, "20", false), 0);
    assert_int_equal(ports_add(&ports, "22-24", false), 0);
    assert_int_equal(ports_add(&ports, "65535", false), 0);
    assert_numbers(&ports, expected, sizeof expected / sizeof *expected);
    ports_release(&ports);
    assert_int_equal(ports.count, 0);
}

static void a_range_goes_up_however_it_was_written(void **state)
{
    static const uint16_t expected[] = { 5, 6, 7 };
    struct ports ports = { 0 };

    (void)state;
    assert_int_equal(ports_add(&ports, "7-5", false), 0);
    assert_numbers(&ports, expected, 3);
    ports_release(&ports);
    assert_int_equal(ports_add(&ports, "1-65535", false), 0);
    assert_int_equal(ports.count, 65535);
    assert_int_equal(ports.numbers[0], 1);
    assert_int_equal(ports.numbers[65534], 65535);
    ports_release(&ports);
}

static void a_name_may_have_a_hyphen(void **state)
{
    struct ports ports = { 0 };

    (void)state;
    assert_int_equal(ports_add(&ports, "http-alt", false), 0);
    assert_int_equal(ports.numbers[0], 8080);
    ports_release(&ports);
}

static void what_is_no_port_is_refused_and_quoted(void **state)
{
    static const struct {
        const char *text, *words;
    } cases[] = {
        { "0", "port number too small: 0" },
        { "65536", "port number too large: 65536" },
        { "99999999999", "port number too large: 99999999999" },
        { "", "port number invalid: " },
        { "no-port", "port number invalid: no-port" },
        { "8x", "port number invalid: 8x" },
        { "+8", "port number invalid: +8" },
        { "1-", "port number invalid: " },
        { "1-x", "port number invalid: x" },
        { "1-2-3", "port number invalid: 2-3" },
        { "0-5", "port number too small: 0" },
        { "1-65536", "port number too large: 65536" },
        { "80,nodelay", "port number invalid: 80,nodelay" },
        { "http,nodelay", "port number invalid: http,nodelay" },
    };
    struct ports ports = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(ports_add(&ports, cases[i].text, false), -EINVAL);
        assert_string_equal(zoc_why(), cases[i].words);
    }
    assert_int_equal(ports.count, 0);
    ports_release(&ports);
}

static void one_port_may_be_0(void **state)
{
    uint16_t port = 1;

    (void)state;
    assert_int_equal(ports_read("0", false, &port), 0);
    assert_int_equal(port, 0);
    assert_int_equal(ports_read("domain", true, &port), 0);
    assert_int_equal(port, 53);
    assert_int_equal(ports_read("1-2", false, &port), -EINVAL);
}

static void shuffling_keeps_every_port_once(void **state)
{
    struct ports ports = { 0 };
    bool seen[101] = { false }, moved = false;

    (void)state;
    assert_int_equal(ports_add(&ports, "1-100", false), 0);
    ports_shuffle(&ports);
    for (size_t i = 0; i < ports.count; i++) {
        assert_false(seen[ports.numbers[i]]);
        seen[ports.numbers[i]] = true;
        moved |= ports.numbers[i] != i + 1;
    }
    assert_int_equal(ports.count, 100);
    assert_true(moved);
    ports_release(&ports);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_names_and_ranges_stand_in_the_order_they_came_in),
        cmocka_unit_test(a_range_goes_up_however_it_was_written),
        cmocka_unit_test(a_name_may_have_a_hyphen),
        cmocka_unit_test(what_is_no_port_is_refused_and_quoted),
        cmocka_unit_test(one_port_may_be_0),
        cmocka_unit_test(shuffling_keeps_every_port_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

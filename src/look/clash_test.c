#include "look/clash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct look_local at(const char *text, uint16_t port)
{
    struct look_local local = { .only6 = false };

    assert_int_equal(zoc_address_parse_ip(text, port, &local.address), 0);
    return local;
}

static struct look_local only6(struct look_local local)
{
    local.only6 = true;
    return local;
}

static struct look_local through(struct look_local local, unsigned interface)
{
    local.interface = interface;
    return local;
}

/* Who is in whose way does not depend on who came first. */
static void assert_clash(struct look_local one, struct look_local other, bool clash)
{
    assert_int_equal(look_clash(&one, &other), clash);
    assert_int_equal(look_clash(&other, &one), clash);
}

static void the_same_address_and_port_clash(void **state)
{
    (void)state;
    assert_clash(at("127.0.0.1", 80), at("127.0.0.1", 80), true);
    assert_clash(at("::1", 80), at("::1", 80), true);
}

static void another_port_does_not_clash(void **state)
{
    (void)state;
    assert_clash(at("127.0.0.1", 80), at("127.0.0.1", 81), false);
    assert_clash(at("::", 80), at("::", 81), false);
}

static void another_address_does_not_clash(void **state)
{
    (void)state;
    assert_clash(at("127.0.0.1", 80), at("127.0.0.2", 80), false);
    assert_clash(at("::1", 80), at("::2", 80), false);
    assert_clash(at("127.0.0.1", 80), at("::1", 80), false);
}

static void a_wildcard_clashes_with_every_address_of_its_family(void **state)
{
    (void)state;
    assert_clash(at("0.0.0.0", 80), at("127.0.0.1", 80), true);
    assert_clash(at("0.0.0.0", 80), at("::1", 80), false);
    assert_clash(at("::", 80), at("::1", 80), true);
    assert_clash(only6(at("::", 80)), at("::1", 80), true);
}

static void a_dual_stack_wildcard_clashes_with_ip4_too(void **state)
{
    (void)state;
    assert_clash(at("::", 80), at("127.0.0.1", 80), true);
    assert_clash(at("::", 80), at("0.0.0.0", 80), true);
}

static void a_wildcard_of_ip6_alone_leaves_ip4_alone(void **state)
{
    (void)state;
    assert_clash(only6(at("::", 80)), at("127.0.0.1", 80), false);
    assert_clash(only6(at("::", 80)), at("0.0.0.0", 80), false);
}

static void a_mapped_address_is_the_ip4_address(void **state)
{
    (void)state;
    assert_clash(at("::ffff:127.0.0.1", 80), at("127.0.0.1", 80), true);
    assert_clash(at("::ffff:127.0.0.1", 80), at("127.0.0.2", 80), false);
    assert_clash(at("::ffff:127.0.0.1", 80), only6(at("::", 80)), false);
    assert_clash(at("::ffff:0.0.0.0", 80), at("127.0.0.1", 80), true);
}

static void different_interfaces_do_not_clash(void **state)
{
    (void)state;
    assert_clash(through(at("fe80::1", 80), 2), through(at("fe80::1", 80), 3), false);
    assert_clash(through(at("fe80::1", 80), 2), through(at("fe80::1", 80), 2), true);
    assert_clash(through(at("fe80::1", 80), 2), at("::", 80), true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_address_and_port_clash),
        cmocka_unit_test(another_port_does_not_clash),
        cmocka_unit_test(another_address_does_not_clash),
        cmocka_unit_test(a_wildcard_clashes_with_every_address_of_its_family),
        cmocka_unit_test(a_dual_stack_wildcard_clashes_with_ip4_too),
        cmocka_unit_test(a_wildcard_of_ip6_alone_leaves_ip4_alone),
        cmocka_unit_test(a_mapped_address_is_the_ip4_address),
        cmocka_unit_test(different_interfaces_do_not_clash),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

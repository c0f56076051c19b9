#include <errno.h>
#include <net/if.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <zocalo/endpoint.h>

#include <cmocka.h>

static zoc_address ip(const char *text, uint16_t port)
{
    zoc_address address = { 0 };

    assert_int_equal(zoc_address_parse_ip(text, port, &address), 0);
    return address;
}

/* A Unix address whose name is `size` bytes, NULs included. */
static zoc_address local(const char *name, size_t size)
{
    zoc_address address = { .size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + size) };

    address.local.sun_family = AF_UNIX;
    memcpy(address.local.sun_path, name, size);
    return address;
}

static void assert_format(zoc_address address, const char *text)
{
    char buffer[ZOC_ADDRESS_TEXT];

    assert_ptr_equal(zoc_address_format(&address, buffer, sizeof(buffer)), buffer);
    assert_string_equal(buffer, text);
}

static void ip_addresses_are_written_with_their_port(void **state)
{
    (void)state;
    assert_format(ip("127.0.0.1", 80), "127.0.0.1:80");
    assert_format(ip("255.255.255.255", 65535), "255.255.255.255:65535");
    assert_format(ip("::1", 80), "[::1]:80");
    assert_format(ip("2001:DB8:0:0:0:0:0:1", 0), "[2001:db8::1]:0");
    assert_format(ip("fe80::1%2", 80), "[fe80::1%2]:80");
    assert_format(ip("fe80::1%4294967295", 80), "[fe80::1%4294967295]:80");
}

static void a_mapped_address_is_written_as_the_ip4_address_that_it_is(void **state)
{
    (void)state;
    assert_format(ip("::ffff:10.1.2.3", 7), "10.1.2.3:7");
}

static void unix_addresses_are_written_as_path_abstract_name_or_unnamed(void **state)
{
    (void)state;
    assert_format(local("/run/socket", sizeof("/run/socket")), "/run/socket");
    assert_format(local("/run/socket", strlen("/run/socket")), "/run/socket");
    assert_format(local("\0name", 5), "@name");
    assert_format(local("", 0), "(unnamed)");
    assert_format((zoc_address){ 0 }, "(unnamed)");
}

static void unix_names_are_escaped(void **state)
{
    (void)state;
    assert_format(local("/a\nb", 4), "/a\\nb");
    assert_format(local("\0a\0b\x1b", 5), "@a\\x00b\\e");
}

static void an_unknown_family_is_named_by_its_number(void **state)
{
    zoc_address address = { .size = sizeof(address.any) };

    (void)state;
    address.any.sa_family = AF_NETLINK;
    assert_format(address, "(family 16)");
}

static void the_longest_texts_fit_the_constant(void **state)
{
    const size_t room = sizeof(((struct sockaddr_un *)NULL)->sun_path);
    char name[108], text[ZOC_ADDRESS_TEXT];

    (void)state;
    assert_int_equal(room, sizeof(name));
    memset(name, 0xff, sizeof(name));
    name[0] = '\0';

    zoc_address address = local(name, sizeof(name));

    assert_int_equal(strlen(zoc_address_format(&address, text, sizeof(text))), 1 + 107 * 4);
    name[0] = (char)0xff;
    address = local(name, sizeof(name));
    assert_int_equal(strlen(zoc_address_format(&address, text, sizeof(text))), 108 * 4);
}

static void a_small_buffer_is_never_overrun(void **state)
{
    zoc_address addresses[] = { ip("127.0.0.1", 80), ip("fe80::1%2", 80), local("\0name", 5), local("/p", 2), { 0 } };
    char text[16];

    (void)state;
    for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
        for (size_t size = 1; size < sizeof(text); size++) {
            memset(text, 'x', sizeof(text));
            zoc_address_format(&addresses[i], text, size);
            assert_true(strlen(text) < size);
            assert_int_equal(text[size], 'x');
        }
    }
}

static void what_is_no_ip_address_is_refused_and_touches_nothing(void **state)
{
    static const char *const wrong[] = {
        "",
        "localhost",
        "1.2.3",
        "1.2.3.4.5",
        "256.1.1.1",
        "01.2.3.4",
        " 1.2.3.4",
        "1.2.3.4%1",
        "[::1]",
        ":",
        ":::",
        "::1%",
        "::1%0",
        "::1%4294967296",
        "::1%99999999999999999999999",
        "::1%1 ",
        "::1%-1",
        "fe80::1%no-such-interf",
        "1111:2222:3333:4444:5555:6666:7777:8888:9999",
        "1111:2222:3333:4444:5555:6666:123.123.123.123%a-zone-that-is-long-enough-for-nobody",
    };
    zoc_address address = { .size = 99 };

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        if (zoc_address_parse_ip(wrong[i], 1, &address) != -EINVAL)
            fail_msg("'%s' was taken for an address", wrong[i]);
        assert_int_equal(address.size, 99);
    }
}

static void a_zone_may_be_the_name_of_an_interface(void **state)
{
    unsigned index = if_nametoindex("lo");

    (void)state;
    if (index == 0)
        skip();
    assert_int_equal(ip("fe80::1%lo", 80).ip6.sin6_scope_id, index);
}

static void ports_are_read_and_set_in_host_order(void **state)
{
    zoc_address four = ip("1.2.3.4", 258), six = ip("::1", 258), named = local("/p", 2), none = { 0 };

    (void)state;
    assert_int_equal(zoc_address_port(&four), 258);
    assert_int_equal(zoc_address_port(&six), 258);
    assert_int_equal(four.ip4.sin_port, htons(258));
    zoc_address_set_port(&four, 65535);
    zoc_address_set_port(&six, 0);
    assert_int_equal(zoc_address_port(&four), 65535);
    assert_int_equal(zoc_address_port(&six), 0);

    zoc_address_set_port(&named, 7);
    zoc_address_set_port(&none, 7);
    assert_int_equal(zoc_address_port(&named), 0);
    assert_int_equal(zoc_address_port(&none), 0);
    assert_format(named, "/p");
}

static void equal_means_same_family_address_and_port(void **state)
{
    static const struct {
        const char *one, *other;
        uint16_t port;
        bool equal;
    } cases[] = {
        { "1.2.3.4", "1.2.3.4", 80, true },    { "1.2.3.4", "1.2.3.4", 81, false },
        { "1.2.3.4", "1.2.3.5", 80, false },   { "1.2.3.4", "::ffff:1.2.3.4", 80, true },
        { "::1", "0:0::1", 80, true },         { "::1", "::2", 80, false },
        { "::1", "::1", 81, false },           { "::1", "0.0.0.1", 80, false },
        { "fe80::1%1", "fe80::1", 80, false }, { "fe80::1%1", "fe80::1%1", 80, true },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        zoc_address one = ip(cases[i].one, 80), other = ip(cases[i].other, cases[i].port);

        assert_int_equal(zoc_address_equal(&one, &other), cases[i].equal);
        assert_int_equal(zoc_address_equal(&other, &one), cases[i].equal);
    }
}

static void unix_addresses_are_equal_by_name(void **state)
{
    zoc_address with_nul = local("/p", 3), without = local("/p", 2), longer = local("/pq", 3);
    zoc_address abstract = local("\0p", 2), padded = local("\0p\0", 3), unnamed = local("", 0), none = { 0 };

    (void)state;
    assert_true(zoc_address_equal(&with_nul, &without));
    assert_false(zoc_address_equal(&with_nul, &longer));
    assert_false(zoc_address_equal(&abstract, &padded));
    assert_false(zoc_address_equal(&abstract, &without));
    assert_true(zoc_address_equal(&unnamed, &unnamed));
    assert_false(zoc_address_equal(&unnamed, &none));
    assert_true(zoc_address_equal(&none, &none));
}

static void loopback_is_127_0_0_0_8_and_ip6_1(void **state)
{
    static const struct {
        const char *digits;
        bool loopback;
    } cases[] = {
        { "127.0.0.0", true },
        { "127.0.0.1", true },
        { "127.255.255.255", true },
        { "126.255.255.255", false },
        { "128.0.0.0", false },
        { "0.0.0.0", false },
        { "10.0.0.127", false },
        { "::1", true },
        { "::", false },
        { "::2", false },
        { "1::1", false },
        { "::ffff:127.0.0.1", true },
        { "::ffff:10.0.0.1", false },
        { "::127.0.0.1", false },
    };
    zoc_address named = local("/p", 2), none = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        zoc_address address = ip(cases[i].digits, 80);

        assert_int_equal(zoc_address_is_loopback(&address), cases[i].loopback);
    }
    assert_false(zoc_address_is_loopback(&named));
    assert_false(zoc_address_is_loopback(&none));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ip_addresses_are_written_with_their_port),
        cmocka_unit_test(a_mapped_address_is_written_as_the_ip4_address_that_it_is),
        cmocka_unit_test(unix_addresses_are_written_as_path_abstract_name_or_unnamed),
        cmocka_unit_test(unix_names_are_escaped),
        cmocka_unit_test(an_unknown_family_is_named_by_its_number),
        cmocka_unit_test(the_longest_texts_fit_the_constant),
        cmocka_unit_test(a_small_buffer_is_never_overrun),
        cmocka_unit_test(what_is_no_ip_address_is_refused_and_touches_nothing),
        cmocka_unit_test(a_zone_may_be_the_name_of_an_interface),
        cmocka_unit_test(ports_are_read_and_set_in_host_order),
        cmocka_unit_test(equal_means_same_family_address_and_port),
        cmocka_unit_test(unix_addresses_are_equal_by_name),
        cmocka_unit_test(loopback_is_127_0_0_0_8_and_ip6_1),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

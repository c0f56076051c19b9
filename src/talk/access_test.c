#include "talk/access.h"

#include "stream/testing.h"

static struct access lists;

static int end(void **state)
{
    (void)state;
    access_release(&lists);
    return 0;
}

static bool admits(const char *text)
{
    zoc_address peer;

    assert_int_equal(zoc_address_parse_ip(text, 1234, &peer), 0);
    return access_admits(&lists, &peer);
}

static void allow(const char *text)
{
    assert_int_equal(access_add(&lists.allow, text), 0);
}

static void deny(const char *text)
{
    assert_int_equal(access_add(&lists.deny, text), 0);
}

static void without_lists_everybody_may_come(void **state)
{
    (void)state;
    assert_true(admits("192.0.2.1"));
    assert_true(admits("2001:db8::1"));
}

static void where_somebody_is_allowed_nobody_else_is(void **state)
{
    (void)state;
    allow("192.0.2.0/24");
    allow("2001:db8::/32");
    assert_true(admits("192.0.2.0"));
    assert_true(admits("192.0.2.255"));
    assert_false(admits("192.0.3.0"));
    assert_false(admits("192.0.1.255"));
    assert_true(admits("2001:db8:ffff::1"));
    assert_false(admits("2001:db9::1"));
}

static void who_is_denied_may_not_come_and_all_others_may(void **state)
{
    (void)state;
    deny("10.0.0.0/8");
    assert_false(admits("10.255.0.1"));
    assert_true(admits("11.0.0.1"));
    assert_true(admits("::1"));
}

static void deny_wins_over_allow(void **state)
{
    (void)state;
    allow("10.0.0.7");
    deny("10.0.0.0/8");
    assert_false(admits("10.0.0.7"));
}

static void an_address_alone_is_itself(void **state)
{
    (void)state;
    allow("127.0.0.1");
    allow("::1");
    assert_true(admits("127.0.0.1"));
    assert_false(admits("127.0.0.2"));
    assert_false(admits("127.0.0.0"));
    assert_true(admits("::1"));
    assert_false(admits("::2"));
}

static void a_prefix_may_end_inside_a_byte(void **state)
{
    (void)state;
    allow("172.16.0.0/12");
    allow("fe80::/10");
    assert_true(admits("172.31.255.255"));
    assert_false(admits("172.32.0.0"));
    assert_true(admits("febf::1"));
    assert_false(admits("fec0::1"));
}

static void a_prefix_of_nothing_is_everybody_of_its_family(void **state)
{
    (void)state;
    deny("0.0.0.0/0");
    assert_false(admits("192.0.2.1"));
    assert_true(admits("2001:db8::1"));
    deny("::/0");
    assert_false(admits("2001:db8::1"));
}

static void bits_behind_the_prefix_do_not_count(void **state)
{
    (void)state;
    allow("192.0.2.77/24");
    assert_true(admits("192.0.2.1"));
}

static void a_mapped_address_is_the_ip4_address_that_it_is(void **state)
{
    (void)state;
    allow("192.0.2.0/24");
    assert_true(admits("::ffff:192.0.2.9"));
    assert_false(admits("::ffff:192.0.3.9"));
    deny("::ffff:192.0.2.8/127");
    assert_false(admits("192.0.2.9"));
    assert_true(admits("192.0.2.10"));
}

static void a_peer_of_a_unix_socket_may_always_come(void **state)
{
    zoc_address unnamed = { 0 };
    zoc_address named = { .size = sizeof named.local, .local = { .sun_family = AF_UNIX, .sun_path = "/x" } };

    (void)state;
    allow("192.0.2.0/24");
    deny("::/0");
    assert_true(access_admits(&lists, &unnamed));
    assert_true(access_admits(&lists, &named));
}

static void a_wrong_block_is_refused_with_the_place(void **state)
{
    static const struct {
        const char *text, *why;
    } wrong[] = {
        { "", "block '': character 1: no IPv4 or IPv6 address" },
        { "10.0.0/8", "block '10.0.0/8': character 1: no IPv4 or IPv6 address" },
        { "localhost", "block 'localhost': character 1: no IPv4 or IPv6 address" },
        { "10.0.0.0/33", "block '10.0.0.0/33': character 10: after '/' a number from 0 to 32" },
        { "10.0.0.0/", "block '10.0.0.0/': character 10: after '/' a number from 0 to 32" },
        { "10.0.0.0/8/8", "block '10.0.0.0/8/8': character 10: after '/' a number from 0 to 32" },
        { "10.0.0.0/-1", "block '10.0.0.0/-1': character 10: after '/' a number from 0 to 32" },
        { "10.0.0.0/99999999999", "block '10.0.0.0/99999999999': character 10: after '/' a number from 0 to 32" },
        { "::/129", "block '::/129': character 4: after '/' a number from 0 to 128" },
        { "fe80::1%lo/64", "block 'fe80::1%lo/64': character 8: a block has no zone" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(access_add(&lists.allow, wrong[i].text), -EINVAL);
        assert_string_equal(zoc_why(), wrong[i].why);
    }
    assert_int_equal(lists.allow.count, 0);
}

#define OF_ACCESS(test) cmocka_unit_test_teardown(test, end)

static void blocks_of_ip6_have_no_ip4_in_them(void **state)
{
    (void)state;
    allow("::/0");
    assert_true(admits("2001:db8::1"));
    assert_false(admits("192.0.2.1"));
    allow("0.0.0.0/0");
    assert_true(admits("192.0.2.1"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        OF_ACCESS(without_lists_everybody_may_come),
        OF_ACCESS(blocks_of_ip6_have_no_ip4_in_them),
        OF_ACCESS(where_somebody_is_allowed_nobody_else_is),
        OF_ACCESS(who_is_denied_may_not_come_and_all_others_may),
        OF_ACCESS(deny_wins_over_allow),
        OF_ACCESS(an_address_alone_is_itself),
        OF_ACCESS(a_prefix_may_end_inside_a_byte),
        OF_ACCESS(a_prefix_of_nothing_is_everybody_of_its_family),
        OF_ACCESS(bits_behind_the_prefix_do_not_count),
        OF_ACCESS(a_mapped_address_is_the_ip4_address_that_it_is),
        OF_ACCESS(a_peer_of_a_unix_socket_may_always_come),
        OF_ACCESS(a_wrong_block_is_refused_with_the_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "explain/testing.h"

/* An attempt at a place fails, or listening there does. */
static void fail_at(const char *text, enum side peer, int error)
{
    const zoc_address four = address_of("192.0.2.7", 80);
    zoc_endpoint *place;

    assert_int_equal(zoc_endpoint_parse(text, &place), 0);
    begin_with((struct story_options){ .peer = peer, .place = place }, false);
    if (peer == SIDE_SERVER) {
        happen((zoc_notice){ .kind = ZOC_CONNECTING, .address = &four });
        happen((zoc_notice){ .kind = ZOC_CONNECT_FAILED, .address = &four, .error = error });
    }
    story_fail(story, error);
    end();
    zoc_endpoint_free(place);
}

static void a_refusal_is_told_by_what_was_to_carry_it(void)
{
    fail_at("tcp://192.0.2.7:80", SIDE_SERVER, -ECONNREFUSED);
    expect_told("the SYN was refused, as a rule with a RST");
    fail_at("unix:/run/nobody", SIDE_SERVER, -ECONNREFUSED);
    expect_told("the file is there, and no process listens behind it (unix(7))");
    expect_told("most often: the service has ended, and left its file behind\n");
    expect_untold("another port");
    fail_at("unix:@nobody", SIDE_SERVER, -ECONNREFUSED);
    expect_told("an abstract name has no file");
}

static void who_listens_fails_otherwise_than_who_connects(void)
{
    fail_at("unix:/nowhere/socket", SIDE_SERVER, -ENOENT);
    expect_told("there is no such file");
    fail_at("unix:/nowhere/socket", SIDE_CLIENT, -ENOENT);
    expect_told("there is no such folder to make it in");
    fail_at("tcp://192.0.2.7:80", SIDE_SERVER, -EADDRNOTAVAIL);
    expect_told("the kernel found no address of this machine to come from, or no free port");
    fail_at("tcp://192.0.2.7:80,bind=198.51.100.9", SIDE_SERVER, -EADDRNOTAVAIL);
    expect_told("that address is none of this machine");
    fail_at("tcp://192.0.2.7:80", SIDE_CLIENT, -EADDRNOTAVAIL);
    expect_told("that address is none of this machine");
    fail_at("tcp://192.0.2.7:80", SIDE_CLIENT, -ETIMEDOUT);
    expect_told("nobody came within the time that was given\n");
    expect_untold("most often");
}

static void what_this_machine_forbids_is_not_a_matter_of_low_ports(void)
{
    fail_at("tcp://192.0.2.7:80", SIDE_SERVER, -EACCES);
    expect_told("this machine forbids to go there");
    expect_untold("1024");
    fail_at("tcp://192.0.2.7:80", SIDE_CLIENT, -EACCES);
    expect_told("a port below 1024");
}

static void an_address_of_ip4_is_not_out_of_reach_for_want_of_ip6(void)
{
    fail_at("tcp://192.0.2.7:80", SIDE_SERVER, -ENETUNREACH);
    expect_told("most often: this machine is offline: there is no default route\n");
    expect_untold("IPv6");
}

static void an_error_of_which_nothing_is_known_is_left_to_its_own_words(void)
{
    fail_at("tcp://192.0.2.7:80", SIDE_CLIENT, -EINVAL);
    assert_string_equal(told, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_FIBER(a_refusal_is_told_by_what_was_to_carry_it),
        ON_FIBER(who_listens_fails_otherwise_than_who_connects),
        ON_FIBER(what_this_machine_forbids_is_not_a_matter_of_low_ports),
        ON_FIBER(an_address_of_ip4_is_not_out_of_reach_for_want_of_ip6),
        ON_FIBER(an_error_of_which_nothing_is_known_is_left_to_its_own_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

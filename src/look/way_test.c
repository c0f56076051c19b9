#include "look/way.h"

#include "fiber/testing.h"
#include "look/offer.h"

#include <errno.h>

static zoc_address address_of(const char *digits)
{
    zoc_address address;

    assert_int_equal(zoc_address_parse_ip(digits, 80, &address), 0);
    return address;
}

static void to_loopback_it_is_the_loopback_interface(void)
{
    zoc_address peer = address_of("127.0.0.1");
    struct look_way way;

    assert_int_equal(look_way(&peer, &way), 0);
    assert_string_equal(way.name, "lo");
    assert_int_equal(way.index, 1);
    assert_int_equal(way.link, LOOK_LINK_LOOPBACK);
    assert_true(way.mtu >= 1280);
    assert_int_equal(way.gateway.size, 0);
    assert_false(way.has_next);
}

static void a_unix_socket_has_no_way(void)
{
    zoc_address peer = { .size = sizeof(sa_family_t), .local.sun_family = AF_UNIX };
    struct look_way way = { .index = 7 };

    assert_int_equal(look_way(&peer, &way), -EAFNOSUPPORT);
    assert_int_equal(way.index, 7);
}

static void what_tcp_offers_is_read(void)
{
    struct look_offer offer = { .syn_retries = 1000 };

    assert_int_equal(look_offer(&offer), 0);
    assert_true(offer.syn_retries <= 127);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_FIBER(to_loopback_it_is_the_loopback_interface),
        ON_FIBER(a_unix_socket_has_no_way),
        ON_FIBER(what_tcp_offers_is_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

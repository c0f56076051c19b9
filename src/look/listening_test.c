#include "look/listening.h"

#include "fiber/testing.h"

#include <errno.h>
#include <netinet/in.h>
#include <unistd.h>

#define PLACES 1024

/* A socket of that type at those digits, and where it is. */
static int bound(int type, const char *digits, zoc_address *ret_place)
{
    zoc_address place;
    int one = 1;

    assert_int_equal(zoc_address_parse_ip(digits, 0, &place), 0);
    int fd = socket(place.any.sa_family, type | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one));
    assert_int_equal(bind(fd, &place.any, place.size), 0);
    if (type == SOCK_STREAM)
        assert_int_equal(listen(fd, 4), 0);
    *ret_place = (zoc_address){ .size = sizeof(ret_place->local) };
    assert_int_equal(getsockname(fd, &ret_place->any, &ret_place->size), 0);
    return fd;
}

/* So often it is among them. */
static int count_of(int protocol, const zoc_address *place)
{
    static zoc_address places[PLACES];
    int count = look_listening(protocol, places, PLACES), times = 0;

    assert_in_range(count, 0, PLACES - 1);
    for (int i = 0; i < count; i++)
        times += zoc_address_equal(&places[i], place);
    return times;
}

static void who_listens_with_tcp_is_found(void **state)
{
    zoc_address place;
    int fd = bound(SOCK_STREAM, "127.0.0.1", &place);

    (void)state;
    assert_int_equal(count_of(IPPROTO_TCP, &place), 1);
    assert_int_equal(count_of(IPPROTO_UDP, &place), 0);
    close(fd);
    assert_int_equal(count_of(IPPROTO_TCP, &place), 0);
}

static void who_waits_with_udp_is_found_and_who_talks_to_one_peer_is_not(void **state)
{
    zoc_address place, peer;
    int fd = bound(SOCK_DGRAM, "127.0.0.1", &place);

    (void)state;
    assert_int_equal(count_of(IPPROTO_UDP, &place), 1);
    assert_int_equal(zoc_address_parse_ip("127.0.0.1", 9, &peer), 0);
    assert_int_equal(connect(fd, &peer.any, peer.size), 0);
    assert_int_equal(count_of(IPPROTO_UDP, &place), 0);
    close(fd);
}

static void who_shares_a_port_is_told_once(void **state)
{
    zoc_address place;
    int one = 1, first = bound(SOCK_STREAM, "127.0.0.1", &place);
    int second = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    (void)state;
    setsockopt(second, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one));
    assert_int_equal(bind(second, &place.any, place.size), 0);
    assert_int_equal(listen(second, 4), 0);
    assert_int_equal(count_of(IPPROTO_TCP, &place), 1);
    close(first);
    close(second);
}

static void they_are_in_the_order_of_their_ports_and_the_first_are_kept(void **state)
{
    zoc_address all[PLACES], few[2], place;
    int fds[3];

    (void)state;
    for (int i = 0; i < 3; i++)
        fds[i] = bound(SOCK_STREAM, "127.0.0.1", &place);
    int count = look_listening(IPPROTO_TCP, all, PLACES);
    assert_in_range(count, 3, PLACES);
    for (int i = 1; i < count; i++)
        assert_true(zoc_address_port(&all[i - 1]) <= zoc_address_port(&all[i]));
    assert_int_equal(look_listening(IPPROTO_TCP, few, 2), 2);
    assert_true(zoc_address_port(&few[0]) <= zoc_address_port(&few[1]));
    assert_true(zoc_address_port(&few[1]) <= zoc_address_port(&place));
    assert_int_equal(look_listening(IPPROTO_TCP, NULL, 0), 0);
    for (int i = 0; i < 3; i++)
        close(fds[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_listens_with_tcp_is_found),
        cmocka_unit_test(who_waits_with_udp_is_found_and_who_talks_to_one_peer_is_not),
        cmocka_unit_test(who_shares_a_port_is_told_once),
        cmocka_unit_test(they_are_in_the_order_of_their_ports_and_the_first_are_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

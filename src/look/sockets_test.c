#include "look/sockets.h"

#include "fiber/testing.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* --- connections to be found ------------------------------------------------------------------------- */

struct pair {
    int client, server;
    zoc_address at_client, at_server; /* as each of them says its own */
};

static zoc_address local_of(int fd)
{
    zoc_address address = { .size = sizeof(address.local) };

    assert_int_equal(getsockname(fd, &address.any, &address.size), 0);
    return address;
}

static int listen_on(const char *digits, zoc_address *ret_address)
{
    zoc_address address;

    assert_int_equal(zoc_address_parse_ip(digits, 0, &address), 0);
    int fd = socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, &address.any, address.size), 0);
    assert_int_equal(listen(fd, 4), 0);
    *ret_address = local_of(fd);
    return fd;
}

/* The client dials those digits. */
static struct pair connect_to(int listening, const char *digits)
{
    zoc_address address = local_of(listening);
    struct pair pair;

    assert_int_equal(zoc_address_parse_ip(digits, zoc_address_port(&address), &address), 0);
    pair.client = socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(pair.client, &address.any, address.size), 0);
    pair.server = accept4(listening, NULL, NULL, SOCK_CLOEXEC);
    assert_true(pair.server >= 0);
    pair.at_client = local_of(pair.client);
    pair.at_server = local_of(pair.server);
    return pair;
}

static struct pair open_pair(const char *digits)
{
    zoc_address address;
    int listening = listen_on(digits, &address);
    struct pair pair = connect_to(listening, digits);

    close(listening);
    return pair;
}

static void close_pair(const struct pair *pair)
{
    close(pair->client);
    close(pair->server);
}

/* Until the end that the peer sent is there. */
static void await_end(int fd)
{
    char byte;

    assert_int_equal(read(fd, &byte, 1), 0);
}

static void expect_state(const zoc_address *local, const zoc_address *remote, unsigned state)
{
    struct look_socket found;

    assert_int_equal(look_connection(local, remote, &found), 0);
    assert_int_equal(found.state, state);
}

/* --- one connection ---------------------------------------------------------------------------------- */

static void each_side_of_a_connection_has_its_state(void **state)
{
    struct pair pair = open_pair("127.0.0.1");
    char byte;

    (void)state;
    expect_state(&pair.at_client, &pair.at_server, TCP_ESTABLISHED);
    expect_state(&pair.at_server, &pair.at_client, TCP_ESTABLISHED);
    shutdown(pair.client, SHUT_WR);
    await_end(pair.server);
    assert_int_equal(write(pair.server, "x", 1), 1); /* which acknowledges the end as well */
    assert_int_equal(read(pair.client, &byte, 1), 1);
    expect_state(&pair.at_client, &pair.at_server, TCP_FIN_WAIT2);
    expect_state(&pair.at_server, &pair.at_client, TCP_CLOSE_WAIT);
    close_pair(&pair);
}

static void who_ends_first_is_left_in_time_wait_for_a_minute(void **state)
{
    struct pair pair = open_pair("127.0.0.1");
    struct look_socket found;

    (void)state;
    shutdown(pair.client, SHUT_WR);
    await_end(pair.server);
    shutdown(pair.server, SHUT_WR);
    await_end(pair.client);
    close_pair(&pair);
    assert_int_equal(look_connection(&pair.at_client, &pair.at_server, &found), 0);
    assert_int_equal(found.state, TCP_TIME_WAIT);
    assert_true(found.left > 0 && found.left <= ZOC_MINUTE);
    assert_int_equal(found.inode, 0);
    assert_int_equal(look_connection(&pair.at_server, &pair.at_client, &found), -ENOENT);
}

static void a_connection_of_ip6_is_found(void **state)
{
    int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in6 loopback = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
    bool has_ip6 = fd >= 0 && bind(fd, (struct sockaddr *)&loopback, sizeof(loopback)) == 0;

    (void)state;
    close(fd);
    if (!has_ip6)
        skip();
    struct pair pair = open_pair("::1");
    expect_state(&pair.at_client, &pair.at_server, TCP_ESTABLISHED);
    close_pair(&pair);
}

static int keep_socket(const struct look_socket *socket, void *arg)
{
    *(struct look_socket *)arg = *socket;
    return 0;
}

static void who_listens_has_a_backlog_and_who_waits_in_it(void **state)
{
    zoc_address address;
    int listening = listen_on("127.0.0.1", &address);
    int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct look_query query = {
        .family = AF_INET, .protocol = IPPROTO_TCP, .states = LOOK_LISTENING, .port = zoc_address_port(&address)
    };
    struct look_socket found = { 0 };

    (void)state;
    assert_int_equal(connect(client, &address.any, address.size), 0);
    assert_int_equal(look_sockets(&query, keep_socket, &found), 0);
    assert_int_equal(found.waiting, 1);
    assert_int_equal(found.backlog, 4);
    close(client);
    close(listening);
}

/* A listener of both families has the addresses of IPv4 in the form of IPv6. */
static void a_mapped_address_is_the_ip4_address(void **state)
{
    zoc_address address;
    int listening = listen_on("::", &address);

    (void)state;
    struct pair pair = connect_to(listening, "127.0.0.1");
    assert_int_equal(pair.at_server.any.sa_family, AF_INET6);
    expect_state(&pair.at_client, &pair.at_server, TCP_ESTABLISHED);
    expect_state(&pair.at_server, &pair.at_client, TCP_ESTABLISHED);
    close_pair(&pair);
    close(listening);
}

static void a_listener_at_that_address_is_no_connection(void **state)
{
    struct look_socket found = { .state = 77 };
    zoc_address local, remote;
    int listening = listen_on("127.0.0.1", &local);

    (void)state;
    assert_int_equal(zoc_address_parse_ip("127.0.0.1", 1, &remote), 0);
    assert_int_equal(look_connection(&local, &remote, &found), -ENOENT);
    assert_int_equal(found.state, 77);
    close(listening);
}

static void addresses_of_two_families_have_no_connection(void **state)
{
    struct look_socket found;
    zoc_address four, six;

    (void)state;
    assert_int_equal(zoc_address_parse_ip("127.0.0.1", 1, &four), 0);
    assert_int_equal(zoc_address_parse_ip("::1", 1, &six), 0);
    assert_int_equal(look_connection(&four, &six, &found), -ENOENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_listens_has_a_backlog_and_who_waits_in_it),
        cmocka_unit_test(each_side_of_a_connection_has_its_state),
        cmocka_unit_test(who_ends_first_is_left_in_time_wait_for_a_minute),
        cmocka_unit_test(a_connection_of_ip6_is_found),
        cmocka_unit_test(a_mapped_address_is_the_ip4_address),
        cmocka_unit_test(a_listener_at_that_address_is_no_connection),
        cmocka_unit_test(addresses_of_two_families_have_no_connection),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

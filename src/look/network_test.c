#include "look/network.h"

#include "fiber/testing.h"

#include <arpa/inet.h>
#include <errno.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* A port that the kernel chose. */
static uint16_t chosen_port(void)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    close(fd);
    return ntohs(address.sin_port);
}

static void a_port_that_the_kernel_chooses_is_ephemeral(void **state)
{
    uint16_t first = 0, last = 0;

    (void)state;
    assert_int_equal(look_ephemeral_ports(&first, &last), 0);
    assert_true(first > 0 && first <= last);
    assert_in_range(chosen_port(), first, last);
}

/* In a child, since a namespace is for good. */
static int look_into_new_namespace(void)
{
    struct look_ip6 ip6 = { true, true };

    if (unshare(CLONE_NEWNET) < 0)
        return errno == EPERM ? 77 : 1;
    return look_ip6(&ip6) == 0 && !ip6.address && !ip6.route ? 0 : 1;
}

static void a_network_that_is_not_set_up_has_no_ip6(void **state)
{
    int status;
    pid_t child = fork();

    (void)state;
    if (child == 0)
        _exit(look_into_new_namespace());
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == 77)
        skip();
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* Whether the kernel would send a datagram to an address that is anywhere else (RFC 3849), as it says without sending. */
static bool reaches_far(void)
{
    struct sockaddr_in6 far = { .sin6_family = AF_INET6, .sin6_port = htons(9) };
    int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    inet_pton(AF_INET6, "2001:db8::1", &far.sin6_addr);
    bool reaches = fd >= 0 && connect(fd, (struct sockaddr *)&far, sizeof(far)) == 0;
    if (fd >= 0)
        close(fd);
    return reaches;
}

static void with_a_default_route_for_ip6_there_is_a_way_to_everybody(void **state)
{
    struct look_ip6 ip6;

    (void)state;
    assert_int_equal(look_ip6(&ip6), 0);
    if (!ip6.address || !ip6.route)
        skip();
    assert_true(reaches_far());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_port_that_the_kernel_chooses_is_ephemeral),
        cmocka_unit_test(a_network_that_is_not_set_up_has_no_ip6),
        cmocka_unit_test(with_a_default_route_for_ip6_there_is_a_way_to_everybody),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

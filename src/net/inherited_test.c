#include "stream/testing.h"

#include <fcntl.h>
#include <stddef.h>
#include <sys/stat.h>

/* What a service manager leaves behind: descriptors from 3 on, of which the last one is no socket. */
enum { TCP_FD = 3, UDP_FD, UNIX_FD, ABSTRACT_FD, ANY_FD, PIPE_FD, AFTER_LAST };

static char folder[] = "/tmp/zocalo-inherited-test-XXXXXX";
static zoc_address addresses[AFTER_LAST];

/* --- what is inherited ---------------------------------------------------------------------------- */

static void put_at(int fd, int wanted)
{
    if (fd == wanted)
        return;
    assert_int_equal(dup2(fd, wanted), wanted);
    close(fd);
}

static void leave_socket(int wanted, int type, const zoc_address *address)
{
    zoc_address *real = &addresses[wanted];
    int fd = socket(address->any.sa_family, type, 0);

    assert_int_equal(bind(fd, &address->any, address->size), 0);
    if (type == SOCK_STREAM)
        assert_int_equal(listen(fd, 8), 0);
    *real = (zoc_address){ .size = sizeof real->local };
    assert_int_equal(getsockname(fd, &real->any, &real->size), 0);
    put_at(fd, wanted);
}

static zoc_address ip(const char *digits)
{
    zoc_address address;

    assert_int_equal(zoc_address_parse_ip(digits, 0, &address), 0);
    return address;
}

static zoc_address local(const char *prefix)
{
    zoc_address address = { .local.sun_family = AF_UNIX };
    char *path = address.local.sun_path;
    int abstract = prefix[0] == '@';
    int length = snprintf(path + abstract, sizeof address.local.sun_path - 1, "%s/socket", prefix + abstract);

    address.size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + (size_t)abstract + (size_t)length);
    return address;
}

static void set_environment(int pid, const char *fds)
{
    char number[16];

    snprintf(number, sizeof number, "%d", pid);
    setenv("LISTEN_PID", number, 1);
    setenv("LISTEN_FDS", fds, 1);
    setenv("LISTEN_FDNAMES", "a:b", 1);
}

static int leave_sockets(void **state)
{
    zoc_address loopback = ip("127.0.0.1"), any = ip("0.0.0.0"), named = local(folder),
                abstract = local("@zocalo-test");
    int fds[2];

    (void)state;
    leave_socket(TCP_FD, SOCK_STREAM, &loopback);
    leave_socket(UDP_FD, SOCK_DGRAM, &loopback);
    leave_socket(UNIX_FD, SOCK_STREAM, &named);
    leave_socket(ABSTRACT_FD, SOCK_STREAM, &abstract);
    leave_socket(ANY_FD, SOCK_STREAM, &any);
    assert_int_equal(pipe(fds), 0);
    put_at(fds[0], PIPE_FD);
    close(fds[1]);
    set_environment(getpid(), "6");
    return 0;
}

static int take_sockets_away(void **state)
{
    (void)state;
    for (int fd = TCP_FD; fd < AFTER_LAST; fd++)
        close(fd);
    unlink(addresses[UNIX_FD].local.sun_path);
    return 0;
}

static void inherit_on_fiber(void **state)
{
    assert_int_equal(zoc_inherit(), AFTER_LAST - TCP_FD);
    testing_on_fiber(state);
}

/* As ON_FIBER, and the six descriptors were inherited before. */
#define ON_INHERITED(test)                                                        \
    {                                                                             \
#test, inherit_on_fiber, leave_sockets, take_sockets_away, (void *)(test) \
    }

/* --- taking them ---------------------------------------------------------------------------------- */

static char *endpoint_of(int fd, const char *prefix)
{
    static char text[ZOC_ADDRESS_TEXT + 16];
    char address[ZOC_ADDRESS_TEXT];

    snprintf(text, sizeof text, "%s%s", prefix, zoc_address_format(&addresses[fd], address, sizeof address));
    return text;
}

static zoc_listener *listen_at(const char *endpoint)
{
    zoc_listener *listener;
    int result = zoc_listen(endpoint, NULL, &listener);

    if (result < 0)
        print_message("%s: %s\n", endpoint, zoc_why());
    assert_int_equal(result, 0);
    return listener;
}

static bool is_open(int fd)
{
    return fcntl(fd, F_GETFD) >= 0;
}

static unsigned count_unused(int fd, bool *ret_named)
{
    char address[ZOC_ADDRESS_TEXT];
    zoc_buffer names = { 0 };
    int count = zoc_inherited_unused(&names);

    zoc_buffer_append(&names, "", 1);
    *ret_named = strstr(names.data, zoc_address_format(&addresses[fd], address, sizeof address));
    zoc_buffer_release(&names);
    return (unsigned)count;
}

/* Listens, talks to whoever connects to the inherited socket, and closes. */
static void talk_through(int fd, const char *endpoint)
{
    zoc_listener *listener = listen_at(endpoint);
    int client = socket(addresses[fd].any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    zoc_stream *stream;
    bool named;

    assert_int_equal(connect(client, &addresses[fd].any, addresses[fd].size), 0);
    assert_int_equal(zoc_accept(listener, &stream), 0);
    assert_int_equal(write(client, "hi", 2), 2);
    testing_expect(stream, "hi");
    assert_int_equal(count_unused(fd, &named), 4);
    assert_false(named);
    zoc_close(stream);
    close(client);
    assert_true(is_open(fd));
    zoc_listener_close(listener); /* it stays, for whoever listens there next */
    assert_true(is_open(fd));
    assert_int_equal(count_unused(fd, &named), 5);
    assert_true(named);
}

static void a_port_is_taken_by_its_address(void)
{
    talk_through(TCP_FD, endpoint_of(TCP_FD, "tcp://"));
}

static void a_name_is_taken_by_its_address(void)
{
    char endpoint[64];

    snprintf(endpoint, sizeof endpoint, "tcp://localhost:%u", zoc_address_port(&addresses[TCP_FD]));
    talk_through(TCP_FD, endpoint);
}

static void every_interface_takes_the_one_of_ip4(void)
{
    char endpoint[64];

    snprintf(endpoint, sizeof endpoint, "tcp://:%u", zoc_address_port(&addresses[ANY_FD]));
    talk_through(ANY_FD, endpoint);
}

static void a_path_is_taken_and_its_file_stays(void)
{
    struct stat status;

    talk_through(UNIX_FD, endpoint_of(UNIX_FD, "unix:"));
    assert_int_equal(stat(addresses[UNIX_FD].local.sun_path, &status), 0);
}

static void an_abstract_name_is_taken(void)
{
    talk_through(ABSTRACT_FD, endpoint_of(ABSTRACT_FD, "unix:"));
}

static void a_number_takes_the_descriptor(void)
{
    talk_through(TCP_FD, "fd:3");
}

static void a_datagram_socket_is_taken(void)
{
    zoc_endpoint *endpoint;
    zoc_datagrams *datagrams;
    zoc_correspondent from;
    zoc_bytes datagram;
    bool named;
    int client = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    assert_int_equal(zoc_endpoint_parse(endpoint_of(UDP_FD, "udp://"), &endpoint), 0);
    assert_int_equal(zoc_datagrams_open(endpoint, &datagrams), 0);
    assert_int_equal(sendto(client, "hi", 2, 0, &addresses[UDP_FD].any, addresses[UDP_FD].size), 2);
    assert_int_equal(zoc_datagrams_receive(datagrams, &datagram, &from), 2);
    assert_int_equal(count_unused(UDP_FD, &named), 4);
    assert_false(named);
    close(client);
    zoc_endpoint_free(endpoint);
    zoc_datagrams_close(datagrams);
    assert_true(is_open(UDP_FD));
    assert_int_equal(count_unused(UDP_FD, &named), 5);
}

static void none_is_taken_twice(void)
{
    zoc_listener *first = listen_at(endpoint_of(TCP_FD, "tcp://")), *second = NULL;

    assert_int_equal(zoc_listen(endpoint_of(TCP_FD, "tcp://"), NULL, &second), -EADDRINUSE);
    zoc_listener *numbered = listen_at("fd:6");
    assert_int_equal(zoc_listen(endpoint_of(ABSTRACT_FD, "unix:"), NULL, &second), -EADDRINUSE);
    assert_null(second);
    zoc_listener_close(first);
    zoc_listener_close(numbered);
}

static void another_address_is_bound_anew(void)
{
    bool named;
    zoc_listener *listener = listen_at("tcp://127.0.0.1:0");

    assert_int_not_equal(zoc_listener_endpoint(listener)->port, zoc_address_port(&addresses[TCP_FD]));
    assert_int_equal(count_unused(TCP_FD, &named), 5);
    assert_true(named);
    zoc_listener_close(listener);
}

static void those_that_nobody_took_are_named(void)
{
    zoc_buffer expected = { 0 }, names = { 0 };
    char address[ZOC_ADDRESS_TEXT];

    for (int fd = TCP_FD; fd < PIPE_FD; fd++)
        zoc_buffer_printf(&expected, "%s%s", fd > TCP_FD ? " " : "",
                          zoc_address_format(&addresses[fd], address, sizeof address));
    assert_int_equal(zoc_inherited_unused(&names), 5);
    assert_int_equal(names.size, expected.size);
    assert_memory_equal(names.data, expected.data, names.size);
    zoc_buffer_release(&names);
    zoc_buffer_release(&expected);
}

/* Somebody else may hold the same socket: who connects to it may still find that one. */
static void nobody_is_turned_away_from_one(void)
{
    zoc_listener *listener = listen_at(endpoint_of(TCP_FD, "tcp://"));
    zoc_stream *stream;

    zoc_listener_end(listener);
    int client = testing_connect(zoc_address_port(&addresses[TCP_FD]));
    assert_int_equal(zoc_accept(listener, &stream), 0);
    assert_int_equal(zoc_accept(listener, &stream), -ESHUTDOWN);
    zoc_close(stream);
    close(client);
    zoc_listener_close(listener);
}

static void they_wait_for_nobody_and_go_to_no_program(void)
{
    for (int fd = TCP_FD; fd < PIPE_FD; fd++) {
        assert_int_equal(fcntl(fd, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
        assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
    }
    assert_int_equal(fcntl(PIPE_FD, F_GETFD), 0);
}

/* --- the environment ------------------------------------------------------------------------------ */

static void assert_environment_is_clean(void)
{
    assert_null(getenv("LISTEN_PID"));
    assert_null(getenv("LISTEN_FDS"));
    assert_null(getenv("LISTEN_FDNAMES"));
}

static void the_environment_does_not_go_on_to_others(void)
{
    assert_environment_is_clean();
    assert_int_equal(zoc_inherit(), 0);
}

static void what_is_meant_for_another_process_is_left_alone(void **state)
{
    zoc_buffer names = { 0 };

    (void)state;
    set_environment(getppid(), "1");
    assert_int_equal(zoc_inherit(), 0);
    assert_environment_is_clean();
    setenv("LISTEN_FDS", "1", 1);
    assert_int_equal(zoc_inherit(), 0);
    assert_environment_is_clean();
    assert_int_equal(zoc_inherited_unused(&names), 0);
    zoc_buffer_release(&names);
}

static void what_is_no_number_is_refused_with_words(void **state)
{
    static const char *const wrong[] = { "", "x", "3x", "-1", " 1", "65", "99999999999999999999" };
    char why[160];

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        set_environment(getpid(), wrong[i]);
        assert_int_equal(zoc_inherit(), -EINVAL);
        snprintf(why, sizeof why, "LISTEN_FDS is '%s', and not a number from 0 to 64", wrong[i]);
        assert_string_equal(zoc_why(), why);
    }
    set_environment(getpid(), "64");
    assert_int_equal(zoc_inherit(), 64);
    set_environment(getpid(), "0");
    assert_int_equal(zoc_inherit(), 0);
}

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_INHERITED(a_port_is_taken_by_its_address),
        ON_INHERITED(a_name_is_taken_by_its_address),
        ON_INHERITED(every_interface_takes_the_one_of_ip4),
        ON_INHERITED(a_path_is_taken_and_its_file_stays),
        ON_INHERITED(an_abstract_name_is_taken),
        ON_INHERITED(a_number_takes_the_descriptor),
        ON_INHERITED(a_datagram_socket_is_taken),
        ON_INHERITED(none_is_taken_twice),
        ON_INHERITED(another_address_is_bound_anew),
        ON_INHERITED(those_that_nobody_took_are_named),
        ON_INHERITED(nobody_is_turned_away_from_one),
        ON_INHERITED(they_wait_for_nobody_and_go_to_no_program),
        ON_INHERITED(the_environment_does_not_go_on_to_others),
        cmocka_unit_test(what_is_meant_for_another_process_is_left_alone),
        cmocka_unit_test(what_is_no_number_is_refused_with_words),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}

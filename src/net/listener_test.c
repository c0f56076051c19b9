#include "stream/testing.h"

#include "stream/descriptor.h"

#include <sys/stat.h>

static char folder[] = "/tmp/zocalo-listener-test-XXXXXX";
static char path[64];

static zoc_listener *listen_at(const char *endpoint)
{
    zoc_listener *listener;
    int result = zoc_listen(endpoint, NULL, &listener);

    if (result < 0)
        print_message("%s\n", zoc_why());
    assert_int_equal(result, 0);
    return listener;
}

static uint16_t port_of(const zoc_listener *listener)
{
    return zoc_listener_endpoint(listener)->port;
}

static zoc_stream *accept_one(zoc_listener *listener)
{
    zoc_stream *stream;

    assert_int_equal(zoc_accept(listener, &stream), 0);
    return stream;
}

/* --- tcp ----------------------------------------------------------------------------------------- */

static void port_0_becomes_the_port_that_the_system_chose(void)
{
    zoc_listener *listener = listen_at("tcp://127.0.0.1:0,timeout=2ms,nodelay");
    int peer = testing_connect(port_of(listener));
    zoc_stream *stream = accept_one(listener);
    zoc_bytes chunk;

    assert_int_equal(write(peer, "hi", 2), 2);
    testing_expect(stream, "hi");
    assert_int_equal(zoc_receive(stream, &chunk), -ETIMEDOUT); /* timeout= is the connection's */
    assert_int_equal(testing_option(stream, IPPROTO_TCP, TCP_NODELAY), 1);
    zoc_close(stream);
    close(peer);
    zoc_listener_close(listener);
    zoc_listener_close(NULL);
}

static void every_interface_means_both_families_and_ip4_shows_as_ip4(void)
{
    zoc_listener *listener = listen_at("tcp://:0,ttl=9");
    int peer = testing_connect(port_of(listener));
    zoc_stream *stream = accept_one(listener);
    char text[ZOC_ADDRESS_TEXT], endpoint[64];

    zoc_address_format(zoc_stream_peer(stream), text, sizeof text);
    assert_memory_equal(text, "127.0.0.1:", 10);
    zoc_close(stream);
    close(peer);
    if (testing_has_ip6()) {
        zoc_stream *one;
        snprintf(endpoint, sizeof endpoint, "tcp://[::1]:%u", port_of(listener));
        assert_int_equal(zoc_dial(endpoint, NULL, &one), 0);
        zoc_close(accept_one(listener));
        zoc_close(one);
    }
    zoc_listener_close(listener);
}

static void a_port_that_is_taken_is_refused_with_words(void)
{
    zoc_listener *listener = listen_at("tcp://127.0.0.1:0"), *other = NULL;
    char endpoint[64], why[160];

    snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:%u", port_of(listener));
    snprintf(why, sizeof why, "listen %s: bind 127.0.0.1:%u: Address already in use", endpoint, port_of(listener));
    assert_int_equal(zoc_listen(endpoint, NULL, &other), -EADDRINUSE);
    assert_string_equal(zoc_why(), why);
    assert_null(other);
    zoc_listener_close(listener);
}

static void or_free_moves_to_another_port(void)
{
    zoc_listener *listener = listen_at("tcp://127.0.0.1:0");
    char endpoint[64];

    snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:%u,or-free", port_of(listener));
    zoc_listener *other = listen_at(endpoint);
    assert_int_not_equal(port_of(other), 0);
    assert_int_not_equal(port_of(other), port_of(listener));
    zoc_listener_close(listener);
    zoc_listener_close(other);
}

static void a_restart_gets_its_port_back_although_old_connections_linger(void)
{
    zoc_listener *listener = listen_at("tcp://127.0.0.1:0");
    char endpoint[64];
    int peer = testing_connect(port_of(listener));

    zoc_close(accept_one(listener)); /* we end first: TIME_WAIT is on our side */
    snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:%u", port_of(listener));
    zoc_listener_close(listener);
    close(peer);
    zoc_listener_close(listen_at(endpoint));
}

static void an_observer_is_told_of_the_listener_and_of_its_streams(void)
{
    RECORDER(recorder);
    zoc_listener *listener;

    assert_int_equal(zoc_listen("127.0.0.1:0", &(zoc_listen_options){ .observer = &recorder.observer }, &listener), 0);
    int peer = testing_connect(port_of(listener));
    zoc_stream *stream = accept_one(listener);
    assert_int_equal(zoc_write(stream, "hi", 2), 2);
    zoc_close(stream);
    zoc_listener_close(listener);
    close(peer);
    assert_string_equal(recorder.text, "listening, accepted, sent 2, closed, ");
}

static void standard_input_cannot_be_listened_on(void)
{
    zoc_listener *listener;

    assert_int_equal(zoc_listen("-", NULL, &listener), -EINVAL);
}

/* --- Unix sockets -------------------------------------------------------------------------------- */

static const char *unix_endpoint(const char *options)
{
    static char endpoint[192];

    snprintf(path, sizeof path, "%s/socket", folder);
    snprintf(endpoint, sizeof endpoint, "unix:%s%s", path, options);
    return endpoint;
}

static bool exists(const char *name)
{
    struct stat status;

    return lstat(name, &status) == 0;
}

static void a_unix_sockets_file_has_its_mode_and_goes_with_it(void)
{
    struct stat status;
    zoc_listener *listener = listen_at(unix_endpoint(",mode=0666"));

    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode, S_IFSOCK | 0666);
    zoc_listener_close(listener);
    assert_false(exists(path));
}

/* Leaves a socket's file behind, as a process that was killed does. */
static void leave_file(void)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    unix_endpoint("");
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    close(fd);
}

static void a_file_that_nobody_answers_on_is_replaced(void)
{
    zoc_stream *one;

    leave_file();
    assert_true(exists(path));
    zoc_listener *listener = listen_at(unix_endpoint(""));
    assert_int_equal(zoc_dial(unix_endpoint(""), NULL, &one), 0);
    zoc_close(accept_one(listener));
    zoc_close(one);
    zoc_listener_close(listener);
    assert_false(exists(path));
}

static void a_file_that_somebody_answers_on_is_left_alone(void)
{
    zoc_listener *listener = listen_at(unix_endpoint("")), *other;
    char moved[160];

    assert_int_equal(zoc_listen(unix_endpoint(""), NULL, &other), -EADDRINUSE);
    assert_true(exists(path));
    other = listen_at(unix_endpoint(",or-free"));
    snprintf(moved, sizeof moved, "%s.1", path);
    assert_string_equal(zoc_listener_endpoint(other)->path, moved);
    assert_true(exists(moved));
    zoc_listener_close(other);
    assert_false(exists(moved));
    assert_true(exists(path));
    zoc_listener_close(listener);
}

static void asking_whether_somebody_answers_is_no_connection(void)
{
    static const char *const types[] = { "", ",type=seqpacket" };
    zoc_stream *stream;

    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        for (size_t j = 0; j < sizeof types / sizeof *types; j++) {
            zoc_listener *listener = listen_at(unix_endpoint(types[i])), *other;
            assert_int_equal(zoc_listen(unix_endpoint(types[j]), NULL, &other), -EADDRINUSE);
            ZOC_WITHIN(5 * ZOC_MILLISECOND)
                assert_int_equal(zoc_accept(listener, &stream), -ETIMEDOUT);
            zoc_listener_close(listener);
        }
}

/* Whether it listens, or has no connections at all. */
static void a_socket_that_somebody_holds_is_never_replaced(void)
{
    static const int types[] = { SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET };
    zoc_listener *listener;

    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        int fd = socket(AF_UNIX, types[i] | SOCK_CLOEXEC, 0);
        unix_endpoint("");
        snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
        assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
        assert_int_equal(zoc_listen(unix_endpoint(""), NULL, &listener), -EADDRINUSE);
        assert_true(exists(path));
        close(fd);
        unlink(path);
    }
}

static void a_file_that_another_made_since_stays(void)
{
    zoc_listener *first = listen_at(unix_endpoint("")), *second;

    unlink(path);
    second = listen_at(unix_endpoint(""));
    zoc_listener_end(first);
    assert_true(exists(path));
    zoc_listener_close(first);
    unlink(path);
    first = listen_at(unix_endpoint(""));
    zoc_listener_close(second);
    assert_true(exists(path));
    zoc_listener_close(first);
    assert_false(exists(path));
}

static void a_file_that_is_no_socket_is_left_alone(void)
{
    zoc_listener *listener;
    const char *endpoint = unix_endpoint("");

    fclose(fopen(path, "w"));
    assert_int_equal(zoc_listen(endpoint, NULL, &listener), -EADDRINUSE);
    assert_true(exists(path));
    unlink(path);
}

static void packets_of_an_accepted_connection_come_one_by_one(void)
{
    zoc_listener *listener = listen_at(unix_endpoint(",type=seqpacket"));
    zoc_stream *one;
    zoc_bytes chunk;

    assert_int_equal(zoc_dial(unix_endpoint(",type=seqpacket"), NULL, &one), 0);
    zoc_stream *other = accept_one(listener);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(zoc_write(one, "one", 3), 3);
        assert_int_equal(zoc_write(one, "four", 4), 4);
        ZOC_WITHIN(5 * ZOC_SECOND) {
            assert_int_equal(zoc_receive(other, &chunk), 3);
            assert_int_equal(zoc_receive(other, &chunk), 4);
        }
        zoc_stream *turn = one; /* and the way back */
        one = other;
        other = turn;
    }
    zoc_close(one);
    zoc_close(other);
    zoc_listener_close(listener);
}

/* --- stops and shortage -------------------------------------------------------------------------- */

static int accept_until_stopped(void *arg)
{
    zoc_stream *stream;
    int count = 0, result;

    while ((result = zoc_accept(arg, &stream)) == 0) {
        zoc_close(stream);
        count++;
    }
    assert_int_equal(result, -ECANCELED);
    assert_int_equal(count, 3);
    return 0;
}

static void a_soft_stop_empties_the_backlog_first(void)
{
    ZOC_GROUP(group);
    zoc_listener *listener = listen_at("127.0.0.1:0");
    int peers[3];

    zoc_go(&group, accept_until_stopped, listener);
    testing_settle();
    for (int i = 0; i < 3; i++)
        peers[i] = testing_connect(port_of(listener));
    zoc_group_stop(&group);
    assert_int_equal(zoc_group_wait(&group), 0);
    for (int i = 0; i < 3; i++)
        close(peers[i]);
    zoc_listener_close(listener);
}

/* The kernel's world, in which accepting fails when a test says so. */
static struct zoc_world world;

static struct {
    int calls;
    int failures; /* so many calls fail */
    int error;
} accepting;

static int accept_in_want(int fd, struct sockaddr *ret_address, socklen_t *size)
{
    accepting.calls++;
    if (accepting.failures > 0) {
        accepting.failures--;
        return accepting.error;
    }
    return zoc_world_kernel.accept(fd, ret_address, size);
}

static void fail_accepts(int failures, int error)
{
    accepting.calls = 0;
    accepting.failures = failures;
    accepting.error = error;
}

static void without_descriptors_it_waits_and_tries_again(void)
{
    zoc_listener *listener = listen_at("127.0.0.1:0");
    int peer = testing_connect(port_of(listener));
    zoc_time start = zoc_now();

    fail_accepts(2, -EMFILE);
    zoc_close(accept_one(listener));
    assert_int_equal(accepting.calls, 3);
    assert_true(zoc_now() - start >= 2 * ZOC_ACCEPT_RETRY);
    close(peer);
    zoc_listener_close(listener);
}

static int close_stream(void *arg)
{
    zoc_close(arg);
    return 0;
}

static void a_descriptor_that_is_freed_is_used_at_once(void)
{
    ZOC_GROUP(group);
    zoc_listener *listener = listen_at("127.0.0.1:0");
    int peer = testing_connect(port_of(listener));
    zoc_stream *one, *other;
    zoc_time start = zoc_now();

    assert_int_equal(zoc_stream_pair(&one, &other), 0);
    fail_accepts(1, -EMFILE);
    zoc_go(&group, close_stream, one);
    zoc_close(accept_one(listener));
    assert_int_equal(accepting.calls, 2);
    assert_true(zoc_now() - start < ZOC_ACCEPT_RETRY);
    zoc_close(other);
    close(peer);
    zoc_listener_close(listener);
}

static void a_connection_that_was_given_up_is_skipped(void)
{
    zoc_listener *listener = listen_at("127.0.0.1:0");
    int peer = testing_connect(port_of(listener));

    fail_accepts(1, -ECONNABORTED);
    zoc_close(accept_one(listener));
    assert_int_equal(accepting.calls, 2);
    close(peer);
    zoc_listener_close(listener);
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
        ON_NET(port_0_becomes_the_port_that_the_system_chose),
        ON_NET(every_interface_means_both_families_and_ip4_shows_as_ip4),
        ON_NET(a_port_that_is_taken_is_refused_with_words),
        ON_NET(or_free_moves_to_another_port),
        ON_NET(a_restart_gets_its_port_back_although_old_connections_linger),
        ON_NET(an_observer_is_told_of_the_listener_and_of_its_streams),
        ON_NET(standard_input_cannot_be_listened_on),
        ON_NET(a_unix_sockets_file_has_its_mode_and_goes_with_it),
        ON_NET(a_file_that_nobody_answers_on_is_replaced),
        ON_NET(a_file_that_somebody_answers_on_is_left_alone),
        ON_NET(asking_whether_somebody_answers_is_no_connection),
        ON_NET(a_socket_that_somebody_holds_is_never_replaced),
        ON_NET(a_file_that_another_made_since_stays),
        ON_NET(a_file_that_is_no_socket_is_left_alone),
        ON_NET(packets_of_an_accepted_connection_come_one_by_one),
        ON_NET(a_soft_stop_empties_the_backlog_first),
        ON_NET(without_descriptors_it_waits_and_tries_again),
        ON_NET(a_descriptor_that_is_freed_is_used_at_once),
        ON_NET(a_connection_that_was_given_up_is_skipped),
    };

    world = zoc_world_kernel;
    world.accept = accept_in_want;
    zoc_world = &world;
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}

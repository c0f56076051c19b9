/* The end of a listener, and handing it over. */
#include "stream/testing.h"

#include <sys/stat.h>

static char folder[] = "/tmp/zocalo-listener-end-test-XXXXXX";
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

/* The kernel's world, in which a call fails when a test says so. */
static struct zoc_world world;
static int early_accepts, watch_failures; /* so many calls fail */

static int accept_too_early(int fd, struct sockaddr *ret_address, socklen_t *size)
{
    if (early_accepts > 0) {
        early_accepts--;
        return -EAGAIN;
    }
    return zoc_world_kernel.accept(fd, ret_address, size);
}

static int watch_in_want(void *poller, int fd, enum world_watch how, uint64_t token)
{
    if (watch_failures > 0) {
        watch_failures--;
        return -ENOSPC;
    }
    return zoc_world_kernel.poller_watch(poller, fd, how, token);
}

/* --- the end -------------------------------------------------------------------------------------- */

static void assert_over(zoc_listener *listener)
{
    zoc_stream *stream = NULL;

    assert_int_equal(zoc_accept(listener, &stream), -ESHUTDOWN);
    assert_null(stream);
}

static void assert_talks(zoc_listener *listener, int peer)
{
    zoc_stream *stream = accept_one(listener);

    assert_int_equal(write(peer, "hi", 2), 2);
    testing_expect(stream, "hi");
    zoc_close(stream);
    close(peer);
}

static void a_listener_that_ends_loses_nobody_in_its_backlog(void)
{
    zoc_listener *listener = listen_at("127.0.0.1:0");
    int peers[3];

    for (int i = 0; i < 3; i++)
        peers[i] = testing_connect(port_of(listener));
    zoc_listener_end(listener);
    zoc_listener_end(listener); /* again is the same */
    for (int i = 0; i < 3; i++)
        assert_talks(listener, peers[i]);
    assert_over(listener);
    zoc_listener_close(listener);
}

static int accept_to_the_end(void *arg)
{
    zoc_stream *stream;

    return zoc_accept(arg, &stream) == -ESHUTDOWN ? 0 : -EIO;
}

static void who_waits_for_a_connection_is_told_of_the_end(void)
{
    ZOC_GROUP(group);
    zoc_listener *listener = listen_at("127.0.0.1:0");

    zoc_go(&group, accept_to_the_end, listener);
    testing_settle();
    zoc_listener_end(listener);
    assert_int_equal(zoc_group_wait(&group), 0);
    zoc_listener_close(listener);
}

/* Begins to connect, and tells in which state of TCP that has left it. */
static int begin_to_connect(uint16_t port, int *ret_state)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                   .sin_port = htons(port) };
    struct tcp_info info = { 0 };
    socklen_t size = sizeof info;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), -1);
    assert_int_equal(getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size), 0);
    *ret_state = info.tcpi_state;
    return fd;
}

static void newcomers_are_turned_away(void)
{
    static const char *const endpoints[] = { "127.0.0.1:0", "tcp://:0" };
    int state;

    for (int i = 0; i < 2; i++) {
        zoc_listener *listener = listen_at(endpoints[i]);
        uint16_t port = port_of(listener);
        zoc_listener_end(listener);
        close(begin_to_connect(port, &state));
        assert_int_equal(state, TCP_SYN_SENT);
        assert_over(listener);
        zoc_listener_close(listener);
        close(begin_to_connect(port, &state));
        assert_int_equal(state, TCP_CLOSE); /* refused */
    }
}

static void a_handshake_that_had_begun_has_time_to_end(void)
{
    zoc_listener *listener = listen_at("tcp://0.0.0.0:0");
    int peer = testing_connect(port_of(listener));

    zoc_listener_end(listener);
    early_accepts = 1; /* its last segment is under way */
    assert_talks(listener, peer);
    assert_over(listener);
    zoc_listener_close(listener);
}

static void an_accepted_connection_outlives_its_listener(void)
{
    for (int ended = 0; ended < 2; ended++) {
        zoc_listener *listener = listen_at("127.0.0.1:0");
        int peer = testing_connect(port_of(listener));
        zoc_stream *stream = accept_one(listener);

        if (ended)
            zoc_listener_end(listener);
        zoc_listener_close(listener);
        assert_int_equal(write(peer, "hi", 2), 2);
        testing_expect(stream, "hi");
        assert_int_equal(zoc_write(stream, "ho", 2), 2);
        zoc_close(stream);
        char data[4];
        assert_int_equal(read(peer, data, sizeof data), 2);
        assert_int_equal(read(peer, data, sizeof data), 0);
        close(peer);
    }
}

static void the_file_of_a_unix_socket_goes_first(void)
{
    zoc_listener *listener = listen_at(unix_endpoint(""));
    zoc_stream *peer, *late;

    assert_int_equal(zoc_dial(unix_endpoint(""), NULL, &peer), 0);
    zoc_listener_end(listener);
    assert_false(exists(path));
    assert_int_equal(zoc_dial(unix_endpoint(""), NULL, &late), -ENOENT);
    zoc_listener *next = listen_at(unix_endpoint(""));
    zoc_close(accept_one(listener));
    assert_over(listener);
    zoc_listener_close(listener);
    assert_true(exists(path)); /* it is the next one's */
    zoc_listener_close(next);
    zoc_close(peer);
}

/* --- handing over --------------------------------------------------------------------------------- */

static zoc_listener *hand_over(zoc_listener *from)
{
    zoc_listener *to;

    assert_int_equal(zoc_listener_hand_over(from, &to), 0);
    return to;
}

static void a_handed_over_listener_keeps_its_backlog(void)
{
    zoc_listener *old = listen_at("tcp://127.0.0.1:0,nodelay");
    uint16_t port = port_of(old);
    int before = testing_connect(port);
    zoc_listener *new = hand_over(old);
    int after = testing_connect(port);

    assert_int_equal(port_of(new), port);
    assert_over(old);
    zoc_listener_end(old); /* which is nothing now */
    zoc_listener_close(old);
    assert_talks(new, before);
    assert_talks(new, after);
    int later = testing_connect(port);
    zoc_stream *stream = accept_one(new);
    assert_int_equal(testing_option(stream, IPPROTO_TCP, TCP_NODELAY), 1);
    zoc_close(stream);
    close(later);
    zoc_listener_close(new);
}

static int accept_and_close(void *arg)
{
    zoc_stream *stream;
    int result = zoc_accept(arg, &stream);

    if (result == 0)
        zoc_close(stream);
    return result;
}

static void who_accepts_from_the_old_one_is_told(void)
{
    ZOC_GROUP(olds);
    ZOC_GROUP(news);
    zoc_listener *old = listen_at("127.0.0.1:0");

    zoc_go(&olds, accept_to_the_end, old);
    testing_settle();
    zoc_listener *new = hand_over(old);
    zoc_go(&news, accept_and_close, new);
    testing_settle();
    int peer = testing_connect(port_of(new));
    assert_int_equal(zoc_group_wait(&olds), 0);
    assert_int_equal(zoc_group_wait(&news), 0);
    close(peer);
    zoc_listener_close(old);
    zoc_listener_close(new);
}

static void the_file_of_a_unix_socket_goes_with_the_last_holder(void)
{
    zoc_listener *old = listen_at(unix_endpoint(""));
    zoc_listener *new = hand_over(old);
    zoc_stream *peer;

    zoc_listener_close(old);
    assert_true(exists(path));
    assert_int_equal(zoc_dial(unix_endpoint(""), NULL, &peer), 0);
    zoc_close(accept_one(new));
    zoc_close(peer);
    zoc_listener_close(new);
    assert_false(exists(path));
}

static void what_has_ended_cannot_be_handed_over(void)
{
    zoc_listener *ending = listen_at("127.0.0.1:0"), *old = listen_at("127.0.0.1:0"), *none = NULL;
    zoc_listener *new = hand_over(old);

    zoc_listener_end(ending);
    assert_int_equal(zoc_listener_hand_over(ending, &none), -ESHUTDOWN);
    assert_int_equal(zoc_listener_hand_over(old, &none), -ESHUTDOWN);
    assert_null(none);
    zoc_listener_close(ending);
    zoc_listener_close(old);
    zoc_listener_close(new);
}

static void a_failure_to_hand_over_leaves_it_as_it_was(void)
{
    ZOC_GROUP(group);
    zoc_listener *listener = listen_at("127.0.0.1:0"), *none = NULL;

    zoc_go(&group, accept_and_close, listener);
    testing_settle();
    watch_failures = 1;
    assert_int_equal(zoc_listener_hand_over(listener, &none), -ENOSPC);
    assert_null(none);
    testing_settle();
    int peer = testing_connect(port_of(listener));
    assert_int_equal(zoc_group_wait(&group), 0);
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
        ON_NET(a_listener_that_ends_loses_nobody_in_its_backlog),
        ON_NET(who_waits_for_a_connection_is_told_of_the_end),
        ON_NET(newcomers_are_turned_away),
        ON_NET(a_handshake_that_had_begun_has_time_to_end),
        ON_NET(an_accepted_connection_outlives_its_listener),
        ON_NET(the_file_of_a_unix_socket_goes_first),
        ON_NET(a_handed_over_listener_keeps_its_backlog),
        ON_NET(who_accepts_from_the_old_one_is_told),
        ON_NET(the_file_of_a_unix_socket_goes_with_the_last_holder),
        ON_NET(what_has_ended_cannot_be_handed_over),
        ON_NET(a_failure_to_hand_over_leaves_it_as_it_was),
    };

    world = zoc_world_kernel;
    world.accept = accept_too_early;
    world.poller_watch = watch_in_want;
    zoc_world = &world;
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}

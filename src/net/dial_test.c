#include "stream/testing.h"

#include "stream/descriptor.h"

#include <sys/stat.h>

static zoc_stream *dial(const char *format, unsigned port)
{
    char endpoint[256];
    zoc_stream *stream;

    snprintf(endpoint, sizeof endpoint, "%s", format);
    if (strstr(format, "PORT")) {
        const char *at = strstr(format, "PORT");
        snprintf(endpoint, sizeof endpoint, "%.*s%u%s", (int)(at - format), format, port, at + 4);
    }
    int result = zoc_dial(endpoint, NULL, &stream);
    if (result < 0)
        print_message("%s\n", zoc_why());
    assert_int_equal(result, 0);
    return stream;
}

/* A port on which nobody listens: one that was just given back. */
static uint16_t free_port(void)
{
    uint16_t port;

    close(testing_listen(1, &port));
    return port;
}

static void a_connection_goes_both_ways(void)
{
    uint16_t port;
    int listening = testing_listen(1, &port);
    zoc_stream *stream = dial("tcp://127.0.0.1:PORT", port);
    int peer = accept(listening, NULL, NULL);
    char data[8];

    assert_int_equal(zoc_write(stream, "hello", 5), 5);
    assert_int_equal(read(peer, data, sizeof data), 5);
    assert_int_equal(write(peer, "back", 4), 4);
    testing_expect(stream, "back");
    zoc_close(stream);
    close(peer);
    close(listening);
}

static void localhost_tries_both_families(void)
{
    uint16_t port;
    int listening = testing_listen(1, &port);
    zoc_stream *stream = dial("tcp://localhost:PORT", port);

    assert_int_equal(zoc_stream_peer(stream)->any.sa_family, AF_INET);
    zoc_close(stream);
    stream = dial("tcp://:PORT", port);
    zoc_close(stream);
    close(listening);
}

static void ip6_is_dialled_too(void)
{
    struct sockaddr_in6 address = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
    socklen_t size = sizeof address;

    if (!testing_has_ip6())
        return;
    int listening = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(listening, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(listening, 1), 0);
    getsockname(listening, (struct sockaddr *)&address, &size);
    zoc_stream *stream = dial("tcp://[::1]:PORT,ttl=9", ntohs(address.sin6_port));
    assert_int_equal(zoc_stream_peer(stream)->any.sa_family, AF_INET6);
    assert_int_equal(testing_option(stream, IPPROTO_IPV6, IPV6_UNICAST_HOPS), 9);
    zoc_close(stream);
    stream = dial("tcp://localhost:PORT", ntohs(address.sin6_port));
    assert_int_equal(zoc_stream_peer(stream)->any.sa_family, AF_INET6);
    zoc_close(stream);
    close(listening);
}

static void a_refusal_says_whom_it_came_from(void)
{
    char endpoint[64], why[128];
    uint16_t port = free_port();
    zoc_stream *stream;

    snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:%u", port);
    snprintf(why, sizeof why, "dial %s: connect 127.0.0.1:%u: Connection refused", endpoint, port);
    assert_int_equal(zoc_dial(endpoint, NULL, &stream), -ECONNREFUSED);
    assert_string_equal(zoc_why(), why);
}

static void a_malformed_endpoint_is_refused_before_anything_happens(void)
{
    zoc_stream *stream;

    assert_int_equal(zoc_dial("tcp://127.0.0.1:99999", NULL, &stream), -EINVAL);
    assert_int_equal(zoc_dial("listen:udp://127.0.0.1:0", NULL, &stream), -EINVAL);
}

/* A listener whose backlog is full drops every SYN: a black hole of our own. */
struct black_hole {
    int listening;
    uint16_t port;
    int queued[2];
};

static void open_hole(struct black_hole *hole)
{
    hole->listening = testing_listen(0, &hole->port);
    hole->queued[0] = testing_connect(hole->port);
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                   .sin_port = htons(hole->port) };
    hole->queued[1] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    assert_int_equal(connect(hole->queued[1], (struct sockaddr *)&address, sizeof address), -1);
}

static void close_hole(struct black_hole *hole)
{
    close(hole->queued[0]);
    close(hole->queued[1]);
    close(hole->listening);
}

static void who_does_not_answer_is_given_up_at_the_connect_timeout(void)
{
    struct black_hole hole;
    char endpoint[64];
    zoc_stream *stream;

    open_hole(&hole);
    snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:%u,connect-timeout=20ms", hole.port);
    assert_int_equal(zoc_dial(endpoint, NULL, &stream), -ETIMEDOUT);
    assert_non_null(strstr(zoc_why(), "Connection timed out"));
    ZOC_WITHIN(20 * ZOC_MILLISECOND) {
        snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:%u", hole.port);
        assert_int_equal(zoc_dial(endpoint, NULL, &stream), -ETIMEDOUT);
    }
    close_hole(&hole);
}

static int dial_the_hole(void *arg)
{
    char endpoint[64];
    zoc_stream *stream;
    struct black_hole *hole = arg;

    snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:%u", hole->port);
    return zoc_dial(endpoint, NULL, &stream) == -ECANCELED ? 0 : -EIO;
}

static void a_cancel_ends_a_dial(void)
{
    ZOC_GROUP(group);
    struct black_hole hole;

    open_hole(&hole);
    zoc_go(&group, dial_the_hole, &hole);
    testing_settle();
    zoc_group_cancel(&group);
    assert_int_equal(zoc_group_wait(&group), 0);
    close_hole(&hole);
}

static void an_event_that_nothing_is_behind_connects_nobody(void)
{
    struct zoc_world world = zoc_world_kernel;
    ZOC_GROUP(group);
    struct black_hole hole;

    testing_prepare_alarm(&world);
    zoc_world = &world;
    open_hole(&hole);
    zoc_go(&group, dial_the_hole, &hole);
    testing_settle();
    testing_raise_alarm();
    zoc_group_cancel(&group);
    assert_int_equal(zoc_group_wait(&group), 0);
    close_hole(&hole);
    zoc_world = &zoc_world_kernel;
}

static void options_are_set_on_the_socket(void)
{
    uint16_t port, from = free_port();
    int listening = testing_listen(4, &port);
    char endpoint[128];
    zoc_address local;

    zoc_stream *plain = dial("tcp://127.0.0.1:PORT", port);
    assert_int_equal(testing_option(plain, SOL_SOCKET, SO_KEEPALIVE), 0);
    assert_int_equal(testing_option(plain, IPPROTO_TCP, TCP_NODELAY), 0);
    zoc_close(plain);
    snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:PORT,bind=127.0.0.5:%u,nodelay,keepalive,ttl=7,tos=16", from);
    zoc_stream *stream = dial(endpoint, port);
    assert_int_equal(testing_option(stream, SOL_SOCKET, SO_KEEPALIVE), 1);
    assert_int_equal(testing_option(stream, IPPROTO_TCP, TCP_NODELAY), 1);
    assert_int_equal(testing_option(stream, IPPROTO_IP, IP_TTL), 7);
    assert_int_equal(testing_option(stream, IPPROTO_IP, IP_TOS), 16);
    assert_int_equal(zoc_stream_local(stream, &local), 0);
    assert_int_equal(local.ip4.sin_addr.s_addr, inet_addr("127.0.0.5"));
    assert_int_equal(zoc_address_port(&local), from);
    zoc_close(stream);
    close(listening);
}

static void buffers_and_the_smallest_ttl_are_the_sockets(void)
{
    uint16_t port;
    int listening = testing_listen(1, &port);
    zoc_stream *stream = dial("tcp://127.0.0.1:PORT,rcvbuf=5000,sndbuf=6000,min-ttl=3", port);

    assert_int_equal(testing_option(stream, SOL_SOCKET, SO_RCVBUF), 10000); /* the kernel doubles it (socket(7)) */
    assert_int_equal(testing_option(stream, SOL_SOCKET, SO_SNDBUF), 12000);
    assert_int_equal(testing_option(stream, IPPROTO_IP, IP_MINTTL), 3);
    zoc_close(stream);
    close(listening);
}

static void the_timeout_of_the_endpoint_is_the_streams(void)
{
    uint16_t port;
    int listening = testing_listen(1, &port);
    zoc_stream *stream = dial("tcp://127.0.0.1:PORT,timeout=2ms", port);
    zoc_bytes chunk;

    assert_int_equal(zoc_receive(stream, &chunk), -ETIMEDOUT);
    zoc_close(stream);
    close(listening);
}

static void an_observer_is_told_of_the_dial_and_stays_with_the_stream(void)
{
    RECORDER(recorder);
    uint16_t port;
    int listening = testing_listen(1, &port);
    char endpoint[64];
    zoc_stream *stream;

    snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:%u", port);
    assert_int_equal(zoc_dial(endpoint, &(zoc_dial_options){ .observer = &recorder.observer }, &stream), 0);
    assert_int_equal(zoc_write(stream, "abc", 3), 3);
    zoc_close(stream);
    assert_string_equal(recorder.text, "resolving, resolved, connecting, connected, sent 3, closed, ");
    close(listening);
}

static void a_failed_dial_is_told_too(void)
{
    RECORDER(recorder);
    char endpoint[64];
    zoc_stream *stream;

    snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:%u", free_port());
    assert_int_equal(zoc_dial(endpoint, &(zoc_dial_options){ .observer = &recorder.observer }, &stream), -ECONNREFUSED);
    assert_string_equal(recorder.text, "resolving, resolved, connecting, connect_failed -111, ");
}

/* --- Unix sockets -------------------------------------------------------------------------------- */

static int unix_socket(const char *path, int type)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

    memcpy(address.sun_path + (*path == '@'), path + (*path == '@'), strlen(path) - (*path == '@'));
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path) + (*path == '@' ? 0 : 1));
    assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
    if (type != SOCK_DGRAM)
        assert_int_equal(listen(fd, 4), 0);
    return fd;
}

static void every_type_of_unix_socket_is_dialled(void)
{
    char folder[] = "/tmp/zocalo-dial-test-XXXXXX", path[64], endpoint[96], data[8];
    static const struct {
        const char *word;
        int type;
    } types[] = { { "stream", SOCK_STREAM }, { "seqpacket", SOCK_SEQPACKET }, { "dgram", SOCK_DGRAM } };

    assert_non_null(mkdtemp(folder));
    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, types[i].word);
        snprintf(endpoint, sizeof endpoint, "unix:%s,type=%s", path, types[i].word);
        int listening = unix_socket(path, types[i].type);
        zoc_stream *stream = dial(endpoint, 0);
        int peer = types[i].type == SOCK_DGRAM ? dup(listening) : accept(listening, NULL, NULL);
        assert_int_equal(zoc_write(stream, "one", 3), 3);
        assert_int_equal(read(peer, data, sizeof data), 3);
        assert_int_equal(zoc_stream_has_messages(stream), types[i].type == SOCK_DGRAM);
        zoc_close(stream);
        close(peer);
        close(listening);
        unlink(path);
    }
    rmdir(folder);
}

static void a_unix_datagram_socket_can_be_answered(void)
{
    char path[64], data[8];
    struct sockaddr_un from;
    socklen_t size = sizeof from;

    snprintf(path, sizeof path, "@zocalo-dial-test-%d", getpid());
    int other = unix_socket(path, SOCK_DGRAM);
    char endpoint[96];
    snprintf(endpoint, sizeof endpoint, "unix:%s,type=dgram", path);
    zoc_stream *stream = dial(endpoint, 0);
    assert_int_equal(zoc_write(stream, "ask", 3), 3);
    assert_int_equal(recvfrom(other, data, sizeof data, 0, (struct sockaddr *)&from, &size), 3);
    assert_int_equal(sendto(other, "answer", 6, 0, (struct sockaddr *)&from, size), 6);
    testing_expect(stream, "answer");
    zoc_close(stream);
    close(other);
}

static void unix_datagrams_may_come_from_a_path_that_goes_with_them(void)
{
    char path[64], from_path[64], endpoint[192], data[8];
    struct sockaddr_un from;
    socklen_t size = sizeof from;

    snprintf(path, sizeof path, "@zocalo-dial-test-%d", getpid());
    snprintf(from_path, sizeof from_path, "/tmp/zocalo-dial-test-%d", getpid());
    int other = unix_socket(path, SOCK_DGRAM);
    snprintf(endpoint, sizeof endpoint, "unix:%s,bind=%s,type=dgram", path, from_path);
    zoc_stream *stream = dial(endpoint, 0);
    assert_int_equal(zoc_write(stream, "ask", 3), 3);
    assert_int_equal(recvfrom(other, data, sizeof data, 0, (struct sockaddr *)&from, &size), 3);
    assert_string_equal(from.sun_path, from_path);
    assert_int_equal(sendto(other, "answer", 6, 0, (struct sockaddr *)&from, size), 6);
    testing_expect(stream, "answer");
    zoc_stream *second;
    assert_int_equal(zoc_dial(endpoint, NULL, &second), -EADDRINUSE);
    assert_int_equal(access(from_path, F_OK), 0);
    zoc_close(stream);
    assert_int_equal(access(from_path, F_OK), -1);
    snprintf(endpoint, sizeof endpoint, "unix:%s,bind=%s", path, from_path);
    assert_int_equal(zoc_dial(endpoint, NULL, &second), -EINVAL);
    close(other);
}

static void an_abstract_name_is_dialled_and_a_missing_one_refused(void)
{
    char path[64], endpoint[96], why[256];
    zoc_stream *stream;

    snprintf(path, sizeof path, "@zocalo-dial-test-%d", getpid());
    snprintf(endpoint, sizeof endpoint, "unix:%s", path);
    int listening = unix_socket(path, SOCK_STREAM);
    zoc_close(dial(endpoint, 0));
    close(listening);
    assert_int_equal(zoc_dial(endpoint, NULL, &stream), -ECONNREFUSED);
    snprintf(why, sizeof why, "dial %s: connect %s: Connection refused", endpoint, path);
    assert_string_equal(zoc_why(), why);
}

/* As many connections as the backlog takes, which nobody accepts. Returns how many. */
static int fill_backlog(const char *path, int fds[], int max)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
    int count = 0;

    memcpy(address.sun_path + 1, path + 1, strlen(path) - 1);
    for (; count < max; count++) {
        fds[count] = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (connect(fds[count], (struct sockaddr *)&address, size) < 0)
            break;
    }
    assert_int_equal(errno, EAGAIN);
    close(fds[count]);
    return count;
}

static void a_path_that_was_never_read_may_be_too_long(void)
{
    static char long_path[] =
        "/123456789/123456789/123456789/123456789/123456789/123456789/123456789/123456789/123456789"
        "/123456789/1234567";
    zoc_endpoint endpoint = {
        .scheme = ZOC_UNIX, .path = long_path, .type = SOCK_DGRAM, .options = { .tos = -1, .mode = -1 }
    };
    zoc_stream *stream;

    assert_int_equal(strlen(long_path), 108);
    assert_int_equal(zoc_dial_endpoint(&endpoint, NULL, &stream), -ENAMETOOLONG);
    assert_non_null(strstr(zoc_why(), ": 108 bytes of path, and a socket has room for 107"));
    long_path[107] = 0;
    assert_int_equal(zoc_dial_endpoint(&endpoint, NULL, &stream), -ENOENT);
}

static void a_full_backlog_of_a_unix_socket_is_waited_for(void)
{
    char path[64], endpoint[96];
    int fds[64];
    zoc_stream *stream;

    snprintf(path, sizeof path, "@zocalo-backlog-test-%d", getpid());
    snprintf(endpoint, sizeof endpoint, "unix:%s", path);
    int listening = unix_socket(path, SOCK_STREAM);
    int count = fill_backlog(path, fds, 64);
    ZOC_WITHIN(50 * ZOC_MILLISECOND)
        assert_int_equal(zoc_dial(endpoint, NULL, &stream), -ETIMEDOUT);
    close(accept(listening, NULL, NULL));
    zoc_close(dial(endpoint, 0));
    for (int i = 0; i < count; i++)
        close(fds[i]);
    close(listening);
}

/* --- UDP ----------------------------------------------------------------------------------------- */

static void datagrams_of_no_bytes_are_messages_and_no_end(void)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof address;
    int other = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    zoc_bytes chunk;
    RECORDER(recorder);

    assert_int_equal(bind(other, (struct sockaddr *)&address, size), 0);
    getsockname(other, (struct sockaddr *)&address, &size);
    zoc_stream *stream = dial("udp://127.0.0.1:PORT", ntohs(address.sin_port));
    zoc_observe(stream, &recorder.observer);
    assert_int_equal(zoc_write(stream, "", 0), 0);
    size = sizeof address;
    assert_int_equal(recvfrom(other, &chunk, 1, 0, (struct sockaddr *)&address, &size), 0);
    assert_int_equal(sendto(other, "", 0, 0, (struct sockaddr *)&address, size), 0);
    assert_int_equal(sendto(other, "ab", 2, 0, (struct sockaddr *)&address, size), 2);
    chunk = (zoc_bytes){ 0 };
    assert_int_equal(zoc_receive(stream, &chunk), 0);
    assert_non_null(chunk.data);
    assert_int_equal(zoc_receive(stream, &chunk), 2);
    zoc_close(stream);
    assert_string_equal(recorder.text, "sent 0, received 0, received 2, closed, ");
    close(other);
}

static void a_datagram_that_did_not_go_is_told_as_a_failure_alone(void)
{
    static char data[70000];
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof address;
    int other = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    RECORDER(recorder);

    assert_int_equal(bind(other, (struct sockaddr *)&address, size), 0);
    getsockname(other, (struct sockaddr *)&address, &size);
    zoc_stream *stream = dial("udp://127.0.0.1:PORT", ntohs(address.sin_port));
    zoc_observe(stream, &recorder.observer);
    assert_int_equal(zoc_write(stream, data, sizeof data), -EMSGSIZE);
    assert_int_equal(zoc_write(stream, "x", 1), 1);
    zoc_close(stream);
    assert_string_equal(recorder.text, "failed -90, sent 1, closed, ");
    close(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_NET(a_connection_goes_both_ways),
        ON_NET(localhost_tries_both_families),
        ON_NET(ip6_is_dialled_too),
        ON_NET(a_refusal_says_whom_it_came_from),
        ON_NET(a_malformed_endpoint_is_refused_before_anything_happens),
        ON_NET(who_does_not_answer_is_given_up_at_the_connect_timeout),
        ON_NET(a_cancel_ends_a_dial),
        ON_NET(an_event_that_nothing_is_behind_connects_nobody),
        ON_NET(options_are_set_on_the_socket),
        ON_NET(buffers_and_the_smallest_ttl_are_the_sockets),
        ON_NET(the_timeout_of_the_endpoint_is_the_streams),
        ON_NET(an_observer_is_told_of_the_dial_and_stays_with_the_stream),
        ON_NET(a_failed_dial_is_told_too),
        ON_NET(every_type_of_unix_socket_is_dialled),
        ON_NET(a_unix_datagram_socket_can_be_answered),
        ON_NET(a_path_that_was_never_read_may_be_too_long),
        ON_NET(a_full_backlog_of_a_unix_socket_is_waited_for),
        ON_NET(unix_datagrams_may_come_from_a_path_that_goes_with_them),
        ON_NET(an_abstract_name_is_dialled_and_a_missing_one_refused),
        ON_NET(datagrams_of_no_bytes_are_messages_and_no_end),
        ON_NET(a_datagram_that_did_not_go_is_told_as_a_failure_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

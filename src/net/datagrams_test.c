#include "stream/testing.h"

static zoc_datagrams *open_at(const char *text)
{
    zoc_endpoint *endpoint;
    zoc_datagrams *datagrams;

    assert_int_equal(zoc_endpoint_parse(text, &endpoint), 0);
    int result = zoc_datagrams_open(endpoint, &datagrams);
    if (result < 0)
        print_message("%s\n", zoc_why());
    assert_int_equal(result, 0);
    zoc_endpoint_free(endpoint);
    return datagrams;
}

/* A socket that sends to that address alone and hears only from there. */
static int connected_to(const char *ip, uint16_t port)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = inet_addr(ip), .sin_port = htons(port) };
    struct timeval patience = { .tv_sec = 5 };
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static void echo_one(zoc_datagrams *datagrams, const char *expected)
{
    zoc_bytes datagram = { 0 };
    zoc_correspondent from;

    assert_int_equal(zoc_datagrams_receive(datagrams, &datagram, &from), strlen(expected));
    assert_non_null(datagram.data);
    assert_memory_equal(datagram.data, expected, datagram.size);
    assert_int_equal(zoc_datagrams_send(datagrams, datagram.data, datagram.size, &from), datagram.size);
}

static void expect(int fd, const char *expected)
{
    char data[16];

    assert_int_equal(recv(fd, data, sizeof data, 0), strlen(expected));
    assert_memory_equal(data, expected, strlen(expected));
}

static void each_peer_gets_its_own_answer(void)
{
    zoc_datagrams *datagrams = open_at("udp://127.0.0.1:0");
    uint16_t port = zoc_datagrams_endpoint(datagrams)->port;
    int one = connected_to("127.0.0.1", port), other = connected_to("127.0.0.1", port);

    assert_int_not_equal(port, 0);
    assert_int_equal(send(one, "one", 3, 0), 3);
    assert_int_equal(send(other, "other", 5, 0), 5);
    assert_int_equal(send(one, "", 0, 0), 0);
    echo_one(datagrams, "one");
    echo_one(datagrams, "other");
    echo_one(datagrams, "");
    expect(one, "one");
    expect(one, "");
    expect(other, "other");
    close(one);
    close(other);
    zoc_datagrams_close(datagrams);
    zoc_datagrams_close(NULL);
}

static void answers_come_from_the_address_that_was_asked(void)
{
    static const char *const endpoints[] = { "udp://:0", "udp://0.0.0.0:0" };

    for (int i = 0; i < 2; i++) {
        zoc_datagrams *datagrams = open_at(endpoints[i]);
        int fd = connected_to("127.0.0.2", zoc_datagrams_endpoint(datagrams)->port);
        assert_int_equal(send(fd, "hi", 2, 0), 2);
        echo_one(datagrams, "hi");
        expect(fd, "hi");
        close(fd);
        zoc_datagrams_close(datagrams);
    }
}

static void an_icmp_error_of_an_answer_is_not_the_sockets(void)
{
    zoc_datagrams *datagrams = open_at("udp://127.0.0.1:0");
    uint16_t port = zoc_datagrams_endpoint(datagrams)->port;
    int gone = connected_to("127.0.0.1", port), here = connected_to("127.0.0.1", port);
    zoc_bytes datagram;
    zoc_correspondent from;

    assert_int_equal(send(gone, "bye", 3, 0), 3);
    assert_int_equal(zoc_datagrams_receive(datagrams, &datagram, &from), 3);
    close(gone);
    assert_int_equal(zoc_datagrams_send(datagrams, "bye", 3, &from), 3);
    assert_int_equal(send(here, "hi", 2, 0), 2);
    echo_one(datagrams, "hi");
    expect(here, "hi");
    close(here);
    zoc_datagrams_close(datagrams);
}

static void unix_datagrams_are_answered_by_name_and_not_without(void)
{
    char path[] = "/tmp/zocalo-datagrams-test-XXXXXX", text[160];
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    zoc_bytes datagram;
    zoc_correspondent from;

    assert_non_null(mkdtemp(path));
    snprintf(address.sun_path, sizeof address.sun_path, "%s/socket", path);
    snprintf(text, sizeof text, "unix:%s,type=dgram", address.sun_path);
    zoc_datagrams *datagrams = open_at(text);
    int named = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), unnamed = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(named, (struct sockaddr *)&address, sizeof(sa_family_t)), 0);
    assert_int_equal(connect(named, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(connect(unnamed, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(send(named, "named", 5, 0), 5);
    assert_int_equal(send(unnamed, "unnamed", 7, 0), 7);
    echo_one(datagrams, "named");
    expect(named, "named");
    assert_int_equal(zoc_datagrams_receive(datagrams, &datagram, &from), 7);
    assert_int_equal(from.peer.size, 0);
    assert_int_equal(zoc_datagrams_send(datagrams, "x", 1, &from), -EDESTADDRREQ);
    close(named);
    close(unnamed);
    zoc_datagrams_close(datagrams);
    assert_int_equal(access(address.sun_path, F_OK), -1);
    assert_int_equal(rmdir(path), 0);
}

static void a_unix_peer_that_does_not_read_holds_nobody_up(void)
{
    char text[96];
    zoc_bytes datagram;
    zoc_correspondent from;
    ssize_t result = 0;

    snprintf(text, sizeof text, "unix:@zocalo-slow-test-%d,type=dgram", getpid());
    zoc_datagrams *datagrams = open_at(text);
    zoc_stream *peer;
    assert_int_equal(zoc_dial(text, NULL, &peer), 0);
    assert_int_equal(zoc_write(peer, "ask", 3), 3);
    assert_int_equal(zoc_datagrams_receive(datagrams, &datagram, &from), 3);
    for (int i = 0; i < 100000 && result >= 0; i++)
        result = zoc_datagrams_send(datagrams, "answer", 6, &from);
    assert_int_equal(result, -EAGAIN);
    zoc_close(peer);
    zoc_datagrams_close(datagrams);
}

static int receive_one(void *arg)
{
    zoc_bytes datagram;
    zoc_correspondent from;

    return zoc_datagrams_receive(arg, &datagram, &from) == -ECANCELED ? 0 : -EIO;
}

static void waiting_ends_by_a_stop_and_by_a_deadline(void)
{
    ZOC_GROUP(group);
    zoc_datagrams *datagrams = open_at("udp://127.0.0.1:0");
    zoc_bytes datagram;
    zoc_correspondent from;

    zoc_go(&group, receive_one, datagrams);
    testing_settle();
    zoc_group_stop(&group);
    assert_int_equal(zoc_group_wait(&group), 0);
    ZOC_WITHIN(ZOC_MILLISECOND) {
        assert_int_equal(zoc_datagrams_receive(datagrams, &datagram, &from), -ETIMEDOUT);
    }
    zoc_datagrams_close(datagrams);
}

struct stopped {
    zoc_datagrams *socket;
    int peer;
    bool talks; /* the peer, each time that it was heard */
    unsigned heard;
};

static int receive_all(void *arg)
{
    struct stopped *stopped = arg;
    zoc_bytes datagram;
    zoc_correspondent from;
    ssize_t received;

    while ((received = zoc_datagrams_receive(stopped->socket, &datagram, &from)) >= 0) {
        stopped->heard++;
        if (stopped->talks)
            assert_int_equal(send(stopped->peer, "", 0, 0), 0);
    }
    return received == -ECANCELED ? 0 : (int)received;
}

/* The stop comes in the same turn as the datagrams, for somebody who waits already or has not begun. */
static unsigned hear_after_stop(bool waits, unsigned sent, bool talks)
{
    ZOC_GROUP(group);
    struct stopped stopped = { .socket = open_at("udp://127.0.0.1:0"), .talks = talks };

    stopped.peer = connected_to("127.0.0.1", zoc_datagrams_endpoint(stopped.socket)->port);
    zoc_go(&group, receive_all, &stopped);
    if (waits)
        testing_settle();
    for (unsigned i = 0; i < sent; i++)
        assert_int_equal(send(stopped.peer, "", 0, 0), 0);
    zoc_group_stop(&group);
    assert_int_equal(zoc_group_wait(&group), 0);
    close(stopped.peer);
    zoc_datagrams_close(stopped.socket);
    return stopped.heard;
}

static void what_has_come_by_a_stop_is_received_first(void)
{
    assert_int_equal(hear_after_stop(false, 100, false), 100);
    assert_int_equal(hear_after_stop(true, 100, false), 100);
    assert_int_equal(hear_after_stop(true, 0, false), 0);
}

static void who_goes_on_to_send_does_not_put_off_a_stop_for_ever(void)
{
    assert_int_equal(hear_after_stop(true, 1, true), ZOC_DATAGRAMS_AT_STOP);
}

static void a_datagram_that_is_too_long_is_refused(void)
{
    static char data[70000];
    zoc_datagrams *datagrams = open_at("udp://127.0.0.1:0");
    zoc_correspondent to = { 0 };

    assert_int_equal(zoc_address_parse_ip("127.0.0.1", 9, &to.peer), 0);
    assert_int_equal(zoc_datagrams_send(datagrams, data, sizeof data, &to), -EMSGSIZE);
    zoc_datagrams_close(datagrams);
}

static void a_port_that_is_taken_is_refused(void)
{
    zoc_datagrams *datagrams = open_at("udp://127.0.0.1:0"), *other;
    zoc_endpoint *endpoint;
    char text[64];

    snprintf(text, sizeof text, "udp://127.0.0.1:%u", zoc_datagrams_endpoint(datagrams)->port);
    assert_int_equal(zoc_endpoint_parse(text, &endpoint), 0);
    assert_int_equal(zoc_datagrams_open(endpoint, &other), -EADDRINUSE);
    zoc_endpoint_free(endpoint);
    zoc_datagrams_close(datagrams);
}

/* --- the end, and handing over -------------------------------------------------------------------- */

static int receive_to_the_end(void *arg)
{
    zoc_bytes datagram;
    zoc_correspondent from;

    return zoc_datagrams_receive(arg, &datagram, &from) == -ESHUTDOWN ? 0 : -EIO;
}

static void who_uses_a_socket_that_ended_is_told(void)
{
    ZOC_GROUP(group);
    zoc_datagrams *datagrams = open_at("udp://127.0.0.1:0"), *none = NULL;
    zoc_correspondent to = { 0 };

    zoc_go(&group, receive_to_the_end, datagrams);
    testing_settle();
    zoc_datagrams_end(datagrams);
    zoc_datagrams_end(datagrams); /* again is the same */
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_int_equal(zoc_address_parse_ip("127.0.0.1", 9, &to.peer), 0);
    assert_int_equal(zoc_datagrams_send(datagrams, "x", 1, &to), -ESHUTDOWN);
    assert_int_equal(zoc_datagrams_hand_over(datagrams, &none), -ESHUTDOWN);
    assert_null(none);
    zoc_datagrams_close(datagrams);
}

static void a_handed_over_socket_keeps_its_queue_and_its_peers(void)
{
    ZOC_GROUP(group);
    zoc_datagrams *old = open_at("udp://127.0.0.1:0"), *new;
    uint16_t port = zoc_datagrams_endpoint(old)->port;
    int peer = connected_to("127.0.0.1", port);

    zoc_go(&group, receive_to_the_end, old);
    testing_settle();
    assert_int_equal(send(peer, "before", 6, 0), 6);
    assert_int_equal(zoc_datagrams_hand_over(old, &new), 0);
    assert_int_equal(send(peer, "after", 5, 0), 5);
    assert_int_equal(zoc_group_wait(&group), 0);
    zoc_datagrams_end(old); /* which is nothing now */
    zoc_datagrams_close(old);
    assert_int_equal(zoc_datagrams_endpoint(new)->port, port);
    echo_one(new, "before");
    echo_one(new, "after");
    expect(peer, "before");
    expect(peer, "after");
    close(peer);
    zoc_datagrams_close(new);
}

/* Who answers the last datagram of the old one may still hold what it lent. */
/* Has a datagram, lets others run, answers it, and asks for the next. */
struct slow {
    zoc_datagrams *socket;
    zoc_event received, go_on;
    int told;
};

static int answer_slowly(void *arg)
{
    struct slow *slow = arg;
    zoc_bytes datagram;
    zoc_correspondent from;

    assert_int_equal(zoc_datagrams_receive(slow->socket, &datagram, &from), 3);
    zoc_event_set(&slow->received);
    assert_int_equal(zoc_event_wait(&slow->go_on), 0);
    assert_int_equal(zoc_datagrams_send(slow->socket, datagram.data, datagram.size, &from), 3);
    slow->told = (int)zoc_datagrams_receive(slow->socket, &datagram, &from);
    return 0;
}

static int let_go_on(void *slow)
{
    zoc_event_set(&((struct slow *)slow)->go_on);
    return 0;
}

static void who_answers_a_datagram_does_so_before_it_is_handed_over(void)
{
    ZOC_GROUP(group);
    struct slow slow = { .socket = open_at("udp://127.0.0.1:0") };
    int peer = connected_to("127.0.0.1", zoc_datagrams_endpoint(slow.socket)->port);
    char answer[4] = "";
    zoc_datagrams *new;

    assert_int_equal(send(peer, "one", 3, 0), 3);
    zoc_go(&group, answer_slowly, &slow);
    assert_int_equal(zoc_event_wait(&slow.received), 0);
    zoc_go(&group, let_go_on, &slow);
    assert_int_equal(zoc_datagrams_hand_over(slow.socket, &new), 0);
    assert_int_equal(recv(peer, answer, sizeof answer, MSG_DONTWAIT), 3);
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_int_equal(slow.told, -ESHUTDOWN);
    zoc_datagrams_end(slow.socket); /* and it is no more its own to close */
    assert_int_equal(send(peer, "two", 3, 0), 3);
    echo_one(new, "two");
    close(peer);
    zoc_datagrams_close(slow.socket);
    zoc_datagrams_close(new);
}

static void the_file_of_a_unix_socket_goes_with_the_last_holder(void)
{
    char path[] = "/tmp/zocalo-datagrams-test-XXXXXX", file[64], text[160];
    zoc_datagrams *new;

    assert_non_null(mkdtemp(path));
    snprintf(file, sizeof file, "%s/socket", path);
    snprintf(text, sizeof text, "unix:%s,type=dgram", file);
    zoc_datagrams *old = open_at(text);
    assert_int_equal(zoc_datagrams_hand_over(old, &new), 0);
    zoc_datagrams_close(old);
    assert_int_equal(access(file, F_OK), 0);
    zoc_datagrams_end(new);
    assert_int_equal(access(file, F_OK), -1);
    zoc_datagrams *next = open_at(text);
    zoc_datagrams_close(new);
    assert_int_equal(access(file, F_OK), 0); /* it is the next one's */
    unlink(file);
    zoc_datagrams *last = open_at(text);
    zoc_datagrams_close(next);
    assert_int_equal(access(file, F_OK), 0); /* it is the last one's */
    zoc_datagrams_close(last);
    assert_int_equal(rmdir(path), 0);
}

static bool is_ours(const char *peer, const char *local, uint16_t port)
{
    zoc_correspondent from = { 0 };

    assert_int_equal(zoc_address_parse_ip(peer, port, &from.peer), 0);
    if (*local)
        assert_int_equal(zoc_address_parse_ip(local, 0, &from.local), 0);
    return zoc_datagrams_is_ours(&from);
}

static void a_datagram_from_a_bound_port_of_this_host_is_ours(void)
{
    zoc_datagrams *datagrams = open_at("udp://127.0.0.1:0");
    uint16_t port = zoc_datagrams_endpoint(datagrams)->port;

    assert_true(is_ours("127.0.0.1", "127.0.0.1", port));
    assert_true(is_ours("127.0.0.2", "127.0.0.1", port));
    assert_true(is_ours("::1", "::1", port));
    assert_true(is_ours("::ffff:127.0.0.1", "", port));
    assert_true(is_ours("192.0.2.1", "192.0.2.1", port));
    assert_true(is_ours("::ffff:192.0.2.1", "192.0.2.1", port));
    assert_false(is_ours("192.0.2.1", "192.0.2.2", port));
    assert_false(is_ours("192.0.2.1", "", port));
    assert_false(is_ours("127.0.0.1", "127.0.0.1", port ^ 1));
    zoc_datagrams_close(datagrams);
    assert_false(is_ours("127.0.0.1", "127.0.0.1", port));
}

static void a_port_is_ours_until_its_last_socket_is_closed(void)
{
    zoc_datagrams *old = open_at("udp://127.0.0.1:0"), *new;
    uint16_t port = zoc_datagrams_endpoint(old)->port;
    char text[64];

    assert_int_equal(zoc_datagrams_hand_over(old, &new), 0);
    zoc_datagrams_close(old);
    assert_true(is_ours("127.0.0.1", "127.0.0.1", port));
    snprintf(text, sizeof text, "udp://127.0.0.2:%u", port);
    zoc_datagrams *other = open_at(text);
    zoc_datagrams_end(new);
    zoc_datagrams_close(new);
    assert_true(is_ours("127.0.0.1", "127.0.0.1", port));
    zoc_datagrams_close(other);
    assert_false(is_ours("127.0.0.1", "127.0.0.1", port));
    assert_false(is_ours("127.0.0.1", "127.0.0.1", 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_NET(each_peer_gets_its_own_answer),
        ON_NET(answers_come_from_the_address_that_was_asked),
        ON_NET(an_icmp_error_of_an_answer_is_not_the_sockets),
        ON_NET(unix_datagrams_are_answered_by_name_and_not_without),
        ON_NET(a_unix_peer_that_does_not_read_holds_nobody_up),
        ON_NET(waiting_ends_by_a_stop_and_by_a_deadline),
        ON_NET(what_has_come_by_a_stop_is_received_first),
        ON_NET(who_goes_on_to_send_does_not_put_off_a_stop_for_ever),
        ON_NET(a_datagram_that_is_too_long_is_refused),
        ON_NET(a_port_that_is_taken_is_refused),
        ON_NET(who_uses_a_socket_that_ended_is_told),
        ON_NET(a_handed_over_socket_keeps_its_queue_and_its_peers),
        ON_NET(who_answers_a_datagram_does_so_before_it_is_handed_over),
        ON_NET(the_file_of_a_unix_socket_goes_with_the_last_holder),
        ON_NET(a_datagram_from_a_bound_port_of_this_host_is_ours),
        ON_NET(a_port_is_ours_until_its_last_socket_is_closed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

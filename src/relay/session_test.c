#include "relay/session.h"

#include "relay/relay.h"
#include "stream/testing.h"

#include <zocalo/log.h>

#define IDLE_LONG ZOC_HOUR

/* A peer that writes to a place, and a target that it is relayed to: plain sockets both. */
struct bench {
    struct relay relay;
    zoc_datagrams *place;
    zoc_group serving;
    int target;
};

static int bind_udp(struct sockaddr_in *ret_address)
{
    socklen_t size = sizeof *ret_address;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    *ret_address = (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    assert_int_equal(bind(fd, (struct sockaddr *)ret_address, size), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)ret_address, &size), 0);
    return fd;
}

static zoc_endpoint *endpoint_of(const char *text)
{
    zoc_endpoint *endpoint;

    assert_int_equal(zoc_endpoint_parse(text, &endpoint), 0);
    return endpoint;
}

static int serve(void *arg)
{
    struct bench *bench = arg;

    return sessions_serve(&bench->relay.sessions, bench->place);
}

static void open_bench(struct bench *bench, unsigned max, zoc_duration idle)
{
    struct sockaddr_in address;
    char text[64];

    zoc_log_set_level(ZOC_LOG_OFF);
    *bench = (struct bench){ .relay = { .threads = 1 } };
    bench->target = bind_udp(&address);
    snprintf(text, sizeof text, "udp://127.0.0.1:%u", ntohs(address.sin_port));
    bench->relay.target = endpoint_of(text);
    zoc_endpoint *here = endpoint_of("udp://127.0.0.1:0");
    assert_int_equal(zoc_datagrams_open(here, &bench->place), 0);
    zoc_endpoint_free(here);
    assert_int_equal(sessions_open(&bench->relay.sessions, &bench->relay, max, idle), 0);
    assert_int_equal(zoc_go(&bench->serving, serve, bench), 0);
}

static void close_bench(struct bench *bench)
{
    zoc_group_stop(&bench->serving);
    assert_int_equal(zoc_group_wait(&bench->serving), 0);
    zoc_group_cancel(&bench->relay.sessions.keeping);
    sessions_close(&bench->relay.sessions);
    zoc_datagrams_close(bench->place);
    relay_release(&bench->relay);
    close(bench->target);
}

static int new_peer(const struct bench *bench)
{
    struct sockaddr_in address;
    int peer = bind_udp(&address);

    address.sin_port = htons(zoc_datagrams_endpoint(bench->place)->port);
    assert_int_equal(connect(peer, (struct sockaddr *)&address, sizeof address), 0);
    return peer;
}

static void tell(int fd, const void *data, size_t size)
{
    assert_int_equal(send(fd, data, size, 0), size);
}

/* Waits for a datagram. Returns its size. */
static size_t hear_from(int fd, char *data, size_t size, struct sockaddr_in *ret_from)
{
    socklen_t length = sizeof *ret_from;
    ssize_t received;

    while ((received = recvfrom(fd, data, size, 0, (struct sockaddr *)ret_from, &length)) < 0)
        assert_int_equal(zoc_sleep(ZOC_MILLISECOND), 0);
    return (size_t)received;
}

static size_t hear(int fd, char *data, size_t size)
{
    struct sockaddr_in unused;

    return hear_from(fd, data, size, &unused);
}

static void expect(int fd, const char *text)
{
    char data[64];

    assert_int_equal(hear(fd, data, sizeof data), strlen(text));
    assert_memory_equal(data, text, strlen(text));
}

/* The target hears it; who it came from is where an answer goes to. */
static struct sockaddr_in expect_at_target(const struct bench *bench, const char *text)
{
    struct sockaddr_in from;
    char data[64];

    assert_int_equal(hear_from(bench->target, data, sizeof data, &from), strlen(text));
    assert_memory_equal(data, text, strlen(text));
    return from;
}

static void answer(const struct bench *bench, const struct sockaddr_in *to, const char *text)
{
    assert_int_equal(sendto(bench->target, text, strlen(text), 0, (const struct sockaddr *)to, sizeof *to),
                     strlen(text));
}

static unsigned sessions_of(const struct bench *bench)
{
    return bench->relay.sessions.table.count;
}

static void await_sessions(const struct bench *bench, unsigned count)
{
    while (sessions_of(bench) != count)
        assert_int_equal(zoc_sleep(ZOC_MILLISECOND), 0);
}

/* --- tests ----------------------------------------------------------------------------------------- */

static void each_peer_has_a_session_and_gets_its_own_answers(void)
{
    struct bench bench;
    struct sockaddr_in from[3];
    int peers[3];

    open_bench(&bench, 8, IDLE_LONG);
    for (int i = 0; i < 3; i++) {
        peers[i] = new_peer(&bench);
        tell(peers[i], "x", 1);
        from[i] = expect_at_target(&bench, "x");
    }
    assert_int_equal(sessions_of(&bench), 3);
    for (int i = 2; i >= 0; i--)
        answer(&bench, &from[i], (const char *[]){ "first", "second", "third" }[i]);
    for (int i = 0; i < 3; i++) {
        expect(peers[i], (const char *[]){ "first", "second", "third" }[i]);
        tell(peers[i], "again", 5);
        assert_int_equal(expect_at_target(&bench, "again").sin_port, from[i].sin_port);
        close(peers[i]);
    }
    assert_int_equal(sessions_of(&bench), 3);
    close_bench(&bench);
}

static void order_and_boundaries_are_kept_and_so_is_what_is_empty(void)
{
    static const char *const letters[] = { "one", "", "three", "", "", "six" };
    enum { COUNT = sizeof letters / sizeof *letters };
    struct bench bench;
    struct sockaddr_in from = { 0 };

    open_bench(&bench, 8, IDLE_LONG);
    int peer = new_peer(&bench);
    for (int i = 0; i < COUNT; i++)
        tell(peer, letters[i], strlen(letters[i]));
    for (int i = 0; i < COUNT; i++)
        from = expect_at_target(&bench, letters[i]);
    for (int i = 0; i < COUNT; i++)
        answer(&bench, &from, letters[i]);
    for (int i = 0; i < COUNT; i++)
        expect(peer, letters[i]);
    close(peer);
    close_bench(&bench);
}

static void when_there_is_one_more_the_one_idle_longest_makes_room(void)
{
    struct bench bench;
    int peers[3];

    open_bench(&bench, 2, IDLE_LONG);
    for (int i = 0; i < 3; i++)
        peers[i] = new_peer(&bench);
    tell(peers[0], "a", 1);
    struct sockaddr_in first = expect_at_target(&bench, "a");
    tell(peers[1], "b", 1);
    struct sockaddr_in second = expect_at_target(&bench, "b");
    tell(peers[0], "c", 1);
    expect_at_target(&bench, "c");
    tell(peers[2], "d", 1);
    expect_at_target(&bench, "d");
    assert_int_equal(sessions_of(&bench), 2);
    tell(peers[0], "e", 1);
    assert_int_equal(expect_at_target(&bench, "e").sin_port, first.sin_port);
    tell(peers[1], "f", 1);
    assert_int_not_equal(expect_at_target(&bench, "f").sin_port, second.sin_port);
    for (int i = 0; i < 3; i++)
        close(peers[i]);
    close_bench(&bench);
}

static void silence_ends_a_session(void)
{
    struct bench bench;

    open_bench(&bench, 8, 50 * ZOC_MILLISECOND);
    int peer = new_peer(&bench);
    tell(peer, "x", 1);
    expect_at_target(&bench, "x");
    assert_int_equal(sessions_of(&bench), 1);
    await_sessions(&bench, 0);
    close(peer);
    close_bench(&bench);
}

static void a_target_that_refuses_ends_its_session_and_no_other(void)
{
    struct bench bench;

    open_bench(&bench, 8, IDLE_LONG);
    int peer = new_peer(&bench);
    tell(peer, "x", 1);
    expect_at_target(&bench, "x");
    close(bench.target);
    tell(peer, "y", 1);
    await_sessions(&bench, 0);
    bench.target = -1;
    tell(peer, "z", 1); /* who is refused before it is connected has no session either */
    await_sessions(&bench, 0);
    assert_null(bench.relay.sessions.ended);
    close(peer);
    close_bench(&bench);
}

static void what_waits_for_a_target_is_bounded(void)
{
    struct bench bench;
    struct session *session;
    static char letter[1000];
    size_t fit = 0;

    open_bench(&bench, 8, IDLE_LONG);
    assert_int_equal(session_new(&bench.relay, bench.place, &(zoc_correspondent){ 0 }, &session), 0);
    table_add(&bench.relay.sessions.table, &session->entry, zoc_now());
    while (session->dropped == 0) {
        session_feed(session, (zoc_bytes){ letter, sizeof letter });
        fit += session->dropped == 0;
        assert_in_range(session->load, 1, SESSION_QUEUE_MAX);
    }
    assert_in_range(fit, 200, SESSION_QUEUE_MAX / sizeof letter);
    size_t left = SESSION_QUEUE_MAX - session->load, record = session->load / fit - sizeof letter;
    session_feed(session, (zoc_bytes){ letter, left - record + 1 });
    assert_int_equal(session->dropped, 2); /* one past the bound */
    session_feed(session, (zoc_bytes){ letter, left - record });
    assert_int_equal(session->dropped, 2); /* at it */
    assert_int_equal(session->load, SESSION_QUEUE_MAX);
    session_end(session, "idle", 0);
    await_sessions(&bench, 0);
    close_bench(&bench);
}

/* From a socket that a session of ours sends by: relayed, it would come back for ever. */
static void our_own_datagrams_are_not_relayed(void)
{
    struct bench bench;
    struct sockaddr_in place = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

    open_bench(&bench, 8, IDLE_LONG);
    int peer = new_peer(&bench);
    tell(peer, "x", 1);
    expect_at_target(&bench, "x");
    place.sin_port = htons(zoc_datagrams_endpoint(bench.place)->port);
    struct session *session = (struct session *)bench.relay.sessions.table.oldest;
    int fd = ((struct descriptor *)session->target)->fd;
    assert_int_equal(sendto(fd, "loop", 4, 0, (struct sockaddr *)&place, sizeof place), 4);
    tell(peer, "y", 1);
    expect_at_target(&bench, "y");
    assert_int_equal(sessions_of(&bench), 1);
    assert_int_equal(bench.relay.sessions.dropped, 1);
    close(peer);
    close_bench(&bench);
}

/* Ports of TCP are others than those of UDP, and may have the same number. */
static void a_peer_with_the_port_of_a_stream_is_not_taken_for_ours(void)
{
    struct bench bench;
    struct sockaddr_in place = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    uint16_t port;
    char text[64];
    zoc_address local;

    open_bench(&bench, 8, IDLE_LONG);
    int listening = testing_listen(4, &port);
    snprintf(text, sizeof text, "tcp://127.0.0.1:%u", port);
    zoc_endpoint_free(bench.relay.target);
    bench.relay.target = endpoint_of(text);
    int peer = new_peer(&bench);
    tell(peer, "x", 1);
    await_sessions(&bench, 1);
    const struct session *session = (const struct session *)bench.relay.sessions.table.oldest;
    while (!session->target)
        assert_int_equal(zoc_sleep(ZOC_MILLISECOND), 0);

    assert_int_equal(zoc_stream_local(session->target, &local), 0);
    int other = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(other, &local.any, local.size), 0);
    place.sin_port = htons(zoc_datagrams_endpoint(bench.place)->port);
    assert_int_equal(connect(other, (struct sockaddr *)&place, sizeof place), 0);
    tell(other, "y", 1);
    await_sessions(&bench, 2);
    close(other);
    close(peer);
    close_bench(&bench);
    close(listening);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_NET(each_peer_has_a_session_and_gets_its_own_answers),
        ON_NET(order_and_boundaries_are_kept_and_so_is_what_is_empty),
        ON_NET(when_there_is_one_more_the_one_idle_longest_makes_room),
        ON_NET(silence_ends_a_session),
        ON_NET(a_target_that_refuses_ends_its_session_and_no_other),
        ON_NET(what_waits_for_a_target_is_bounded),
        ON_NET(our_own_datagrams_are_not_relayed),
        ON_NET(a_peer_with_the_port_of_a_stream_is_not_taken_for_ours),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

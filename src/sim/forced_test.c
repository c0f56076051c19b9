/* Each fault by itself, forced. Those of names are the resolver's (tests/sim/resolver.c). */
#include "sim/testing.h"

#define LONG  1000
#define WHILE (10 * ZOC_MINUTE) /* by then all has arrived that will */

static void expect_struck(enum fault fault)
{
    assert_int_equal(fault_count_of_run(fault), 1);
}

/* --- connecting ----------------------------------------------------------------------------------- */

static void an_accept_without_descriptors_is_tried_again(void)
{
    zoc_listener *listener = testing_listen();
    struct testing_pair pair = { .client = testing_dial() };
    int64_t start = sim_time();

    faults_force(FAULT_ACCEPT_EMFILE, 1);
    assert_int_equal(zoc_accept(listener, &pair.server), 0);
    expect_struck(FAULT_ACCEPT_EMFILE);
    assert_true(sim_time() >= start + ZOC_ACCEPT_RETRY);
    testing_write(pair.client, "served");
    testing_expect(pair.server, "served");
    testing_close(pair);
    zoc_listener_close(listener);
}

static void who_was_reset_before_the_accept_hears_of_it_and_the_next_one_is_served(void)
{
    zoc_listener *listener = testing_listen();
    zoc_stream *first = testing_dial();
    struct testing_pair next = { .client = testing_dial() };

    faults_force(FAULT_ACCEPT_ABORTED, 1);
    assert_int_equal(zoc_accept(listener, &next.server), 0);
    expect_struck(FAULT_ACCEPT_ABORTED);
    testing_write(next.client, "served");
    testing_expect(next.server, "served");
    testing_expect_end(first, -ECONNRESET);
    zoc_close(first);
    testing_close(next);
    zoc_listener_close(listener);
}

static void a_socket_that_cannot_be_had_fails_the_dial(void)
{
    zoc_listener *listener = testing_listen();
    zoc_stream *stream;

    faults_force(FAULT_SOCKET_EMFILE, 1);
    assert_int_equal(zoc_dial(SERVER_ADDRESS, NULL, &stream), -EMFILE);
    expect_struck(FAULT_SOCKET_EMFILE);
    zoc_listener_close(listener);
}

static void a_connection_is_refused_though_somebody_listens(void)
{
    zoc_listener *listener = testing_listen();
    zoc_stream *stream;

    faults_force(FAULT_CONNECT_REFUSED, 1);
    assert_int_equal(zoc_dial(SERVER_ADDRESS, NULL, &stream), -ECONNREFUSED);
    expect_struck(FAULT_CONNECT_REFUSED);
    zoc_close(testing_dial());
    zoc_listener_close(listener);
}

static void a_syn_that_is_lost_is_sent_again(void)
{
    zoc_listener *listener = testing_listen();
    int64_t start = sim_time();

    faults_force(FAULT_CONNECT_LOST, 1);
    zoc_close(testing_dial());
    expect_struck(FAULT_CONNECT_LOST);
    assert_true(sim_time() >= start + ZOC_SECOND);
    zoc_listener_close(listener);
}

static void the_kernel_gives_up_when_no_syn_arrives(void)
{
    zoc_listener *listener = testing_listen();
    zoc_stream *stream;
    int64_t start = sim_time();

    faults_force(FAULT_CONNECT_NEVER, 1);
    assert_int_equal(zoc_dial(SERVER_ADDRESS, NULL, &stream), -ETIMEDOUT);
    expect_struck(FAULT_CONNECT_NEVER);
    assert_true(sim_time() >= start + 127 * ZOC_SECOND);
    zoc_listener_close(listener);
}

static void a_connection_that_is_late_leaves_nothing(void)
{
    zoc_listener *listener = testing_listen();
    zoc_stream *stream;
    int result = 0;
    int64_t start = sim_time();

    faults_force(FAULT_CONNECT_LATE, 1);
    ZOC_WITHIN(ZOC_SECOND)
        result = zoc_dial(SERVER_ADDRESS, NULL, &stream);
    assert_int_equal(result, -ETIMEDOUT);
    expect_struck(FAULT_CONNECT_LATE);
    assert_in_range(sim_time(), start + ZOC_SECOND, start + ZOC_SECOND + ZOC_MILLISECOND);
    assert_int_equal(zoc_fibers_alive(), 1);
    zoc_listener_close(listener);
}

/* --- streams -------------------------------------------------------------------------------------- */

static void less_is_received_than_there_is_and_the_rest_after_it(void)
{
    struct testing_pair pair = testing_connect();
    char data[LONG] = { 0 };
    zoc_bytes chunk;

    assert_int_equal(zoc_write(pair.client, data, LONG), LONG);
    zoc_sleep(WHILE);
    faults_force(FAULT_RECEIVE_SHORT, 1);
    ssize_t first = zoc_receive(pair.server, &chunk);
    expect_struck(FAULT_RECEIVE_SHORT);
    assert_in_range(first, 1, LONG - 1);
    for (ssize_t rest = LONG - first; rest > 0; rest -= (ssize_t)chunk.size)
        assert_in_range(zoc_receive(pair.server, &chunk), 1, rest);
    testing_close(pair);
}

/* Bytes that are sent while this fault strikes arrive as they are. */
static void expect_all_arrives_despite(enum fault fault)
{
    struct testing_pair pair = testing_connect();

    faults_force(fault, 1);
    testing_write(pair.client, "all of it ");
    testing_write(pair.client, "in order");
    testing_expect(pair.server, "all of it in order");
    expect_struck(fault);
    testing_close(pair);
}

static void what_is_written_in_parts_arrives_whole(void)
{
    expect_all_arrives_despite(FAULT_SEND_SHORT);
}

static void who_finds_no_room_writes_when_there_is_some(void)
{
    expect_all_arrives_despite(FAULT_SEND_FULL);
}

static void a_segment_that_is_lost_is_sent_again(void)
{
    int64_t start = sim_time();

    expect_all_arrives_despite(FAULT_STREAM_STALL);
    assert_true(sim_time() >= start + 200 * ZOC_MILLISECOND);
}

static void readiness_without_anything_behind_it_is_seen_through(void)
{
    struct testing_pair pair = testing_connect();
    zoc_bytes chunk;
    ssize_t result = 0;

    faults_force(FAULT_READY_EARLY, 1);
    ZOC_WITHIN(ZOC_SECOND)
        result = zoc_receive(pair.server, &chunk);
    assert_int_equal(result, -ETIMEDOUT);
    expect_struck(FAULT_READY_EARLY);
    testing_write(pair.client, "at last");
    testing_expect(pair.server, "at last");
    testing_close(pair);
}

static void a_reset_comes_behind_the_bytes_that_arrived(void)
{
    struct testing_pair pair = testing_connect();
    zoc_bytes chunk;
    ssize_t received;
    size_t total = 0;

    testing_write(pair.client, "first");
    zoc_sleep(WHILE);
    faults_force(FAULT_STREAM_RESET, 1);
    testing_write(pair.client, "second");
    zoc_sleep(WHILE);
    expect_struck(FAULT_STREAM_RESET);
    for (; (received = zoc_receive(pair.server, &chunk)) > 0; total += chunk.size)
        assert_memory_equal(chunk.data, &"firstsecond"[total], chunk.size);
    assert_int_equal(received, -ECONNRESET);
    assert_in_range(total, strlen("first"), strlen("firstsecond"));
    testing_expect_end(pair.client, -ECONNRESET);
    assert_int_equal(zoc_write(pair.client, "third", 5), -EPIPE);
    testing_close(pair);
}

/* --- datagrams ------------------------------------------------------------------------------------ */

struct post {
    zoc_stream *client;
    zoc_datagrams *server;
};

static struct post open_post(void)
{
    struct post post;
    zoc_endpoint *endpoint;

    assert_int_equal(zoc_endpoint_parse("udp://10.0.0.2:9", &endpoint), 0);
    assert_int_equal(zoc_datagrams_open(endpoint, &post.server), 0);
    assert_int_equal(zoc_dial_endpoint(endpoint, NULL, &post.client), 0);
    zoc_endpoint_free(endpoint);
    return post;
}

static void close_post(struct post post)
{
    zoc_close(post.client);
    zoc_datagrams_close(post.server);
}

/* What the server receives within a while, a space behind each. */
static void expect_delivered(struct post post, const char *expected)
{
    char text[64] = "";
    zoc_bytes datagram;
    zoc_correspondent from;

    ZOC_WITHIN(WHILE)
        while (zoc_datagrams_receive(post.server, &datagram, &from) > 0) {
            strncat(text, datagram.data, datagram.size);
            strcat(text, " ");
        }
    assert_string_equal(text, expected);
}

/* Sends two, of which the first meets this fault. */
static void expect_delivered_despite(enum fault fault, const char *expected)
{
    struct post post = open_post();

    faults_force(fault, 1);
    testing_write(post.client, "one");
    zoc_sleep(WHILE);
    testing_write(post.client, "two");
    expect_delivered(post, expected);
    expect_struck(fault);
    close_post(post);
}

static void a_datagram_that_is_lost_does_not_arrive(void)
{
    expect_delivered_despite(FAULT_DATAGRAM_LOST, "two ");
}

static void a_datagram_arrives_twice(void)
{
    expect_delivered_despite(FAULT_DATAGRAM_TWICE, "one one two ");
}

static void a_datagram_waits_for_room(void)
{
    expect_delivered_despite(FAULT_DATAGRAM_FULL, "one two ");
}

struct delivery {
    bool late;
    int64_t at;
};

static int deliver(void *arg)
{
    struct delivery *delivery = arg;
    struct post post = open_post();
    zoc_bytes datagram;
    zoc_correspondent from;

    if (delivery->late)
        faults_force(FAULT_DATAGRAM_LATE, 1);
    testing_write(post.client, "one");
    assert_int_equal(zoc_datagrams_receive(post.server, &datagram, &from), 3);
    delivery->at = sim_time();
    assert_int_equal(fault_count_of_run(FAULT_DATAGRAM_LATE), delivery->late);
    close_post(post);
    return 0;
}

static void a_datagram_that_is_late_arrives_later_than_it_would(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= TESTING_SEEDS; seed++) {
        struct delivery deliveries[2] = { { .late = false }, { .late = true } };
        for (int i = 0; i < 2; i++) {
            sim_begin(seed, NULL);
            assert_int_equal(zoc_run(deliver, &deliveries[i]), 0);
            sim_end();
        }
        assert_true(deliveries[1].at > deliveries[0].at);
    }
}

static void an_icmp_error_is_told_once_to_who_is_connected(void)
{
    struct post post = open_post();

    faults_force(FAULT_DATAGRAM_ICMP, 1);
    testing_write(post.client, "one");
    testing_expect_end(post.client, -ECONNREFUSED);
    expect_struck(FAULT_DATAGRAM_ICMP);
    testing_write(post.client, "two");
    expect_delivered(post, "two ");
    close_post(post);
}

/* --- work and troubles ---------------------------------------------------------------------------- */

static int work(void *count)
{
    return ++*(int *)count;
}

static void work_that_finds_no_thread_is_not_done(void)
{
    int count = 0;

    faults_force(FAULT_OFFLOAD_NONE, 1);
    assert_int_equal(zoc_offload(work, &count), -EAGAIN);
    expect_struck(FAULT_OFFLOAD_NONE);
    assert_int_equal(count, 0);
    assert_int_equal(zoc_offload(work, &count), 1);
}

static void work_that_begins_late_is_waited_for(void)
{
    int count = 0;
    int64_t start = sim_time();

    faults_force(FAULT_OFFLOAD_SLOW, 1);
    assert_int_equal(zoc_offload(work, &count), 1);
    expect_struck(FAULT_OFFLOAD_SLOW);
    assert_true(sim_time() >= start + ZOC_MILLISECOND);
}

/* Which host or link it is, and when, the seed says: after a while all is as before. */
static void expect_healed_after(enum fault fault)
{
    zoc_listener *listener = testing_listen();

    faults_force(fault, 1);
    zoc_sleep(WHILE);
    expect_struck(fault);
    zoc_close(testing_dial());
    zoc_listener_close(listener);
}

static void a_host_that_crashed_comes_back(void)
{
    expect_healed_after(FAULT_HOST_CRASH);
}

static void a_link_that_was_cut_heals(void)
{
    expect_healed_after(FAULT_LINK_CUT);
}

static void a_link_that_was_cut_one_way_heals(void)
{
    expect_healed_after(FAULT_LINK_ONE_WAY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(an_accept_without_descriptors_is_tried_again),
        IN_WORLD(who_was_reset_before_the_accept_hears_of_it_and_the_next_one_is_served),
        IN_WORLD(a_socket_that_cannot_be_had_fails_the_dial),
        IN_WORLD(a_connection_is_refused_though_somebody_listens),
        IN_WORLD(a_syn_that_is_lost_is_sent_again),
        IN_WORLD(the_kernel_gives_up_when_no_syn_arrives),
        IN_WORLD(a_connection_that_is_late_leaves_nothing),
        IN_WORLD(less_is_received_than_there_is_and_the_rest_after_it),
        IN_WORLD(what_is_written_in_parts_arrives_whole),
        IN_WORLD(who_finds_no_room_writes_when_there_is_some),
        IN_WORLD(a_segment_that_is_lost_is_sent_again),
        IN_WORLD(readiness_without_anything_behind_it_is_seen_through),
        IN_WORLD(a_reset_comes_behind_the_bytes_that_arrived),
        IN_WORLD(a_datagram_that_is_lost_does_not_arrive),
        IN_WORLD(a_datagram_arrives_twice),
        IN_WORLD(a_datagram_waits_for_room),
        cmocka_unit_test(a_datagram_that_is_late_arrives_later_than_it_would),
        IN_WORLD(an_icmp_error_is_told_once_to_who_is_connected),
        IN_WORLD(work_that_finds_no_thread_is_not_done),
        IN_WORLD(work_that_begins_late_is_waited_for),
        IN_WORLD(a_host_that_crashed_comes_back),
        IN_WORLD(a_link_that_was_cut_heals),
        IN_WORLD(a_link_that_was_cut_one_way_heals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

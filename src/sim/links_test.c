/* Two hosts, and the links between them: what arrives, in what order, and what does not. */
#include "sim/testing.h"

#define WHILE (10 * ZOC_MINUTE) /* by then all has arrived that will */
#define LONG  20000

/* --- streams -------------------------------------------------------------------------------------- */

static unsigned char byte_at(size_t at)
{
    return (unsigned char)(at * 0x9e3779b97f4a7c15 >> 56);
}

static int send_long(void *stream)
{
    static unsigned char data[LONG];

    for (size_t i = 0; i < LONG; i++)
        data[i] = byte_at(i);
    assert_int_equal(zoc_write(stream, data, LONG), LONG);
    return zoc_shut(stream);
}

static void bytes_arrive_in_order_whatever_the_window(void)
{
    ZOC_GROUP(group);
    zoc_bytes chunk;
    size_t total = 0;

    sim_windows(1, 2000);
    struct testing_pair pair = testing_connect();
    zoc_go(&group, send_long, pair.client);
    for (; zoc_receive(pair.server, &chunk) > 0; total += chunk.size)
        for (size_t i = 0; i < chunk.size; i++)
            assert_int_equal((unsigned char)chunk.data[i], byte_at(total + i));
    assert_int_equal(total, LONG);
    assert_int_equal(zoc_group_wait(&group), 0);
    testing_close(pair);
}

static void a_window_takes_no_more_than_its_bytes(void)
{
    ssize_t result = 0;

    sim_windows(10, 10);
    struct testing_pair pair = testing_connect();
    testing_write(pair.client, "ten bytes.");
    ZOC_WITHIN(WHILE)
        result = zoc_write(pair.client, "!", 1);
    assert_int_equal(result, -ETIMEDOUT);
    testing_expect(pair.server, "ten bytes.");
    testing_write(pair.client, "!");
    testing_expect(pair.server, "!");
    testing_close(pair);
}

static void a_half_close_arrives_and_the_way_back_stays_open(void)
{
    struct testing_pair pair = testing_connect();

    testing_write(pair.client, "last");
    assert_int_equal(zoc_shut(pair.client), 0);
    testing_expect(pair.server, "last");
    testing_expect_end(pair.server, 0);
    testing_write(pair.server, "answer");
    testing_expect(pair.client, "answer");
    assert_int_equal(zoc_write(pair.client, "more", 4), -EPIPE);
    testing_close(pair);
}

static void who_writes_to_one_that_has_closed_hears_a_reset(void)
{
    struct testing_pair pair = testing_connect();

    zoc_close(pair.server);
    testing_write(pair.client, "nobody reads it");
    zoc_sleep(WHILE);
    assert_true(zoc_write(pair.client, "again", 5) < 0);
    zoc_close(pair.client);
}

static void nobody_listens_where_nobody_listens(void)
{
    zoc_stream *stream;

    assert_int_equal(zoc_dial(SERVER_ADDRESS, NULL, &stream), -ECONNREFUSED);
    assert_int_equal(zoc_dial("tcp://10.0.0.200:7", NULL, &stream), -ENETUNREACH); /* there is no such host */
}

/* --- datagrams ------------------------------------------------------------------------------------ */

static void a_queue_holds_so_many_datagrams_and_more_are_lost(void)
{
    zoc_endpoint *endpoint;
    zoc_datagrams *server;
    zoc_stream *client;
    zoc_bytes datagram;
    zoc_correspondent from;
    int count = 0;

    assert_int_equal(zoc_endpoint_parse("udp://10.0.0.2:9", &endpoint), 0);
    assert_int_equal(zoc_datagrams_open(endpoint, &server), 0);
    assert_int_equal(zoc_dial_endpoint(endpoint, NULL, &client), 0);
    for (int i = 0; i < SIM_QUEUE_MAX + 1; i++)
        testing_write(client, "datagram");
    zoc_sleep(WHILE);
    ZOC_WITHIN(ZOC_SECOND)
        for (; zoc_datagrams_receive(server, &datagram, &from) > 0; count++)
            assert_int_equal(datagram.size, strlen("datagram"));
    assert_int_equal(count, SIM_QUEUE_MAX);
    zoc_close(client);
    zoc_datagrams_close(server);
    zoc_endpoint_free(endpoint);
}

/* --- cuts ----------------------------------------------------------------------------------------- */

static void a_link_that_is_cut_one_way_delays_that_way_alone_and_heals(void)
{
    struct testing_pair pair = testing_connect();
    int64_t start = sim_time();

    sim_cut(CLIENT, SERVER, ZOC_MINUTE);
    testing_write(pair.client, "up");
    testing_write(pair.server, "down");
    testing_expect(pair.client, "down");
    assert_true(sim_time() < start + ZOC_MINUTE);
    testing_expect(pair.server, "up");
    assert_true(sim_time() >= start + ZOC_MINUTE);
    testing_close(pair);
}

static void other_links_are_not_cut(void)
{
    int64_t start = sim_time();

    sim_cut(CLIENT, SERVER + 1, ZOC_HOUR);
    sim_cut(SERVER + 1, SERVER, ZOC_HOUR);
    testing_close(testing_connect());
    assert_true(sim_time() < start + ZOC_HOUR);
}

static void who_connects_over_a_cut_is_connected_when_it_has_healed(void)
{
    zoc_listener *listener = testing_listen();
    int64_t start = sim_time();

    sim_cut(SERVER, CLIENT, ZOC_MINUTE); /* the answer cannot come back */
    zoc_close(testing_dial());
    assert_true(sim_time() >= start + ZOC_MINUTE);
    zoc_listener_close(listener);
}

static void a_link_that_stays_cut_ends_the_connection(void)
{
    struct testing_pair pair = testing_connect();

    sim_cut(CLIENT, SERVER, ZOC_HOUR);
    testing_write(pair.client, "up");
    testing_expect_end(pair.client, -ETIMEDOUT);
    testing_close(pair);
}

/* --- crashes -------------------------------------------------------------------------------------- */

static void who_writes_to_a_host_that_crashed_hears_a_reset_when_it_is_back(void)
{
    struct testing_pair pair = testing_connect();
    int64_t start = sim_time();

    sim_crash(SERVER, ZOC_MINUTE);
    testing_write(pair.client, "are you there");
    testing_expect_end(pair.client, -ECONNRESET);
    assert_true(sim_time() >= start + ZOC_MINUTE);
    testing_expect_end(pair.server, -ENETDOWN);
    testing_close(pair);
}

static void who_only_ends_towards_a_host_that_crashed_hears_a_reset_too(void)
{
    struct testing_pair pair = testing_connect();

    sim_crash(SERVER, ZOC_MINUTE);
    assert_int_equal(zoc_shut(pair.client), 0);
    testing_expect_end(pair.client, -ECONNRESET);
    testing_close(pair);
}

static void a_host_that_is_back_can_be_reached(void)
{
    struct testing_pair lost = testing_connect();
    int64_t start = sim_time();

    sim_crash(SERVER, ZOC_MINUTE);
    struct testing_pair pair = testing_connect();
    assert_true(sim_time() >= start + ZOC_MINUTE);
    testing_write(pair.client, "hello");
    testing_expect(pair.server, "hello");
    testing_close(pair);
    testing_close(lost);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(bytes_arrive_in_order_whatever_the_window),
        IN_WORLD(a_window_takes_no_more_than_its_bytes),
        IN_WORLD(a_half_close_arrives_and_the_way_back_stays_open),
        IN_WORLD(who_writes_to_one_that_has_closed_hears_a_reset),
        IN_WORLD(nobody_listens_where_nobody_listens),
        IN_WORLD(a_queue_holds_so_many_datagrams_and_more_are_lost),
        IN_WORLD(a_link_that_is_cut_one_way_delays_that_way_alone_and_heals),
        IN_WORLD(other_links_are_not_cut),
        IN_WORLD(who_connects_over_a_cut_is_connected_when_it_has_healed),
        IN_WORLD(a_link_that_stays_cut_ends_the_connection),
        IN_WORLD(who_writes_to_a_host_that_crashed_hears_a_reset_when_it_is_back),
        IN_WORLD(who_only_ends_towards_a_host_that_crashed_hears_a_reset_too),
        IN_WORLD(a_host_that_is_back_can_be_reached),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Faults at the system calls, forced, over the kernel's sockets. */
#include "sim/faulty.h"
#include "sim/testing.h"

/* --- a world of real sockets ---------------------------------------------------------------------- */

#define ROUNDS 3 /* of each test, each with a seed of its own */

static void in_real_world(void **state)
{
    for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
        sim_begin_real(seed, NULL);
        assert_int_equal(zoc_run(testing_body, *state), 0);
        sim_end();
    }
}

#define IN_REAL_WORLD(test)                              \
    {                                                    \
#test, in_real_world, NULL, NULL, (void *)(test) \
    }

static void expect_struck(enum fault fault)
{
    assert_int_equal(fault_count_of_run(fault), 1);
}

static zoc_listener *listen_here(void)
{
    zoc_listener *listener;

    assert_int_equal(zoc_listen("tcp://127.0.0.1:0", NULL, &listener), 0);
    return listener;
}

static int dial(const zoc_listener *listener, zoc_stream **ret_stream)
{
    return zoc_dial_endpoint(zoc_listener_endpoint(listener), NULL, ret_stream);
}

static struct testing_pair connect_here(void)
{
    zoc_listener *listener = listen_here();
    struct testing_pair pair;

    assert_int_equal(dial(listener, &pair.client), 0);
    assert_int_equal(zoc_accept(listener, &pair.server), 0);
    zoc_listener_close(listener);
    return pair;
}

/* --- connecting ----------------------------------------------------------------------------------- */

static void an_accept_without_descriptors_is_tried_again(void)
{
    zoc_listener *listener = listen_here();
    struct testing_pair pair;

    assert_int_equal(dial(listener, &pair.client), 0);
    faults_force(FAULT_ACCEPT_EMFILE, 1);
    assert_int_equal(zoc_accept(listener, &pair.server), 0);
    expect_struck(FAULT_ACCEPT_EMFILE);
    testing_write(pair.client, "served");
    testing_expect(pair.server, "served");
    testing_close(pair);
    zoc_listener_close(listener);
}

static void who_was_reset_before_the_accept_hears_of_it_and_the_next_one_is_served(void)
{
    zoc_listener *listener = listen_here();
    zoc_stream *first;
    struct testing_pair next;

    assert_int_equal(dial(listener, &first), 0);
    assert_int_equal(dial(listener, &next.client), 0);
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

static void expect_dial_fails(enum fault fault, int error)
{
    zoc_listener *listener = listen_here();
    zoc_stream *stream;

    faults_force(fault, 1);
    assert_int_equal(dial(listener, &stream), error);
    expect_struck(fault);
    assert_int_equal(dial(listener, &stream), 0);
    zoc_close(stream);
    zoc_listener_close(listener);
}

static void a_connection_is_refused_though_somebody_listens(void)
{
    expect_dial_fails(FAULT_CONNECT_REFUSED, -ECONNREFUSED);
}

static void a_socket_that_cannot_be_had_fails_the_dial(void)
{
    expect_dial_fails(FAULT_SOCKET_EMFILE, -EMFILE);
}

/* --- bytes ---------------------------------------------------------------------------------------- */

static int write_all(void *stream)
{
    testing_write(stream, "all of it ");
    testing_write(stream, "in order");
    return zoc_shut(stream);
}

/* The receiver waits before anything is sent. */
static void expect_all_arrives_despite(enum fault fault, uint64_t nth)
{
    ZOC_GROUP(group);
    struct testing_pair pair = connect_here();

    faults_force(fault, nth);
    zoc_go(&group, write_all, pair.client);
    testing_expect(pair.server, "all of it in order");
    testing_expect_end(pair.server, 0);
    assert_int_equal(zoc_group_wait(&group), 0);
    expect_struck(fault);
    testing_close(pair);
}

/* The first time that bytes are received there are none yet. */
static void bytes_arrive_whole_whatever_the_system_calls_do(void)
{
    expect_all_arrives_despite(FAULT_RECEIVE_SHORT, 2);
    expect_all_arrives_despite(FAULT_SEND_SHORT, 1);
    expect_all_arrives_despite(FAULT_SEND_FULL, 1);
    expect_all_arrives_despite(FAULT_READY_EARLY, 1);
    expect_all_arrives_despite(FAULT_KERNEL_AGAIN, 2);
    expect_all_arrives_despite(FAULT_KERNEL_LATE, 1);
    expect_all_arrives_despite(FAULT_KERNEL_INTERRUPTED, 1);
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

    assert_int_equal(zoc_endpoint_parse("udp://127.0.0.1:0", &endpoint), 0);
    assert_int_equal(zoc_datagrams_open(endpoint, &post.server), 0);
    assert_int_equal(zoc_dial_endpoint(zoc_datagrams_endpoint(post.server), NULL, &post.client), 0);
    zoc_endpoint_free(endpoint);
    return post;
}

static void expect_delivered(struct post post, const char *expected)
{
    zoc_bytes datagram;
    zoc_correspondent from;

    assert_int_equal(zoc_datagrams_receive(post.server, &datagram, &from), strlen(expected));
    assert_memory_equal(datagram.data, expected, datagram.size);
    zoc_close(post.client);
    zoc_datagrams_close(post.server);
}

static void a_datagram_that_there_is_no_memory_for_is_not_sent(void)
{
    struct post post = open_post();

    faults_force(FAULT_KERNEL_NOBUFS, 1);
    ssize_t result = zoc_write(post.client, "one", 3);
    assert_true(result == -ENOBUFS || result == -ENOMEM);
    expect_struck(FAULT_KERNEL_NOBUFS);
    testing_write(post.client, "two");
    expect_delivered(post, "two");
}

static void a_datagram_waits_for_room(void)
{
    struct post post = open_post();

    faults_force(FAULT_DATAGRAM_FULL, 1);
    testing_write(post.client, "one");
    expect_struck(FAULT_DATAGRAM_FULL);
    expect_delivered(post, "one");
}

/* --- descriptors ---------------------------------------------------------------------------------- */

static void what_it_opened_is_counted_until_it_is_closed(void)
{
    size_t before = faulty_files_open();
    struct testing_pair pair = connect_here();

    assert_int_equal(faulty_files_open(), before + 2);
    testing_close(pair);
    assert_int_equal(faulty_files_open(), before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_REAL_WORLD(an_accept_without_descriptors_is_tried_again),
        IN_REAL_WORLD(who_was_reset_before_the_accept_hears_of_it_and_the_next_one_is_served),
        IN_REAL_WORLD(a_connection_is_refused_though_somebody_listens),
        IN_REAL_WORLD(a_socket_that_cannot_be_had_fails_the_dial),
        IN_REAL_WORLD(bytes_arrive_whole_whatever_the_system_calls_do),
        IN_REAL_WORLD(a_datagram_that_there_is_no_memory_for_is_not_sent),
        IN_REAL_WORLD(a_datagram_waits_for_room),
        IN_REAL_WORLD(what_it_opened_is_counted_until_it_is_closed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

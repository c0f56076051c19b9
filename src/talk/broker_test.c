#include "talk/broker.h"

#include "stream/testing.h"

#define BURST (8 * 1024 * 1024)

/* Before anything waits in the queue of a client, it fills the buffers of its socket: at most so much. */
#define BEYOND_ALL_BUFFERS (16 * 1024 * 1024)

static struct {
    struct broker *broker;
    unsigned dropped;
    zoc_stream *last_dropped;
    zoc_buffer heard;
} table;

static void note_dropped(void *state, zoc_stream *peer)
{
    assert_ptr_equal(state, &table);
    table.dropped++;
    table.last_dropped = peer;
}

static int note_heard(void *state, zoc_bytes words)
{
    assert_ptr_equal(state, &table);
    return zoc_buffer_append(&table.heard, words.data, words.size);
}

static void open_table(bool hears)
{
    struct broker_options options = {
        .hear = hears ? note_heard : NULL, .tell_dropped = note_dropped, .state = &table, .one_by_one = hears
    };

    table.dropped = 0;
    table.last_dropped = NULL;
    assert_int_equal(broker_new(&options, &table.broker), 0);
}

static void close_table(void)
{
    assert_int_equal(broker_count(table.broker), 0);
    broker_free(table.broker);
    zoc_buffer_release(&table.heard);
}

/* --- clients -------------------------------------------------------------------------------------- */

static int converse(void *arg)
{
    broker_converse(arg, table.broker);
    zoc_close(arg);
    return 0;
}

/* Comes to the table; returns the client's end. */
static zoc_stream *come_as(zoc_group *group, zoc_stream **ret_served)
{
    zoc_stream *client, *served;
    size_t before = broker_count(table.broker);

    assert_int_equal(zoc_stream_pair(&client, &served), 0);
    assert_int_equal(zoc_go(group, converse, served), 0);
    while (broker_count(table.broker) == before)
        assert_int_equal(zoc_yield(), 0);
    if (ret_served)
        *ret_served = served;
    return client;
}

static zoc_stream *come(zoc_group *group)
{
    return come_as(group, NULL);
}

static void say(zoc_stream *client, const char *words)
{
    assert_int_equal(zoc_write(client, words, strlen(words)), strlen(words));
}

static void await_count(size_t count)
{
    while (broker_count(table.broker) != count)
        assert_int_equal(zoc_yield(), 0);
}

/* A fiber that reads the pattern, so many bytes of it. */
struct reading {
    zoc_stream *client;
    uint64_t size;
};

static int read_pattern(void *arg)
{
    struct reading *reading = arg;
    zoc_bytes chunk;

    for (uint64_t at = 0; at < reading->size; at += chunk.size) {
        assert_true(zoc_receive(reading->client, &chunk) > 0);
        assert_true(testing_is_filled(chunk.data, chunk.size, at));
    }
    return 0;
}

static void say_pattern(zoc_stream *client, uint64_t size)
{
    static char chunk[ZOC_CHUNK_MAX];

    for (uint64_t at = 0; at < size; at += sizeof chunk) {
        testing_fill(chunk, sizeof chunk, at);
        assert_int_equal(zoc_write(client, chunk, sizeof chunk), sizeof chunk);
    }
}

/* --- tests ---------------------------------------------------------------------------------------- */

static void what_one_says_everyone_else_hears(void)
{
    ZOC_GROUP(group);
    open_table(false);
    zoc_stream *one = come(&group), *two = come(&group), *three = come(&group);

    say(one, "hola\n");
    testing_expect(two, "hola\n");
    testing_expect(three, "hola\n");
    say(two, "buenas");
    testing_expect(one, "buenas"); /* and not its own words before that */
    testing_expect(three, "buenas");
    zoc_close(one);
    zoc_close(two);
    zoc_close(three);
    assert_int_equal(zoc_group_wait(&group), 0);
    close_table();
}

static void who_is_alone_speaks_to_nobody(void)
{
    ZOC_GROUP(group);
    open_table(false);
    zoc_stream *one = come(&group);

    say(one, "is anybody there?");
    testing_settle_io();
    assert_int_equal(broker_longest(table.broker), 0);
    zoc_stream *two = come(&group);
    say(one, "hola");
    testing_expect(two, "hola");
    zoc_close(one);
    zoc_close(two);
    assert_int_equal(zoc_group_wait(&group), 0);
    close_table();
}

static void who_ends_has_left_and_the_others_go_on(void)
{
    ZOC_GROUP(group);
    open_table(false);
    zoc_stream *one = come(&group), *two = come(&group), *three = come(&group);

    assert_int_equal(zoc_shut(two), 0);
    testing_expect_end(two);
    await_count(2);
    say(one, "two?");
    testing_expect(three, "two?");
    zoc_close(one);
    zoc_close(two);
    await_count(1);
    zoc_close(three);
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_int_equal(table.dropped, 0);
    close_table();
}

static void a_burst_reaches_all_who_read(void)
{
    ZOC_GROUP(group);
    ZOC_GROUP(readers);
    open_table(false);
    zoc_stream *one = come(&group);
    struct reading readings[3];

    for (int i = 0; i < 3; i++) {
        readings[i] = (struct reading){ come(&group), BURST };
        assert_int_equal(zoc_go(&readers, read_pattern, &readings[i]), 0);
    }
    say_pattern(one, BURST);
    assert_int_equal(zoc_group_wait(&readers), 0);
    assert_int_equal(table.dropped, 0);
    zoc_close(one);
    for (int i = 0; i < 3; i++)
        zoc_close(readings[i].client);
    assert_int_equal(zoc_group_wait(&group), 0);
    close_table();
}

static void who_does_not_read_is_dropped_at_the_bound_and_the_others_hear_all(void)
{
    ZOC_GROUP(group);
    ZOC_GROUP(readers);
    open_table(false);
    zoc_stream *deaf_served, *one = come(&group), *deaf = come_as(&group, &deaf_served);
    struct reading reading = { come(&group), BEYOND_ALL_BUFFERS };

    assert_int_equal(zoc_go(&readers, read_pattern, &reading), 0);
    say_pattern(one, BEYOND_ALL_BUFFERS);
    assert_int_equal(zoc_group_wait(&readers), 0);
    assert_int_equal(table.dropped, 1);
    assert_ptr_equal(table.last_dropped, deaf_served);
    await_count(2);
    zoc_close(one);
    zoc_close(deaf);
    zoc_close(reading.client);
    assert_int_equal(zoc_group_wait(&group), 0);
    close_table();
}

#define MANY 50 /* more than are called at a time */

static void come_many(zoc_group *group, zoc_stream *clients[MANY])
{
    open_table(false);
    for (int i = 0; i < MANY; i++)
        clients[i] = come(group);
}

static void leave_many(zoc_group *group, zoc_stream *clients[MANY])
{
    for (int i = 0; i < MANY; i++)
        zoc_close(clients[i]);
    assert_int_equal(zoc_group_wait(group), 0);
    assert_int_equal(table.dropped, 0);
    close_table();
}

static void all_of_many_hear_what_was_said_before_they_were_called(void)
{
    ZOC_GROUP(group);
    zoc_stream *clients[MANY];

    come_many(&group, clients);
    say(clients[0], "hola");
    testing_expect(clients[MANY - 1], "hola"); /* one of the first who are called, and the rest are not yet */
    say(clients[0], ", all");
    for (int i = 1; i < MANY - 1; i++)
        testing_expect(clients[i], "hola, all");
    testing_expect(clients[MANY - 1], ", all");
    leave_many(&group, clients);
}

static void many_may_be_cancelled_before_they_were_called(void)
{
    ZOC_GROUP(group);
    zoc_stream *clients[MANY];

    come_many(&group, clients);
    say(clients[0], "hola");
    testing_expect(clients[MANY - 1], "hola");
    zoc_group_cancel(&group);
    assert_int_equal(zoc_group_wait(&group), 0);
    leave_many(&group, clients);
}

struct watching {
    size_t longest;
    bool *done;
};

static int watch_longest(void *arg)
{
    struct watching *watching = arg;

    while (!*watching->done) {
        size_t longest = broker_longest(table.broker);
        watching->longest = longest > watching->longest ? longest : watching->longest;
        assert_int_equal(zoc_yield(), 0);
    }
    return 0;
}

static void a_queue_stays_within_its_bound(void)
{
    ZOC_GROUP(group);
    ZOC_GROUP(watchers);
    open_table(false);
    bool done = false;
    struct watching watching = { .done = &done };
    zoc_stream *one = come(&group), *deaf = come(&group);

    assert_int_equal(zoc_go(&watchers, watch_longest, &watching), 0);
    say_pattern(one, BEYOND_ALL_BUFFERS);
    await_count(1);
    done = true;
    assert_int_equal(zoc_group_wait(&watchers), 0);
    assert_in_range(watching.longest, BROKER_QUEUE_MAX / 2, BROKER_QUEUE_MAX);
    zoc_close(one);
    zoc_close(deaf);
    assert_int_equal(zoc_group_wait(&group), 0);
    close_table();
}

/* Fills the socket of a client that does not read, until something waits in its queue. */
static uint64_t fill_queue(zoc_stream *speaker)
{
    static char chunk[4096];
    uint64_t at = 0;

    while (broker_longest(table.broker) == 0) {
        testing_fill(chunk, sizeof chunk, at);
        assert_int_equal(zoc_write(speaker, chunk, sizeof chunk), sizeof chunk);
        at += sizeof chunk;
        testing_settle_io();
    }
    return at;
}

static void what_waits_for_one_who_leaves_is_still_sent(void)
{
    ZOC_GROUP(group);
    open_table(false);
    zoc_stream *one = come(&group), *two = come(&group);
    struct reading reading = { two, fill_queue(one) };

    assert_int_equal(zoc_shut(two), 0);
    await_count(1);
    read_pattern(&reading);
    testing_expect_end(two);
    zoc_close(one);
    zoc_close(two);
    assert_int_equal(zoc_group_wait(&group), 0);
    close_table();
}

static void a_soft_stop_ends_all_and_what_waits_is_still_sent(void)
{
    ZOC_GROUP(group);
    open_table(false);
    zoc_stream *one = come(&group), *two = come(&group);
    struct reading reading = { two, fill_queue(one) };

    zoc_group_stop(&group);
    read_pattern(&reading);
    testing_expect_end(two);
    testing_expect_end(one);
    assert_int_equal(zoc_group_wait(&group), 0);
    zoc_close(one);
    zoc_close(two);
    close_table();
}

static void a_cancel_ends_one_who_does_not_read_at_once(void)
{
    ZOC_GROUP(group);
    open_table(false);
    zoc_stream *one = come(&group), *two = come(&group);

    fill_queue(one);
    zoc_group_cancel(&group);
    assert_int_equal(zoc_group_wait(&group), 0);
    zoc_close(one);
    zoc_close(two);
    close_table();
}

static void one_who_hears_for_all_gets_everything_and_the_others_nothing(void)
{
    ZOC_GROUP(group);
    open_table(true);
    zoc_stream *one = come(&group), *two = come(&group);

    say(one, "question");
    while (table.heard.size < 8)
        assert_int_equal(zoc_yield(), 0);
    assert_memory_equal(table.heard.data, "question", 8);
    assert_int_equal(broker_say(table.broker, zoc_bytes_of("answer")), 0);
    testing_expect(one, "answer");
    testing_expect(two, "answer");
    zoc_close(one);
    zoc_close(two);
    assert_int_equal(zoc_group_wait(&group), 0);
    close_table();
}

static void saying_something_to_nobody_is_fine(void)
{
    open_table(true);
    assert_int_equal(broker_say(table.broker, zoc_bytes_of("hola")), 0);
    close_table();
}

static void a_reset_ends_one_client_alone(void)
{
    ZOC_GROUP(group);
    int peer;
    open_table(false);
    zoc_stream *served = testing_tcp_stream(&peer), *one = come(&group), *two = come(&group);
    struct linger at_once = { .l_onoff = 1 };

    assert_int_equal(zoc_go(&group, converse, served), 0);
    await_count(3);
    assert_int_equal(setsockopt(peer, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once), 0);
    close(peer);
    await_count(2);
    say(one, "hola");
    testing_expect(two, "hola");
    zoc_close(one);
    zoc_close(two);
    assert_int_equal(zoc_group_wait(&group), 0);
    close_table();
}

static void packets_stay_packets(void)
{
    ZOC_GROUP(group);
    int fds[2];
    char text[16];
    open_table(true);
    zoc_stream *one = come(&group);

    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), 0);
    assert_int_equal(zoc_go(&group, converse, testing_stream_of(fds[0], true, true)), 0);
    await_count(2);
    assert_int_equal(broker_say(table.broker, zoc_bytes_of("uno")), 0);
    assert_int_equal(broker_say(table.broker, zoc_bytes_of("dos")), 0);
    testing_expect(one, "unodos");
    testing_settle_io();
    assert_int_equal(recv(fds[1], text, sizeof text, 0), 3);
    assert_int_equal(recv(fds[1], text, sizeof text, 0), 3);
    close(fds[1]);
    zoc_close(one);
    assert_int_equal(zoc_group_wait(&group), 0);
    close_table();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_NET(what_one_says_everyone_else_hears),
        ON_NET(who_is_alone_speaks_to_nobody),
        ON_NET(who_ends_has_left_and_the_others_go_on),
        ON_NET(a_burst_reaches_all_who_read),
        ON_NET(all_of_many_hear_what_was_said_before_they_were_called),
        ON_NET(many_may_be_cancelled_before_they_were_called),
        ON_NET(who_does_not_read_is_dropped_at_the_bound_and_the_others_hear_all),
        ON_NET(a_queue_stays_within_its_bound),
        ON_NET(what_waits_for_one_who_leaves_is_still_sent),
        ON_NET(a_soft_stop_ends_all_and_what_waits_is_still_sent),
        ON_NET(a_cancel_ends_one_who_does_not_read_at_once),
        ON_NET(one_who_hears_for_all_gets_everything_and_the_others_nothing),
        ON_NET(saying_something_to_nobody_is_fine),
        ON_NET(a_reset_ends_one_client_alone),
        ON_NET(packets_stay_packets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "tls/tls_testing.h"

#define MUCH (1024 * 1024)

/* --- bytes ----------------------------------------------------------------------------------------- */

struct delivery {
    zoc_stream *stream;
    size_t size;
};

static int write_and_shut(void *arg)
{
    struct delivery *delivery = arg;
    char *data = malloc(delivery->size + 1);

    testing_fill(data, delivery->size, 0);
    assert_int_equal(zoc_write(delivery->stream, data, delivery->size), delivery->size);
    free(data);
    return zoc_shut(delivery->stream);
}

static void expect_delivery(zoc_stream *stream, size_t size)
{
    zoc_bytes chunk;
    size_t total = 0;
    ssize_t received;

    while ((received = zoc_receive(stream, &chunk)) > 0) {
        assert_in_range(received, 1, ZOC_CHUNK_MAX);
        assert_true(testing_is_filled(chunk.data, chunk.size, total));
        total += chunk.size;
    }
    assert_int_equal(received, 0);
    assert_int_equal(total, size);
}

static void deliver(size_t size)
{
    struct testing_pair pair;
    ZOC_GROUP(group);

    testing_open_pair(&pair);
    struct delivery forth = { pair.client, size }, back = { pair.server, size };
    zoc_go(&group, write_and_shut, &forth);
    expect_delivery(pair.server, size);
    assert_int_equal(zoc_group_wait(&group), 0);
    zoc_go(&group, write_and_shut, &back);
    expect_delivery(pair.client, size);
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_int_equal(zoc_stream_account(pair.client).sent, size);
    assert_int_equal(zoc_stream_account(pair.client).received, size);
    testing_close_pair(&pair);
}

static void bytes_of_any_number_arrive_both_ways(void)
{
    static const size_t sizes[] = { 0, 1, 16383, 16384, 16385, 65535, 65536, 65537, MUCH };

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        deliver(sizes[i]);
}

static void pieces_become_one_text(void)
{
    struct testing_pair pair;
    ZOC_GROUP(group);
    static char data[3 * 16384];
    struct iovec pieces[] = {
        { data, 1 }, { data + 1, 0 }, { data + 1, 16384 }, { data + 16385, 5 }, { data + 16390, sizeof data - 16390 }
    };

    testing_fill(data, sizeof data, 0);
    testing_open_pair(&pair);
    struct testing_handshake handshake = { .stream = pair.server };
    zoc_go(&group, testing_run_handshake, &handshake);
    assert_int_equal(zoc_writev(pair.client, pieces, 5), sizeof data);
    assert_int_equal(zoc_shut(pair.client), 0);
    expect_delivery(pair.server, sizeof data);
    assert_int_equal(zoc_group_wait(&group), 0);
    testing_close_pair(&pair);
}

static void text_is_read_in_pieces(void)
{
    struct testing_pair pair;
    char piece[3];

    testing_open_pair(&pair);
    testing_agree(&pair);
    assert_int_equal(zoc_write(pair.client, "abcde", 5), 5);
    assert_int_equal(zoc_read(pair.server, piece, 3), 3);
    assert_memory_equal(piece, "abc", 3);
    assert_int_equal(zoc_read(pair.server, piece, 3), 2);
    assert_memory_equal(piece, "de", 2);
    testing_close_pair(&pair);
}

static void records_that_are_there_come_in_one_chunk(void)
{
    struct testing_pair pair;
    zoc_stream *one, *other;
    zoc_bytes chunk;

    testing_open_contexts(&pair);
    assert_int_equal(zoc_stream_pair(&one, &other), 0); /* what is written there is there at once */
    testing_lay(&pair, one, other, "localhost", NULL);
    testing_agree(&pair);
    for (int i = 0; i < 100; i++)
        assert_int_equal(zoc_write(pair.client, "abcdefgh", 8), 8);
    assert_int_equal(zoc_shut(pair.client), 0);
    assert_int_equal(zoc_receive(pair.server, &chunk), 800);
    testing_expect_end(pair.server);
    testing_close_pair(&pair);
}

static void a_waiting_stream_holds_no_chunk(void)
{
    struct testing_pair pair;
    const struct tls *tls;

    testing_open_pair(&pair);
    testing_agree(&pair);
    tls = (struct tls *)pair.server;
    assert_int_equal(zoc_write(pair.client, "x", 1), 1);
    testing_expect(pair.server, "x");
    ZOC_WITHIN(ZOC_MILLISECOND) {
        zoc_bytes chunk;
        assert_int_equal(zoc_receive(pair.server, &chunk), -ETIMEDOUT);
    }
    assert_null(tls->lent);
    assert_null(((struct descriptor *)tls->layer.inner)->lent);
    assert_null(tls->outbox.chunk);
    assert_null(tls->outbox.waiting.block);
    testing_close_pair(&pair);
}

/* --- ends ------------------------------------------------------------------------------------------ */

static const char cut_short[] = "the peer ended without a TLS close_notify: what came may be cut short";

static void either_side_may_half_close_first(void)
{
    for (int first = 0; first < 2; first++) {
        struct testing_pair pair;
        testing_open_pair(&pair);
        testing_agree(&pair);
        zoc_stream *one = first ? pair.server : pair.client, *other = first ? pair.client : pair.server;
        assert_int_equal(zoc_write(one, "last", 4), 4);
        assert_int_equal(zoc_shut(one), 0);
        assert_int_equal(zoc_shut(one), 0);
        testing_expect(other, "last");
        testing_expect_end(other);
        testing_expect_end(other);
        assert_int_equal(zoc_write(other, "answer", 6), 6);
        testing_expect(one, "answer");
        assert_int_equal(zoc_write(one, "more", 4), -EPIPE);
        assert_int_equal(zoc_shut(other), 0);
        testing_expect_end(one);
        testing_close_pair(&pair);
    }
}

static void an_end_without_close_notify_is_a_truncation(void)
{
    for (int ended = 0; ended < 2; ended++) {
        struct testing_pair pair;
        testing_open_pair(&pair);
        testing_agree(&pair);
        if (ended) /* we did first */
            assert_int_equal(zoc_shut(pair.client), 0);
        assert_int_equal(zoc_write(pair.server, "half", 4), 4);
        assert_int_equal(zoc_shut(((struct layer *)pair.server)->inner), 0);
        testing_expect(pair.client, "half");
        testing_expect_failure(pair.client, -ZOC_ETRUNCATED, cut_short);
        assert_int_equal(zoc_stream_account(pair.client).error, ended ? 0 : -ZOC_ETRUNCATED);
        testing_close_pair(&pair);
    }
}

static void a_close_says_goodbye(void)
{
    struct testing_pair pair;

    testing_open_pair(&pair);
    testing_agree(&pair);
    assert_int_equal(zoc_write(pair.server, "all", 3), 3);
    zoc_close(pair.server);
    pair.server = NULL;
    testing_expect(pair.client, "all");
    testing_expect_end(pair.client);
    testing_close_pair(&pair);
}

static void a_finished_stream_loses_nothing(void)
{
    struct testing_pair pair;
    ZOC_GROUP(group);

    testing_open_pair(&pair);
    testing_agree(&pair);
    assert_int_equal(zoc_write(pair.client, "never looked at", 15), 15);
    struct delivery delivery = { pair.server, MUCH };
    zoc_go(&group, write_and_shut, &delivery);
    expect_delivery(pair.client, MUCH);
    assert_int_equal(zoc_group_wait(&group), 0);
    zoc_close(pair.client);
    pair.client = NULL;
    zoc_finish(pair.server);
    pair.server = NULL;
    testing_close_pair(&pair);
}

static void a_reset_reaches_the_peer_and_says_no_goodbye(void)
{
    struct testing_pair pair;
    zoc_bytes chunk;

    testing_open_pair(&pair);
    testing_agree(&pair);
    zoc_reset(pair.server);
    pair.server = NULL;
    assert_int_equal(zoc_receive(pair.client, &chunk), -ECONNRESET);
    testing_close_pair(&pair);
}

static int shut_when_cancelled(void *arg)
{
    assert_int_equal(zoc_sleep(ZOC_HOUR), -ECANCELED);
    assert_int_equal(zoc_shut(arg), 0);
    return 0;
}

static void who_was_cancelled_still_says_goodbye(void)
{
    struct testing_pair pair;
    ZOC_GROUP(group);

    testing_open_pair(&pair);
    testing_agree(&pair);
    zoc_go(&group, shut_when_cancelled, pair.server);
    testing_settle();
    zoc_group_cancel(&group);
    testing_expect_end(pair.client);
    zoc_group_wait(&group);
    testing_close_pair(&pair);
}

static void what_the_kernel_knows_is_known_through_the_layer(void)
{
    struct testing_pair pair;
    struct tcp_info info;
    zoc_address local;

    testing_open_pair(&pair);
    testing_agree(&pair);
    assert_int_equal(zoc_stream_tcp_info(pair.client, &info), 0);
    assert_int_equal(zoc_stream_local(pair.client, &local), 0);
    assert_true(zoc_address_equal(&local, zoc_stream_peer(pair.server)));
    assert_int_equal(testing_option(((struct layer *)pair.client)->inner, IPPROTO_TCP, TCP_NODELAY), 1);
    testing_close_pair(&pair);
}

static struct testing_narrow *open_narrow_pair(struct testing_pair *pair)
{
    zoc_stream *one, *other;

    testing_open_contexts(pair);
    testing_streams(&one, &other);
    struct testing_narrow *narrow = testing_narrow_over(one);
    testing_lay(pair, &narrow->layer.stream, other, "localhost", NULL);
    testing_agree(pair);
    return narrow;
}

/* Writes with so much room below, and then with all the room that there can be. */
static void write_into_narrow(size_t room)
{
    struct testing_pair pair;
    struct testing_narrow *narrow = open_narrow_pair(&pair);

    assert_int_equal(zoc_write(pair.client, "before", 6), 6);
    narrow->left = room;
    ZOC_WITHIN(ZOC_MILLISECOND)
        assert_int_equal(zoc_write(pair.client, "old", 3), -ETIMEDOUT);
    narrow->left = SIZE_MAX;
    size_t written = narrow->written;
    assert_int_equal(zoc_write(pair.client, "new", 3), -EPIPE);
    assert_int_equal(zoc_write(pair.client, "newer", 5), -EPIPE);
    assert_int_equal(zoc_shut(pair.client), 0);
    assert_int_equal(narrow->written, written); /* no goodbye either: it would be for a record that never came */
    testing_expect(pair.server, "before");
    testing_expect_failure(pair.server, -ZOC_ETRUNCATED, cut_short);
    assert_int_equal(zoc_write(pair.server, "still", 5), 5); /* the other direction is whole */
    testing_expect(pair.client, "still");
    testing_close_pair(&pair);
}

static void a_record_that_was_cut_poisons_the_stream(void)
{
    write_into_narrow(10);
}

static void a_record_that_never_left_poisons_the_stream(void)
{
    write_into_narrow(0);
}

static void who_is_cut_off_before_a_record_is_made_poisons_nothing(void)
{
    struct testing_pair pair;

    testing_open_pair(&pair);
    testing_agree(&pair);
    ZOC_WITHIN(0) {
        assert_int_equal(zoc_sleep(ZOC_HOUR), -ETIMEDOUT); /* the time has come */
        assert_int_equal(zoc_write(pair.client, "late", 4), -ETIMEDOUT);
    }
    assert_int_equal(zoc_write(pair.client, "in time", 7), 7);
    testing_expect(pair.server, "in time");
    testing_close_pair(&pair);
}

static int write_much(void *arg)
{
    static char data[16 * MUCH];

    return (int)zoc_write(arg, data, sizeof data);
}

static void a_peer_that_does_not_read_is_waited_for_until_the_deadline(void)
{
    struct testing_pair pair;
    zoc_bytes chunk;
    ssize_t received;

    testing_open_pair(&pair);
    testing_agree(&pair);
    ZOC_WITHIN(50 * ZOC_MILLISECOND)
        assert_int_equal(write_much(pair.client), -ETIMEDOUT);
    assert_int_equal(zoc_write(pair.client, "x", 1), -EPIPE);
    zoc_close(pair.client);
    pair.client = NULL;
    while ((received = zoc_receive(pair.server, &chunk)) > 0)
        continue;
    assert_int_equal(received, -ZOC_ETRUNCATED);
    testing_close_pair(&pair);
}

static void tls_goes_through_tls(void)
{
    struct testing_pair outer, inner;
    ZOC_GROUP(group);

    testing_open_pair(&outer);
    inner.client_context = zoc_tls_context_share(outer.client_context);
    inner.server_context = zoc_tls_context_share(outer.server_context);
    testing_lay(&inner, outer.client, outer.server, "localhost", NULL);
    struct delivery delivery = { inner.server, MUCH };
    zoc_go(&group, write_and_shut, &delivery);
    expect_delivery(inner.client, MUCH);
    assert_int_equal(zoc_group_wait(&group), 0);
    zoc_close(inner.client);
    testing_expect_end(inner.server);
    inner.client = outer.client = outer.server = NULL;
    testing_close_pair(&inner);
    testing_close_pair(&outer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_NET(bytes_of_any_number_arrive_both_ways),
        ON_NET(pieces_become_one_text),
        ON_NET(text_is_read_in_pieces),
        ON_NET(records_that_are_there_come_in_one_chunk),
        ON_NET(a_waiting_stream_holds_no_chunk),
        ON_NET(either_side_may_half_close_first),
        ON_NET(an_end_without_close_notify_is_a_truncation),
        ON_NET(a_close_says_goodbye),
        ON_NET(a_finished_stream_loses_nothing),
        ON_NET(a_reset_reaches_the_peer_and_says_no_goodbye),
        ON_NET(who_was_cancelled_still_says_goodbye),
        ON_NET(what_the_kernel_knows_is_known_through_the_layer),
        ON_NET(a_record_that_was_cut_poisons_the_stream),
        ON_NET(a_record_that_never_left_poisons_the_stream),
        ON_NET(who_is_cut_off_before_a_record_is_made_poisons_nothing),
        ON_NET(a_peer_that_does_not_read_is_waited_for_until_the_deadline),
        ON_NET(tls_goes_through_tls),
    };

    return cmocka_run_group_tests(tests, testing_make_folder, testing_remove_folder);
}

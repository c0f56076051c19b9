#include "net/tls_testing.h"

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

static void expect_failure(zoc_stream *stream, int error, const char *words)
{
    zoc_bytes chunk;

    ssize_t received = 0;

    ZOC_WITHIN(5 * ZOC_SECOND)
        received = zoc_receive(stream, &chunk);
    assert_string_equal(received < 0 ? zoc_why() : "", words);
    assert_int_equal(received, error);
    assert_int_equal(zoc_receive(stream, &chunk), error); /* and ever after */
    assert_string_equal(zoc_why(), words);
}

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
        expect_failure(pair.client, -ZOC_ETRUNCATED, cut_short);
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

/* --- a stream below that takes so many bytes, and no more ------------------------------------------- */

struct narrow {
    struct layer layer; /* first */
    size_t left;
    size_t written;
};

static ssize_t receive_narrow(zoc_stream *stream, zoc_bytes *ret_chunk)
{
    return zoc_receive(layer_inner(stream), ret_chunk);
}

static ssize_t read_narrow(zoc_stream *stream, void *data, size_t size)
{
    return zoc_read(layer_inner(stream), data, size);
}

static int write_narrow(zoc_stream *stream, const struct iovec *pieces, int count, size_t size, size_t *ret_written)
{
    struct narrow *narrow = (struct narrow *)stream;
    size_t some = size < narrow->left ? size : narrow->left;

    assert_int_equal(count, 1);
    if (some > 0)
        assert_int_equal(zoc_write(layer_inner(stream), pieces[0].iov_base, some), some);
    narrow->left -= some;
    *ret_written = some;
    narrow->written += some;
    ZOC_FINISH
        return some == size ? 0 : zoc_sleep(ZOC_HOUR);
    return 0;
}

static const struct stream_operations narrow_operations = {
    .receive = receive_narrow,
    .read = read_narrow,
    .writev = write_narrow,
    .shut = layer_shut,
    .close = layer_close,
    .describe = layer_describe,
    .plain = layer_plain,
    .below = layer_below,
};

static struct narrow *narrow_over(zoc_stream *inner)
{
    struct narrow *narrow = calloc(1, sizeof *narrow);

    stream_init(&narrow->layer.stream, &narrow_operations);
    narrow->layer.inner = inner;
    narrow->left = SIZE_MAX;
    return narrow;
}

static struct narrow *open_narrow_pair(struct testing_pair *pair)
{
    zoc_stream *one, *other;

    testing_open_contexts(pair);
    testing_streams(&one, &other);
    struct narrow *narrow = narrow_over(one);
    testing_lay(pair, &narrow->layer.stream, other, "localhost", NULL);
    testing_agree(pair);
    return narrow;
}

/* Writes with so much room below, and then with all the room that there can be. */
static void write_into_narrow(size_t room)
{
    struct testing_pair pair;
    struct narrow *narrow = open_narrow_pair(&pair);

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
    expect_failure(pair.server, -ZOC_ETRUNCATED, cut_short);
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

/* --- handshakes ------------------------------------------------------------------------------------ */

/* A layer, and what its peer is as a socket. */
static zoc_stream *over_socket(zoc_tls_role role, zoc_tls_context **ret_context, int *ret_peer)
{
    zoc_stream *below = testing_tcp_stream(ret_peer), *stream;

    *ret_context = testing_context(role, (zoc_tls_options){ .insecure = role == ZOC_TLS_CLIENT });
    if (role == ZOC_TLS_CLIENT)
        assert_int_equal(zoc_tls_client(below, *ret_context, "localhost", NULL, &stream), 0);
    else
        assert_int_equal(zoc_tls_server(below, *ret_context, &stream), 0);
    return stream;
}

static void a_stalled_handshake_meets_the_deadline_and_goes_on_later(void)
{
    struct testing_pair pair;

    testing_open_pair(&pair);
    ZOC_WITHIN(5 * ZOC_MILLISECOND)
        assert_int_equal(zoc_tls_handshake(pair.client), -ETIMEDOUT);
    assert_int_equal(((struct tls *)pair.client)->state, TLS_UNDONE);
    testing_agree(&pair);
    testing_close_pair(&pair);
}

static void a_handshake_has_its_time(void)
{
    int peer;
    zoc_tls_context *context;
    zoc_stream *stream = over_socket(ZOC_TLS_SERVER, &context, &peer);

    ((struct tls *)stream)->begun = zoc_now() - ZOC_TLS_HANDSHAKE_TIME + 5 * ZOC_MILLISECOND;
    expect_failure(stream, -ETIMEDOUT, "the TLS handshake took longer than 10s");
    assert_int_equal(zoc_tls_handshake(stream), -ETIMEDOUT);
    assert_int_equal(zoc_stream_account(stream).ending, ZOC_ENDED_BY_TIME);
    zoc_close(stream);
    zoc_tls_context_free(context);
    close(peer);
}

static int receive_end(void *arg)
{
    zoc_bytes chunk;

    return (int)zoc_receive(arg, &chunk);
}

static void a_cancel_ends_a_handshake_and_another_fiber_takes_it_over(void)
{
    struct testing_pair pair;
    ZOC_GROUP(first);
    ZOC_GROUP(second);

    testing_open_pair(&pair);
    zoc_go(&first, receive_end, pair.server);
    zoc_go(&second, receive_end, pair.server);
    testing_settle();
    assert_int_equal(((struct tls *)pair.server)->state, TLS_UNDER_WAY);
    zoc_group_cancel(&first);
    zoc_group_wait(&first);
    assert_int_equal(zoc_tls_handshake(pair.client), 0);
    assert_int_equal(zoc_shut(pair.client), 0);
    assert_int_equal(zoc_group_wait(&second), 0);
    testing_close_pair(&pair);
}

static int expect_pong(void *arg)
{
    testing_expect(arg, "pong");
    return 0;
}

static void reading_and_writing_may_both_find_the_handshake_undone(void)
{
    struct testing_pair pair;
    ZOC_GROUP(group);

    testing_open_pair(&pair);
    zoc_go(&group, expect_pong, pair.client);
    zoc_go(&group, expect_pong, pair.server);
    testing_settle();
    struct testing_handshake writer = { .stream = pair.server };
    zoc_go(&group, testing_run_handshake, &writer);
    assert_int_equal(zoc_write(pair.client, "pong", 4), 4);
    assert_int_equal(zoc_write(pair.server, "pong", 4), 4);
    assert_int_equal(zoc_group_wait(&group), 0);
    testing_close_pair(&pair);
}

static void who_waits_for_the_handshake_of_another_is_told_its_failure(void)
{
    int peer;
    zoc_tls_context *context;
    zoc_stream *stream = over_socket(ZOC_TLS_SERVER, &context, &peer);
    struct testing_handshake one = { .stream = stream }, other = { .stream = stream };
    ZOC_GROUP(group);

    zoc_go(&group, testing_run_handshake, &one);
    zoc_go(&group, testing_run_handshake, &other);
    testing_settle();
    assert_int_equal(write(peer, "GET / HTTP/1.0\r\n\r\n", 18), 18);
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_int_equal(one.result, -ZOC_ETLS);
    assert_int_equal(other.result, -ZOC_ETLS);
    assert_string_equal(one.why, other.why);
    zoc_close(stream);
    zoc_tls_context_free(context);
    close(peer);
}

static void a_handshake_that_was_cut_in_a_record_has_failed(void)
{
    struct testing_pair pair;
    zoc_stream *one, *other;

    testing_open_contexts(&pair);
    testing_streams(&one, &other);
    struct narrow *narrow = narrow_over(one);
    testing_lay(&pair, &narrow->layer.stream, other, "localhost", NULL);
    narrow->left = 10;
    ZOC_WITHIN(ZOC_MILLISECOND)
        assert_int_equal(zoc_tls_handshake(pair.client), -ETIMEDOUT);
    narrow->left = SIZE_MAX;
    expect_failure(pair.client, -ZOC_ETLS, "the TLS handshake was cut off in the middle of a record");
    assert_int_equal(narrow->written, 10);
    testing_close_pair(&pair);
}

/* Sends so many bytes of one message that never ends, in whole records. */
static int send_endless_message(void *arg)
{
    static char record[5 + 4091] = { 22, 3, 1, 0x0f, (char)0xfb };
    const struct delivery *delivery = arg;
    const char head[] = { 22, 3, 1, 0, 4, 1, (char)0xff, (char)0xff, (char)0xff };

    assert_int_equal(zoc_write(delivery->stream, head, sizeof head), sizeof head);
    for (size_t at = sizeof head; at < delivery->size; at += sizeof record) {
        size_t left = delivery->size - at;
        zoc_write(delivery->stream, record, left < sizeof record ? left : sizeof record);
    }
    return 0;
}

static int shake_with_endless_message(size_t size)
{
    struct testing_pair pair;
    ZOC_GROUP(group);
    int result = 0;

    testing_open_pair(&pair);
    struct delivery delivery = { ((struct layer *)pair.client)->inner, size };
    assert_int_equal(zoc_go(&group, send_endless_message, &delivery), 0);
    ZOC_WITHIN(100 * ZOC_MILLISECOND)
        result = zoc_tls_handshake(pair.server);
    assert_true(((struct tls *)pair.server)->shaken >= size);
    testing_close_pair(&pair);
    return result;
}

static void what_a_peer_sends_in_a_handshake_is_bounded(void)
{
    assert_int_equal(shake_with_endless_message(TLS_HANDSHAKE_MAX), -ETIMEDOUT); /* it waits for the rest */
    assert_int_equal(shake_with_endless_message(TLS_HANDSHAKE_MAX + 1), -ZOC_ETLS);
    assert_string_equal(zoc_why(), "the peer sent a TLS handshake that is too long");
}

static void a_peer_that_ends_in_the_handshake_is_named(void)
{
    int peer;
    zoc_tls_context *context;
    zoc_stream *stream = over_socket(ZOC_TLS_SERVER, &context, &peer);

    close(peer);
    expect_failure(stream, -ZOC_ETLS, "the peer ended in the middle of the TLS handshake");
    zoc_close(stream);
    zoc_tls_context_free(context);
}

static int run_server_handshake(void *arg)
{
    zoc_bytes chunk;

    assert_int_equal(zoc_tls_handshake(arg), 0);
    assert_int_equal(zoc_stopped(), ZOC_STOPPING);
    assert_int_equal(zoc_receive(arg, &chunk), 5); /* the last call */
    assert_int_equal(zoc_receive(arg, &chunk), -ECANCELED);
    return 0;
}

static void after_a_soft_stop_the_handshake_goes_on_and_the_first_words_are_heard(void)
{
    struct testing_pair pair;
    ZOC_GROUP(group);

    testing_open_pair(&pair);
    pair.server->served = true;
    zoc_go(&group, run_server_handshake, pair.server);
    testing_settle();
    zoc_group_stop(&group);
    assert_int_equal(zoc_tls_handshake(pair.client), 0);
    testing_settle_io();
    assert_int_equal(zoc_write(pair.client, "hello", 5), 5);
    assert_int_equal(zoc_group_wait(&group), 0);
    testing_close_pair(&pair);
}

static void after_a_soft_stop_who_is_not_served_waits_for_nothing_new(void)
{
    struct testing_pair pair;
    ZOC_GROUP(group);

    testing_open_pair(&pair);
    testing_agree(&pair);
    zoc_go(&group, receive_end, pair.server);
    testing_settle();
    zoc_group_stop(&group);
    zoc_group_wait(&group);
    assert_int_equal(zoc_write(pair.server, "bye", 3), 3);
    testing_expect(pair.client, "bye");
    testing_close_pair(&pair);
}

/* --- peers that speak something else ---------------------------------------------------------------- */

static void expect_refusal(zoc_tls_role role, zoc_bytes said, const char *words)
{
    int peer;
    zoc_tls_context *context;
    zoc_stream *stream = over_socket(role, &context, &peer);

    assert_int_equal(write(peer, said.data, said.size), said.size);
    expect_failure(stream, -ZOC_ETLS, words);
    assert_int_equal(zoc_write(stream, "x", 1), -ZOC_ETLS);
    zoc_close(stream);
    zoc_tls_context_free(context);
    close(peer);
}

static void what_is_not_tls_is_named(void)
{
    expect_refusal(ZOC_TLS_SERVER, zoc_bytes_of("GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
                   "what the peer sent is not TLS: it looks like HTTP");
    expect_refusal(ZOC_TLS_SERVER, zoc_bytes_of("hello\n"), "what the peer sent is not TLS");
    expect_refusal(ZOC_TLS_CLIENT, zoc_bytes_of("HTTP/1.1 400 Bad Request\r\n\r\n"),
                   "what the peer sent is not TLS: it looks like HTTP");
    expect_refusal(ZOC_TLS_CLIENT, zoc_bytes_of("SSH-2.0-OpenSSH\r\n"),
                   "what the peer sent is not TLS: it looks like SSH");
    expect_refusal(ZOC_TLS_CLIENT, zoc_bytes_of("220 mail ESMTP\r\n"),
                   "what the peer sent is not TLS: it looks like SMTP or FTP");
}

static void a_plain_peer_is_told_with_an_alert(void)
{
    static const char alert[] = { 21, 3, 1, 0, 2, 2, 10 };
    int peer;
    zoc_tls_context *context;
    zoc_stream *stream = over_socket(ZOC_TLS_SERVER, &context, &peer);
    char got[16];

    assert_int_equal(write(peer, "GET /", 5), 5);
    assert_int_equal(zoc_tls_handshake(stream), -ZOC_ETLS);
    zoc_close(stream);
    zoc_tls_context_free(context);
    assert_int_equal(read(peer, got, sizeof got), sizeof alert);
    got[2] = 1; /* the version that a record has before one is agreed on says nothing */
    assert_memory_equal(got, alert, sizeof alert);
    close(peer);
}

static void alerts_of_the_peer_are_named(void)
{
    expect_refusal(ZOC_TLS_CLIENT, (zoc_bytes){ "\x15\x03\x03\0\x02\x02\x30", 7 }, "the peer's alert: unknown ca");
    expect_refusal(ZOC_TLS_CLIENT, (zoc_bytes){ "\x15\x03\x03\0\x02\x02\x28", 7 },
                   "the peer's alert: handshake failure");
    expect_refusal(ZOC_TLS_CLIENT, (zoc_bytes){ "\x15\x03\x03\0\x02\x02\xc8", 7 }, "the peer's alert: number 200");
}

static void what_is_broken_after_the_handshake_is_told(void)
{
    struct testing_pair pair;
    zoc_bytes chunk;

    testing_open_pair(&pair);
    testing_agree(&pair);
    zoc_stream *below = ((struct layer *)pair.client)->inner;
    assert_int_equal(zoc_write(below, "\x17\x03\x03\0\x20garbage garbage garbage garbage.", 5 + 32), 5 + 32);
    expect_failure(pair.server, -ZOC_ETLS, "a record was changed on its way, or has another key");
    assert_int_equal(zoc_receive(pair.client, &chunk), -ZOC_ETLS);
    assert_string_equal(zoc_why(), "the peer's alert: bad record mac");
    testing_close_pair(&pair);
}

/* --- who looks on ------------------------------------------------------------------------------------ */

static void an_observer_is_told_the_text_and_that_it_was_agreed(void)
{
    struct testing_pair pair;
    RECORDER(recorder);

    testing_open_pair(&pair);
    zoc_observe(pair.client, &recorder.observer);
    testing_agree(&pair);
    assert_int_equal(zoc_write(pair.client, "12345", 5), 5);
    assert_int_equal(zoc_write(pair.server, "abc", 3), 3);
    testing_expect(pair.client, "abc");
    zoc_close(pair.server);
    pair.server = NULL;
    testing_expect_end(pair.client);
    assert_int_equal(zoc_shut(pair.client), 0);
    assert_string_equal(recorder.text, "tls_agreed, sent 5, received 3, peer_ended, we_ended, ");
    zoc_observe(pair.client, NULL);
    testing_close_pair(&pair);
}

static void a_failed_handshake_is_told_too(void)
{
    int peer;
    zoc_tls_context *context;
    zoc_stream *stream = over_socket(ZOC_TLS_SERVER, &context, &peer);
    RECORDER(recorder);

    zoc_observe(stream, &recorder.observer);
    close(peer);
    assert_int_equal(zoc_tls_handshake(stream), -ZOC_ETLS);
    assert_string_equal(recorder.text, "failed -5006, ");
    zoc_close(stream);
    zoc_tls_context_free(context);
}

static void a_stream_without_tls_has_nothing_to_agree_on(void)
{
    zoc_stream *one, *other;
    zoc_tls_info info;

    assert_int_equal(zoc_stream_pair(&one, &other), 0);
    assert_int_equal(zoc_tls_handshake(one), 0);
    assert_int_equal(zoc_tls_get_info(one, &info), -EOPNOTSUPP);
    zoc_close(one);
    zoc_close(other);
}

static void messages_are_refused(void)
{
    zoc_stream *one, *other, *tls = NULL;
    zoc_tls_context *context = testing_context(ZOC_TLS_CLIENT, (zoc_tls_options){ .insecure = true });

    assert_int_equal(zoc_stream_pair(&one, &other), 0);
    one->messages = true;
    assert_int_equal(zoc_tls_client(one, context, "a", NULL, &tls), -EINVAL);
    assert_null(tls);
    zoc_close(one);
    zoc_close(other);
    zoc_tls_context_free(context);
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
        ON_NET(a_stalled_handshake_meets_the_deadline_and_goes_on_later),
        ON_NET(a_handshake_has_its_time),
        ON_NET(a_cancel_ends_a_handshake_and_another_fiber_takes_it_over),
        ON_NET(reading_and_writing_may_both_find_the_handshake_undone),
        ON_NET(who_waits_for_the_handshake_of_another_is_told_its_failure),
        ON_NET(a_handshake_that_was_cut_in_a_record_has_failed),
        ON_NET(what_a_peer_sends_in_a_handshake_is_bounded),
        ON_NET(a_peer_that_ends_in_the_handshake_is_named),
        ON_NET(after_a_soft_stop_the_handshake_goes_on_and_the_first_words_are_heard),
        ON_NET(after_a_soft_stop_who_is_not_served_waits_for_nothing_new),
        ON_NET(what_is_not_tls_is_named),
        ON_NET(a_plain_peer_is_told_with_an_alert),
        ON_NET(alerts_of_the_peer_are_named),
        ON_NET(what_is_broken_after_the_handshake_is_told),
        ON_NET(an_observer_is_told_the_text_and_that_it_was_agreed),
        ON_NET(a_failed_handshake_is_told_too),
        ON_NET(a_stream_without_tls_has_nothing_to_agree_on),
        ON_NET(messages_are_refused),
        ON_NET(tls_goes_through_tls),
    };

    return cmocka_run_group_tests(tests, testing_make_folder, testing_remove_folder);
}

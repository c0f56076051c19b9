#include "tls/tls_testing.h"

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
    testing_expect_failure(stream, -ETIMEDOUT, "the TLS handshake took longer than 10s");
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
    struct testing_narrow *narrow = testing_narrow_over(one);
    testing_lay(&pair, &narrow->layer.stream, other, "localhost", NULL);
    narrow->left = 10;
    ZOC_WITHIN(ZOC_MILLISECOND)
        assert_int_equal(zoc_tls_handshake(pair.client), -ETIMEDOUT);
    narrow->left = SIZE_MAX;
    testing_expect_failure(pair.client, -ZOC_ETLS, "the TLS handshake was cut off in the middle of a record");
    assert_int_equal(narrow->written, 10);
    testing_close_pair(&pair);
}

struct delivery {
    zoc_stream *stream;
    size_t size;
};

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
    testing_expect_failure(stream, -ZOC_ETLS, "the peer ended in the middle of the TLS handshake");
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
    testing_expect_failure(stream, -ZOC_ETLS, words);
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
    testing_expect_failure(pair.server, -ZOC_ETLS, "a record was changed on its way, or has another key");
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
    const char *agreed = strstr(recorder.text, "tls_agreed, "); /* after its messages: see tls_told_test.c */
    assert_non_null(agreed);
    assert_string_equal(agreed, "tls_agreed, sent 5, tls_message < 4, tls_message < 4, received 3, "
                                "tls_message < alert 0, peer_ended, tls_message > alert 0, we_ended, ");
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

int main(void)
{
    const struct CMUnitTest tests[] = {
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
    };

    return cmocka_run_group_tests(tests, testing_make_folder, testing_remove_folder);
}

#include "tls/tls_testing.h"

/* --- somebody who keeps what is told ------------------------------------------------------------------ */

struct keeper {
    struct recorder recorder; /* first: and in words */
    unsigned messages;
    size_t total, largest; /* bytes of them */
    bool heads_are_right;
};

/* The size that the head names is that of the message, unless that was cut. */
static bool is_head_right(zoc_bytes message)
{
    const unsigned char *head = (const unsigned char *)message.data;
    size_t said = message.size < 4 ? 0 : (size_t)(head[1] << 16 | head[2] << 8 | head[3]);

    return said + 4 == message.size || (message.size == TLS_TOLD_MESSAGE && said + 4 > message.size);
}

static void keep(zoc_observer *observer, const zoc_notice *notice)
{
    struct keeper *keeper = (struct keeper *)observer;

    testing_record(observer, notice);
    if (notice->kind != ZOC_TLS_MESSAGE)
        return;
    keeper->messages++;
    keeper->total += notice->bytes.size;
    if (notice->bytes.size > keeper->largest)
        keeper->largest = notice->bytes.size;
    if (notice->content == ZOC_TLS_HANDSHAKE)
        keeper->heads_are_right &= is_head_right(notice->bytes);
}

#define KEEPER(name) struct keeper name = { .recorder.observer.tell = keep, .heads_are_right = true }

static zoc_observer *observer_of(struct keeper *keeper)
{
    return &keeper->recorder.observer;
}

static void open_version(struct testing_pair *pair, int version)
{
    pair->client_context = testing_context(ZOC_TLS_CLIENT, (zoc_tls_options){ .insecure = true, .version = version });
    pair->server_context = testing_context(ZOC_TLS_SERVER, (zoc_tls_options){ 0 });
    testing_connect_pair(pair, "localhost", NULL);
}

/* What both sides are told of a whole handshake of that version, and of its end. */
static void hear_both(int version, struct keeper *client, struct keeper *server)
{
    struct testing_pair pair;
    zoc_bytes chunk;

    open_version(&pair, version);
    zoc_observe(pair.client, observer_of(client));
    zoc_observe(pair.server, observer_of(server));
    testing_agree(&pair);
    assert_int_equal(zoc_shut(pair.client), 0);
    assert_int_equal(zoc_receive(pair.server, &chunk), 0);
    testing_close_pair(&pair);
    assert_true(client->heads_are_right);
    assert_true(server->heads_are_right);
}

/* --- in their order ------------------------------------------------------------------------------------ */

static void each_message_of_tls_1_3_is_told_to_both_sides(void)
{
    KEEPER(client);
    KEEPER(server);

    hear_both(13, &client, &server);
    assert_string_equal(client.recorder.text,
                        "tls_message > 1, tls_message < 2, tls_message < 8, tls_message < 11, tls_message < 15, "
                        "tls_message < 20, tls_message > 20, tls_agreed, tls_message > alert 0, we_ended, closed, ");
    assert_string_equal(server.recorder.text,
                        "tls_message < 1, tls_message > 2, tls_message > 8, tls_message > 11, tls_message > 15, "
                        "tls_message > 20, tls_message > 4, tls_message > 4, tls_message < 20, tls_agreed, "
                        "tls_message < alert 0, peer_ended, tls_message > alert 0, closed, ");
}

static void each_message_of_tls_1_2_is_told_to_both_sides(void)
{
    KEEPER(client);
    KEEPER(server);

    hear_both(12, &client, &server);
    assert_string_equal(client.recorder.text,
                        "tls_message > 1, tls_message < 2, tls_message < 11, tls_message < 12, tls_message < 14, "
                        "tls_message > 16, tls_message > 20, tls_message < 4, tls_message < 20, tls_agreed, "
                        "tls_message > alert 0, we_ended, closed, ");
    assert_string_equal(server.recorder.text,
                        "tls_message < 1, tls_message > 2, tls_message > 11, tls_message > 12, tls_message > 14, "
                        "tls_message < 16, tls_message < 20, tls_message > 4, tls_message > 20, tls_agreed, "
                        "tls_message < alert 0, peer_ended, tls_message > alert 0, closed, ");
}

static void tickets_are_told_before_the_text_that_they_came_with_and_an_end_after_it(void)
{
    struct testing_pair pair;
    RECORDER(recorder);

    open_version(&pair, 13);
    zoc_observe(pair.client, &recorder.observer);
    testing_agree(&pair);
    *recorder.text = '\0';
    assert_int_equal(zoc_write(pair.server, "abc", 3), 3);
    assert_int_equal(zoc_shut(pair.server), 0);
    testing_expect(pair.client, "abc");
    testing_expect_end(pair.client);
    assert_string_equal(recorder.text,
                        "tls_message < 4, tls_message < 4, received 3, tls_message < alert 0, peer_ended, ");
    zoc_observe(pair.client, NULL);
    testing_close_pair(&pair);
}

static void a_reset_says_no_goodbye(void)
{
    struct testing_pair pair;
    RECORDER(recorder);

    testing_open_pair(&pair);
    testing_agree(&pair);
    zoc_observe(pair.client, &recorder.observer);
    zoc_reset(pair.client);
    pair.client = NULL;
    assert_string_equal(recorder.text, "we_reset, closed, ");
    testing_close_pair(&pair);
}

/* --- failures ------------------------------------------------------------------------------------------ */

static void a_refused_certificate_is_told_with_its_alert_before_the_failure(void)
{
    struct testing_pair pair;
    struct testing_handshake client_side, server_side;
    RECORDER(client);
    RECORDER(server);

    pair.client_context =
        testing_context(ZOC_TLS_CLIENT, (zoc_tls_options){ .pin = "sha256:"
                                                                  "0000000000000000000000000000000000000000000000000000"
                                                                  "000000000000" });
    pair.server_context = testing_context(ZOC_TLS_SERVER, (zoc_tls_options){ 0 });
    testing_connect_pair(&pair, "localhost", NULL);
    zoc_observe(pair.client, &client.observer);
    zoc_observe(pair.server, &server.observer);
    testing_shake(&pair, &client_side, &server_side);
    testing_close_pair(&pair);
    assert_string_equal(client.text, "tls_message > 1, tls_message < 2, tls_message < 8, tls_message < 11, "
                                     "tls_message < 15, tls_message > alert 42, failed -5007, closed, ");
    assert_string_equal(
        server.text,
        "tls_message < 1, tls_message > 2, tls_message > 8, tls_message > 11, tls_message > 15, "
        "tls_message > 20, tls_message > 4, tls_message > 4, tls_message < alert 42, failed -5006, closed, ");
}

/* What a client is told of a peer who answers its hello with those bytes, and ends. */
static void hear_answer(zoc_bytes answer, struct recorder *recorder)
{
    int peer;
    zoc_stream *stream, *below = testing_tcp_stream(&peer);
    zoc_tls_context *context = testing_context(ZOC_TLS_CLIENT, (zoc_tls_options){ .insecure = true });

    assert_int_equal(zoc_tls_client(below, context, "localhost", NULL, &stream), 0);
    zoc_observe(stream, &recorder->observer);
    assert_int_equal(write(peer, answer.data, answer.size), answer.size);
    assert_int_equal(zoc_tls_handshake(stream), -ZOC_ETLS);
    zoc_close(stream);
    zoc_tls_context_free(context);
    close(peer);
}

static void an_alert_in_plain_text_is_told(void)
{
    RECORDER(recorder);

    hear_answer((zoc_bytes){ "\x15\x03\x03\0\x02\x02\x28", 7 }, &recorder);
    assert_string_equal(recorder.text, "tls_message > 1, tls_message < alert 40, failed -5006, closed, ");
}

static void the_alert_that_a_stranger_gets_is_told(void)
{
    RECORDER(recorder);

    hear_answer(zoc_bytes_of("220 mail.example ESMTP\r\n"), &recorder);
    assert_string_equal(recorder.text, "tls_message > 1, tls_message > alert 10, failed -5006, closed, ");
}

/* --- bounds -------------------------------------------------------------------------------------------- */

/* A certificate for names that are that long, in all. */
static char *put_large(const char *name, size_t size)
{
    static char names[8][4096];
    struct testing_wish wish = { 0 };

    for (size_t i = 0; i < 8; i++) {
        memset(names[i], 'a' + (int)i, size / 8);
        wish.names[i] = names[i];
    }
    struct testing_identity own = testing_issue(NULL, wish);
    char *file = testing_put(name, &own);
    testing_forget(&own);
    return file;
}

static void of_a_long_message_the_beginning_is_told(void)
{
    struct testing_pair pair;
    KEEPER(client);

    pair.client_context = testing_context(ZOC_TLS_CLIENT, (zoc_tls_options){ .insecure = true });
    pair.server_context = testing_server(put_large("large", 20000));
    testing_connect_pair(&pair, "localhost", NULL);
    zoc_observe(pair.client, observer_of(&client));
    testing_agree(&pair);
    zoc_observe(pair.client, NULL);
    testing_close_pair(&pair);
    assert_int_equal(client.largest, TLS_TOLD_MESSAGE);
    assert_true(client.heads_are_right);
}

static void what_waits_to_be_told_has_its_bound(void)
{
    struct testing_pair pair;
    KEEPER(client);

    testing_open_pair(&pair);
    zoc_observe(pair.client, observer_of(&client));
    testing_agree(&pair);
    struct tls *tls = (struct tls *)pair.client;
    unsigned before = client.messages;
    for (int i = 0; i < TLS_TOLD_MAX; i++)
        tls_told_alert(tls, true, GNUTLS_AL_WARNING, GNUTLS_A_USER_CANCELED);
    assert_in_range(tls->told.waiting.size, 1, TLS_TOLD_MAX);
    tls_tell(tls);
    assert_in_range(client.messages - before, 1, TLS_TOLD_MAX / 2);
    before = client.messages;
    tls_told_alert(tls, true, GNUTLS_AL_WARNING, GNUTLS_A_USER_CANCELED); /* there is room again */
    tls_tell(tls);
    assert_int_equal(client.messages, before + 1);
    zoc_observe(pair.client, NULL);
    testing_close_pair(&pair);
}

static void where_nobody_observes_nothing_is_kept(void)
{
    struct testing_pair pair;

    testing_open_pair(&pair);
    testing_agree(&pair);
    tls_told_alert((struct tls *)pair.client, true, GNUTLS_AL_WARNING, GNUTLS_A_USER_CANCELED);
    assert_null(((struct tls *)pair.client)->told.waiting.block);
    testing_close_pair(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_NET(each_message_of_tls_1_3_is_told_to_both_sides),
        ON_NET(each_message_of_tls_1_2_is_told_to_both_sides),
        ON_NET(tickets_are_told_before_the_text_that_they_came_with_and_an_end_after_it),
        ON_NET(a_reset_says_no_goodbye),
        ON_NET(a_refused_certificate_is_told_with_its_alert_before_the_failure),
        ON_NET(an_alert_in_plain_text_is_told),
        ON_NET(the_alert_that_a_stranger_gets_is_told),
        ON_NET(of_a_long_message_the_beginning_is_told),
        ON_NET(what_waits_to_be_told_has_its_bound),
        ON_NET(where_nobody_observes_nothing_is_kept),
    };

    return cmocka_run_group_tests(tests, testing_make_folder, testing_remove_folder);
}

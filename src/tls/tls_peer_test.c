/* Peers that do what a peer of TLS may do, or should not: GnuTLS itself, on a worker thread. */
#include "tls/tls_testing.h"

struct peer {
    int fd; /* a blocking socket */
    unsigned role;
    const char *priority;
    int (*talk)(gnutls_session_t session); /* after the handshake. Returns what is to be expected, 0 */
    int result;                            /* what it returned, or GnuTLS did */
    gnutls_certificate_credentials_t credentials;
};

static int run_peer(void *arg)
{
    struct peer *peer = arg;
    gnutls_session_t session;

    gnutls_init(&session, peer->role);
    gnutls_priority_set_direct(session, peer->priority, NULL);
    gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, peer->credentials);
    gnutls_transport_set_int(session, peer->fd);
    peer->result = gnutls_handshake(session);
    if (peer->result == 0)
        peer->result = peer->talk(session);
    gnutls_deinit(session);
    shutdown(peer->fd, SHUT_WR);
    return 0;
}

static int run_elsewhere(void *peer)
{
    return zoc_offload(run_peer, peer);
}

/* A stream of ours, and a peer that runs in the group. */
struct visit {
    struct peer peer;
    zoc_stream *stream;
    zoc_tls_context *context;
    zoc_group group;
};

static void begin(struct visit *visit, zoc_tls_role ours, const char *priority, int (*talk)(gnutls_session_t session))
{
    struct testing_identity own = testing_issue(NULL, (struct testing_wish){ 0 });
    zoc_stream *below;

    *visit = (struct visit){
        .peer = { .role = ours == ZOC_TLS_CLIENT ? GNUTLS_SERVER : GNUTLS_CLIENT, .priority = priority, .talk = talk }
    };
    below = testing_tcp_stream(&visit->peer.fd);
    gnutls_certificate_allocate_credentials(&visit->peer.credentials);
    gnutls_certificate_set_x509_key(visit->peer.credentials, &own.certificate, 1, own.key);
    testing_forget(&own);
    visit->context = testing_context(ours, (zoc_tls_options){ .insecure = ours == ZOC_TLS_CLIENT });
    if (ours == ZOC_TLS_CLIENT)
        assert_int_equal(zoc_tls_client(below, visit->context, NULL, NULL, &visit->stream), 0);
    else
        assert_int_equal(zoc_tls_server(below, visit->context, &visit->stream), 0);
    assert_int_equal(zoc_go(&visit->group, run_elsewhere, &visit->peer), 0);
}

static void end(struct visit *visit)
{
    zoc_close(visit->stream);
    assert_int_equal(zoc_group_wait(&visit->group), 0);
    assert_int_equal(visit->peer.result, 0);
    gnutls_certificate_free_credentials(visit->peer.credentials);
    zoc_tls_context_free(visit->context);
    close(visit->peer.fd);
}

#define OLD "NORMAL:-VERS-ALL:+VERS-TLS1.2"
#define NEW "NORMAL:-VERS-ALL:+VERS-TLS1.3"

static int receive_word(gnutls_session_t session)
{
    char word[4];
    ssize_t got;

    while ((got = gnutls_record_recv(session, word, sizeof word)) == GNUTLS_E_AGAIN)
        continue;
    return got == 4 && memcmp(word, "word", 4) == 0 ? 0 : got < 0 ? (int)got : GNUTLS_E_INTERNAL_ERROR;
}

static int say(gnutls_session_t session, const char *text)
{
    ssize_t sent = gnutls_record_send(session, text, strlen(text));

    return sent < 0 ? (int)sent : 0;
}

/* --- renegotiation ------------------------------------------------------------------------------------ */

/* The answer is a warning, and nothing else changes. */
static int renegotiate(gnutls_session_t session)
{
    int result = gnutls_handshake(session);

    if (result == GNUTLS_E_WARNING_ALERT_RECEIVED && gnutls_alert_get(session) == GNUTLS_A_NO_RENEGOTIATION)
        return 0;
    return result < 0 ? result : GNUTLS_E_INTERNAL_ERROR;
}

static void a_client_that_asks_for_renegotiation_is_refused(void)
{
    struct visit visit;
    zoc_bytes chunk;

    begin(&visit, ZOC_TLS_SERVER, OLD, renegotiate);
    assert_int_equal(zoc_receive(visit.stream, &chunk), -ZOC_ETLS);
    assert_string_equal(zoc_why(), "the peer asks for a renegotiation, which is refused");
    end(&visit);
}

/* Asks a client so many times. */
static int ask(gnutls_session_t session, int times)
{
    int result = 0;

    for (int i = 0; i < times && result == 0; i++) {
        result = gnutls_rehandshake(session);
        if (result == 0)
            result = renegotiate(session);
    }
    return result;
}

static int ask_as_often_as_can_be(gnutls_session_t session)
{
    int result = ask(session, TLS_PATIENCE_MAX);

    return result == 0 ? say(session, "after") : result;
}

static int ask_too_often(gnutls_session_t session)
{
    return ask(session, TLS_PATIENCE_MAX + 1);
}

static void a_server_that_asks_for_renegotiation_is_refused_and_heard_on(void)
{
    struct visit visit;
    zoc_bytes chunk;

    begin(&visit, ZOC_TLS_CLIENT, OLD, ask_as_often_as_can_be);
    testing_expect(visit.stream, "after");
    end(&visit);

    begin(&visit, ZOC_TLS_CLIENT, OLD, ask_too_often);
    assert_int_equal(zoc_receive(visit.stream, &chunk), -ZOC_ETLS);
    assert_string_equal(zoc_why(), "the peer asks for a renegotiation, which is refused");
    end(&visit);
}

/* --- new keys ----------------------------------------------------------------------------------------- */

static int update_keys(gnutls_session_t session)
{
    int result = gnutls_session_key_update(session, GNUTLS_KU_PEER);

    if (result == 0)
        result = say(session, "under a new key");
    return result == 0 ? receive_word(session) : result;
}

static void keys_are_renewed_in_both_directions(void)
{
    for (int role = 0; role < 2; role++) {
        struct visit visit;
        begin(&visit, role ? ZOC_TLS_SERVER : ZOC_TLS_CLIENT, NEW, update_keys);
        testing_expect(visit.stream, "under a new key");
        assert_int_equal(zoc_write(visit.stream, "word", 4), 4);
        end(&visit);
    }
}

static int update_keys_for_ever(gnutls_session_t session)
{
    int result = 0;

    for (int i = 0; i < 1000 && result == 0; i++)
        result = gnutls_session_key_update(session, GNUTLS_KU_PEER);
    return 0;
}

static void new_keys_without_end_are_refused(void)
{
    struct visit visit;
    zoc_bytes chunk;

    begin(&visit, ZOC_TLS_SERVER, NEW, update_keys_for_ever);
    assert_int_equal(zoc_receive(visit.stream, &chunk), -ZOC_ETLS);
    assert_string_equal(zoc_why(), "the peer sends TLS handshake messages without end");
    end(&visit);
}

/* --- warnings ------------------------------------------------------------------------------------------ */

static int warn(gnutls_session_t session, int times)
{
    int result = 0;

    for (int i = 0; i < times && result == 0; i++)
        result = gnutls_alert_send(session, GNUTLS_AL_WARNING, GNUTLS_A_USER_CANCELED);
    return result;
}

static int warn_as_often_as_can_be(gnutls_session_t session)
{
    int result = warn(session, TLS_PATIENCE_MAX);

    return result < 0 ? result : say(session, "after");
}

static int warn_too_often(gnutls_session_t session)
{
    return warn(session, TLS_PATIENCE_MAX + 1);
}

static void warnings_are_passed_over_but_not_for_ever(void)
{
    struct visit visit;
    zoc_bytes chunk;

    begin(&visit, ZOC_TLS_SERVER, OLD, warn_as_often_as_can_be);
    testing_expect(visit.stream, "after");
    end(&visit);

    begin(&visit, ZOC_TLS_SERVER, OLD, warn_too_often);
    assert_int_equal(zoc_receive(visit.stream, &chunk), -ZOC_ETLS);
    assert_string_equal(zoc_why(), "the peer's alert: user canceled");
    end(&visit);
}

/* --- other peers ---------------------------------------------------------------------------------------- */

static int say_goodbye(gnutls_session_t session)
{
    int result = receive_word(session);

    if (result == 0)
        result = gnutls_bye(session, GNUTLS_SHUT_WR);
    return result < 0 ? result : receive_word(session);
}

static void a_peer_of_another_make_may_half_close(void)
{
    static const char *const versions[] = { OLD, NEW };

    for (int i = 0; i < 4; i++) {
        struct visit visit;
        begin(&visit, i % 2 ? ZOC_TLS_SERVER : ZOC_TLS_CLIENT, versions[i / 2], say_goodbye);
        assert_int_equal(zoc_write(visit.stream, "word", 4), 4);
        testing_expect_end(visit.stream);
        assert_int_equal(zoc_write(visit.stream, "word", 4), 4);
        end(&visit);
    }
}

static int expect_refusal(gnutls_session_t session)
{
    (void)session;
    return GNUTLS_E_INTERNAL_ERROR;
}

static void a_peer_without_a_cipher_of_ours_is_refused(void)
{
    struct visit visit;
    zoc_bytes chunk;

    begin(&visit, ZOC_TLS_SERVER, "NORMAL:-VERS-ALL:+VERS-TLS1.1", expect_refusal);
    assert_int_equal(zoc_receive(visit.stream, &chunk), -ZOC_ETLS);
    assert_string_equal(zoc_why(), "no version of TLS that both sides have");
    zoc_close(visit.stream);
    visit.stream = NULL;
    assert_int_equal(zoc_group_wait(&visit.group), 0);
    assert_int_equal(visit.peer.result, GNUTLS_E_FATAL_ALERT_RECEIVED);
    visit.peer.result = 0;
    end(&visit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_NET(a_client_that_asks_for_renegotiation_is_refused),
        ON_NET(a_server_that_asks_for_renegotiation_is_refused_and_heard_on),
        ON_NET(keys_are_renewed_in_both_directions),
        ON_NET(new_keys_without_end_are_refused),
        ON_NET(warnings_are_passed_over_but_not_for_ever),
        ON_NET(a_peer_of_another_make_may_half_close),
        ON_NET(a_peer_without_a_cipher_of_ours_is_refused),
    };

    return cmocka_run_group_tests(tests, testing_make_folder, testing_remove_folder);
}

#include "tls/tls_certificate.h"
#include "tls/tls_testing.h"

/* Who vouches: a root that is trusted, one between, and a root that nobody knows. */
static struct {
    struct testing_identity root, between, stranger;
    char *ca;
} authorities;

static int make_authorities(void **state)
{
    testing_make_folder(state);
    authorities.root = testing_issue(NULL, (struct testing_wish){ .common_name = "root", .authority = true });
    authorities.between =
        testing_issue(&authorities.root, (struct testing_wish){ .common_name = "between", .authority = true });
    authorities.stranger = testing_issue(NULL, (struct testing_wish){ .common_name = "stranger", .authority = true });
    authorities.ca = strdup(testing_put_certificate("ca.pem", authorities.root.certificate));
    return 0;
}

static int forget_authorities(void **state)
{
    testing_forget(&authorities.root);
    testing_forget(&authorities.between);
    testing_forget(&authorities.stranger);
    free(authorities.ca);
    return testing_remove_folder(state);
}

/* A new name for a file each time. */
static const char *next_name(void)
{
    static char name[32];
    static unsigned number;

    snprintf(name, sizeof name, "%u.pem", ++number);
    return name;
}

/* Puts a chain into a file, the peer's own first. */
static char *put_chain(const struct testing_identity *own, const struct testing_identity *issuer)
{
    const char *name = next_name();
    char *path = testing_put(name, own);

    if (issuer)
        testing_put_certificate(name, issuer->certificate);
    return path;
}

/* --- what a client says to a server ------------------------------------------------------------------ */

struct outcome {
    struct testing_handshake client, server;
    zoc_tls_info info;
};

/* Connects to a server that shows what is in the file. */
static void visit_with(struct outcome *outcome, const char *file, zoc_tls_options options, const char *host)
{
    struct testing_pair pair;

    pair.client_context = testing_context(ZOC_TLS_CLIENT, options);
    pair.server_context = testing_server(file);
    testing_connect_pair(&pair, host, NULL);
    testing_shake(&pair, &outcome->client, &outcome->server);
    outcome->info = (zoc_tls_info){ 0 };
    zoc_tls_get_info(pair.client, &outcome->info);
    testing_close_pair(&pair);
}

static void expect_good(const char *file, const char *host)
{
    struct outcome outcome;

    visit_with(&outcome, file, (zoc_tls_options){ .ca = authorities.ca }, host);
    assert_string_equal(outcome.client.why, "");
    assert_int_equal(outcome.client.result, 0);
    assert_true(outcome.info.verified);
}

static void expect_refused_by(zoc_tls_options options, const char *file, const char *host, const char *words,
                              const char *alert)
{
    struct outcome outcome;
    char expected[BASE_WORDS_MAX];

    visit_with(&outcome, file, options, host);
    snprintf(expected, sizeof expected, "the peer's certificate is refused: %s", words);
    assert_string_equal(outcome.client.why, expected);
    assert_int_equal(outcome.client.result, -ZOC_ECERTIFICATE);
    assert_false(outcome.info.verified);
    if (alert) { /* TLS 1.3: the server is told after its part is done */
        snprintf(expected, sizeof expected, "the peer's alert: %s", alert);
        assert_string_equal(outcome.server.why, expected);
    }
}

static void expect_refused(const char *file, const char *host, const char *words, const char *alert)
{
    expect_refused_by((zoc_tls_options){ .ca = authorities.ca }, file, host, words, alert);
}

/* One certificate of the root, for host.example. */
static char *issue(struct testing_wish wish)
{
    if (!wish.names[0])
        wish.names[0] = "host.example";
    struct testing_identity identity = testing_issue(&authorities.root, wish);
    char *path = put_chain(&identity, NULL);
    testing_forget(&identity);
    return path;
}

static const char *day(time_t from_now)
{
    static char text[16];
    time_t then = time(NULL) + from_now;

    strftime(text, sizeof text, "%Y-%m-%d", gmtime(&then));
    return text;
}

/* --- chains ------------------------------------------------------------------------------------------ */

static void a_certificate_of_a_known_authority_is_good(void)
{
    expect_good(issue((struct testing_wish){ 0 }), "host.example");
}

static void one_between_is_shown_by_the_server(void)
{
    struct testing_identity own =
        testing_issue(&authorities.between, (struct testing_wish){ .names = { "host.example" } });

    expect_good(put_chain(&own, &authorities.between), "host.example");
    expect_refused(put_chain(&own, NULL), "host.example", "its issuer 'CN=between' is not known", "unknown ca");
    testing_forget(&own);
}

static void an_unknown_root_is_named(void)
{
    struct testing_identity own =
        testing_issue(&authorities.stranger, (struct testing_wish){ .names = { "host.example" } });

    expect_refused(put_chain(&own, NULL), "host.example", "its issuer 'CN=stranger' is not known", "unknown ca");
    expect_refused(put_chain(&own, &authorities.stranger), "host.example", "its issuer 'CN=stranger' is not known",
                   "unknown ca");
    testing_forget(&own);
}

static void who_vouches_for_itself_is_self_signed(void)
{
    struct testing_identity own = testing_issue(NULL, (struct testing_wish){ .names = { "host.example" } });

    expect_refused(put_chain(&own, NULL), "host.example", "self-signed", "unknown ca");
    testing_forget(&own);
}

static void a_certificate_that_is_trusted_itself_is_good(void)
{
    struct testing_identity own = testing_issue(NULL, (struct testing_wish){ .names = { "host.example" } });
    char *file = put_chain(&own, NULL);
    struct outcome outcome;

    visit_with(&outcome, file, (zoc_tls_options){ .ca = file }, "host.example");
    assert_string_equal(outcome.client.why, "");
    assert_true(outcome.info.verified);
    testing_forget(&own);
}

static void one_that_is_no_authority_vouches_for_nobody(void)
{
    struct testing_identity middle = testing_issue(&authorities.root, (struct testing_wish){ .common_name = "middle" });
    struct testing_identity own = testing_issue(&middle, (struct testing_wish){ .names = { "host.example" } });
    struct outcome outcome;

    visit_with(&outcome, put_chain(&own, &middle), (zoc_tls_options){ .ca = authorities.ca }, "host.example");
    assert_int_equal(outcome.client.result, -ZOC_ECERTIFICATE);
    assert_non_null(strstr(outcome.client.why, "signed by what is no authority"));
    testing_forget(&own);
    testing_forget(&middle);
}

/* The words for a chain of so many certificates. */
static void visit_chain(unsigned count, struct outcome *outcome)
{
    const char *name = next_name();
    struct testing_identity chain[TLS_CHAIN_MAX + 1];
    char link[16];

    for (unsigned i = count - 1; i > 0; i--) {
        snprintf(link, sizeof link, "link %u", i);
        chain[i] = testing_issue(i == count - 1 ? &authorities.root : &chain[i + 1],
                                 (struct testing_wish){ .common_name = link, .authority = true });
    }
    chain[0] = testing_issue(&chain[1], (struct testing_wish){ .names = { "host.example" } });
    char *file = testing_put(name, &chain[0]);
    for (unsigned i = 1; i < count; i++)
        testing_put_certificate(name, chain[i].certificate);
    visit_with(outcome, file, (zoc_tls_options){ .ca = authorities.ca }, "host.example");
    for (unsigned i = 0; i < count; i++)
        testing_forget(&chain[i]);
}

static void chains_are_bounded(void)
{
    struct outcome outcome;

    visit_chain(TLS_CHAIN_MAX, &outcome);
    assert_string_equal(outcome.client.why, "");
    visit_chain(TLS_CHAIN_MAX + 1, &outcome);
    assert_int_equal(outcome.client.result, -ZOC_ECERTIFICATE);
}

static void the_system_does_not_know_the_authorities_of_a_test(void)
{
    expect_refused_by((zoc_tls_options){ 0 }, issue((struct testing_wish){ 0 }), "host.example",
                      "its issuer 'CN=root' is not known", "unknown ca");
}

/* --- times ------------------------------------------------------------------------------------------- */

static void the_day_is_told_when_it_expired(void)
{
    char words[64];

    snprintf(words, sizeof words, "expired on %s", day(-3 * TESTING_DAY));
    expect_refused(issue((struct testing_wish){ .from = -9 * TESTING_DAY, .until = -3 * TESTING_DAY }), "host.example",
                   words, "certificate expired");
}

static void the_day_is_told_from_which_it_is_valid(void)
{
    char words[64];

    snprintf(words, sizeof words, "not valid before %s", day(3 * TESTING_DAY));
    expect_refused(issue((struct testing_wish){ .from = 3 * TESTING_DAY, .until = 9 * TESTING_DAY }), "host.example",
                   words, "bad certificate");
}

static void an_issuer_that_expired_is_named(void)
{
    struct testing_identity old = testing_issue(&authorities.root, (struct testing_wish){ .common_name = "old",
                                                                                          .authority = true,
                                                                                          .from = -9 * TESTING_DAY,
                                                                                          .until = -3 * TESTING_DAY });
    struct testing_identity own = testing_issue(&old, (struct testing_wish){ .names = { "host.example" } });
    char words[64];

    snprintf(words, sizeof words, "its issuer 'CN=old' expired on %s", day(-3 * TESTING_DAY));
    expect_refused(put_chain(&own, &old), "host.example", words, "certificate expired");
    testing_forget(&own);
    testing_forget(&old);
}

/* --- names ------------------------------------------------------------------------------------------- */

static void other_names_are_told(void)
{
    char *file = issue((struct testing_wish){ .names = { "a.example", "b.example", "10.0.0.1" } });

    expect_refused(file, "host.example", "issued for other names: a.example, b.example, 10.0.0.1", "bad certificate");
    expect_good(file, "b.example");
    expect_good(file, "B.EXAMPLE.");
    expect_good(file, "10.0.0.1");
    expect_refused(file, "10.0.0.2", "issued for other names: a.example, b.example, 10.0.0.1", "bad certificate");
}

static void the_list_of_names_is_bounded(void)
{
    expect_refused(issue((struct testing_wish){ .names = { "a", "b", "c", "d" } }), "e",
                   "issued for other names: a, b, c, d", NULL);
    expect_refused(issue((struct testing_wish){ .names = { "a", "b", "c", "d", "e", "f" } }), "g",
                   "issued for other names: a, b, c, d, ...", NULL);
}

static void names_are_escaped(void)
{
    struct tls_name name = { .is_dns = true, .bytes = zoc_bytes_of("\033[2Jevil") };
    char text[TLS_NAME_TEXT];

    assert_string_equal(tls_name_text(&name, text), "\\e[2Jevil");
    name = (struct tls_name){ .is_ip = true, .bytes = { "\x7f\0\0\1", 4 } };
    assert_string_equal(tls_name_text(&name, text), "127.0.0.1");
}

static void a_star_stands_for_one_label(void)
{
    char *file = issue((struct testing_wish){ .names = { "*.host.example" } });

    expect_good(file, "a.host.example");
    expect_refused(file, "host.example", "issued for other names: *.host.example", NULL);
    expect_refused(file, "a.b.host.example", "issued for other names: *.host.example", NULL);
}

static void a_common_name_is_no_name(void)
{
    struct testing_identity own =
        testing_issue(&authorities.root, (struct testing_wish){ .common_name = "host.example" });

    expect_refused(put_chain(&own, NULL), "host.example", "issued for no name", "bad certificate");
    testing_forget(&own);
}

static void what_is_asked_for_by_sni_has_to_be_shown(void)
{
    zoc_tls_options options = { .ca = authorities.ca, .sni = "host.example" };
    struct outcome outcome;

    visit_with(&outcome, issue((struct testing_wish){ 0 }), options, "10.0.0.1");
    assert_string_equal(outcome.client.why, "");
    assert_string_equal(outcome.info.name, "host.example");
    options.sni = "other.example";
    expect_refused_by(options, issue((struct testing_wish){ 0 }), "host.example",
                      "issued for other names: host.example", NULL);
}

/* --- what else may be wrong -------------------------------------------------------------------------- */

static char *put_revoked(const struct testing_identity *own)
{
    const char *name = next_name();
    unsigned char serial[32];
    size_t size = sizeof serial;
    gnutls_x509_crl_t crl;
    gnutls_datum_t pem;

    assert_int_equal(gnutls_x509_crl_init(&crl), 0);
    gnutls_x509_crl_set_version(crl, 2);
    gnutls_x509_crl_set_this_update(crl, time(NULL) - TESTING_DAY);
    gnutls_x509_crl_set_next_update(crl, time(NULL) + TESTING_DAY);
    gnutls_x509_crl_set_number(crl, "\1", 1);
    gnutls_x509_crl_set_authority_key_id(crl, "root", 4);
    assert_int_equal(gnutls_x509_crt_get_serial(own->certificate, serial, &size), 0);
    assert_int_equal(gnutls_x509_crl_set_crt_serial(crl, serial, size, time(NULL) - TESTING_DAY), 0);
    assert_int_equal(
        gnutls_x509_crl_sign2(crl, authorities.root.certificate, authorities.root.key, GNUTLS_DIG_SHA256, 0), 0);
    assert_int_equal(gnutls_x509_crl_export2(crl, GNUTLS_X509_FMT_PEM, &pem), 0);
    testing_put_certificate(name, authorities.root.certificate);
    testing_write_file(testing_path(name), pem.data, pem.size, 0600);
    gnutls_free(pem.data);
    gnutls_x509_crl_deinit(crl);
    return testing_path(name);
}

static void a_revoked_certificate_is_refused_where_the_list_is_known(void)
{
    struct testing_identity own =
        testing_issue(&authorities.root, (struct testing_wish){ .names = { "host.example" } });
    char *file = put_chain(&own, NULL);

    expect_good(file, "host.example");
    expect_refused_by((zoc_tls_options){ .ca = put_revoked(&own) }, file, "host.example", "revoked",
                      "certificate revoked");
    testing_forget(&own);
}

static void a_certificate_for_something_else_is_not_for_a_server(void)
{
    expect_refused(issue((struct testing_wish){ .purpose = GNUTLS_KP_TLS_WWW_CLIENT }), "host.example",
                   "not made for servers", "unsupported certificate");
}

static void insecure_signatures_and_keys_are_refused(void)
{
    static const char insecure[] = "signed with an insecure algorithm or too short a key";

    expect_refused(issue((struct testing_wish){ .digest = GNUTLS_DIG_SHA1 }), "host.example", insecure, NULL);
    expect_refused(issue((struct testing_wish){ .algorithm = GNUTLS_PK_RSA, .bits = 1024 }), "host.example", insecure,
                   NULL);
}

static void several_reasons_are_all_told_the_most_useful_first(void)
{
    struct testing_identity own = testing_issue(
        &authorities.stranger,
        (struct testing_wish){ .names = { "a.example" }, .from = -9 * TESTING_DAY, .until = -3 * TESTING_DAY });
    char words[BASE_WORDS_MAX];

    snprintf(words, sizeof words,
             "expired on %s; issued for other names: a.example; its issuer 'CN=stranger' is not known",
             day(-3 * TESTING_DAY));
    expect_refused(put_chain(&own, NULL), "host.example", words, "certificate expired");
    testing_forget(&own);
}

static void a_key_of_any_kind_is_good(void)
{
    expect_good(issue((struct testing_wish){ .algorithm = GNUTLS_PK_RSA, .bits = 2048 }), "host.example");
    expect_good(issue((struct testing_wish){ .algorithm = GNUTLS_PK_EDDSA_ED25519, .bits = 256 }), "host.example");
    expect_good(issue((struct testing_wish){ .bits = GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP384R1) }),
                "host.example");
}

static void the_words_come_in_either_version(void)
{
    char *file = issue((struct testing_wish){ .names = { "a.example" } });

    for (int version = 12; version <= 13; version++)
        expect_refused_by((zoc_tls_options){ .ca = authorities.ca, .version = version }, file, "host.example",
                          "issued for other names: a.example", "bad certificate");
}

/* --- without authorities ----------------------------------------------------------------------------- */

static void who_is_insecure_looks_at_nothing(void)
{
    struct testing_identity own = testing_issue(NULL, (struct testing_wish){ .from = 1, .until = 2 });
    struct outcome outcome;

    visit_with(&outcome, put_chain(&own, NULL), (zoc_tls_options){ .insecure = true }, "host.example");
    assert_string_equal(outcome.client.why, "");
    assert_false(outcome.info.verified);
    testing_forget(&own);
}

static void a_pin_replaces_what_authorities_say(void)
{
    struct testing_identity own = testing_issue(NULL, (struct testing_wish){ .from = 1, .until = 2 });
    char *file = put_chain(&own, NULL), pin[ZOC_TLS_PIN], whole[ZOC_TLS_PIN] = "sha256:";
    unsigned char hash[32];
    size_t size = sizeof hash;
    struct outcome outcome;

    visit_with(&outcome, file, (zoc_tls_options){ .insecure = true }, "host.example");
    strcpy(pin, outcome.info.pin);
    assert_memory_equal(pin, "sha256:", 7);
    assert_int_equal(strlen(pin), ZOC_TLS_PIN - 1);
    visit_with(&outcome, file, (zoc_tls_options){ .pin = pin }, "host.example");
    assert_string_equal(outcome.client.why, "");
    assert_true(outcome.info.verified);

    assert_int_equal(gnutls_x509_crt_get_fingerprint(own.certificate, GNUTLS_DIG_SHA256, hash, &size), 0);
    for (size_t i = 0; i < size; i++)
        sprintf(whole + 7 + 2 * i, "%02X", hash[i]);
    visit_with(&outcome, file, (zoc_tls_options){ .pin = whole }, "host.example");
    assert_string_equal(outcome.client.why, "");
    testing_forget(&own);
}

static void a_wrong_pin_is_told_beside_the_right_one(void)
{
    char *file = issue((struct testing_wish){ 0 }), words[256], wrong[ZOC_TLS_PIN] = "sha256:";
    struct outcome outcome;

    memset(wrong + 7, '0', 64);
    visit_with(&outcome, file, (zoc_tls_options){ .ca = authorities.ca }, "host.example");
    snprintf(words, sizeof words, "its key has the pin %s, not %s", outcome.info.pin, wrong);
    expect_refused_by((zoc_tls_options){ .pin = wrong, .ca = authorities.ca }, file, "host.example", words,
                      "bad certificate");
}

static void what_was_shown_is_told(void)
{
    char *file = issue((struct testing_wish){ .common_name = "shown \033" });
    struct outcome outcome;

    visit_with(&outcome, file, (zoc_tls_options){ .ca = authorities.ca }, "host.example");
    assert_string_equal(outcome.info.version, "TLS 1.3");
    assert_memory_equal(outcome.info.cipher, "TLS_", 4);
    assert_true(*outcome.info.group);
    assert_string_equal(outcome.info.alpn, "");
    assert_string_equal(outcome.info.name, "host.example");
    assert_false(outcome.info.resumed);
    assert_string_equal(outcome.info.subject, "CN=shown \\e");
    assert_string_equal(outcome.info.issuer, "CN=root");
    assert_in_range(outcome.info.not_after - outcome.info.not_before, 2 * TESTING_DAY, 2 * TESTING_DAY + 1);
}

/* --- what a server says to a client ------------------------------------------------------------------- */

static void visit_as(struct outcome *outcome, const struct testing_identity *client, int version)
{
    char *server = issue((struct testing_wish){ 0 });
    zoc_tls_files own = { client ? put_chain(client, NULL) : NULL, NULL };
    struct testing_pair pair;

    pair.client_context = testing_context(
        ZOC_TLS_CLIENT,
        (zoc_tls_options){ .ca = authorities.ca, .files = &own, .file_count = client ? 1 : 0, .version = version });
    pair.server_context = testing_context(
        ZOC_TLS_SERVER,
        (zoc_tls_options){ .files = &(zoc_tls_files){ server, NULL }, .file_count = 1, .ca = authorities.ca });
    testing_connect_pair(&pair, "host.example", NULL);
    testing_shake(&pair, &outcome->client, &outcome->server);
    outcome->info = (zoc_tls_info){ 0 };
    zoc_tls_get_info(pair.server, &outcome->info);
    testing_close_pair(&pair);
}

static void a_client_shows_its_certificate(void)
{
    struct testing_identity client = testing_issue(
        &authorities.root, (struct testing_wish){ .common_name = "me", .purpose = GNUTLS_KP_TLS_WWW_CLIENT });
    struct outcome outcome;

    for (int version = 12; version <= 13; version++) {
        visit_as(&outcome, &client, version);
        assert_string_equal(outcome.client.why, "");
        assert_string_equal(outcome.server.why, "");
        assert_true(outcome.info.verified);
        assert_string_equal(outcome.info.subject, "CN=me");
    }
    testing_forget(&client);
}

static void a_client_without_a_certificate_is_refused(void)
{
    struct outcome outcome;

    for (int version = 12; version <= 13; version++) {
        visit_as(&outcome, NULL, version);
        assert_string_equal(outcome.server.why, "the peer showed no certificate");
        assert_int_equal(outcome.server.result, -ZOC_ECERTIFICATE);
    }
}

static void the_certificate_of_a_client_is_verified(void)
{
    struct testing_identity made_for_servers =
        testing_issue(&authorities.root, (struct testing_wish){ .common_name = "server" });
    struct testing_identity expired =
        testing_issue(&authorities.root, (struct testing_wish){ .purpose = GNUTLS_KP_TLS_WWW_CLIENT,
                                                                .from = -9 * TESTING_DAY,
                                                                .until = -3 * TESTING_DAY });
    struct outcome outcome;
    char words[BASE_WORDS_MAX];

    visit_as(&outcome, &made_for_servers, 12);
    assert_string_equal(outcome.server.why, "the peer's certificate is refused: not made for clients");
    assert_string_equal(outcome.client.why, "the peer's alert: unsupported certificate");
    visit_as(&outcome, &expired, 12);
    snprintf(words, sizeof words, "the peer's certificate is refused: expired on %s", day(-3 * TESTING_DAY));
    assert_string_equal(outcome.server.why, words);
    assert_string_equal(outcome.client.why, "the peer's alert: certificate expired");
    testing_forget(&made_for_servers);
    testing_forget(&expired);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_NET(a_certificate_of_a_known_authority_is_good),
        ON_NET(one_between_is_shown_by_the_server),
        ON_NET(an_unknown_root_is_named),
        ON_NET(who_vouches_for_itself_is_self_signed),
        ON_NET(a_certificate_that_is_trusted_itself_is_good),
        ON_NET(one_that_is_no_authority_vouches_for_nobody),
        ON_NET(chains_are_bounded),
        ON_NET(the_system_does_not_know_the_authorities_of_a_test),
        ON_NET(the_day_is_told_when_it_expired),
        ON_NET(the_day_is_told_from_which_it_is_valid),
        ON_NET(an_issuer_that_expired_is_named),
        ON_NET(other_names_are_told),
        ON_NET(the_list_of_names_is_bounded),
        ON_NET(names_are_escaped),
        ON_NET(a_star_stands_for_one_label),
        ON_NET(a_common_name_is_no_name),
        ON_NET(what_is_asked_for_by_sni_has_to_be_shown),
        ON_NET(a_revoked_certificate_is_refused_where_the_list_is_known),
        ON_NET(a_certificate_for_something_else_is_not_for_a_server),
        ON_NET(insecure_signatures_and_keys_are_refused),
        ON_NET(several_reasons_are_all_told_the_most_useful_first),
        ON_NET(a_key_of_any_kind_is_good),
        ON_NET(the_words_come_in_either_version),
        ON_NET(who_is_insecure_looks_at_nothing),
        ON_NET(a_pin_replaces_what_authorities_say),
        ON_NET(a_wrong_pin_is_told_beside_the_right_one),
        ON_NET(what_was_shown_is_told),
        ON_NET(a_client_shows_its_certificate),
        ON_NET(a_client_without_a_certificate_is_refused),
        ON_NET(the_certificate_of_a_client_is_verified),
    };

    return cmocka_run_group_tests(tests, make_authorities, forget_authorities);
}

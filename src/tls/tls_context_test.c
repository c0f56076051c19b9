#include "tls/tls_made.h"
#include "tls/tls_testing.h"

#include <sys/mman.h>
#include <sys/wait.h>

/* --- files ------------------------------------------------------------------------------------------- */

__attribute__((format(printf, 4, 5))) static void expect_no_context(zoc_tls_options options, zoc_tls_role role,
                                                                    int error, const char *format, ...)
{
    zoc_tls_context *context = NULL;
    char words[BASE_WORDS_MAX];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    int result = zoc_tls_context_new(&options, role, NULL, &context);
    assert_string_equal(zoc_why(), words);
    assert_int_equal(result, error);
    assert_null(context);
}

static void expect_no_server(char *certificate, char *key, int error, const char *words)
{
    zoc_tls_files files = { certificate, key };

    expect_no_context((zoc_tls_options){ .files = &files, .file_count = 1 }, ZOC_TLS_SERVER, error, "%s", words);
}

static void a_file_that_is_missing_is_named(void)
{
    char words[256];

    snprintf(words, sizeof words, "file '%s': No such file or directory", testing_path("none"));
    expect_no_server(testing_path("none"), NULL, -ENOENT, words);
    expect_no_context((zoc_tls_options){ .ca = testing_path("none") }, ZOC_TLS_CLIENT, -ENOENT, "%s", words);
}

static void a_file_without_what_it_should_hold_is_named(void)
{
    struct testing_identity own = testing_issue(NULL, (struct testing_wish){ 0 });
    char *nothing = testing_path("nothing"), *lone = testing_put_certificate("lone", own.certificate), words[256];

    testing_write_file(nothing, "nothing\n", 8, 0600);
    snprintf(words, sizeof words, "file '%s': there is no certificate in it", nothing);
    expect_no_server(nothing, NULL, -ZOC_ETLS, words);
    expect_no_context((zoc_tls_options){ .ca = nothing }, ZOC_TLS_CLIENT, -ZOC_ETLS, "%s", words);
    snprintf(words, sizeof words, "file '%s': there is no private key in it", lone);
    expect_no_server(lone, NULL, -ZOC_ETLS, words);
    testing_forget(&own);
}

static void an_encrypted_key_is_named(void)
{
    struct testing_identity own = testing_issue(NULL, (struct testing_wish){ 0 });
    char *certificate = testing_put_certificate("encrypted.crt", own.certificate), words[256];
    gnutls_datum_t pem;

    assert_int_equal(
        gnutls_x509_privkey_export2_pkcs8(own.key, GNUTLS_X509_FMT_PEM, "secret", GNUTLS_PKCS_PBES2_AES_256, &pem), 0);
    testing_write_file(testing_path("encrypted.key"), pem.data, pem.size, 0600);
    gnutls_free(pem.data);
    snprintf(words, sizeof words, "file '%s': its key is encrypted", testing_path("encrypted.key"));
    expect_no_server(certificate, testing_path("encrypted.key"), -ZOC_ETLS, words);
    testing_forget(&own);
}

static void a_key_of_another_certificate_is_refused_with_both(void)
{
    struct testing_identity one = testing_issue(NULL, (struct testing_wish){ 0 });
    struct testing_identity other = testing_issue(NULL, (struct testing_wish){ 0 });
    char *certificate = testing_put_certificate("one.crt", one.certificate);
    char *key = testing_put_key("other.key", other.key), words[512];

    snprintf(words, sizeof words, "the key in '%s' does not belong to the certificate in '%s'", key, certificate);
    expect_no_server(certificate, key, -ZOC_ETLS, words);
    testing_forget(&one);
    testing_forget(&other);
}

/* What was logged while it was made. */
static void make_server_with_mode(mode_t mode, char *log, size_t size)
{
    struct testing_identity own = testing_issue(NULL, (struct testing_wish){ 0 });
    char *file = testing_put(mode & 077 ? "open.pem" : "closed.pem", &own);
    int fd = memfd_create("log", MFD_CLOEXEC), error = dup(STDERR_FILENO);

    assert_int_equal(chmod(file, mode), 0);
    dup2(fd, STDERR_FILENO);
    zoc_tls_context_free(testing_server(file));
    zoc_log_flush();
    dup2(error, STDERR_FILENO);
    ssize_t got = pread(fd, log, size - 1, 0);
    log[got < 0 ? 0 : got] = '\0';
    close(fd);
    close(error);
    testing_forget(&own);
}

static void a_key_that_others_may_read_is_warned_about(void)
{
    char log[1024];

    make_server_with_mode(0600, log, sizeof log);
    assert_string_equal(log, "");
    make_server_with_mode(0640, log, sizeof log);
    assert_non_null(strstr(log, "private key"));
    assert_non_null(strstr(log, "open.pem"));
    assert_non_null(strstr(log, "0640"));
}

static void what_cannot_be_is_refused(void)
{
    char *long_name = calloc(1, 258);

    memset(long_name, 'x', 256);
    expect_no_context((zoc_tls_options){ .version = 11 }, ZOC_TLS_CLIENT, -EINVAL,
                      "version 11 of TLS: expects 12 or 13");
    expect_no_context((zoc_tls_options){ .alpn = "h2::http/1.1" }, ZOC_TLS_CLIENT, -EINVAL,
                      "application protocols 'h2::http/1.1': expects at most 16 of 1 to 255 bytes");
    expect_no_context(
        (zoc_tls_options){ .alpn = "a:b:c:d:e:f:g:h:i:j:k:l:m:n:o:p:q" }, ZOC_TLS_CLIENT, -EINVAL,
        "application protocols 'a:b:c:d:e:f:g:h:i:j:k:l:m:n:o:p:q': expects at most 16 of 1 to 255 bytes");
    expect_no_context((zoc_tls_options){ .alpn = long_name }, ZOC_TLS_CLIENT, -EINVAL,
                      "application protocols '%s': expects at most 16 of 1 to 255 bytes", long_name);
    long_name[255] = '\0';
    zoc_tls_context_free(testing_context(ZOC_TLS_CLIENT, (zoc_tls_options){ .insecure = true, .alpn = long_name }));
    zoc_tls_context_free(testing_context(
        ZOC_TLS_CLIENT, (zoc_tls_options){ .insecure = true, .alpn = "a:b:c:d:e:f:g:h:i:j:k:l:m:n:o:p" }));
    free(long_name);
}

static void a_context_lives_as_long_as_its_last_owner(void)
{
    zoc_tls_context *context = testing_context(ZOC_TLS_CLIENT, (zoc_tls_options){ .insecure = true });

    assert_ptr_equal(zoc_tls_context_share(context), context);
    zoc_tls_context_free(context);
    assert_string_equal(zoc_tls_context_pin(context), "");
    assert_false(zoc_tls_context_is_self_made(context));
    zoc_tls_context_free(context);
    zoc_tls_context_free(NULL);
}

/* --- certificates that are made here ------------------------------------------------------------------ */

static void made_certificates_keep_their_pin(void)
{
    zoc_tls_context *one = testing_context(ZOC_TLS_SERVER, (zoc_tls_options){ 0 });
    zoc_tls_context *other = testing_context(ZOC_TLS_SERVER, (zoc_tls_options){ 0 });
    struct stat status;

    assert_true(zoc_tls_context_is_self_made(one));
    assert_int_equal(strlen(zoc_tls_context_pin(one)), ZOC_TLS_PIN - 1);
    assert_string_equal(zoc_tls_context_pin(one), zoc_tls_context_pin(other));
    assert_int_equal(stat(testing_path("zocalo/" TLS_KEY_NAME), &status), 0);
    assert_int_equal(status.st_mode, S_IFREG | 0600);
    assert_int_equal(stat(testing_path("zocalo"), &status), 0);
    assert_int_equal(status.st_mode, S_IFDIR | 0700);
    zoc_tls_context_free(one);
    zoc_tls_context_free(other);
}

static void a_made_certificate_is_checked_by_its_pin(void)
{
    struct testing_pair pair;
    zoc_tls_info info;
    char pin[ZOC_TLS_PIN];

    pair.server_context = testing_context(ZOC_TLS_SERVER, (zoc_tls_options){ 0 });
    strcpy(pin, zoc_tls_context_pin(pair.server_context));
    pair.client_context = testing_context(ZOC_TLS_CLIENT, (zoc_tls_options){ .pin = pin });
    testing_connect_pair(&pair, "whatever", NULL);
    testing_agree(&pair);
    assert_int_equal(zoc_tls_get_info(pair.client, &info), 0);
    assert_string_equal(info.pin, pin);
    assert_string_equal(info.subject, "CN=localhost");
    assert_in_range(info.not_after, time(NULL) + 9 * 365 * TESTING_DAY, time(NULL) + 11 * 365 * TESTING_DAY);
    assert_in_range(info.not_before, time(NULL) - 2 * TESTING_DAY, time(NULL) - TESTING_DAY + 60);
    testing_close_pair(&pair);
}

/* Writes the certificate that is made for a host into a file. */
static char *put_made(const char *name, const char *host)
{
    gnutls_x509_privkey_t key;
    gnutls_x509_crt_t certificate;

    assert_int_equal(tls_library_load(), 0);
    assert_int_equal(tls_made(host, &key, &certificate), 0);
    char *path = testing_put_key(name, key);
    testing_put_certificate(name, certificate);
    gnutls_x509_privkey_deinit(key);
    gnutls_x509_crt_deinit(certificate);
    return path;
}

static int visit(const char *file, const char *host)
{
    struct testing_pair pair;
    struct testing_handshake client, server;

    pair.client_context = testing_context(ZOC_TLS_CLIENT, (zoc_tls_options){ .ca = (char *)file });
    pair.server_context = testing_server(file);
    testing_connect_pair(&pair, host, NULL);
    testing_shake(&pair, &client, &server);
    testing_close_pair(&pair);
    return client.result;
}

static void a_made_certificate_is_for_this_machine_or_for_the_host(void)
{
    char machine[ZOC_HOST_MAX + 1] = "";
    char *usual = put_made("usual", NULL), *named = put_made("named", "host.example"),
         *digits = put_made("digits", "::2");

    gethostname(machine, sizeof machine - 1);
    assert_int_equal(visit(usual, "localhost"), 0);
    assert_int_equal(visit(usual, "127.0.0.1"), 0);
    assert_int_equal(visit(usual, "::1"), 0);
    assert_int_equal(visit(usual, machine), 0);
    assert_int_equal(visit(usual, "host.example"), -ZOC_ECERTIFICATE);
    assert_int_equal(visit(named, "host.example"), 0);
    assert_int_equal(visit(named, "localhost"), -ZOC_ECERTIFICATE);
    assert_int_equal(visit(digits, "::2"), 0);
}

static void processes_that_make_a_key_at_once_get_the_same(void)
{
    char pins[8][ZOC_TLS_PIN];
    int pipe_fds[2];

    assert_int_equal(setenv("XDG_STATE_HOME", testing_path("raced"), 1), 0);
    assert_int_equal(pipe2(pipe_fds, O_CLOEXEC), 0);
    assert_int_equal(tls_library_load(), 0);
    for (int i = 0; i < 8; i++) {
        pid_t child = fork();
        if (child == 0) {
            gnutls_x509_privkey_t key;
            gnutls_x509_crt_t certificate;
            unsigned char id[32];
            size_t size = sizeof id;
            char pin[ZOC_TLS_PIN] = "";
            if (tls_made(NULL, &key, &certificate) == 0 &&
                gnutls_x509_crt_get_key_id(certificate, GNUTLS_KEYID_USE_SHA256, id, &size) == 0)
                for (size_t j = 0; j < size; j++)
                    sprintf(pin + 2 * j, "%02x", id[j]);
            _exit(write(pipe_fds[1], pin, sizeof pin) != sizeof pin);
        }
    }
    for (int i = 0; i < 8; i++)
        assert_int_equal(read(pipe_fds[0], pins[i], ZOC_TLS_PIN), ZOC_TLS_PIN);
    for (int i = 0; i < 8; i++) {
        assert_int_equal(strlen(pins[i]), 64);
        assert_string_equal(pins[i], pins[0]);
        assert_true(wait(NULL) > 0);
    }
    close(pipe_fds[0]);
    close(pipe_fds[1]);
    assert_int_equal(setenv("XDG_STATE_HOME", testing_folder, 1), 0);
}

static void where_no_key_can_be_kept_one_is_made_for_now(void)
{
    testing_write_file(testing_path("file"), "", 0, 0600);
    assert_int_equal(setenv("XDG_STATE_HOME", testing_path("file"), 1), 0);
    zoc_log_set_level(ZOC_LOG_OFF);
    zoc_tls_context *one = testing_context(ZOC_TLS_SERVER, (zoc_tls_options){ 0 });
    zoc_tls_context *other = testing_context(ZOC_TLS_SERVER, (zoc_tls_options){ 0 });
    zoc_log_set_level(ZOC_LOG_WARNING);

    assert_string_not_equal(zoc_tls_context_pin(one), "");
    assert_string_not_equal(zoc_tls_context_pin(one), zoc_tls_context_pin(other));
    zoc_tls_context_free(one);
    zoc_tls_context_free(other);
    assert_int_equal(setenv("XDG_STATE_HOME", testing_folder, 1), 0);
}

/* --- what is agreed on -------------------------------------------------------------------------------- */

static void shake(zoc_tls_options client, zoc_tls_options server, struct testing_handshake *ret_client,
                  struct testing_handshake *ret_server, zoc_tls_info *ret_info)
{
    struct testing_pair pair;

    client.insecure = true;
    pair.client_context = testing_context(ZOC_TLS_CLIENT, client);
    pair.server_context = testing_context(ZOC_TLS_SERVER, server);
    testing_connect_pair(&pair, "host.example", NULL);
    testing_shake(&pair, ret_client, ret_server);
    *ret_info = (zoc_tls_info){ 0 };
    zoc_tls_get_info(pair.client, ret_info);
    testing_close_pair(&pair);
}

/* What both sides have to say of two versions. */
static void shake_versions(int clients, int servers, struct testing_handshake *ret_client,
                           struct testing_handshake *ret_server, zoc_tls_info *ret_info)
{
    zoc_tls_options client = { .version = clients }, server = { .version = servers };

    shake(client, server, ret_client, ret_server, ret_info);
}

static void either_version_can_be_asked_for(void)
{
    static const int versions[][3] = { { 12, 0, 12 }, { 0, 12, 12 }, { 13, 0, 13 }, { 0, 13, 13 }, { 0, 0, 13 } };
    struct testing_handshake client, server;
    zoc_tls_info info;

    for (size_t i = 0; i < 5; i++) {
        shake_versions(versions[i][0], versions[i][1], &client, &server, &info);
        assert_string_equal(info.version, versions[i][2] == 12 ? "TLS 1.2" : "TLS 1.3");
    }
    shake_versions(13, 12, &client, &server, &info);
    assert_string_equal(server.why, "no version of TLS or cipher suite that both sides have");
    assert_string_equal(client.why, "the peer's alert: handshake failure");
    shake_versions(12, 13, &client, &server, &info);
    assert_string_equal(server.why, "no version of TLS or cipher suite that both sides have");
}

/* What both sides have to say of two lists of protocols. */
static void shake_protocols(const char *clients, const char *servers, struct testing_handshake *ret_client,
                            struct testing_handshake *ret_server, zoc_tls_info *ret_info)
{
    zoc_tls_options client = { .alpn = (char *)clients }, server = { .alpn = (char *)servers };

    shake(client, server, ret_client, ret_server, ret_info);
}

static void the_server_chooses_the_protocol(void)
{
    struct testing_handshake client, server;
    zoc_tls_info info;

    shake_protocols("http/1.1:h2", "h2:http/1.1", &client, &server, &info);
    assert_string_equal(info.alpn, "h2");
    shake_protocols(NULL, "h2", &client, &server, &info);
    assert_int_equal(client.result, 0);
    assert_string_equal(info.alpn, "");
    shake_protocols("h2", NULL, &client, &server, &info);
    assert_int_equal(client.result, 0);
    assert_string_equal(info.alpn, "");
}

static void unknown_protocols_alone_are_refused(void)
{
    struct testing_handshake client, server;
    zoc_tls_info info;

    shake_protocols("smtp", "h2", &client, &server, &info);
    assert_string_equal(client.why, "the peer's alert: no application protocol");
    assert_string_equal(server.why, "no application protocol that both sides have");
}

static void the_certificate_is_chosen_by_the_name_that_is_asked_for(void)
{
    struct testing_identity one =
        testing_issue(NULL, (struct testing_wish){ .common_name = "first", .names = { "one.example" } });
    struct testing_identity other =
        testing_issue(NULL, (struct testing_wish){ .common_name = "second", .names = { "*.other.example" } });
    zoc_tls_files files[] = { { testing_put_certificate("sni1.crt", one.certificate),
                                testing_put_key("sni1", one.key) },
                              { testing_put("sni2", &other), NULL } };
    static const char *const asked[][2] = { { "one.example", "CN=first" },
                                            { "a.other.example", "CN=second" },
                                            { "unknown.example", "CN=first" } };
    struct testing_handshake client, server;
    zoc_tls_info info;

    for (size_t i = 0; i < 3; i++) {
        shake((zoc_tls_options){ .sni = (char *)asked[i][0] }, (zoc_tls_options){ .files = files, .file_count = 2 },
              &client, &server, &info);
        assert_string_equal(client.why, "");
        assert_string_equal(info.subject, asked[i][1]);
    }
    testing_forget(&one);
    testing_forget(&other);
}

static void two_kinds_of_keys_may_be_for_the_same_name(void)
{
    struct testing_wish wish = { .common_name = "curve", .names = { "host.example" } };
    struct testing_identity curve = testing_issue(NULL, wish);
    wish = (struct testing_wish){
        .common_name = "rsa", .names = { "host.example" }, .algorithm = GNUTLS_PK_RSA, .bits = 2048
    };
    struct testing_identity rsa = testing_issue(NULL, wish);
    zoc_tls_files files[] = { { testing_put("kind1", &curve), NULL }, { testing_put("kind2", &rsa), NULL } };
    struct testing_pair pair;

    pair.client_context = testing_context(ZOC_TLS_CLIENT, (zoc_tls_options){ .insecure = true });
    pair.server_context = testing_context(ZOC_TLS_SERVER, (zoc_tls_options){ .files = files, .file_count = 2 });
    assert_int_equal(pair.server_context->shown_count, 1);
    testing_connect_pair(&pair, "host.example", NULL);
    testing_agree(&pair);
    testing_close_pair(&pair);
    testing_forget(&curve);
    testing_forget(&rsa);
}

static void a_server_knows_the_name_that_was_asked_for(void)
{
    struct testing_pair pair;
    zoc_tls_info info;

    testing_open_contexts(&pair);
    testing_connect_pair(&pair, "Host.Example.", NULL);
    testing_agree(&pair);
    assert_int_equal(zoc_tls_get_info(pair.server, &info), 0);
    assert_string_equal(info.name, "Host.Example");
    assert_string_equal(info.pin, "");
    assert_false(info.verified);
    testing_close_pair(&pair);
}

/* RSA signs on a worker thread. */
static void a_slow_key_signs_elsewhere(void)
{
    struct testing_identity own = testing_issue(
        NULL, (struct testing_wish){ .algorithm = GNUTLS_PK_RSA, .bits = 2048, .names = { "host.example" } });
    zoc_tls_files files = { testing_put("rsa", &own), NULL };
    struct testing_handshake client, server;
    zoc_tls_info info;

    for (int version = 12; version <= 13; version++) {
        shake((zoc_tls_options){ .version = version }, (zoc_tls_options){ .files = &files, .file_count = 1 }, &client,
              &server, &info);
        assert_string_equal(client.why, "");
        assert_string_equal(server.why, "");
    }
    testing_forget(&own);
}

/* --- resumption ---------------------------------------------------------------------------------------- */

/* Connects, and receives a word, before which tickets come. Returns whether an earlier session went on. */
static bool talk(struct testing_pair *pair, const char *session, bool *ret_verified)
{
    zoc_tls_info info, servers;

    testing_connect_pair(pair, "host.example", session);
    testing_agree(pair);
    assert_int_equal(zoc_write(pair->server, "word", 4), 4);
    testing_expect(pair->client, "word");
    assert_int_equal(zoc_tls_get_info(pair->client, &info), 0);
    assert_int_equal(zoc_tls_get_info(pair->server, &servers), 0);
    assert_int_equal(info.resumed, servers.resumed);
    *ret_verified = info.verified;
    zoc_close(pair->client);
    zoc_close(pair->server);
    return info.resumed;
}

static void sessions_are_resumed(void)
{
    struct testing_identity own = testing_issue(NULL, (struct testing_wish){ .names = { "host.example" } });
    char *file = testing_put("resumed", &own);

    for (int version = 12; version <= 13; version++) {
        struct testing_pair pair = { .server_context = testing_server(file) };
        bool verified;
        for (int i = 0; i < 4; i++) { /* a context for each connection, as a verb has it */
            pair.client_context = testing_context(ZOC_TLS_CLIENT, (zoc_tls_options){ .ca = file, .version = version });
            assert_int_equal(talk(&pair, "there", &verified), i > 0);
            assert_true(verified);
            assert_false(talk(&pair, NULL, &verified));
            zoc_tls_context_free(pair.client_context);
        }
        zoc_tls_context_free(pair.server_context);
    }
    testing_forget(&own);
}

static void a_session_is_not_resumed_under_other_conditions(void)
{
    struct testing_identity own = testing_issue(NULL, (struct testing_wish){ .names = { "host.example" } });
    char *file = testing_put("conditions", &own);
    struct testing_pair pair = { .server_context = testing_server(file) };
    bool verified;

    pair.client_context = testing_context(ZOC_TLS_CLIENT, (zoc_tls_options){ .insecure = true });
    assert_false(talk(&pair, "here", &verified));
    zoc_tls_context_free(pair.client_context);
    pair.client_context = testing_context(ZOC_TLS_CLIENT, (zoc_tls_options){ .ca = file });
    assert_false(talk(&pair, "here", &verified));
    assert_true(verified);
    assert_false(talk(&pair, "elsewhere", &verified));
    assert_true(talk(&pair, "here", &verified));
    assert_true(verified);
    zoc_tls_context_free(pair.client_context);
    zoc_tls_context_free(pair.server_context);
    testing_forget(&own);
}

/* The files are the same by their names, and the authority in one of them has changed. */
static void a_session_is_resumed_only_where_its_certificate_is_good_today(void)
{
    struct testing_identity own = testing_issue(NULL, (struct testing_wish){ .names = { "host.example" } });
    struct testing_identity other = testing_issue(NULL, (struct testing_wish){ .common_name = "other" });
    char *file = testing_put("today", &own);

    for (int version = 12; version <= 13; version++) {
        struct testing_pair pair = { .server_context = testing_server(file) };
        struct testing_handshake client, server;
        char *ca = testing_put_certificate("today's", own.certificate);
        const zoc_tls_options trusting = { .ca = ca, .version = version };
        bool verified;
        pair.client_context = testing_context(ZOC_TLS_CLIENT, trusting);
        assert_false(talk(&pair, "today", &verified));
        assert_true(talk(&pair, "today", &verified));
        zoc_tls_context_free(pair.client_context);
        assert_int_equal(unlink(ca), 0);
        testing_put_certificate("today's", other.certificate);
        pair.client_context = testing_context(ZOC_TLS_CLIENT, trusting);
        testing_connect_pair(&pair, "host.example", "today");
        testing_shake(&pair, &client, &server);
        assert_int_equal(client.result, -ZOC_ECERTIFICATE);
        assert_string_equal(client.why, "the peer's certificate is refused: self-signed");
        testing_close_pair(&pair);
        assert_int_equal(unlink(ca), 0);
    }
    testing_forget(&own);
    testing_forget(&other);
}

static void a_server_that_forgot_its_tickets_does_a_whole_handshake(void)
{
    struct testing_pair pair;
    bool verified;

    testing_open_contexts(&pair);
    assert_false(talk(&pair, "forgotten", &verified));
    zoc_tls_context_free(pair.server_context);
    pair.server_context = testing_context(ZOC_TLS_SERVER, (zoc_tls_options){ 0 });
    assert_false(talk(&pair, "forgotten", &verified));
    assert_true(talk(&pair, "forgotten", &verified));
    zoc_tls_context_free(pair.client_context);
    zoc_tls_context_free(pair.server_context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_NET(a_file_that_is_missing_is_named),
        ON_NET(a_file_without_what_it_should_hold_is_named),
        ON_NET(an_encrypted_key_is_named),
        ON_NET(a_key_of_another_certificate_is_refused_with_both),
        ON_NET(a_key_that_others_may_read_is_warned_about),
        ON_NET(what_cannot_be_is_refused),
        ON_NET(a_context_lives_as_long_as_its_last_owner),
        ON_NET(made_certificates_keep_their_pin),
        ON_NET(a_made_certificate_is_checked_by_its_pin),
        ON_NET(a_made_certificate_is_for_this_machine_or_for_the_host),
        ON_NET(processes_that_make_a_key_at_once_get_the_same),
        ON_NET(where_no_key_can_be_kept_one_is_made_for_now),
        ON_NET(either_version_can_be_asked_for),
        ON_NET(the_server_chooses_the_protocol),
        ON_NET(unknown_protocols_alone_are_refused),
        ON_NET(the_certificate_is_chosen_by_the_name_that_is_asked_for),
        ON_NET(two_kinds_of_keys_may_be_for_the_same_name),
        ON_NET(a_server_knows_the_name_that_was_asked_for),
        ON_NET(a_slow_key_signs_elsewhere),
        ON_NET(sessions_are_resumed),
        ON_NET(a_session_is_not_resumed_under_other_conditions),
        ON_NET(a_session_is_resumed_only_where_its_certificate_is_good_today),
        ON_NET(a_server_that_forgot_its_tickets_does_a_whole_handshake),
    };

    return cmocka_run_group_tests(tests, testing_make_folder, testing_remove_folder);
}

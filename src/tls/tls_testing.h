/* What the unit tests of TLS share: certificates of any kind in a folder of their own, and both sides of a connection.
 * They are made by GnuTLS, which these tests are linked with. */
#ifndef ZOC_TLS_TLS_TESTING_H
#define ZOC_TLS_TLS_TESTING_H

#include "base/error.h"
#include "stream/testing.h"
#include "tls/tls_inside.h"

#include <fcntl.h>
#include <ftw.h>
#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <zocalo/tls.h>

/* --- a folder --------------------------------------------------------------------------------------- */

static char testing_folder[64];

static int testing_unlink(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status, (void)kind, (void)place;
    return remove(path);
}

static inline int testing_make_folder(void **state)
{
    (void)state;
    strcpy(testing_folder, "/tmp/zocalo-tls-XXXXXX");
    assert_non_null(mkdtemp(testing_folder));
    return setenv("XDG_STATE_HOME", testing_folder, 1);
}

static inline int testing_remove_folder(void **state)
{
    (void)state;
    return nftw(testing_folder, testing_unlink, 16, FTW_DEPTH | FTW_PHYS);
}

/* The path of a file in it: a string that lives until the sixteenth call after. */
static inline char *testing_path(const char *name)
{
    static char paths[16][PATH_MAX];
    static unsigned next;
    char *path = paths[next++ % 16];

    snprintf(path, PATH_MAX, "%s/%s", testing_folder, name);
    return path;
}

static inline void testing_write_file(const char *path, const void *data, size_t size, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, mode);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, data, size), size);
    assert_int_equal(fchmod(fd, mode), 0);
    close(fd);
}

/* --- certificates ----------------------------------------------------------------------------------- */

#define TESTING_DAY ((time_t)(24 * 60 * 60))

struct testing_identity {
    gnutls_x509_privkey_t key;
    gnutls_x509_crt_t certificate;
};

/* Zeroed, it is one of a server, valid now, with a P-256 key, for no name. */
struct testing_wish {
    const char *common_name;
    const char *names[8]; /* of DNS, or digits */
    time_t from, until;   /* seconds from now; both 0: a day each way */
    bool authority;
    const char *purpose; /* NULL: GNUTLS_KP_TLS_WWW_SERVER; "": any */
    gnutls_pk_algorithm_t algorithm;
    unsigned bits;
    gnutls_digest_algorithm_t digest;
};

static inline void testing_add_name(gnutls_x509_crt_t certificate, const char *name)
{
    zoc_address address;
    bool ip = zoc_address_parse_ip(name, 0, &address) == 0;
    bool ip4 = ip && address.any.sa_family == AF_INET;
    const void *data = ip4 ? (void *)&address.ip4.sin_addr : ip ? (void *)&address.ip6.sin6_addr : name;

    assert_int_equal(gnutls_x509_crt_set_subject_alt_name(certificate, ip ? GNUTLS_SAN_IPADDRESS : GNUTLS_SAN_DNSNAME,
                                                          data, ip ? (ip4 ? 4 : 16) : (unsigned)strlen(name),
                                                          GNUTLS_FSAN_APPEND),
                     0);
}

static inline void testing_say_purpose(gnutls_x509_crt_t certificate, const struct testing_wish *wish)
{
    const char *purpose = wish->purpose ? wish->purpose : GNUTLS_KP_TLS_WWW_SERVER;

    assert_int_equal(gnutls_x509_crt_set_basic_constraints(certificate, wish->authority, -1), 0);
    if (wish->authority)
        assert_int_equal(gnutls_x509_crt_set_key_usage(certificate, GNUTLS_KEY_KEY_CERT_SIGN | GNUTLS_KEY_CRL_SIGN), 0);
    else if (*purpose)
        assert_int_equal(gnutls_x509_crt_set_key_purpose_oid(certificate, purpose, 0), 0);
}

/* `issuer` NULL: it signs itself. */
static inline struct testing_identity testing_issue(const struct testing_identity *issuer, struct testing_wish wish)
{
    static unsigned char serial[4] = { 1 };
    struct testing_identity made;
    gnutls_pk_algorithm_t algorithm = wish.algorithm ? wish.algorithm : GNUTLS_PK_ECDSA;
    unsigned bits = wish.bits ? wish.bits : GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1);
    const char *name = wish.common_name ? wish.common_name : "somebody";
    time_t from = wish.from || wish.until ? wish.from : -TESTING_DAY;
    time_t until = wish.from || wish.until ? wish.until : TESTING_DAY;

    serial[3]++;
    assert_int_equal(gnutls_x509_privkey_init(&made.key), 0);
    assert_int_equal(gnutls_x509_privkey_generate(made.key, algorithm, bits, 0), 0);
    assert_int_equal(gnutls_x509_crt_init(&made.certificate), 0);
    gnutls_x509_crt_set_version(made.certificate, 3);
    gnutls_x509_crt_set_serial(made.certificate, serial, sizeof serial);
    gnutls_x509_crt_set_activation_time(made.certificate, time(NULL) + from);
    gnutls_x509_crt_set_expiration_time(made.certificate, time(NULL) + until);
    gnutls_x509_crt_set_dn_by_oid(made.certificate, GNUTLS_OID_X520_COMMON_NAME, 0, name, (unsigned)strlen(name));
    for (size_t i = 0; i < 8 && wish.names[i]; i++)
        testing_add_name(made.certificate, wish.names[i]);
    testing_say_purpose(made.certificate, &wish);
    assert_int_equal(gnutls_x509_crt_set_key(made.certificate, made.key), 0);
    if (!issuer)
        issuer = &made;
    assert_int_equal(gnutls_x509_crt_sign2(made.certificate, issuer->certificate, issuer->key,
                                           wish.digest ? wish.digest : GNUTLS_DIG_SHA256, 0),
                     0);
    return made;
}

static inline void testing_forget(struct testing_identity *identity)
{
    gnutls_x509_privkey_deinit(identity->key);
    gnutls_x509_crt_deinit(identity->certificate);
}

/* Each appends PEM to a file of that name. Returns its path. */
static inline char *testing_put_certificate(const char *name, gnutls_x509_crt_t certificate)
{
    gnutls_datum_t pem;

    assert_int_equal(gnutls_x509_crt_export2(certificate, GNUTLS_X509_FMT_PEM, &pem), 0);
    testing_write_file(testing_path(name), pem.data, pem.size, 0600);
    gnutls_free(pem.data);
    return testing_path(name);
}

static inline char *testing_put_key(const char *name, gnutls_x509_privkey_t key)
{
    gnutls_datum_t pem;

    assert_int_equal(gnutls_x509_privkey_export2_pkcs8(key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &pem), 0);
    testing_write_file(testing_path(name), pem.data, pem.size, 0600);
    gnutls_free(pem.data);
    return testing_path(name);
}

/* Both in one file. */
static inline char *testing_put(const char *name, const struct testing_identity *identity)
{
    testing_put_key(name, identity->key);
    return testing_put_certificate(name, identity->certificate);
}

/* --- connections ------------------------------------------------------------------------------------ */

static inline zoc_tls_context *testing_context(zoc_tls_role role, zoc_tls_options options)
{
    zoc_tls_context *context = NULL;

    if (zoc_tls_context_new(&options, role, NULL, &context) != 0)
        fail_msg("%s", zoc_why());
    return context;
}

static inline zoc_tls_context *testing_server(const char *file)
{
    return testing_context(ZOC_TLS_SERVER,
                           (zoc_tls_options){ .files = &(zoc_tls_files){ (char *)file, NULL }, .file_count = 1 });
}

/* A server with a certificate that it made itself, and a client that trusts whoever answers: for tests of the bytes. */
struct testing_pair {
    zoc_stream *client, *server;
    zoc_tls_context *client_context, *server_context;
};

/* Over two streams; the contexts are taken over. */
static inline void testing_lay(struct testing_pair *pair, zoc_stream *client, zoc_stream *server, const char *host,
                               const char *session)
{
    if (zoc_tls_client(client, pair->client_context, host, session, &pair->client) != 0)
        fail_msg("%s", zoc_why());
    assert_int_equal(zoc_tls_server(server, pair->server_context, &pair->server), 0);
}

/* Streams of TCP. */
static inline void testing_streams(zoc_stream **ret_one, zoc_stream **ret_other)
{
    int fds[2];

    testing_tcp_pair(fds);
    *ret_one = testing_stream_of(fds[0], true, true);
    *ret_other = testing_stream_of(fds[1], true, true);
}

static inline void testing_connect_pair(struct testing_pair *pair, const char *host, const char *session)
{
    zoc_stream *one, *other;

    testing_streams(&one, &other);
    testing_lay(pair, one, other, host, session);
}

static inline void testing_close_pair(struct testing_pair *pair)
{
    zoc_close(pair->client);
    zoc_close(pair->server);
    zoc_tls_context_free(pair->client_context);
    zoc_tls_context_free(pair->server_context);
}

static inline void testing_open_contexts(struct testing_pair *pair)
{
    pair->client_context = testing_context(ZOC_TLS_CLIENT, (zoc_tls_options){ .insecure = true });
    pair->server_context = testing_context(ZOC_TLS_SERVER, (zoc_tls_options){ 0 });
}

static inline void testing_open_pair(struct testing_pair *pair)
{
    testing_open_contexts(pair);
    testing_connect_pair(pair, "localhost", NULL);
}

struct testing_handshake {
    zoc_stream *stream;
    int result;
    char why[BASE_WORDS_MAX];
};

static inline int testing_run_handshake(void *arg)
{
    struct testing_handshake *handshake = arg;

    handshake->result = zoc_tls_handshake(handshake->stream);
    snprintf(handshake->why, sizeof handshake->why, "%s", handshake->result < 0 ? zoc_why() : "");
    if (handshake->result < 0) /* the other side must not wait for it */
        zoc_shut(handshake->stream->operations->below(handshake->stream));
    return 0;
}

/* Both sides of one. */
static inline void testing_shake(struct testing_pair *pair, struct testing_handshake *ret_client,
                                 struct testing_handshake *ret_server)
{
    ZOC_GROUP(group);

    ret_client->stream = pair->client;
    ret_server->stream = pair->server;
    assert_int_equal(zoc_go(&group, testing_run_handshake, ret_server), 0);
    testing_run_handshake(ret_client);
    assert_int_equal(zoc_group_wait(&group), 0);
}

static inline void testing_agree(struct testing_pair *pair)
{
    struct testing_handshake client, server;

    testing_shake(pair, &client, &server);
    if (client.result < 0 || server.result < 0)
        fail_msg("client: %s, server: %s", client.why, server.why);
}

/* The same failure, now and ever after. */
static inline void testing_expect_failure(zoc_stream *stream, int error, const char *words)
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

/* --- a stream below that takes so many bytes, and no more ------------------------------------------- */

struct testing_narrow {
    struct layer layer; /* first */
    size_t left;
    size_t written;
};

static inline ssize_t testing_receive_narrow(zoc_stream *stream, zoc_bytes *ret_chunk)
{
    return zoc_receive(layer_inner(stream), ret_chunk);
}

static inline ssize_t testing_read_narrow(zoc_stream *stream, void *data, size_t size)
{
    return zoc_read(layer_inner(stream), data, size);
}

static inline int testing_write_narrow(zoc_stream *stream, const struct iovec *pieces, int count, size_t size,
                                       size_t *ret_written)
{
    struct testing_narrow *narrow = (struct testing_narrow *)stream;
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

static const struct stream_operations testing_narrow_operations = {
    .receive = testing_receive_narrow,
    .read = testing_read_narrow,
    .writev = testing_write_narrow,
    .shut = layer_shut,
    .close = layer_close,
    .describe = layer_describe,
    .plain = layer_plain,
    .below = layer_below,
};

static inline struct testing_narrow *testing_narrow_over(zoc_stream *inner)
{
    struct testing_narrow *narrow = calloc(1, sizeof *narrow);

    stream_init(&narrow->layer.stream, &testing_narrow_operations);
    narrow->layer.inner = inner;
    narrow->left = SIZE_MAX;
    return narrow;
}

#endif

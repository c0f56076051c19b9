/* The two hellos, in which everything is offered and chosen (RFC 8446 sections 4.1.2 and 4.1.3, RFC 5246 section 7.4.1). */
#include "base/text.h"
#include "meaning/handshake_inside.h"

#define RANDOM_SIZE 32
#define HOST_TEXT   128 /* bytes of a name that is shown, escaped */

/* Either hello, with its fields apart. */
struct hello {
    unsigned version; /* of the field that is kept for old servers */
    struct cursor random, session_id;
    struct cursor suites;     /* of a client: all that it offers */
    unsigned suite;           /* of a server: the one that it has chosen */
    struct cursor extensions; /* empty: there are none, as before TLS 1.2 */
};

/* --- reading -------------------------------------------------------------------------------------- */

static bool read_end(struct cursor *body, struct hello *hello)
{
    if (body->size > 0)
        hello->extensions = cursor_vector(body, 2);
    return cursor_is_done(body);
}

static void read_start(struct cursor *body, struct hello *hello)
{
    *hello = (struct hello){ .version = cursor_number(body, 2) };
    hello->random = cursor_take(body, RANDOM_SIZE);
    hello->session_id = cursor_vector(body, 1);
}

static bool read_client_hello(struct cursor body, struct hello *hello)
{
    read_start(&body, hello);
    hello->suites = cursor_vector(&body, 2);
    cursor_vector(&body, 1); /* compression methods: null since TLS 1.3, and hardly another before */
    return read_end(&body, hello) && hello->suites.size % 2 == 0;
}

static bool read_server_hello(struct cursor body, struct hello *hello)
{
    read_start(&body, hello);
    hello->suite = cursor_number(&body, 2);
    cursor_take(&body, 1); /* compression method */
    return read_end(&body, hello);
}

/* The random of a ServerHello that is a HelloRetryRequest: SHA-256 of "HelloRetryRequest" (RFC 8446 section 4.1.3). */
static const unsigned char retry[RANDOM_SIZE] = {
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
    0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
};

static bool is_retry(const struct hello *hello)
{
    return memcmp(hello->random.data, retry, RANDOM_SIZE) == 0;
}

/* What a server of TLS 1.3 ends its random with when it agrees on less, so that nobody in between can bring that about. */
static bool warns_of_downgrade(const struct hello *hello)
{
    const unsigned char *end = hello->random.data + RANDOM_SIZE - 8;

    return memcmp(end, "DOWNGRD", 7) == 0 && end[7] <= 1;
}

static unsigned chosen_version(const struct hello *hello)
{
    struct cursor version = extensions_find(hello->extensions, EXTENSION_SUPPORTED_VERSIONS);
    unsigned number = cursor_number(&version, 2);

    return version.bad ? hello->version : number;
}

unsigned handshake_version(zoc_bytes message)
{
    struct cursor cursor = cursor_of(message);
    unsigned type = cursor_number(&cursor, 1);
    struct cursor body = cursor_vector(&cursor, 3);
    struct hello hello;

    if (type != 2 || !read_server_hello(body, &hello) || is_retry(&hello))
        return 0;
    return chosen_version(&hello);
}

/* --- the client's --------------------------------------------------------------------------------- */

/* All that it offers; before TLS 1.3 there was one field, for the highest. */
static void offered_versions(const struct hello *hello, struct names *names)
{
    struct cursor content = extensions_find(hello->extensions, EXTENSION_SUPPORTED_VERSIONS);
    struct cursor list = cursor_vector(&content, 1);
    char number[NUMBER_TEXT];

    if (content.bad)
        names_add(names, numbered_name(&tls_versions, hello->version, number));
    while (list.size >= 2) {
        unsigned version = cursor_number(&list, 2);
        if (!tls_is_grease(version))
            names_add(names, numbered_name(&tls_versions, version, number));
    }
}

/* Some are no suites, but signs of something else (RFC 5746 section 3.3, RFC 7507 section 2). */
static bool is_sign(unsigned suite)
{
    return tls_is_grease(suite) || suite == 0x00ff || suite == 0x5600;
}

static size_t count_suites(struct cursor suites)
{
    size_t count = 0;

    while (suites.size > 0)
        count += !is_sign(cursor_number(&suites, 2));
    return count;
}

static void describe_offer(const struct message *message, const struct hello *hello)
{
    struct names versions = { 0 };
    char host[HOST_TEXT];
    size_t count = count_suites(hello->suites);

    offered_versions(hello, &versions);
    if (*extensions_server_name(hello->extensions, host, sizeof host))
        handshake_line(message->reader, (struct reference)RFC(8446, "4.1.2"), false,
                       PLURAL("ClientHello: the client wants '%s', and offers %s and %zu cipher suite",
                              "ClientHello: the client wants '%s', and offers %s and %zu cipher suites", count),
                       host, names_text(&versions), count);
    else
        handshake_line(message->reader, (struct reference)RFC(8446, "4.1.2"), false,
                       PLURAL("ClientHello: the client offers %s and %zu cipher suite; it names no server",
                              "ClientHello: the client offers %s and %zu cipher suites; it names no server", count),
                       names_text(&versions), count);
}

static void describe_suites(const struct message *message, const struct hello *hello)
{
    struct cursor suites = hello->suites;
    struct names names = { 0 };

    names_add_numbers(&names, &tls_suites, &suites);
    handshake_line(message->reader, (struct reference)RFC(8446, "B.4"), true,
                   _("cipher suites, the preferred first: %s"), names_text(&names));
}

static void describe_session(const struct message *message, const struct hello *hello)
{
    size_t size = hello->session_id.size;
    struct cursor versions = extensions_find(hello->extensions, EXTENSION_SUPPORTED_VERSIONS);

    if (size == 0)
        return;
    if (versions.bad)
        handshake_line(message->reader, (struct reference)RFC(5246, "7.4.1.2"), true,
                       PLURAL("a session ID of %zu byte: the client would like to go on with an earlier session",
                              "a session ID of %zu bytes: the client would like to go on with an earlier session",
                              size),
                       size);
    else
        handshake_line(
            message->reader, (struct reference)RFC(8446, "D.4"), true,
            PLURAL("a session ID of %zu byte: TLS 1.3 has no use for it, but middleboxes know it from before",
                   "a session ID of %zu bytes: TLS 1.3 has no use for it, but middleboxes know it from before", size),
            size);
}

void client_hello_describe(struct message *message)
{
    struct hello hello;

    if (!read_client_hello(message->body, &hello)) {
        message_is_bad(message);
        return;
    }
    describe_offer(message, &hello);
    describe_suites(message, &hello);
    describe_session(message, &hello);
    extensions_describe(message, hello.extensions);
}

/* --- the server's --------------------------------------------------------------------------------- */

static void describe_retry(const struct message *message, const struct hello *hello)
{
    struct cursor share = extensions_find(hello->extensions, EXTENSION_KEY_SHARE);
    unsigned group = cursor_number(&share, 2);
    char number[NUMBER_TEXT];

    if (share.bad)
        handshake_line(message->reader, (struct reference)RFC(8446, "4.1.4"), false, "%s",
                       _("HelloRetryRequest: the server wants another ClientHello"));
    else
        handshake_line(
            message->reader, (struct reference)RFC(8446, "4.1.4"), false,
            _("HelloRetryRequest: the server wants another ClientHello, with a key for %s; that costs a round trip"),
            numbered_name(&tls_groups, group, number));
}

static void describe_choice(const struct message *message, const struct hello *hello)
{
    char version_number[NUMBER_TEXT], suite_number[NUMBER_TEXT];
    unsigned version = chosen_version(hello);
    const char *version_name = numbered_name(&tls_versions, version, version_number);
    const char *suite_name = numbered_name(&tls_suites, hello->suite, suite_number);
    bool known = !extensions_find(hello->extensions, EXTENSION_PRE_SHARED_KEY).bad;

    if (version >= TLS_1_3 && known)
        handshake_line(message->reader, (struct reference)RFC(8446, "2.2"), false,
                       _("ServerHello: the server chooses %s and %s, and goes on with a key that both have already"),
                       version_name, suite_name);
    else
        handshake_line(message->reader,
                       version >= TLS_1_3 ? (struct reference)RFC(8446, "4.1.3")
                                          : (struct reference)RFC(5246, "7.4.1.3"),
                       false, _("ServerHello: the server chooses %s and %s"), version_name, suite_name);
}

static void describe_suite(const struct message *message, unsigned suite)
{
    const struct meaning *row = numbered_find(&tls_suites, suite);

    if (row)
        handshake_line(message->reader, row->reference, true, _("%s: %s"), row->word, _(row->text));
}

void server_hello_describe(struct message *message)
{
    struct hello hello;

    if (!read_server_hello(message->body, &hello)) {
        message_is_bad(message);
        return;
    }
    if (is_retry(&hello))
        describe_retry(message, &hello);
    else
        describe_choice(message, &hello);
    describe_suite(message, hello.suite);
    if (warns_of_downgrade(&hello))
        handshake_line(
            message->reader, (struct reference)RFC(8446, "4.1.3"), true, "%s",
            _("the random says that the server can do more than this version: a client that offered more breaks off"));
    extensions_describe(message, hello.extensions);
}

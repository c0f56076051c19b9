/* TLS: whatever comes, in whatever pieces, is text that the peer sent or a failure with words, and nothing of it is
 * kept.
 *
 * The first byte of an input says to whom the rest goes: to a client or a server as it is, or into a connection of
 * both, where three bytes at a time say which of the bytes on the wire are changed. The second says how long the pieces
 * are. */
#include "stream/layer.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <zocalo/zocalo.h>

#define TEXT_SIZE 3000                   /* bytes that each side sends */
#define PATIENCE  (50 * ZOC_MILLISECOND) /* for a length that was changed, so that both wait */

enum { SERVER = 1, BOTH = 2, OLD = 4 };

static zoc_tls_context *clients[2], *server;

static int make_contexts(void *arg)
{
    (void)arg;
    for (int i = 0; i < 2; i++) {
        zoc_tls_options options = { .insecure = true, .alpn = (char *)"h2:http/1.1", .version = i ? 12 : 0 };
        assert(zoc_tls_context_new(&options, ZOC_TLS_CLIENT, NULL, &clients[i]) == 0);
    }
    return zoc_tls_context_new(&(zoc_tls_options){ .alpn = (char *)"h2" }, ZOC_TLS_SERVER, NULL, &server);
}

int LLVMFuzzerInitialize(int *count, char ***words)
{
    (void)count, (void)words;
    zoc_log_set_level(ZOC_LOG_OFF);
    setenv("XDG_STATE_HOME", "/dev/null", 1); /* no key is kept */
    assert(zoc_run(make_contexts, NULL) == 0);
    return 0;
}

/* --- a wire of memory ----------------------------------------------------------------------------- */

struct wire {
    zoc_stream stream; /* first */
    zoc_bytes rest;
    size_t piece;
    char *lent;
};

/* In memory of its own size. */
static ssize_t receive(zoc_stream *stream, zoc_bytes *ret_chunk)
{
    struct wire *wire = (struct wire *)stream;
    size_t size = wire->rest.size < wire->piece ? wire->rest.size : wire->piece;

    free(wire->lent);
    wire->lent = malloc(size > 0 ? size : 1);
    *ret_chunk = (zoc_bytes){ memcpy(wire->lent, wire->rest.data, size), size };
    wire->rest.data += size;
    wire->rest.size -= size;
    return (ssize_t)size;
}

static int swallow(zoc_stream *stream, const struct iovec *pieces, int count, size_t size, size_t *ret_written)
{
    (void)stream, (void)pieces, (void)count;
    *ret_written = size;
    return 0;
}

static int shut(zoc_stream *stream)
{
    (void)stream;
    return 0;
}

static void close_wire(zoc_stream *stream)
{
    free(((struct wire *)stream)->lent);
    free(stream);
}

static void describe(const zoc_stream *stream, char *text, size_t size)
{
    (void)stream;
    snprintf(text, size, "wire");
}

static const struct stream_operations wire_operations = {
    .receive = receive,
    .writev = swallow,
    .shut = shut,
    .close = close_wire,
    .describe = describe,
    .plain = layer_plain,
};

static zoc_stream *wire_of(zoc_bytes bytes, size_t piece)
{
    struct wire *wire = calloc(1, sizeof *wire);

    stream_init(&wire->stream, &wire_operations);
    wire->rest = bytes;
    wire->piece = piece;
    return &wire->stream;
}

/* --- a wire that changes bytes -------------------------------------------------------------------- */

struct changer {
    struct layer layer; /* first */
    zoc_bytes changes;  /* two bytes: how many stay as they are; one: what the next is combined with */
    size_t left;        /* bytes until the next change */
    size_t piece;
    zoc_bytes rest;
    char *lent;
};

static void plan(struct changer *changer)
{
    const unsigned char *change = (const unsigned char *)changer->changes.data;

    changer->left = changer->changes.size < 3 ? SIZE_MAX : (size_t)change[0] | (size_t)(change[1] << 8);
}

static void change(struct changer *changer, char *data, size_t size)
{
    while (changer->left < size) {
        data[changer->left] ^= changer->changes.data[2];
        data += changer->left + 1;
        size -= changer->left + 1;
        changer->changes = (zoc_bytes){ changer->changes.data + 3, changer->changes.size - 3 };
        plan(changer);
    }
    if (changer->left != SIZE_MAX)
        changer->left -= size;
}

static ssize_t receive_changed(zoc_stream *stream, zoc_bytes *ret_chunk)
{
    struct changer *changer = (struct changer *)stream;

    if (changer->rest.size == 0) {
        ssize_t received = zoc_receive(layer_inner(stream), &changer->rest);
        if (received <= 0)
            return received;
    }
    size_t size = changer->rest.size < changer->piece ? changer->rest.size : changer->piece;
    free(changer->lent);
    changer->lent = malloc(size);
    memcpy(changer->lent, changer->rest.data, size);
    changer->rest.data += size;
    changer->rest.size -= size;
    change(changer, changer->lent, size);
    *ret_chunk = (zoc_bytes){ changer->lent, size };
    return (ssize_t)size;
}

static int pass_on(zoc_stream *stream, const struct iovec *pieces, int count, size_t size, size_t *ret_written)
{
    ssize_t written = zoc_writev(layer_inner(stream), pieces, count);

    *ret_written = written < 0 ? 0 : size;
    return written < 0 ? (int)written : 0;
}

static void close_changer(zoc_stream *stream)
{
    free(((struct changer *)stream)->lent);
    layer_close(stream);
}

static const struct stream_operations changer_operations = {
    .receive = receive_changed,
    .writev = pass_on,
    .shut = layer_shut,
    .close = close_changer,
    .describe = layer_describe,
    .plain = layer_plain,
    .below = layer_below,
};

static zoc_stream *change_on(zoc_stream *inner, zoc_bytes changes, size_t piece)
{
    struct changer *changer = calloc(1, sizeof *changer);

    stream_init(&changer->layer.stream, &changer_operations);
    changer->layer.inner = inner;
    changer->changes = changes;
    changer->piece = piece;
    plan(changer);
    return &changer->layer.stream;
}

/* --- what has to hold ----------------------------------------------------------------------------- */

/* What comes is the beginning of what the peer sent. */
static void expect_text(zoc_stream *stream)
{
    zoc_bytes chunk;
    size_t total = 0;
    ssize_t received;

    while ((received = zoc_receive(stream, &chunk)) > 0) {
        for (size_t i = 0; i < chunk.size; i++)
            assert(chunk.data[i] == (char)(total + i));
        total += chunk.size;
    }
    assert(received == 0 || *zoc_why());
    assert(received != 0 || total == TEXT_SIZE);
    assert(total <= TEXT_SIZE);
}

static int talk(void *arg)
{
    zoc_stream *stream = arg;
    char text[TEXT_SIZE];

    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)i;
    if (zoc_write(stream, text, sizeof text) == sizeof text && zoc_shut(stream) == 0)
        expect_text(stream);
    else
        assert(*zoc_why());
    zoc_close(stream);
    return 0;
}

struct input {
    unsigned how;
    size_t piece;
    zoc_bytes bytes;
};

static void talk_to_one(const struct input *input)
{
    zoc_stream *wire = wire_of(input->bytes, input->piece), *stream;
    zoc_bytes chunk;
    zoc_tls_info info;

    if (input->how & SERVER)
        assert(zoc_tls_server(wire, server, &stream) == 0);
    else
        assert(zoc_tls_client(wire, clients[!!(input->how & OLD)], "host.example", NULL, &stream) == 0);
    assert(zoc_receive(stream, &chunk) < 0 && *zoc_why());
    assert(zoc_tls_get_info(stream, &info) < 0); /* nobody guesses a key */
    zoc_close(stream);
}

static void talk_between(const struct input *input)
{
    ZOC_GROUP(group);
    zoc_stream *one, *other, *client, *servers;

    assert(zoc_stream_pair(&one, &other) == 0);
    if (input->how & SERVER)
        other = change_on(other, input->bytes, input->piece);
    else
        one = change_on(one, input->bytes, input->piece);
    assert(zoc_tls_client(one, clients[!!(input->how & OLD)], "host.example", NULL, &client) == 0);
    assert(zoc_tls_server(other, server, &servers) == 0);
    ZOC_WITHIN(PATIENCE) {
        assert(zoc_go(&group, talk, servers) == 0);
        talk(client);
    }
    assert(zoc_group_wait(&group) == 0);
}

static int run(void *arg)
{
    const struct input *input = arg;

    if (input->how & BOTH)
        talk_between(input);
    else
        talk_to_one(input);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    struct input input = { data[0], data[1] + 1U, { (const char *)data + 2, size - 2 } };

    assert(zoc_run(run, &input) == 0);
    return 0;
}

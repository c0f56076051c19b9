/* Proxies: whatever one answers, in whatever pieces, ends in the same way, and not a byte of the target's is eaten. The
 * first byte says what is asked of which kind of proxy, or that the rest is a URL. */
#include "proxy/proxy.h"
#include "stream/stream.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <zocalo/error.h>
#include <zocalo/fiber.h>

#define ASKED_MAX 2048 /* bytes that are sent to a proxy at most, all requests together */

/* --- a proxy in memory ---------------------------------------------------------------------------- */

struct memory {
    zoc_stream stream; /* first */
    const uint8_t *data;
    size_t left, asked;
    size_t piece; /* bytes that one read gives at most */
};

static ssize_t read_memory(zoc_stream *stream, void *data, size_t size)
{
    struct memory *memory = (struct memory *)stream;

    size = size < memory->piece ? size : memory->piece;
    size = size < memory->left ? size : memory->left;
    memcpy(data, memory->data, size);
    memory->data += size;
    memory->left -= size;
    return (ssize_t)size;
}

static int write_memory(zoc_stream *stream, const struct iovec *pieces, int count, size_t size, size_t *ret_written)
{
    struct memory *memory = (struct memory *)stream;

    (void)pieces, (void)count;
    memory->asked += size;
    assert(memory->asked <= ASKED_MAX);
    *ret_written = size;
    return 0;
}

static const struct stream_operations operations = { .read = read_memory, .writev = write_memory };

/* --- what holds of every answer ------------------------------------------------------------------- */

/* A refusal is one line of words that nothing from the proxy can break out of. */
static void check_words(void)
{
    const char *words = zoc_why();

    assert(words[0] != '\0');
    for (const char *at = words; *at != '\0'; at++)
        assert((unsigned char)*at >= ' ' && *at != 0x7f);
}

struct question {
    struct proxy proxy;
    const char *host;
    const uint8_t *data;
    size_t size;
};

/* Returns what proxy_ask returned, and how much of the answer is left for who asked. */
static int ask(const struct question *question, size_t piece, size_t *ret_left)
{
    struct memory memory = { .data = question->data, .left = question->size, .piece = piece };

    stream_init(&memory.stream, &operations);
    int result = proxy_ask(&question->proxy, &memory.stream, question->host, 80);
    assert(result <= 0);
    if (result < 0)
        check_words();
    *ret_left = memory.left;
    return result;
}

/* What came after the answer does not change how it is read. */
static int ask_in_pieces(void *arg)
{
    struct question *question = arg;
    size_t left, left_again, none;
    int result = ask(question, SIZE_MAX, &left);

    assert(ask(question, 1, &left_again) == result && left_again == left);
    assert(ask(question, 3, &left_again) == result && left_again == left);
    question->size -= left;
    assert(ask(question, SIZE_MAX, &none) == result && none == 0);
    if (result == 0 && question->size > 0) {
        question->size--;
        assert(ask(question, SIZE_MAX, &none) == -ZOC_ETRUNCATED);
    }
    return 0;
}

static void check_answer(uint8_t choice, const uint8_t *data, size_t size)
{
    static const char *const hosts[] = { "example.org", "192.0.2.1", "2001:db8::1", "h" };
    bool named = choice & 16;
    struct question question = {
        .proxy = { .kind = choice % 4, .host = "proxy", .port = 1080, .user = named ? "ada" : NULL },
        .host = hosts[choice >> 2 & 3],
        .data = data,
        .size = size,
    };

    question.proxy.password = named && question.proxy.kind != PROXY_SOCKS4 ? "lovelace" : NULL;
    assert(zoc_run(ask_in_pieces, &question) == 0);
}

/* --- what holds of every URL ---------------------------------------------------------------------- */

static void check_login(const char *word)
{
    assert(word == NULL || strlen(word) <= PROXY_LOGIN_MAX);
}

static void check_url(const uint8_t *data, size_t size)
{
    char *text = strndup((const char *)data, size);
    struct proxy proxy = { 0 };
    int result = proxy_parse(text, &proxy);

    assert(result == 0 || result == -EINVAL);
    if (result < 0) {
        assert(proxy.host == NULL);
        check_words();
    } else {
        assert(proxy.kind <= PROXY_HTTP && proxy.port != 0 && strlen(proxy.host) <= ZOC_HOST_MAX);
        assert(proxy.user == NULL || *proxy.user != '\0');
        assert(proxy.password == NULL || proxy.user != NULL);
        check_login(proxy.user);
        check_login(proxy.password);
    }
    proxy_release(&proxy);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    if (*data % 4 == 3)
        check_url(data + 1, size - 1);
    else
        check_answer(*data, data + 1, size - 1);
    return 0;
}

/* What the unit tests of proxies share: a proxy that follows a script. */
#ifndef ZOC_PROXY_TESTING_H
#define ZOC_PROXY_TESTING_H

#include "proxy/proxy.h"
#include "stream/testing.h"

/* The proxy reads what it is asked, which is to be exactly that, and then answers. */
struct exchange {
    zoc_bytes asked, answered;
};

#define BYTES(text) ((zoc_bytes){ text, sizeof text - 1 })
#define LAST        ((struct exchange){ .asked = { 0 } })

#define AT_ONCE     SIZE_MAX

struct script {
    const struct exchange *steps; /* ends with LAST */
    zoc_bytes follows;            /* comes with the last answer: the target's */
    size_t split;                 /* each answer comes in two pieces, the first of so many bytes; 0: each byte alone */
    zoc_stream *stream;
};

/* Between two pieces the other side reads the first of them. */
static inline void testing_say(const struct script *script, zoc_bytes bytes)
{
    for (size_t done = 0; done < bytes.size;) {
        size_t piece = script->split == 0 ? 1 : done == 0 ? script->split : bytes.size;
        if (piece > bytes.size - done)
            piece = bytes.size - done;
        assert_int_equal(zoc_write(script->stream, bytes.data + done, piece), piece);
        done += piece;
        if (done < bytes.size)
            testing_settle_io();
    }
}

static inline void testing_hear(zoc_stream *stream, zoc_bytes bytes)
{
    char byte;

    for (size_t i = 0; i < bytes.size; i++) {
        assert_int_equal(zoc_read(stream, &byte, 1), 1);
        assert_int_equal((unsigned char)byte, (unsigned char)bytes.data[i]);
    }
}

static inline int testing_follow(void *arg)
{
    struct script *script = arg;
    char last[1024];

    for (const struct exchange *step = script->steps; step->asked.size > 0; step++) {
        bool is_last = step[1].asked.size == 0;
        zoc_bytes answer = { last, step->answered.size + (is_last ? script->follows.size : 0) };
        assert_in_range(answer.size, 0, sizeof last);
        memcpy(last, step->answered.data, step->answered.size);
        if (is_last && script->follows.size > 0)
            memcpy(last + step->answered.size, script->follows.data, script->follows.size);
        testing_hear(script->stream, step->asked);
        testing_say(script, answer);
    }
    zoc_close(script->stream);
    return 0;
}

/* Asks a proxy that follows the script and then ends. Returns what proxy_ask returned, once the stream is closed. */
static inline int testing_ask(const struct proxy *proxy, const char *host, uint16_t port, struct script script)
{
    ZOC_GROUP(group);
    zoc_stream *stream;

    assert_int_equal(zoc_stream_pair(&stream, &script.stream), 0);
    assert_int_equal(zoc_go(&group, testing_follow, &script), 0);
    int result = proxy_ask(proxy, stream, host, port);
    if (result == 0) {
        assert_int_equal(zoc_stream_account(stream).received, 0);
        assert_int_equal(zoc_stream_account(stream).sent, 0);
        testing_hear(stream, script.follows);
        testing_expect_end(stream);
    }
    assert_int_equal(zoc_group_wait(&group), 0);
    zoc_close(stream);
    return result;
}

/* However the answers are split, they are granted and the target's bytes come after them. */
static inline void testing_granted(const struct proxy *proxy, const char *host, uint16_t port,
                                   const struct exchange *steps)
{
    struct script script = { .steps = steps, .follows = BYTES("\0\r\n\r\n220 ready\r\n") };
    size_t longest = 0;

    for (const struct exchange *step = steps; step->asked.size > 0; step++)
        if (step->answered.size + script.follows.size > longest)
            longest = step->answered.size + script.follows.size;
    for (script.split = 0; script.split <= longest; script.split++)
        assert_int_equal(testing_ask(proxy, host, port, script), 0);
}

/* However the answers are split, they end it with that error and these words after "proxy 127.0.0.1:PORT: ". */
static inline void testing_refused(const struct proxy *proxy, const char *host, uint16_t port,
                                   const struct exchange *steps, int error, const char *why)
{
    char words[512];
    struct script script = { .steps = steps };
    size_t longest = 0;

    snprintf(words, sizeof words, "proxy 127.0.0.1:%u: %s", proxy->port, why);
    for (const struct exchange *step = steps; step->asked.size > 0; step++)
        longest = step->answered.size > longest ? step->answered.size : longest;
    for (script.split = 0; script.split <= longest; script.split++) {
        assert_int_equal(testing_ask(proxy, host, port, script), error);
        assert_string_equal(zoc_why(), words);
    }
}

/* The answer, cut off at every place before its end, is an end without an answer. */
static inline void testing_cut_off(const struct proxy *proxy, const char *host, uint16_t port,
                                   const struct exchange *steps)
{
    struct exchange cut[8] = { LAST };
    const struct script script = { .steps = cut, .split = AT_ONCE };

    for (size_t i = 0; steps[i].asked.size > 0; i++) {
        cut[i] = steps[i];
        for (cut[i].answered.size = 0; cut[i].answered.size < steps[i].answered.size; cut[i].answered.size++) {
            assert_int_equal(testing_ask(proxy, host, port, script), -ZOC_ETRUNCATED);
            assert_non_null(strstr(zoc_why(), ": it ended without an answer"));
        }
    }
}

#endif

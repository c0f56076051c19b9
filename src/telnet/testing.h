/* What the tests of telnet share: a layer over one end of a pair, and the peer's end, where the bytes of the wire
 * are. */
#ifndef ZOC_TELNET_TESTING_H
#define ZOC_TELNET_TESTING_H

#include "stream/testing.h"
#include "telnet/telnet.h"

struct line {
    zoc_stream *telnet;
    zoc_stream *wire; /* the peer's */
    char told[4096];  /* "<DO NAWS, >WILL NAWS, ": received, sent */
};

static inline void testing_tell(void *state, const struct telnet_notice *notice)
{
    struct line *line = state;
    char words[128];
    size_t size = strlen(line->told);

    if (!notice->command)
        return;
    telnet_command_text(notice->command, words, sizeof words);
    snprintf(line->told + size, sizeof line->told - size, "%s%s, ", notice->event == TELNET_RECEIVED ? "<" : ">",
             words);
}

static inline void testing_open(struct line *line, struct telnet_options options)
{
    zoc_stream *inner;

    *line = (struct line){ 0 };
    options.tell = testing_tell;
    options.state = line;
    assert_int_equal(zoc_stream_pair(&inner, &line->wire), 0);
    assert_int_equal(telnet_open(inner, &options, &line->telnet), 0);
}

static inline void testing_close(struct line *line)
{
    zoc_close(line->telnet);
    zoc_close(line->wire);
}

/* Exactly these bytes are the next ones. */
static inline void testing_expect_bytes(zoc_stream *stream, const char *data, size_t size)
{
    char *got = malloc(size > 0 ? size : 1);

    for (size_t have = 0; have < size;) {
        ssize_t more = zoc_read(stream, got + have, size - have);
        assert_in_range(more, 1, size - have);
        have += (size_t)more;
    }
    assert_memory_equal(got, data, size);
    free(got);
}

/* Texts with any bytes, NUL too. */
#define WRITE(stream, text)  assert_int_equal(zoc_write((stream), (text), sizeof(text) - 1), sizeof(text) - 1)
#define EXPECT(stream, text) testing_expect_bytes((stream), (text), sizeof(text) - 1)

/* The peer's bytes, and a mark of text that shows that they were obeyed. */
#define OBEY(line, bytes)               \
    do {                                \
        WRITE((line)->wire, bytes "!"); \
        EXPECT((line)->telnet, "!");    \
    } while (0)

/* Nothing was sent up to here: what is written now comes first. */
#define EXPECT_SILENCE(line)            \
    do {                                \
        WRITE((line)->telnet, "quiet"); \
        EXPECT((line)->wire, "quiet");  \
    } while (0)

#endif

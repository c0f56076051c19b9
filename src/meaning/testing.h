/* For tests of protocols: what was remarked, as lines of text. */
#ifndef ZOC_MEANING_TESTING_H
#define ZOC_MEANING_TESTING_H

#include "meaning/dialogue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include <cmocka.h>

/* Whether a text fits into its row, with its NUL: C lets one fill it without. */
#define FITS(text) (strnlen((text), sizeof(text)) < sizeof(text))

/* Each remark becomes a line: "C EHLO me: the client says ... (RFC 5321, 4.1.1.1)\n", S for the server, and a + before what is a
 * detail. */
struct overheard {
    struct hearer hearer; /* first */
    zoc_buffer lines;
};

static inline void overhear(struct hearer *hearer, const struct remark *remark)
{
    struct overheard *overheard = (struct overheard *)hearer;
    char quote[2048], reference[REFERENCE_TEXT];

    zoc_escape(remark->quote, quote, sizeof quote);
    reference_format(&remark->reference, reference, sizeof reference);
    assert_non_null(remark->protocol);
    assert_int_equal(zoc_buffer_printf(&overheard->lines, "%s%c %s%s%s%s%s%s\n", remark->detail ? "+" : "",
                                       remark->speaker == SIDE_CLIENT ? 'C' : 'S', quote,
                                       *quote && *remark->text ? ": " : "", remark->text, *reference ? " (" : "",
                                       reference, *reference ? ")" : ""),
                     0);
}

/* One thing that was said: a piece of a conversation. `text` NULL: that side ends; `size` 0: it is a string. */
struct said {
    enum side speaker;
    const char *text;
    size_t size;
};

static inline zoc_bytes said_bytes(const struct said *said)
{
    return (zoc_bytes){ said->text, said->size ? said->size : strlen(said->text) };
}

#define GUARDED_ROOM (1024 * 1024) /* bytes of the longest piece */

/* The end of memory behind which there is none; mapped once. */
static inline char *guarded_end(void)
{
    static char *memory;

    if (!memory) {
        memory = mmap(NULL, 2 * GUARDED_ROOM, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        assert_true(memory != MAP_FAILED);
        assert_int_equal(mprotect(memory + GUARDED_ROOM, GUARDED_ROOM, PROT_NONE), 0);
    }
    return memory + GUARDED_ROOM;
}

/* Says the bytes from memory that ends where they do: one byte more is a crash. */
static inline void say_guarded(struct dialogue *dialogue, enum side speaker, zoc_bytes bytes)
{
    char *lent = guarded_end() - bytes.size;

    assert_true(bytes.size <= GUARDED_ROOM);
    memcpy(lent, bytes.data, bytes.size);
    dialogue_say(dialogue, speaker, (zoc_bytes){ lent, bytes.size });
    memset(lent, 0xa5, bytes.size); /* it was only lent */
}

/* Everything in pieces of at most `step` bytes, and the lines that come of it, to be freed. */
static inline char *overhear_all(const struct said *said, size_t count, unsigned port, size_t step)
{
    struct overheard overheard = { .hearer.hear = overhear };
    struct dialogue *dialogue;

    assert_int_equal(dialogue_new(&overheard.hearer, port, false, &dialogue), 0);
    for (size_t i = 0; i < count; i++) {
        if (!said[i].text) {
            dialogue_end(dialogue, said[i].speaker);
            continue;
        }
        zoc_bytes bytes = said_bytes(&said[i]);
        for (size_t at = 0; at < bytes.size; at += step)
            say_guarded(dialogue, said[i].speaker,
                        (zoc_bytes){ bytes.data + at, bytes.size - at < step ? bytes.size - at : step });
    }
    dialogue_free(dialogue);
    assert_int_equal(zoc_buffer_append(&overheard.lines, "", 1), 0);
    return overheard.lines.data; /* nothing was consumed: it is the block */
}

/* Whole, byte by byte, and in pieces of every size up to 64: the same is remarked. */
static inline void expect_remarks(const struct said *said, size_t count, unsigned port, const char *expected)
{
    for (size_t step = 0; step <= 64; step++) {
        char *lines = overhear_all(said, count, port, step ? step : SIZE_MAX / 2);
        assert_string_equal(lines, expected);
        free(lines);
    }
}

#define EXPECT_REMARKS(said, port, expected) expect_remarks(said, sizeof(said) / sizeof *(said), port, expected)

#endif

/* A conversation that is overheard: whatever two sides say, each remark is fit to be shown, and where a protocol is known the
 * remarks do not depend on how the bytes were cut.
 *
 * The first byte of an input says how long the pieces are, the second which port it is. Then come turns: a byte that says who
 * speaks and what happens, a byte with a size, and so many bytes. */
#include "base/escape.h"
#include "meaning/dialogue.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

enum { SERVER = 1, ENDS = 2, MISSES = 4, DATAGRAMS = 128 };

#define TEXT_MAX      2048 /* bytes of what any remark says */
#define PROTOCOLS_MAX 8    /* that follow each other in one conversation, as far as they are compared */

/* What was remarked, as a number; and which protocols there were, in their order. */
struct heard {
    struct hearer hearer; /* first */
    uint64_t sum;
    const struct protocol *protocols[PROTOCOLS_MAX];
    unsigned count;
    bool late; /* a side ended while no protocol was known: when that is told depends on when it is recognised */
};

/* --- hearing ------------------------------------------------------------------------------------- */

static void add(struct heard *heard, const void *data, size_t size)
{
    for (size_t i = 0; i < size; i++)
        heard->sum = (heard->sum ^ ((const unsigned char *)data)[i]) * UINT64_C(0x100000001b3);
}

static void check_text(const char *text)
{
    zoc_bytes rest = zoc_bytes_of(text);

    assert(rest.size < TEXT_MAX);
    while (rest.size > 0) {
        uint32_t character;
        size_t size = base_utf8_decode(rest, &character);
        assert(size > 0 && !base_is_unsafe(character));
        rest = (zoc_bytes){ rest.data + size, rest.size - size };
    }
}

static void add_protocol(struct heard *heard, const struct protocol *protocol)
{
    if (heard->count < PROTOCOLS_MAX && (heard->count == 0 || heard->protocols[heard->count - 1] != protocol))
        heard->protocols[heard->count++] = protocol;
}

static void hear(struct hearer *hearer, const struct remark *remark)
{
    struct heard *heard = (struct heard *)hearer;
    char reference[REFERENCE_TEXT];

    assert(remark->protocol && remark->text);
    assert(remark->speaker < SIDE_COUNT);
    assert(remark->quote.size <= DIALOGUE_PENDING_MAX);
    check_text(remark->text);
    assert(strlen(reference_format(&remark->reference, reference, sizeof reference)) < sizeof reference - 1);
    add_protocol(heard, remark->protocol);
    add(heard, &remark->speaker, sizeof remark->speaker);
    add(heard, remark->quote.data, remark->quote.size);
    add(heard, remark->text, strlen(remark->text));
}

/* --- saying -------------------------------------------------------------------------------------- */

/* One piece, in memory of its own size. */
static void say_piece(struct dialogue *dialogue, enum side speaker, zoc_bytes piece)
{
    char *copy = malloc(piece.size);

    dialogue_say(dialogue, speaker, (zoc_bytes){ memcpy(copy, piece.data, piece.size), piece.size });
    free(copy);
}

static void say(struct dialogue *dialogue, enum side speaker, zoc_bytes bytes, size_t step)
{
    for (size_t at = 0; at < bytes.size; at += step)
        say_piece(dialogue, speaker, (zoc_bytes){ bytes.data + at, bytes.size - at < step ? bytes.size - at : step });
}

/* Takes a turn from the front of the input. */
static void take_turn(struct dialogue *dialogue, struct heard *heard, zoc_bytes *input, size_t step)
{
    unsigned how = (unsigned char)input->data[0];
    enum side speaker = how & SERVER ? SIDE_SERVER : SIDE_CLIENT;
    size_t size = (unsigned char)input->data[1], there = input->size - 2;
    zoc_bytes said = { input->data + 2, size < there ? size : there };

    if (how & MISSES)
        dialogue_miss(dialogue, speaker, size);
    else
        say(dialogue, speaker, said, step);
    if (how & ENDS) {
        heard->late |= !dialogue_protocol(dialogue);
        dialogue_end(dialogue, speaker);
    }
    *input = (zoc_bytes){ said.data + said.size, there - said.size };
}

static struct heard converse(zoc_bytes input, unsigned port, bool datagrams, size_t step)
{
    struct heard heard = { .hearer.hear = hear };
    struct dialogue *dialogue;

    assert(dialogue_new(&heard.hearer, port, datagrams, &dialogue) == 0);
    while (input.size >= 2)
        take_turn(dialogue, &heard, &input, step);
    dialogue_end(dialogue, SIDE_CLIENT);
    dialogue_end(dialogue, SIDE_SERVER);
    dialogue_free(dialogue);
    return heard;
}

/* Where nothing is known, and where it is known sooner or later, cuts show. */
static bool are_comparable(const struct heard *one, const struct heard *other)
{
    if (one->count != other->count || one->count == PROTOCOLS_MAX || one->late || other->late)
        return false;
    for (unsigned i = 0; i < one->count; i++)
        if (one->protocols[i] != other->protocols[i] || one->protocols[i] == &protocol_plain)
            return false;
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    zoc_bytes input = { (const char *)data + 2, size - 2 };
    size_t step = (data[0] & 63U) + 1;
    bool datagrams = data[0] & DATAGRAMS;

    struct heard whole = converse(input, data[1], datagrams, SIZE_MAX / 2);
    struct heard cut = converse(input, data[1], datagrams, step);
    if (are_comparable(&whole, &cut))
        assert(whole.sum == cut.sum);
    return 0;
}

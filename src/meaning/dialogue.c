/* What a side said waits in one of two places: in its opening until the protocol is known, and in `pending` while it is not a whole
 * unit. What is whole is taken from where the caller has it, without a copy. */
#include "meaning/dialogue.h"

#include "base/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <zocalo/bytes.h>

#define OPENING_TURNS 16  /* times that the speaker may change before a conversation is given up as unknown */
#define REMARK_TEXT   512 /* bytes of words that are made for the occasion */

struct voice {
    char opening[OPENING_MAX]; /* what was said while the protocol was not known */
    size_t opened;             /* bytes of it */
    zoc_buffer pending;        /* not a whole unit yet */
    uint64_t to_skip, skipped; /* bytes */
    bool overlong;             /* the rest of a line that is too long is thrown away */
    bool ended, end_told;
};

/* So many bytes of an opening, in the order in which they were said. */
struct turn {
    enum side speaker;
    size_t size;
};

struct dialogue {
    struct hearer *hearer;
    unsigned port;
    bool datagrams;
    bool mute;                       /* nothing more is told */
    const struct protocol *protocol; /* NULL: not known yet */
    void *state;                     /* owned */
    bool becomes;                    /* another protocol, `next`, when this unit was taken */
    const struct protocol *next;
    struct voice voices[SIDE_COUNT];
    struct turn turns[OPENING_TURNS];
    unsigned turn_count;
};

/* --- making it ------------------------------------------------------------------------------------ */

int dialogue_new(struct hearer *hearer, unsigned port, bool datagrams, struct dialogue **ret_dialogue)
{
    struct dialogue *dialogue = calloc(1, sizeof *dialogue);

    if (!dialogue)
        return -ENOMEM;
    dialogue->hearer = hearer;
    dialogue->port = port;
    dialogue->datagrams = datagrams;
    for (int side = 0; side < SIDE_COUNT; side++)
        dialogue->voices[side].pending.size_max = DIALOGUE_PENDING_MAX;
    *ret_dialogue = dialogue;
    return 0;
}

void dialogue_free(struct dialogue *dialogue)
{
    if (!dialogue)
        return;
    for (int side = 0; side < SIDE_COUNT; side++)
        zoc_buffer_release(&dialogue->voices[side].pending);
    free(dialogue->state);
    free(dialogue);
}

const struct protocol *dialogue_protocol(const struct dialogue *dialogue)
{
    return dialogue->protocol;
}

/* --- remarks -------------------------------------------------------------------------------------- */

static void remark(struct dialogue *dialogue, struct remark remark)
{
    remark.protocol = dialogue->protocol;
    if (!dialogue->mute)
        dialogue->hearer->hear(dialogue->hearer, &remark);
}

void dialogue_remark(struct dialogue *dialogue, enum side speaker, zoc_bytes quote, const struct meaning *meaning)
{
    struct remark said = { .speaker = speaker, .quote = quote, .text = "" };

    if (meaning) {
        said.text = *meaning->text ? _(meaning->text) : "";
        said.reference = meaning->reference;
        said.detail = meaning->detail;
    }
    remark(dialogue, said);
}

void dialogue_tell(struct dialogue *dialogue, enum side speaker, zoc_bytes quote, struct reference reference,
                   bool detail, const char *format, ...)
{
    char text[REMARK_TEXT];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    remark(dialogue, (struct remark){
                         .speaker = speaker, .quote = quote, .text = text, .reference = reference, .detail = detail });
}

/* --- taking units --------------------------------------------------------------------------------- */

void dialogue_skip(struct dialogue *dialogue, enum side speaker, uint64_t size)
{
    dialogue->voices[speaker].to_skip = size;
    dialogue->voices[speaker].skipped = 0;
}

uint64_t dialogue_skipped(const struct dialogue *dialogue, enum side speaker)
{
    return dialogue->voices[speaker].skipped;
}

void dialogue_become(struct dialogue *dialogue, const struct protocol *next)
{
    dialogue->becomes = true;
    dialogue->next = next;
}

static zoc_bytes behind(zoc_bytes bytes, size_t size)
{
    return (zoc_bytes){ bytes.data + size, bytes.size - size };
}

static size_t skip(struct voice *voice, zoc_bytes bytes)
{
    size_t size = bytes.size < voice->to_skip ? bytes.size : (size_t)voice->to_skip;

    voice->to_skip -= voice->to_skip == DIALOGUE_TO_THE_END ? 0 : size;
    voice->skipped += size;
    return size;
}

/* Up to the end of a line that was too long. */
static size_t discard(struct voice *voice, zoc_bytes bytes)
{
    const char *end = memchr(bytes.data, '\n', bytes.size);

    voice->overlong = !end;
    return end ? (size_t)(end - bytes.data) + 1 : bytes.size;
}

static void adopt(struct dialogue *dialogue, const struct protocol *protocol)
{
    free(dialogue->state);
    dialogue->state = protocol->state_size ? calloc(1, protocol->state_size) : NULL;
    dialogue->mute |= protocol->state_size && !dialogue->state;
    dialogue->protocol = protocol;
}

static void change(struct dialogue *dialogue)
{
    dialogue->becomes = false;
    for (int side = 0; side < SIDE_COUNT; side++)
        dialogue->voices[side].to_skip = dialogue->voices[side].opened = 0;
    dialogue->turn_count = 0;
    if (dialogue->next)
        adopt(dialogue, dialogue->next);
    else
        dialogue->protocol = NULL;
}

/* Takes one unit, or what is to be thrown away. Returns how many bytes; 0: more are needed. */
static size_t take(struct dialogue *dialogue, enum side speaker, zoc_bytes bytes)
{
    struct voice *voice = &dialogue->voices[speaker];

    if (dialogue->mute)
        return bytes.size;
    if (voice->to_skip)
        return skip(voice, bytes);
    if (voice->overlong)
        return discard(voice, bytes);
    size_t used = dialogue->protocol->take(dialogue, dialogue->state, speaker, bytes);
    if (dialogue->becomes)
        change(dialogue);
    return used;
}

/* As many units as there are, while the protocol is known. Returns how many bytes they had. */
static size_t take_all(struct dialogue *dialogue, enum side speaker, zoc_bytes bytes)
{
    size_t total = 0, used = 1;

    while (used > 0 && total < bytes.size && dialogue->protocol) {
        used = take(dialogue, speaker, behind(bytes, total));
        total += used;
    }
    return total;
}

static void keep(struct dialogue *dialogue, enum side speaker, zoc_bytes bytes)
{
    if (bytes.size > 0 && zoc_buffer_append(&dialogue->voices[speaker].pending, bytes.data, bytes.size) < 0)
        dialogue->mute = true;
}

/* What is pending and is no unit although there is no room for more of it. Of a protocol that is known it may be a secret, which
 * was not looked for. */
static void give_up_unit(struct dialogue *dialogue, enum side speaker)
{
    struct voice *voice = &dialogue->voices[speaker];
    bool plain = dialogue->protocol == &protocol_plain;
    zoc_bytes quote = { voice->pending.data, plain ? voice->pending.size : 0 };

    dialogue_tell(dialogue, speaker, quote, (struct reference){ 0 }, false,
                  _("longer than the %d bytes that are looked at; the rest of the line is passed over"),
                  DIALOGUE_PENDING_MAX);
    voice->overlong = true;
    zoc_buffer_consume(&voice->pending, voice->pending.size);
}

/* Takes what is pending and the next bytes together. Returns how many of those went there. */
static size_t take_pending(struct dialogue *dialogue, enum side speaker, zoc_bytes bytes)
{
    zoc_buffer *pending = &dialogue->voices[speaker].pending;
    size_t room = DIALOGUE_PENDING_MAX - pending->size;
    size_t more = bytes.size < room ? bytes.size : room;

    keep(dialogue, speaker, (zoc_bytes){ bytes.data, more });
    size_t used = take_all(dialogue, speaker, (zoc_bytes){ pending->data, pending->size });
    zoc_buffer_consume(pending, used);
    if (dialogue->protocol && pending->size == DIALOGUE_PENDING_MAX)
        give_up_unit(dialogue, speaker);
    return more;
}

static size_t open_with(struct dialogue *dialogue, enum side speaker, zoc_bytes bytes);

/* Takes what it can while the protocol is known. Returns what is left when it ended. */
static zoc_bytes hear(struct dialogue *dialogue, enum side speaker, zoc_bytes bytes)
{
    zoc_buffer *pending = &dialogue->voices[speaker].pending;

    while (bytes.size > 0 && dialogue->protocol) {
        bool fresh = pending->size == 0;
        size_t used = fresh ? take_all(dialogue, speaker, bytes) : take_pending(dialogue, speaker, bytes);
        bytes = behind(bytes, used);
        if (fresh && bytes.size > 0 && dialogue->protocol)
            bytes = behind(bytes, take_pending(dialogue, speaker, bytes));
    }
    return bytes;
}

/* What was pending when the protocol ended is the opening of what follows. */
static void hear_again(struct dialogue *dialogue, enum side speaker)
{
    zoc_buffer pending = dialogue->voices[speaker].pending;

    dialogue->voices[speaker].pending = (zoc_buffer){ .size_max = DIALOGUE_PENDING_MAX };
    dialogue_say(dialogue, speaker, (zoc_bytes){ pending.data, pending.size });
    zoc_buffer_release(&pending);
}

/* Protocols may end many times in the same bytes: this is a loop, so that their number does not matter. */
static void hear_all(struct dialogue *dialogue, enum side speaker, zoc_bytes bytes)
{
    while (bytes.size > 0 && !dialogue->mute) {
        if (!dialogue->protocol) {
            bytes = behind(bytes, open_with(dialogue, speaker, bytes));
            continue;
        }
        bytes = hear(dialogue, speaker, bytes);
        if (!dialogue->protocol) {
            hear_again(dialogue, side_other(speaker));
            hear_again(dialogue, speaker);
        }
    }
}

/* --- recognising ---------------------------------------------------------------------------------- */

/* The protocol that the opening is of; protocol_plain: none; NULL: that is not decided yet. */
static const struct protocol *recognise(const struct dialogue *dialogue)
{
    struct opening opening = { .first = dialogue->turns[0].speaker, .port = dialogue->port };
    bool perhaps = false;

    for (int side = 0; side < SIDE_COUNT; side++)
        opening.said[side] = (zoc_bytes){ dialogue->voices[side].opening, dialogue->voices[side].opened };
    for (size_t i = 0; protocols[i]; i++) {
        enum verdict verdict = protocols[i]->recognise(&opening);
        if (verdict == VERDICT_YES)
            return protocols[i];
        perhaps |= verdict == VERDICT_PERHAPS;
    }
    return perhaps ? NULL : &protocol_plain;
}

static __attribute__((noinline)) void introduce(struct dialogue *dialogue, const struct protocol *protocol)
{
    char text[REMARK_TEXT];

    if (protocol == &protocol_plain)
        snprintf(text, sizeof text, "%s", _(protocol->summary));
    else
        snprintf(text, sizeof text, _("this is %s, which %s"), protocol->title, _(protocol->summary));
    remark(dialogue, (struct remark){ .speaker = dialogue->turns[0].speaker,
                                      .text = text,
                                      .reference = protocol->reference,
                                      .introduces = true });
}

/* The opening is heard in the order in which it was said. */
static void settle(struct dialogue *dialogue, const struct protocol *protocol)
{
    size_t heard[SIDE_COUNT] = { 0 };
    unsigned count = dialogue->turn_count;
    struct turn turns[OPENING_TURNS];
    char opening[SIDE_COUNT][OPENING_MAX]; /* another may begin meanwhile */

    memcpy(turns, dialogue->turns, sizeof turns);
    for (int side = 0; side < SIDE_COUNT; side++)
        memcpy(opening[side], dialogue->voices[side].opening, dialogue->voices[side].opened);
    adopt(dialogue, protocol);
    introduce(dialogue, protocol);
    dialogue->turn_count = 0;
    for (unsigned i = 0; i < count; i++) {
        enum side speaker = turns[i].speaker;
        hear_all(dialogue, speaker, (zoc_bytes){ opening[speaker] + heard[speaker], turns[i].size });
        heard[speaker] += turns[i].size;
    }
}

static void add_turn(struct dialogue *dialogue, enum side speaker, size_t size)
{
    struct turn *last = dialogue->turn_count ? &dialogue->turns[dialogue->turn_count - 1] : NULL;

    if (last && last->speaker == speaker)
        last->size += size;
    else
        dialogue->turns[dialogue->turn_count++] = (struct turn){ speaker, size };
}

/* Takes as much of the bytes as the opening has room for, and settles what can be. Returns how much. */
static size_t open_with(struct dialogue *dialogue, enum side speaker, zoc_bytes bytes)
{
    struct voice *voice = &dialogue->voices[speaker];
    size_t room = OPENING_MAX - voice->opened;
    size_t size = bytes.size < room ? bytes.size : room;

    memcpy(voice->opening + voice->opened, bytes.data, size);
    voice->opened += size;
    add_turn(dialogue, speaker, size);
    const struct protocol *protocol = recognise(dialogue);
    bool full = voice->opened == OPENING_MAX || dialogue->turn_count == OPENING_TURNS;
    if (protocol || full)
        settle(dialogue, protocol ? protocol : &protocol_plain);
    return size;
}

/* --- hearing -------------------------------------------------------------------------------------- */

/* Lines of it, and what is behind the last one. */
static void hear_datagram(struct dialogue *dialogue, enum side speaker, zoc_bytes bytes)
{
    if (!dialogue->protocol)
        settle(dialogue, &protocol_plain);
    bytes = behind(bytes, take_all(dialogue, speaker, bytes));
    if (!dialogue->mute)
        dialogue->protocol->end(dialogue, dialogue->state, speaker, bytes);
}

/* Told once the protocol is known. */
static void tell_ends(struct dialogue *dialogue)
{
    for (int side = 0; side < SIDE_COUNT; side++) {
        struct voice *voice = &dialogue->voices[side];
        if (!voice->ended || voice->end_told || !dialogue->protocol || dialogue->mute)
            continue;
        voice->end_told = true;
        if (dialogue->protocol->end)
            dialogue->protocol->end(dialogue, dialogue->state, side,
                                    (zoc_bytes){ voice->pending.data, voice->pending.size });
    }
}

void dialogue_say(struct dialogue *dialogue, enum side speaker, zoc_bytes bytes)
{
    if (dialogue->mute)
        return;
    if (dialogue->datagrams) {
        hear_datagram(dialogue, speaker, bytes);
        return;
    }
    hear_all(dialogue, speaker, bytes);
    tell_ends(dialogue);
}

void dialogue_miss(struct dialogue *dialogue, enum side speaker, uint64_t size)
{
    struct voice *voice = &dialogue->voices[speaker];

    if (dialogue->mute || size == 0)
        return;
    if (voice->to_skip >= size) {
        voice->to_skip -= voice->to_skip == DIALOGUE_TO_THE_END ? 0 : size;
        voice->skipped += size;
        return;
    }
    if (!dialogue->protocol)
        settle(dialogue, &protocol_plain);
    dialogue_tell(dialogue, speaker, (zoc_bytes){ 0 }, (struct reference){ 0 }, false,
                  _("bytes passed that were not looked at; nothing more is told of the words"));
    dialogue->mute = true;
}

void dialogue_end(struct dialogue *dialogue, enum side speaker)
{
    const struct voice *other = &dialogue->voices[side_other(speaker)];

    dialogue->voices[speaker].ended = true;
    if (!dialogue->protocol && other->ended && dialogue->turn_count > 0)
        settle(dialogue, &protocol_plain);
    tell_ends(dialogue);
}

/* --- lines and words ------------------------------------------------------------------------------ */

bool dialogue_line(zoc_bytes bytes, zoc_bytes *ret_line, size_t *ret_used)
{
    const char *end = bytes.size ? memchr(bytes.data, '\n', bytes.size) : NULL;

    if (!end)
        return false;
    size_t size = (size_t)(end - bytes.data);
    *ret_used = size + 1;
    *ret_line = (zoc_bytes){ bytes.data, size - (size > 0 && bytes.data[size - 1] == '\r') };
    return true;
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t';
}

static zoc_bytes without_blanks(zoc_bytes line)
{
    while (line.size > 0 && is_blank(*line.data))
        line = behind(line, 1);
    return line;
}

zoc_bytes dialogue_word(zoc_bytes *line)
{
    zoc_bytes word = without_blanks(*line);
    size_t size = 0;

    while (size < word.size && !is_blank(word.data[size]))
        size++;
    *line = without_blanks(behind(word, size));
    word.size = size;
    return word;
}

/* What is no protocol that is known: lines of text, or bytes. */
#include "base/escape.h"
#include "base/text.h"
#include "meaning/dialogue.h"

#include <stdio.h>

#define FIRST_LINE 256 /* bytes of a line that an echo is recognised by */
#define HEX_BYTES  16  /* that are shown */
#define LINES_TOLD 8   /* of what a side says in one go; the others are counted */

struct plain {
    enum side speaker;      /* who has the word */
    unsigned lines;         /* that it said since the other one did */
    uint64_t bytes;         /* of those that were not told */
    char first[FIRST_LINE]; /* what the client said first */
    size_t first_size;
    bool compared;
};

/* --- text or not ---------------------------------------------------------------------------------- */

/* A character of UTF-8 whose end is missing (RFC 3629, 3). */
static bool is_cut(zoc_bytes bytes)
{
    unsigned char lead = (unsigned char)bytes.data[0];
    size_t whole = lead >= 0xf0 && lead < 0xf5   ? 4
                   : lead >= 0xe0 && lead < 0xf0 ? 3
                   : lead >= 0xc2 && lead < 0xe0 ? 2
                                                 : 0;

    for (size_t i = 1; i < bytes.size; i++)
        if (((unsigned char)bytes.data[i] & 0xc0) != 0x80)
            return false;
    return bytes.size < whole;
}

static bool is_text(zoc_bytes bytes)
{
    while (bytes.size > 0) {
        uint32_t character;
        size_t size = base_utf8_decode(bytes, &character);
        if (size == 0 && is_cut(bytes))
            return true;
        bool control = character < ' ' && !strchr("\t\r\n\033\a\b\f", (int)character);
        if (size == 0 || character == 0 || control)
            return false;
        bytes = (zoc_bytes){ bytes.data + size, bytes.size - size };
    }
    return true;
}

static void tell_bytes(struct dialogue *dialogue, enum side speaker, zoc_bytes bytes)
{
    size_t shown = bytes.size < HEX_BYTES ? bytes.size : HEX_BYTES;
    char hex[3 * HEX_BYTES + 1] = "";

    for (size_t i = 0; i < shown; i++)
        snprintf(hex + 3 * i, 4, "%02x ", (unsigned char)bytes.data[i]);
    if (shown > 0)
        hex[3 * shown - 1] = '\0';
    if (shown < bytes.size)
        dialogue_tell(dialogue, speaker, (zoc_bytes){ 0 }, (struct reference){ 0 }, false,
                      PLURAL("%zu byte that is no text: %s ...", "%zu bytes that are no text: %s ...", bytes.size),
                      bytes.size, hex);
    else
        dialogue_tell(dialogue, speaker, (zoc_bytes){ 0 }, (struct reference){ 0 }, false,
                      PLURAL("%zu byte that is no text: %s", "%zu bytes that are no text: %s", bytes.size), bytes.size,
                      hex);
}

static void tell(struct dialogue *dialogue, enum side speaker, zoc_bytes bytes)
{
    if (is_text(bytes))
        dialogue_remark(dialogue, speaker, bytes, NULL);
    else
        tell_bytes(dialogue, speaker, bytes);
}

/* --- echo ----------------------------------------------------------------------------------------- */

static void remember(struct plain *plain, zoc_bytes line)
{
    if (plain->first_size > 0 || line.size > FIRST_LINE)
        return;
    memcpy(plain->first, line.data, line.size);
    plain->first_size = line.size;
}

static void compare(struct dialogue *dialogue, struct plain *plain, zoc_bytes line)
{
    bool same =
        plain->first_size > 0 && line.size == plain->first_size && memcmp(line.data, plain->first, line.size) == 0;

    if (same && !plain->compared)
        dialogue_tell(dialogue, SIDE_SERVER, (zoc_bytes){ 0 }, (struct reference)RFC(862, ""), false, "%s",
                      _("the same came back as was sent: an echo service does that"));
    plain->compared = true;
}

/* --- the protocol --------------------------------------------------------------------------------- */

/* What was counted is told when the side has done. */
static void sum_up(struct dialogue *dialogue, struct plain *plain)
{
    if (plain->lines > LINES_TOLD)
        dialogue_tell(
            dialogue, plain->speaker, (zoc_bytes){ 0 }, (struct reference){ 0 }, false,
            PLURAL("and %u more line, of %llu bytes", "and %u more lines, of %llu bytes", plain->lines - LINES_TOLD),
            plain->lines - LINES_TOLD, (unsigned long long)plain->bytes);
    plain->lines = 0;
    plain->bytes = 0;
}

static void hear(struct dialogue *dialogue, struct plain *plain, enum side speaker, zoc_bytes line)
{
    if (speaker != plain->speaker)
        sum_up(dialogue, plain);
    plain->speaker = speaker;
    if (++plain->lines > LINES_TOLD)
        plain->bytes += line.size;
    else
        tell(dialogue, speaker, line);
    if (speaker == SIDE_CLIENT)
        remember(plain, line);
    else
        compare(dialogue, plain, line);
}

/* A line, or all that there is when it is no text: that has no units. */
static size_t take(struct dialogue *dialogue, void *state, enum side speaker, zoc_bytes bytes)
{
    zoc_bytes line = bytes;
    size_t used = bytes.size;
    bool whole = dialogue_line(bytes, &line, &used);

    if (!whole && is_text(bytes))
        return 0;
    hear(dialogue, state, speaker, line);
    return used;
}

static void end(struct dialogue *dialogue, void *state, enum side speaker, zoc_bytes rest)
{
    struct plain *plain = state;

    if (rest.size > 0)
        hear(dialogue, plain, speaker, rest);
    if (speaker == plain->speaker)
        sum_up(dialogue, plain);
}

static enum verdict recognise(const struct opening *opening)
{
    (void)opening;
    return VERDICT_NO;
}

const struct protocol protocol_plain = {
    .name = "plain",
    .title = "plain",
    .summary = N_("no protocol that is known here: the words are shown as they are"),
    .recognise = recognise,
    .state_size = sizeof(struct plain),
    .take = take,
    .end = end,
};

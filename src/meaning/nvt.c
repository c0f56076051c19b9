#include "meaning/nvt.h"

#include "base/text.h"

#include <ctype.h>
#include <strings.h>

/* --- recognising ---------------------------------------------------------------------------------- */

static bool is_text(char byte)
{
    unsigned char number = (unsigned char)byte;

    return (number >= ' ' && number < 127) || (byte && strchr("\t\r\n\b\a\033", byte));
}

/* IAC and a command at the beginning; behind text, IAC and a negotiation: bytes 255 are in other things too. */
static enum verdict recognise_side(zoc_bytes bytes)
{
    size_t at = 0;

    while (at < bytes.size && is_text(bytes.data[at]))
        at++;
    if (at == bytes.size || (unsigned char)bytes.data[at] != NVT_IAC)
        return VERDICT_NO;
    if (at + 1 == bytes.size)
        return VERDICT_PERHAPS;
    unsigned command = (unsigned char)bytes.data[at + 1];
    return command >= (at == 0 ? NVT_SE : NVT_SB) && command <= NVT_DONT ? VERDICT_YES : VERDICT_NO;
}

static enum verdict recognise(const struct opening *opening)
{
    enum verdict client = recognise_side(opening->said[SIDE_CLIENT]);
    enum verdict server = recognise_side(opening->said[SIDE_SERVER]);

    return client > server ? client : server;
}

/* --- secrets -------------------------------------------------------------------------------------- */

/* Words of a question for a secret, in several languages, without what depends on its grammar. */
static const char *const secret_words[] = { "password", "passwd",       "passphrase", "passcode", "contrase",
                                            "clave",    "mot de passe", "passwort",   "kennwort", "senha" };

static size_t find(zoc_bytes text, const char *word)
{
    size_t size = strlen(word);

    for (size_t i = 0; i + size <= text.size; i++)
        if (strncasecmp(text.data + i, word, size) == 0)
            return i;
    return text.size;
}

/* Where in the text the question ends: behind the first colon after such a word, or at the end. 0: it asks for none. */
static size_t question_size(zoc_bytes text)
{
    for (size_t i = 0; i < sizeof secret_words / sizeof *secret_words; i++) {
        size_t at = find(text, secret_words[i]);
        if (at == text.size)
            continue;
        const char *colon = memchr(text.data + at, ':', text.size - at);
        return colon ? (size_t)(colon - text.data) + 1 : text.size;
    }
    return 0;
}

static bool is_blank(zoc_bytes text)
{
    for (size_t i = 0; i < text.size; i++)
        if (!isspace((unsigned char)text.data[i]))
            return false;
    return true;
}

/* What the server said last is what the client answers, whether its line is whole or not. */
static void note_question(struct nvt *nvt, enum side speaker, zoc_bytes text)
{
    if (speaker == SIDE_SERVER && !is_blank(text))
        nvt->asks = question_size(text) > 0;
}

/* --- how text ends -------------------------------------------------------------------------------- */

enum ending { ENDS_NOT, ENDS_CR_LF, ENDS_LF, ENDS_CR_NUL };

/* A piece of text, and how it ends. */
struct piece {
    size_t text, used; /* bytes without and with the end of the line */
    enum ending ending;
};

static bool is_iac(char byte)
{
    return (unsigned char)byte == NVT_IAC;
}

/* How the line ends at its first byte, a CR or an LF, of which the next one is there if that matters. */
static enum ending ending_of(const char *end)
{
    if (*end == '\n')
        return ENDS_LF;
    return end[1] == '\n' ? ENDS_CR_LF : end[1] == '\0' ? ENDS_CR_NUL : ENDS_NOT;
}

/* Up to the end of the line, to a command, or to a CR or IAC whose next byte is to come. A doubled IAC is text. */
static struct piece next_piece(zoc_bytes bytes)
{
    static const size_t sizes[] = { [ENDS_CR_LF] = 2, [ENDS_LF] = 1, [ENDS_CR_NUL] = 2 };
    size_t i = 0;

    for (; i < bytes.size; i++) {
        const char *at = bytes.data + i;
        if (*at != '\n' && *at != '\r' && !is_iac(*at))
            continue;
        if (*at != '\n' && i + 1 == bytes.size)
            break;
        if (is_iac(*at) && !is_iac(at[1]))
            break;
        enum ending ending = is_iac(*at) ? ENDS_NOT : ending_of(at);
        if (ending != ENDS_NOT)
            return (struct piece){ i, i + sizes[ending], ending };
        i += is_iac(*at);
    }
    return (struct piece){ i, i, ENDS_NOT };
}

/* --- text ----------------------------------------------------------------------------------------- */

/* What was typed or echoed behind the question is not shown. */
static void tell_question(struct dialogue *dialogue, zoc_bytes text, size_t size)
{
    if (is_blank((zoc_bytes){ text.data + size, text.size - size }))
        dialogue_tell(dialogue, SIDE_SERVER, text, (struct reference){ 0 }, false, "%s",
                      _("the server asks for a secret: what the client answers is not shown"));
    else
        dialogue_tell(dialogue, SIDE_SERVER, (zoc_bytes){ text.data, size }, (struct reference){ 0 }, false, "%s",
                      _("the server asks for a secret: what stands behind the question is not shown"));
}

/* Tells the line so far, and forgets it. */
static void tell_line(struct dialogue *dialogue, struct nvt *nvt, enum side speaker)
{
    struct nvt_side *side = &nvt->sides[speaker];
    zoc_bytes text = { side->line, side->size };
    size_t question = speaker == SIDE_SERVER ? question_size(text) : 0;

    if (text.size == 0)
        return;
    if (side->hides)
        dialogue_tell(dialogue, speaker, (zoc_bytes){ 0 }, (struct reference){ 0 }, false, "%s",
                      _("the answer to the question for a secret, which is not shown"));
    else if (question > 0)
        tell_question(dialogue, text, question);
    else
        dialogue_remark(dialogue, speaker, text, NULL);
    side->size = 0;
}

/* Ends of lines that a terminal of the network has not, or that mean something of their own, once for each side. */
static void tell_ending(struct dialogue *dialogue, struct nvt_side *side, enum side speaker, enum ending ending)
{
    static const struct meaning lf = { "", N_("the line ends with LF alone; in telnet that is CR LF"), RFC(854, ""),
                                       true };
    static const struct meaning nul = {
        "",
        N_("the line ends with CR NUL: a return without a new line, which is how many clients send "
           "the Enter key"),
        RFC(1123, "3.3.1"), true
    };
    bool *told = ending == ENDS_LF ? &side->told_lf : &side->told_nul;

    if ((ending != ENDS_LF && ending != ENDS_CR_NUL) || *told)
        return;
    *told = true;
    dialogue_remark(dialogue, speaker, (zoc_bytes){ 0 }, ending == ENDS_LF ? &lf : &nul);
}

/* The client answers the line that the server did not end, so that comes first. */
static void tell_lines(struct dialogue *dialogue, struct nvt *nvt, enum side speaker)
{
    if (speaker == SIDE_CLIENT)
        tell_line(dialogue, nvt, SIDE_SERVER);
    tell_line(dialogue, nvt, speaker);
}

static void end_line(struct dialogue *dialogue, struct nvt *nvt, enum side speaker, enum ending ending)
{
    struct nvt_side *side = &nvt->sides[speaker];

    tell_lines(dialogue, nvt, speaker);
    tell_ending(dialogue, side, speaker, ending);
    nvt->asks &= !side->hides; /* answered */
    side->hides = false;
}

/* Puts what there is room for behind the line, each IAC once. Returns how many bytes of the text that are. */
static size_t add_text(struct nvt_side *side, zoc_bytes text)
{
    size_t at = 0;

    while (at < text.size && side->size < NVT_LINE_MAX) {
        side->line[side->size++] = text.data[at];
        at += is_iac(text.data[at]) ? 2 : 1;
    }
    return at;
}

static size_t take_text(struct dialogue *dialogue, struct nvt *nvt, enum side speaker, zoc_bytes bytes)
{
    struct nvt_side *side = &nvt->sides[speaker];
    struct piece piece = next_piece(bytes);
    size_t added = add_text(side, (zoc_bytes){ bytes.data, piece.text });

    note_question(nvt, speaker, (zoc_bytes){ side->line, side->size });
    side->hides |= speaker == SIDE_CLIENT && nvt->asks;
    if (side->size == NVT_LINE_MAX) {
        tell_line(dialogue, nvt, speaker);
        return added;
    }
    if (piece.ending != ENDS_NOT)
        end_line(dialogue, nvt, speaker, piece.ending);
    return piece.used;
}

/* --- the protocol --------------------------------------------------------------------------------- */

static bool begins_with_command(zoc_bytes bytes)
{
    return is_iac(bytes.data[0]) && (bytes.size < 2 || !is_iac(bytes.data[1]));
}

/* A command ends no line, but what was said before it comes before it. */
static size_t take_command(struct dialogue *dialogue, struct nvt *nvt, enum side speaker, zoc_bytes bytes)
{
    size_t size = nvt_command_size(bytes);

    if (size == 0)
        return 0;
    if (nvt->sides[speaker].size > 0)
        tell_lines(dialogue, nvt, speaker);
    nvt_hear_command(dialogue, nvt, speaker, (zoc_bytes){ bytes.data, size });
    return size;
}

static size_t take(struct dialogue *dialogue, void *state, enum side speaker, zoc_bytes bytes)
{
    return begins_with_command(bytes) ? take_command(dialogue, state, speaker, bytes)
                                      : take_text(dialogue, state, speaker, bytes);
}

static void end(struct dialogue *dialogue, void *state, enum side speaker, zoc_bytes rest)
{
    struct nvt *nvt = state;

    if (nvt->sides[speaker].lost)
        return;
    tell_line(dialogue, nvt, speaker);
    if (rest.size > 0 && begins_with_command(rest))
        dialogue_tell(dialogue, speaker, (zoc_bytes){ 0 }, (struct reference)RFC(854, ""), false, "%s",
                      _("the end came too early, in the middle of a command"));
}

static const struct meanings tables[] = {
    MEANINGS(N_("telnet command"), nvt_commands),
    MEANINGS(N_("telnet option"), nvt_options),
};

const struct protocol protocol_telnet = {
    .name = "telnet",
    .title = "telnet",
    .summary = N_("joins a terminal to a program far away, with nothing hidden from who listens on the way"),
    .reference = RFC(854, ""),
    .recognise = recognise,
    .state_size = sizeof(struct nvt),
    .take = take,
    .end = end,
    .tables = tables,
    .table_count = sizeof tables / sizeof *tables,
};

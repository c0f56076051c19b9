/* IMAP, as RFC 9051 and RFC 3501 have it. */
#include "meaning/imap_words.h"

#include "base/text.h"
#include "meaning/lines.h"

#include <ctype.h>

#define TAG_MAX     31 /* bytes of a tag that is remembered */
#define WAITING_MAX 16 /* commands that may wait for their replies; of more, the oldest are forgotten */

/* A command that waits for the reply with its tag. */
struct tagged {
    char tag[TAG_MAX];
    unsigned char size;
    const char *command; /* of the table; NULL: it is not known */
};

struct imap {
    bool greeted;
    bool logging_in;          /* the client's lines are steps of a login */
    bool waits_for_go_ahead;  /* the client announced a literal, and may send it when the server says + */
    bool secret;              /* the command that goes on behind a literal is LOGIN */
    bool goes_on[SIDE_COUNT]; /* the line goes on behind a literal */
    struct tagged waiting[WAITING_MAX];
    unsigned count;
};

#define TABLE(name) (&imap_words[IMAP_##name])

/* --- commands that wait --------------------------------------------------------------------------- */

static void remember(struct imap *imap, zoc_bytes tag, const char *command)
{
    struct tagged *entry;

    if (tag.size > TAG_MAX)
        return;
    if (imap->count == WAITING_MAX)
        memmove(imap->waiting, imap->waiting + 1, --imap->count * sizeof *imap->waiting);
    entry = &imap->waiting[imap->count++];
    memcpy(entry->tag, tag.data, tag.size);
    entry->size = (unsigned char)tag.size;
    entry->command = command;
}

/* The command with that tag, which waits no longer; NULL: it is not known. *ret_newest: none came after it. */
static const char *answered(struct imap *imap, zoc_bytes tag, bool *ret_newest)
{
    *ret_newest = false;
    for (unsigned i = 0; i < imap->count; i++) {
        struct tagged *entry = &imap->waiting[i];
        if (entry->size != tag.size || memcmp(entry->tag, tag.data, tag.size) != 0)
            continue;
        const char *command = entry->command;
        *ret_newest = i == imap->count - 1;
        memmove(entry, entry + 1, (--imap->count - i) * sizeof *entry);
        return command;
    }
    return NULL;
}

static bool waits(const struct imap *imap, const char *command)
{
    for (unsigned i = 0; i < imap->count; i++)
        if (imap->waiting[i].command && strcmp(imap->waiting[i].command, command) == 0)
            return true;
    return false;
}

static const char *latest(const struct imap *imap)
{
    return imap->count > 0 ? imap->waiting[imap->count - 1].command : NULL;
}

/* --- literals ------------------------------------------------------------------------------------- */

/* "{310}" or "{310+}" at the end of a line: so many bytes follow as they are (RFC 9051, 4.3; RFC 7888). */
struct literal {
    zoc_bytes quote;
    uint64_t size;
    bool at_once; /* the client does not wait for the server's word */
};

static bool ends_with_literal(zoc_bytes line, struct literal *ret_literal)
{
    size_t begin = line.size;

    if (line.size < 3 || line.data[line.size - 1] != '}')
        return false;
    while (begin > 0 && line.data[begin - 1] != '{')
        begin--;
    if (begin == 0)
        return false;
    zoc_bytes digits = { line.data + begin, line.size - 1 - begin };
    bool at_once = digits.size > 0 && digits.data[digits.size - 1] == '+';
    digits.size -= at_once;
    *ret_literal = (struct literal){ .quote = { line.data + begin - 1, line.size - begin + 1 }, .at_once = at_once };
    return lines_number(digits, INT64_MAX, &ret_literal->size);
}

static void tell_literal(struct dialogue *dialogue, enum side speaker, const struct literal *literal)
{
    const struct reference reference = RFC(9051, "4.3");
    unsigned long long size = literal->size;

    if (speaker == SIDE_CLIENT && !literal->at_once)
        dialogue_tell(
            dialogue, speaker, literal->quote, reference, false,
            PLURAL("a literal of %llu byte, which the client sends when the server says +; it is not shown",
                   "a literal of %llu bytes, which the client sends when the server says +; they are not shown",
                   (unsigned long)size),
            size);
    else
        dialogue_tell(dialogue, speaker, literal->quote, reference, false,
                      PLURAL("a literal: %llu byte follows as it is, which is not shown",
                             "a literal: %llu bytes follow as they are, which are not shown", (unsigned long)size),
                      size);
}

static void hear_literal(struct dialogue *dialogue, struct imap *imap, enum side speaker, zoc_bytes line)
{
    struct literal literal;

    imap->goes_on[speaker] = ends_with_literal(line, &literal);
    if (!imap->goes_on[speaker])
        return;
    tell_literal(dialogue, speaker, &literal);
    dialogue_skip(dialogue, speaker, literal.size);
    if (speaker == SIDE_CLIENT)
        imap->waits_for_go_ahead = !literal.at_once;
}

/* The line behind a literal. */
static void go_on(struct dialogue *dialogue, const struct imap *imap, enum side speaker, zoc_bytes line)
{
    zoc_bytes quote = line;

    if (line.size == 0)
        return;
    if (speaker == SIDE_CLIENT && imap->secret)
        quote = (zoc_bytes){ 0 };
    dialogue_tell(dialogue, speaker, quote, (struct reference)RFC(9051, "4.3"), true, "%s",
                  _("the line goes on behind the literal"));
}

/* --- commands ------------------------------------------------------------------------------------- */

/* What may be shown of a command. */
static zoc_bytes quoted(zoc_bytes line, zoc_bytes word, zoc_bytes rest)
{
    if (lines_is(word, "LOGIN"))
        return lines_up_to(line, word);
    if (lines_is(word, "AUTHENTICATE") && rest.size > 0)
        return lines_up_to(line, dialogue_word(&rest));
    return line;
}

static void begin_login(struct dialogue *dialogue, struct imap *imap, zoc_bytes arguments)
{
    imap->logging_in = lines_login_goes_on(arguments);
    dialogue_word(&arguments);
    if (arguments.size > 0)
        lines_tell_secret(dialogue, SIDE_CLIENT, (struct reference)RFC(9051, "6.2.2"));
}

/* Who forgets the tag of LOGIN shows the password. */
static void tell_unknown(struct dialogue *dialogue, zoc_bytes line, zoc_bytes tag)
{
    dialogue_tell(dialogue, SIDE_CLIENT, lines_is(tag, "LOGIN") ? tag : line, (struct reference)RFC(9051, "2.2.1"),
                  false, "%s", _("no command that is known here; a command begins with a tag of the client's choice"));
}

static void hear_command(struct dialogue *dialogue, struct imap *imap, zoc_bytes line)
{
    zoc_bytes rest = line, tag = dialogue_word(&rest), word = dialogue_word(&rest), prefix = { 0 };

    if (lines_is(word, "UID") && rest.size > 0) {
        prefix = word;
        word = dialogue_word(&rest);
    }
    const struct meaning *row = meanings_find(TABLE(COMMANDS), word);

    remember(imap, tag, row ? row->word : NULL);
    imap->secret = lines_is(word, "LOGIN");
    if (row)
        dialogue_remark(dialogue, SIDE_CLIENT, quoted(line, word, rest), row);
    else
        tell_unknown(dialogue, line, tag);
    if (prefix.size > 0)
        dialogue_remark(dialogue, SIDE_CLIENT, prefix, meanings_find(TABLE(COMMANDS), prefix));
    if (lines_is(word, "AUTHENTICATE"))
        begin_login(dialogue, imap, rest);
}

static void hear_login(struct dialogue *dialogue, zoc_bytes line)
{
    if (lines_is(line, "*"))
        dialogue_tell(dialogue, SIDE_CLIENT, line, (struct reference)RFC(9051, "6.2.2"), false, "%s",
                      _("the client gives up the login"));
    else
        lines_tell_secret(dialogue, SIDE_CLIENT, (struct reference)RFC(9051, "6.2.2"));
}

static void hear_client(struct dialogue *dialogue, struct imap *imap, zoc_bytes line)
{
    if (imap->goes_on[SIDE_CLIENT])
        go_on(dialogue, imap, SIDE_CLIENT, line);
    else if (imap->logging_in)
        hear_login(dialogue, line);
    else if (lines_is(line, "DONE") && waits(imap, "IDLE"))
        dialogue_remark(dialogue, SIDE_CLIENT, line, meanings_find(TABLE(COMMANDS), line));
    else
        hear_command(dialogue, imap, line);
    if (!imap->logging_in)
        hear_literal(dialogue, imap, SIDE_CLIENT, line);
}

/* --- responses ------------------------------------------------------------------------------------ */

/* The code in brackets behind OK, NO, BAD, PREAUTH and BYE. */
static void tell_code(struct dialogue *dialogue, zoc_bytes text)
{
    const char *end = text.size > 0 && *text.data == '[' ? memchr(text.data, ']', text.size) : NULL;

    if (!end)
        return;
    zoc_bytes inside = { text.data + 1, (size_t)(end - text.data) - 1 };
    zoc_bytes quote = { text.data, inside.size + 2 };
    const struct meaning *row = meanings_find(TABLE(CODES), dialogue_word(&inside));
    if (row)
        dialogue_remark(dialogue, SIDE_SERVER, quote, row);
}

static void tell_response(struct dialogue *dialogue, zoc_bytes line, const char *command, zoc_bytes word)
{
    const struct meaning *row = lines_answer(TABLE(ANSWERS), TABLE(RESPONSES), command, word);

    if (row)
        dialogue_remark(dialogue, SIDE_SERVER, line, row);
    else
        dialogue_tell(dialogue, SIDE_SERVER, line, (struct reference)RFC(9051, "7"), false, "%s",
                      _("a response that is not known here"));
}

/* Some have a number before their word: "* 23 EXISTS". */
static void hear_untagged(struct dialogue *dialogue, struct imap *imap, zoc_bytes line, zoc_bytes rest)
{
    uint64_t number;
    zoc_bytes word = dialogue_word(&rest);
    const char *command = waits(imap, "LOGOUT") && lines_is(word, "BYE") ? "LOGOUT" : "untagged";

    if (lines_number(word, UINT64_MAX, &number))
        word = dialogue_word(&rest);
    tell_response(dialogue, line, imap->greeted ? command : "greeting", word);
    tell_code(dialogue, rest);
}

/* A literal that the server did not ask for does not come. */
static void give_up_literal(struct dialogue *dialogue, struct imap *imap)
{
    if (!imap->waits_for_go_ahead)
        return;
    dialogue_skip(dialogue, SIDE_CLIENT, 0);
    imap->goes_on[SIDE_CLIENT] = imap->waits_for_go_ahead = false;
}

static void conclude(struct dialogue *dialogue, struct imap *imap, const char *command, bool done)
{
    if (strcmp(command, "AUTHENTICATE") == 0)
        imap->logging_in = false;
    if (!done)
        return;
    if (strcmp(command, "STARTTLS") == 0)
        dialogue_become(dialogue, NULL);
    if (strcmp(command, "COMPRESS") == 0)
        for (int side = 0; side < SIDE_COUNT; side++)
            dialogue_skip(dialogue, side, DIALOGUE_TO_THE_END);
}

static void hear_tagged(struct dialogue *dialogue, struct imap *imap, zoc_bytes line, zoc_bytes tag, zoc_bytes rest)
{
    bool newest;
    const char *command = answered(imap, tag, &newest);
    zoc_bytes word = dialogue_word(&rest);

    if (newest)
        give_up_literal(dialogue, imap);
    tell_response(dialogue, line, command, word);
    tell_code(dialogue, rest);
    conclude(dialogue, imap, command ? command : "", lines_is(word, "OK"));
}

static void hear_server(struct dialogue *dialogue, struct imap *imap, zoc_bytes line)
{
    zoc_bytes rest = line, first = dialogue_word(&rest);

    if (imap->goes_on[SIDE_SERVER]) {
        go_on(dialogue, imap, SIDE_SERVER, line);
    } else if (lines_is(first, "*")) {
        hear_untagged(dialogue, imap, line, rest);
    } else if (lines_is(first, "+")) {
        imap->waits_for_go_ahead = false;
        tell_response(dialogue, line, latest(imap), first);
    } else {
        hear_tagged(dialogue, imap, line, first, rest);
    }
    imap->greeted = true;
    if (!lines_is(first, "+"))
        hear_literal(dialogue, imap, SIDE_SERVER, line);
}

/* --- the protocol --------------------------------------------------------------------------------- */

static size_t take(struct dialogue *dialogue, void *state, enum side speaker, zoc_bytes bytes)
{
    zoc_bytes line;
    size_t used;

    if (!dialogue_line(bytes, &line, &used))
        return 0;
    if (speaker == SIDE_SERVER)
        hear_server(dialogue, state, line);
    else
        hear_client(dialogue, state, line);
    return used;
}

static void end(struct dialogue *dialogue, void *state, enum side speaker, zoc_bytes rest)
{
    (void)state;
    lines_tell_unfinished(dialogue, speaker, rest);
}

/* --- recognising ---------------------------------------------------------------------------------- */

static const char *const greetings[] = { "* OK", "* PREAUTH", "* BYE" };

static enum verdict recognise_greeting(zoc_bytes said)
{
    enum verdict verdict = VERDICT_NO;

    for (size_t i = 0; i < sizeof greetings / sizeof *greetings; i++)
        if (lines_may_begin(said, greetings[i]))
            verdict = said.size >= strlen(greetings[i]) ? VERDICT_YES : VERDICT_PERHAPS;
    return verdict;
}

/* A tag, and a command that a session begins with; or the front of that. */
static bool may_begin_as_imap(zoc_bytes said)
{
    static const char *const words[] = { "CAPABILITY", "LOGIN ", "AUTHENTICATE ", "STARTTLS", "ID " };
    size_t size = 0;

    while (size < said.size && size < TAG_MAX && isalnum((unsigned char)said.data[size]))
        size++;
    if (size == said.size || size == 0 || said.data[size] != ' ')
        return size > 0 && size == said.size;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (lines_may_begin((zoc_bytes){ said.data + size + 1, said.size - size - 1 }, words[i]))
            return true;
    return false;
}

static enum verdict recognise(const struct opening *opening)
{
    zoc_bytes server = opening->said[SIDE_SERVER];

    if (server.size > 0)
        return recognise_greeting(server);
    return may_begin_as_imap(opening->said[SIDE_CLIENT]) ? VERDICT_PERHAPS : VERDICT_NO;
}

const struct protocol protocol_imap = {
    .name = "imap",
    .title = "IMAP",
    .summary = N_("works with mail that stays in the mailboxes of a server"),
    .reference = RFC(9051, ""),
    .recognise = recognise,
    .state_size = sizeof(struct imap),
    .take = take,
    .end = end,
    .tables = imap_words,
    .table_count = IMAP_TABLE_COUNT,
};

/* POP3, as RFC 1939 and its extensions have it. */
#include "meaning/pop3_words.h"

#include "base/text.h"
#include "meaning/lines.h"
#include "meaning/mail_text.h"

/* What follows the first line of a reply, up to a dot alone. */
enum listing { LISTING_NONE, LISTING_LINES, LISTING_CAPABILITIES, LISTING_MESSAGE };

struct pop3 {
    struct asked asked;
    bool greeted;
    bool logged_in;  /* the TRANSACTION state */
    bool logging_in; /* the client's lines are steps of a login */
    bool leaving;    /* the client said QUIT */
    enum listing listing;
    uint64_t listed; /* lines of it */
    struct mail_text text;
};

#define TABLE(name) (&pop3_words[POP3_##name])

/* --- commands ------------------------------------------------------------------------------------- */

/* Commands whose replies differ: with an argument, or without, or by the state. What is asked then has another name. */
static const struct {
    const char *word, *with_argument, *without_argument, *logged_in;
} variants[] = {
    { "LIST", "LIST one", "LIST", NULL },
    { "UIDL", "UIDL one", "UIDL", NULL },
    { "AUTH", "AUTH", "AUTH list", NULL },
    { "QUIT", "QUIT", "QUIT", "UPDATE" },
};

static const char *what_is_asked(const struct pop3 *pop3, const char *word, bool argument)
{
    for (size_t i = 0; i < sizeof variants / sizeof *variants; i++) {
        if (strcmp(variants[i].word, word) != 0)
            continue;
        if (variants[i].logged_in && pop3->logged_in)
            return variants[i].logged_in;
        return argument ? variants[i].with_argument : variants[i].without_argument;
    }
    return word;
}

/* How many words of a command may be shown; what stands behind them is secret. */
static const struct {
    const char *word;
    unsigned shown;
} secret[] = { { "PASS", 1 }, { "APOP", 2 }, { "AUTH", 2 } };

static zoc_bytes quoted(zoc_bytes line, const char *command)
{
    for (size_t i = 0; i < sizeof secret / sizeof *secret; i++) {
        if (strcmp(command, secret[i].word) != 0)
            continue;
        zoc_bytes rest = line, shown = dialogue_word(&rest);
        for (unsigned n = 1; n < secret[i].shown && rest.size > 0; n++)
            shown = dialogue_word(&rest);
        return lines_up_to(line, shown);
    }
    return line;
}

static void begin_login(struct dialogue *dialogue, struct pop3 *pop3, zoc_bytes arguments)
{
    pop3->logging_in = lines_login_goes_on(arguments);
    dialogue_word(&arguments);
    if (arguments.size > 0)
        lines_tell_secret(dialogue, SIDE_CLIENT, (struct reference)RFC(5034, "4"));
}

static void hear_command(struct dialogue *dialogue, struct pop3 *pop3, zoc_bytes line)
{
    zoc_bytes rest = line;
    const struct meaning *row = meanings_find(TABLE(COMMANDS), dialogue_word(&rest));

    if (!row) {
        asked_push(&pop3->asked, NULL);
        dialogue_tell(dialogue, SIDE_CLIENT, line, (struct reference){ 0 }, false, "%s",
                      _("no command that is known here"));
        return;
    }
    const char *asked = what_is_asked(pop3, row->word, rest.size > 0);
    const struct meaning *state = meanings_find(TABLE(STATES), zoc_bytes_of(asked));
    asked_push(&pop3->asked, asked);
    pop3->leaving |= strcmp(row->word, "QUIT") == 0;
    dialogue_remark(dialogue, SIDE_CLIENT, quoted(line, row->word), state ? state : row);
    if (strcmp(asked, "AUTH") == 0)
        begin_login(dialogue, pop3, rest);
}

static void hear_login(struct dialogue *dialogue, struct pop3 *pop3, zoc_bytes line)
{
    asked_push(&pop3->asked, "AUTH");
    if (lines_is(line, "*"))
        dialogue_tell(dialogue, SIDE_CLIENT, line, (struct reference)RFC(5034, "4"), false, "%s",
                      _("the client gives up the login"));
    else
        lines_tell_secret(dialogue, SIDE_CLIENT, (struct reference)RFC(5034, "4"));
}

/* --- replies -------------------------------------------------------------------------------------- */

static const struct {
    const char *asked;
    enum listing listing;
} listings[] = {
    { "LIST", LISTING_LINES },        { "UIDL", LISTING_LINES },   { "AUTH list", LISTING_LINES },
    { "CAPA", LISTING_CAPABILITIES }, { "RETR", LISTING_MESSAGE }, { "TOP", LISTING_MESSAGE },
};

static void begin_listing(struct pop3 *pop3, const char *asked)
{
    for (size_t i = 0; i < sizeof listings / sizeof *listings; i++)
        if (strcmp(listings[i].asked, asked) == 0)
            pop3->listing = listings[i].listing;
    pop3->listed = 0;
    mail_text_begin(&pop3->text, (struct reference)RFC(1939, "3"));
}

/* The code in brackets at the front of a reply's text (RFC 2449, 8). */
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

static void tell_stamp(struct dialogue *dialogue, zoc_bytes text)
{
    const char *begin = text.size > 0 ? memchr(text.data, '<', text.size) : NULL;
    const char *end = begin ? memchr(begin, '>', text.size - (size_t)(begin - text.data)) : NULL;

    if (end)
        dialogue_tell(dialogue, SIDE_SERVER, (zoc_bytes){ begin, (size_t)(end - begin) + 1 },
                      (struct reference)RFC(1939, "7"), true, "%s",
                      _("a stamp that no other greeting has: with it the client may log in by APOP"));
}

static void conclude(struct dialogue *dialogue, struct pop3 *pop3, const char *asked, zoc_bytes status)
{
    bool done = lines_is(status, "+OK");

    if (strcmp(asked, "AUTH") == 0)
        pop3->logging_in = lines_is(status, "+");
    if (!done)
        return;
    if (strcmp(asked, "PASS") == 0 || strcmp(asked, "APOP") == 0 || strcmp(asked, "AUTH") == 0)
        pop3->logged_in = true;
    begin_listing(pop3, asked);
    if (strcmp(asked, "STLS") == 0)
        dialogue_become(dialogue, NULL);
}

static void hear_reply(struct dialogue *dialogue, struct pop3 *pop3, zoc_bytes line)
{
    zoc_bytes text = line, status = dialogue_word(&text);
    const char *asked = pop3->greeted ? asked_front(&pop3->asked) : "greeting";
    const struct meaning *row = lines_answer(TABLE(ANSWERS), TABLE(REPLIES), asked, status);

    if (pop3->greeted)
        asked_pop(&pop3->asked);
    if (row)
        dialogue_remark(dialogue, SIDE_SERVER, line, row);
    else
        dialogue_tell(dialogue, SIDE_SERVER, line, (struct reference)RFC(1939, "3"), false, "%s",
                      _("no reply: it would begin with +OK or -ERR"));
    if (!pop3->greeted)
        tell_stamp(dialogue, text);
    pop3->greeted = true;
    tell_code(dialogue, text);
    conclude(dialogue, pop3, asked ? asked : "", status);
}

/* --- what a reply lists --------------------------------------------------------------------------- */

static void tell_capability(struct dialogue *dialogue, zoc_bytes line)
{
    zoc_bytes rest = line;
    const struct meaning *row = meanings_find(TABLE(CAPABILITIES), dialogue_word(&rest));

    if (row)
        dialogue_remark(dialogue, SIDE_SERVER, line, row);
    else
        dialogue_tell(dialogue, SIDE_SERVER, line, (struct reference){ 0 }, true, "%s",
                      _("a capability that is not known here"));
}

static void hear_listed(struct dialogue *dialogue, struct pop3 *pop3, zoc_bytes line)
{
    unsigned long long lines = pop3->listed;

    if (lines_is(line, ".")) {
        dialogue_tell(dialogue, SIDE_SERVER, line, (struct reference)RFC(1939, "3"), false,
                      PLURAL("a dot alone ends the list, which has %llu line",
                             "a dot alone ends the list, which has %llu lines", (unsigned long)lines),
                      lines);
        pop3->listing = LISTING_NONE;
        return;
    }
    pop3->listed++;
    if (pop3->listing == LISTING_CAPABILITIES)
        tell_capability(dialogue, line);
    else
        dialogue_tell(dialogue, SIDE_SERVER, line, (struct reference){ 0 }, true, "%s", _("a line of the list"));
}

/* --- the protocol --------------------------------------------------------------------------------- */

static size_t take_message(struct dialogue *dialogue, struct pop3 *pop3, zoc_bytes bytes)
{
    bool over;
    size_t used = mail_text_take(dialogue, &pop3->text, SIDE_SERVER, bytes, &over);

    if (over)
        pop3->listing = LISTING_NONE;
    return used;
}

static size_t take(struct dialogue *dialogue, void *state, enum side speaker, zoc_bytes bytes)
{
    struct pop3 *pop3 = state;
    zoc_bytes line;
    size_t used;

    if (speaker == SIDE_SERVER && pop3->listing == LISTING_MESSAGE)
        return take_message(dialogue, pop3, bytes);
    if (!dialogue_line(bytes, &line, &used))
        return 0;
    if (speaker == SIDE_SERVER && pop3->listing != LISTING_NONE)
        hear_listed(dialogue, pop3, line);
    else if (speaker == SIDE_SERVER)
        hear_reply(dialogue, pop3, line);
    else if (pop3->logging_in)
        hear_login(dialogue, pop3, line);
    else
        hear_command(dialogue, pop3, line);
    return used;
}

/* Without QUIT there is no UPDATE state. */
static void end(struct dialogue *dialogue, void *state, enum side speaker, zoc_bytes rest)
{
    const struct pop3 *pop3 = state;

    lines_tell_unfinished(dialogue, speaker, rest);
    if (speaker == SIDE_CLIENT && pop3->logged_in && !pop3->leaving)
        dialogue_tell(dialogue, speaker, (zoc_bytes){ 0 }, (struct reference)RFC(1939, "6"), false, "%s",
                      _("the client ends without QUIT: the server must not delete the messages that were marked"));
}

/* --- recognising ---------------------------------------------------------------------------------- */

/* Commands that a client begins with, and one of Redis, which answers +OK too, does not. */
static bool begins_as_pop3(zoc_bytes said)
{
    zoc_bytes line;

    if (!lines_next(&said, &line))
        return false;
    zoc_bytes word = dialogue_word(&line);
    return lines_is(word, "USER") || lines_is(word, "CAPA") || lines_is(word, "APOP") || lines_is(word, "STLS");
}

static bool may_begin_as_pop3(zoc_bytes said)
{
    return begins_as_pop3(said) || lines_may_begin(said, "USER ") || lines_may_begin(said, "CAPA") ||
           lines_may_begin(said, "APOP ") || lines_may_begin(said, "STLS");
}

/* "+OK" and a blank or the end of the line; or "-ERR", with which a server of Redis that has too many clients begins as well. */
static enum verdict recognise_greeting(zoc_bytes said)
{
    zoc_bytes line;

    if (!lines_may_begin(said, "+OK") && !lines_may_begin(said, "-ERR"))
        return VERDICT_NO;
    if (!lines_next(&said, &line))
        return VERDICT_PERHAPS;
    zoc_bytes word = dialogue_word(&line);
    bool error = lines_is(word, "-ERR") && !(line.size > 0 && lines_may_begin(line, "max number of clients"));
    return error || lines_is(word, "+OK") ? VERDICT_YES : VERDICT_NO;
}

static enum verdict recognise(const struct opening *opening)
{
    enum verdict greeting = recognise_greeting(opening->said[SIDE_SERVER]);

    if (opening->first == SIDE_SERVER || greeting == VERDICT_NO)
        return greeting;
    if (!may_begin_as_pop3(opening->said[SIDE_CLIENT]))
        return VERDICT_NO;
    return begins_as_pop3(opening->said[SIDE_CLIENT]) ? greeting : VERDICT_PERHAPS;
}

const struct protocol protocol_pop3 = {
    .name = "pop3",
    .title = "POP3",
    .summary = N_("fetches mail from a mailbox, mostly to keep it elsewhere"),
    .reference = RFC(1939, ""),
    .recognise = recognise,
    .state_size = sizeof(struct pop3),
    .take = take,
    .end = end,
    .tables = pop3_words,
    .table_count = POP3_TABLE_COUNT,
};

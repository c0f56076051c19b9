/* IRC: lines of commands, and of numbers with which the server answers (RFC 1459, RFC 2812, IRCv3). */
#include "base/text.h"
#include "meaning/dialogue.h"
#include "meaning/irc_words.h"

#include <ctype.h>
#include <strings.h>

/* A line, taken apart (RFC 2812 section 2.3.1). */
struct line {
    zoc_bytes whole;
    zoc_bytes tags; /* with their @; empty: there are none */
    zoc_bytes command;
    zoc_bytes parameters; /* all of them */
};

/* --- words ---------------------------------------------------------------------------------------- */

static bool is(zoc_bytes word, const char *wanted)
{
    return word.size == strlen(wanted) && strncasecmp(word.data, wanted, word.size) == 0;
}

static bool begins(zoc_bytes bytes, const char *characters)
{
    return bytes.size > 0 && *bytes.data && strchr(characters, *bytes.data);
}

static struct line line_of(zoc_bytes bytes)
{
    struct line line = { .whole = bytes };

    if (begins(bytes, "@"))
        line.tags = dialogue_word(&bytes);
    if (begins(bytes, ":"))
        dialogue_word(&bytes); /* who says it */
    line.command = dialogue_word(&bytes);
    line.parameters = bytes;
    return line;
}

/* The line up to the end of a word of it. */
static zoc_bytes up_to(const struct line *line, zoc_bytes word)
{
    return (zoc_bytes){ line->whole.data, (size_t)(word.data + word.size - line->whole.data) };
}

static zoc_bytes parameter(const struct line *line, unsigned number)
{
    zoc_bytes rest = line->parameters, word = dialogue_word(&rest);

    while (number-- > 0)
        word = dialogue_word(&rest);
    return word;
}

static const struct meaning *find(enum irc_table table, zoc_bytes word)
{
    return meanings_find(&irc_tables[table], word);
}

/* --- what has meanings of its own ----------------------------------------------------------------- */

/* Each tells a line; `row` is what its command means. */
typedef void line_fn(struct dialogue *dialogue, enum side speaker, const struct line *line, const struct meaning *row);

static void tell_plainly(struct dialogue *dialogue, enum side speaker, const struct line *line,
                         const struct meaning *row)
{
    dialogue_remark(dialogue, speaker, line->whole, row);
}

static void tell_secret(struct dialogue *dialogue, enum side speaker, zoc_bytes quote, const struct meaning *row)
{
    /* translators: what a command is for; a password behind it is not shown */
    dialogue_tell(dialogue, speaker, quote, row->reference, false, _("%s; the rest is secret and not shown"),
                  _(row->text));
}

/* A command behind whose first words a password stands. */
static void tell_password(struct dialogue *dialogue, enum side speaker, const struct line *line,
                          const struct meaning *row)
{
    bool named = is(line->command, "OPER") || is(line->command, "JOIN");
    zoc_bytes shown = named ? parameter(line, 0) : line->command;
    zoc_bytes behind = { shown.data + shown.size,
                         (size_t)(line->whole.data + line->whole.size - shown.data - shown.size) };

    if (dialogue_word(&behind).size > 0 && speaker == SIDE_CLIENT)
        tell_secret(dialogue, speaker, up_to(line, shown), row);
    else
        tell_plainly(dialogue, speaker, line, row);
}

static void tell_sasl(struct dialogue *dialogue, enum side speaker, const struct line *line, const struct meaning *row)
{
    zoc_bytes piece = parameter(line, 0);
    const struct meaning *mechanism = find(IRC_SASL, piece);

    if (mechanism && (speaker == SIDE_CLIENT || begins(piece, "+")))
        dialogue_remark(dialogue, speaker, line->whole, mechanism);
    else
        tell_secret(dialogue, speaker, up_to(line, line->command), row);
}

/* A server puts the client's name before the subcommand. */
static void tell_cap(struct dialogue *dialogue, enum side speaker, const struct line *line, const struct meaning *row)
{
    const struct meaning *subcommand = find(IRC_CAP, parameter(line, speaker == SIDE_SERVER));

    dialogue_remark(dialogue, speaker, line->whole, subcommand ? subcommand : row);
}

/* --- messages ------------------------------------------------------------------------------------- */

static bool is_service(zoc_bytes target)
{
    return is(target, "NickServ") || is(target, "ChanServ") || is(target, "AuthServ") || is(target, "Q") ||
           (target.size > 9 && strncasecmp(target.data, "NickServ@", 9) == 0);
}

static void tell_ctcp(struct dialogue *dialogue, enum side speaker, const struct line *line, zoc_bytes text)
{
    size_t size = 0;

    while (size < text.size && text.data[size] != ' ' && text.data[size] != '\1')
        size++;
    const struct meaning *request = find(IRC_CTCP, (zoc_bytes){ text.data, size });
    if (is(line->command, "NOTICE"))
        dialogue_tell(dialogue, speaker, line->whole, (struct reference)DOCUMENT("CTCP"), false, "%s",
                      _("the answer of a client to a request of CTCP"));
    else if (request)
        dialogue_remark(dialogue, speaker, line->whole, request);
    else
        dialogue_tell(dialogue, speaker, line->whole, (struct reference)DOCUMENT("CTCP"), false, "%s",
                      _("a request from client to client (CTCP), which is not known here"));
}

static const char *message_text(enum side speaker, const struct line *line, const struct meaning *row)
{
    bool channel = begins(parameter(line, 0), "#&+!"); /* RFC 2812 section 1.3 */

    if (!is(line->command, "PRIVMSG"))
        return _(row->text);
    if (speaker == SIDE_CLIENT)
        return channel ? _("to everybody in the channel; the sender does not get it back")
                       : _("to one user alone, through the servers");
    return channel ? _("somebody says this to everybody in the channel") : _("somebody says this to the client alone");
}

static void tell_message(struct dialogue *dialogue, enum side speaker, const struct line *line,
                         const struct meaning *row)
{
    zoc_bytes text = line->parameters, target = dialogue_word(&text);

    if (begins(text, ":"))
        text = (zoc_bytes){ text.data + 1, text.size - 1 };
    if (begins(text, "\1")) {
        tell_ctcp(dialogue, speaker, line, (zoc_bytes){ text.data + 1, text.size - 1 });
    } else if (speaker == SIDE_CLIENT && is_service(target)) {
        zoc_bytes verb = dialogue_word(&text);
        if (text.size > 0)
            dialogue_tell(dialogue, speaker, up_to(line, verb), row->reference, false, "%s",
                          _("to a service of the network; there may be a password in it, so the rest is not shown"));
        else
            dialogue_tell(dialogue, speaker, line->whole, row->reference, false, "%s",
                          _("to a service of the network"));
    } else {
        dialogue_tell(dialogue, speaker, line->whole, row->reference, false, "%s", message_text(speaker, line, row));
    }
}

/* --- lines ---------------------------------------------------------------------------------------- */

static const struct {
    const char *command;
    line_fn *tell;
} special[] = {
    { "PASS", tell_password },     { "OPER", tell_password },   { "JOIN", tell_password },
    { "NICKSERV", tell_password }, { "NS", tell_password },     { "AUTHENTICATE", tell_sasl },
    { "CAP", tell_cap },           { "PRIVMSG", tell_message }, { "NOTICE", tell_message },
};

static line_fn *teller_of(zoc_bytes command)
{
    for (size_t i = 0; i < sizeof special / sizeof *special; i++)
        if (is(command, special[i].command))
            return special[i].tell;
    return tell_plainly;
}

static bool is_number(zoc_bytes word)
{
    return word.size == 3 && isdigit((unsigned char)word.data[0]) && isdigit((unsigned char)word.data[1]) &&
           isdigit((unsigned char)word.data[2]);
}

static const struct meaning *row_of(enum side speaker, zoc_bytes command)
{
    if (is_number(command))
        return find(IRC_NUMERICS, command);
    return find(speaker == SIDE_CLIENT ? IRC_COMMANDS : IRC_EVENTS, command);
}

static void hear(struct dialogue *dialogue, enum side speaker, zoc_bytes bytes)
{
    struct line line = line_of(bytes);
    const struct meaning *row = row_of(speaker, line.command);

    if (line.command.size == 0)
        return; /* RFC 2812 section 2.3.1: empty lines are passed over */
    if (row)
        teller_of(line.command)(dialogue, speaker, &line, row);
    else
        tell_plainly(dialogue, speaker, &line, NULL);
    if (line.tags.size > 0)
        dialogue_tell(dialogue, speaker, line.tags, (struct reference)DOCUMENT("IRCv3 message tags"), true, "%s",
                      _("tags: they say something about the message, and are no part of it"));
}

/* --- the protocol --------------------------------------------------------------------------------- */

static size_t take(struct dialogue *dialogue, void *state, enum side speaker, zoc_bytes bytes)
{
    zoc_bytes line;
    size_t used;

    (void)state;
    if (!dialogue_line(bytes, &line, &used))
        return 0;
    hear(dialogue, speaker, line);
    return used;
}

static void end(struct dialogue *dialogue, void *state, enum side speaker, zoc_bytes rest)
{
    (void)state;
    if (rest.size > 0)
        hear(dialogue, speaker, rest);
}

/* What a client may begin with; USER and PASS alone are words of other protocols too. */
static enum verdict client_begins(zoc_bytes said)
{
    zoc_bytes line;
    size_t used;

    while (dialogue_line(said, &line, &used)) {
        struct line words = line_of(line);
        bool user = is(words.command, "USER") && parameter(&words, 3).size > 0;
        if (user || ((is(words.command, "NICK") || is(words.command, "CAP")) && words.parameters.size > 0))
            return VERDICT_YES;
        if (!is(words.command, "PASS") && words.command.size > 0)
            return VERDICT_NO;
        said = (zoc_bytes){ said.data + used, said.size - used };
    }
    size_t size = said.size < 4 ? said.size : 4;
    static const char *const words[] = { "NICK", "USER", "PASS", "CAP " };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (size == 0 || strncasecmp(said.data, words[i], size) == 0)
            return VERDICT_PERHAPS;
    return VERDICT_NO;
}

static enum verdict server_begins(zoc_bytes said)
{
    zoc_bytes line;
    size_t used;

    if (dialogue_line(said, &line, &used)) {
        struct line words = line_of(line);
        bool named = begins(line, ":") && (is_number(words.command) || is(words.command, "PING"));
        bool spoken = is(words.command, "NOTICE") && words.parameters.size > 0;
        bool failed = is(words.command, "ERROR") && begins(words.parameters, ":");
        return named || spoken || failed ? VERDICT_YES : VERDICT_NO;
    }
    size_t notice = said.size < 7 ? said.size : 7, error = said.size < 6 ? said.size : 6;
    bool perhaps = begins(said, ":") || strncasecmp(said.data, "NOTICE ", notice) == 0 ||
                   strncasecmp(said.data, "ERROR ", error) == 0;
    return perhaps ? VERDICT_PERHAPS : VERDICT_NO;
}

static enum verdict recognise(const struct opening *opening)
{
    zoc_bytes said = opening->said[opening->first];

    return opening->first == SIDE_CLIENT ? client_begins(said) : server_begins(said);
}

const struct protocol protocol_irc = {
    .name = "irc",
    .title = "IRC",
    .summary = N_("lets people talk in channels, over servers that are linked to one another"),
    .reference = RFC(2812, ""),
    .recognise = recognise,
    .take = take,
    .end = end,
    .tables = irc_tables,
    .table_count = IRC_TABLE_COUNT,
};

/* SMTP, as RFC 5321 and its extensions have it. What a client sends behind DATA is taken for the message at once, whether or not
 * the server said 354 already: a client that sends all of it blindly is understood, too. */
#include "meaning/smtp_words.h"

#include "base/text.h"
#include "meaning/lines.h"
#include "meaning/mail_text.h"

#include <ctype.h>

#define THE_DOT "." /* what the reply to a whole message answers */

struct smtp {
    struct asked asked;
    bool greeted;
    bool sending;          /* the client sends a message */
    bool logging_in;       /* the client's lines are steps of a login */
    bool replying;         /* more lines of a reply follow */
    bool form_told;        /* that an address is written in a free form */
    bool ends_told;        /* that lines end with LF alone */
    const char *answering; /* the command that the reply is for */
    struct mail_text text;
};

#define TABLE(name) (&smtp_words[SMTP_##name])

/* --- commands ------------------------------------------------------------------------------------- */

/* The front of "FROM:<a@b> SIZE=10" up to its colon, if it is this word. */
static bool take_preposition(zoc_bytes *rest, const char *preposition)
{
    size_t size = strlen(preposition);

    if (rest->size < size || !lines_is((zoc_bytes){ rest->data, size }, preposition))
        return false;
    zoc_bytes behind = { rest->data + size, rest->size - size };
    while (behind.size > 0 && *behind.data == ' ')
        behind = (zoc_bytes){ behind.data + 1, behind.size - 1 };
    if (behind.size == 0 || *behind.data != ':')
        return false;
    *rest = (zoc_bytes){ behind.data + 1, behind.size - 1 };
    return true;
}

static void tell_parameters(struct dialogue *dialogue, zoc_bytes parameters)
{
    for (zoc_bytes word = dialogue_word(&parameters); word.size > 0; word = dialogue_word(&parameters)) {
        const char *equals = memchr(word.data, '=', word.size);
        zoc_bytes name = { word.data, equals ? (size_t)(equals - word.data) : word.size };
        const struct meaning *row = meanings_find(TABLE(PARAMETERS), name);
        if (row)
            dialogue_remark(dialogue, SIDE_CLIENT, word, row);
    }
}

static void hear_path(struct dialogue *dialogue, struct smtp *smtp, zoc_bytes rest, const char *preposition)
{
    if (!take_preposition(&rest, preposition))
        return;
    bool loose = rest.size > 0 && *rest.data != '<';
    zoc_bytes path = dialogue_word(&rest);
    if (lines_is(path, "<>"))
        dialogue_tell(
            dialogue, SIDE_CLIENT, path, (struct reference)RFC(5321, "4.5.5"), false, "%s",
            _("there is no sender: as a rule the message is itself a report, and no report on it is to be sent"));
    if (loose && !smtp->form_told)
        dialogue_tell(
            dialogue, SIDE_CLIENT, path, (struct reference)RFC(5321, "3.3"), false, "%s",
            _("the standard wants the address in angle brackets, right behind the colon; not every server takes "
              "it like this"));
    smtp->form_told |= loose;
    tell_parameters(dialogue, rest);
}

static void hear_mail(struct dialogue *dialogue, struct smtp *smtp, zoc_bytes rest)
{
    hear_path(dialogue, smtp, rest, "FROM");
}

static void hear_rcpt(struct dialogue *dialogue, struct smtp *smtp, zoc_bytes rest)
{
    hear_path(dialogue, smtp, rest, "TO");
}

static void hear_data(struct dialogue *dialogue, struct smtp *smtp, zoc_bytes rest)
{
    (void)dialogue;
    (void)rest;
    smtp->sending = true;
    mail_text_begin(&smtp->text, (struct reference)RFC(5321, "4.5.2"));
}

static void hear_bdat(struct dialogue *dialogue, struct smtp *smtp, zoc_bytes rest)
{
    uint64_t size;

    (void)smtp;
    if (lines_number(dialogue_word(&rest), INT64_MAX, &size))
        dialogue_skip(dialogue, SIDE_CLIENT, size);
}

static void hear_auth(struct dialogue *dialogue, struct smtp *smtp, zoc_bytes rest)
{
    smtp->logging_in = lines_login_goes_on(rest);
    dialogue_word(&rest);
    if (rest.size > 0)
        lines_tell_secret(dialogue, SIDE_CLIENT, (struct reference)RFC(4954, "4"));
}

static const struct {
    const char *word;
    void (*hear)(struct dialogue *dialogue, struct smtp *smtp, zoc_bytes rest);
} commands_with_more[] = {
    { "MAIL", hear_mail }, { "RCPT", hear_rcpt }, { "DATA", hear_data }, { "BDAT", hear_bdat }, { "AUTH", hear_auth },
};

/* What may be shown of a command: not what stands behind AUTH and its mechanism. */
static zoc_bytes quoted(zoc_bytes line, zoc_bytes word, zoc_bytes rest)
{
    return lines_is(word, "AUTH") ? lines_up_to(line, rest.size > 0 ? dialogue_word(&rest) : word) : line;
}

static void hear_command(struct dialogue *dialogue, struct smtp *smtp, zoc_bytes line)
{
    zoc_bytes rest = line, word = dialogue_word(&rest);
    const struct meaning *row = meanings_find(TABLE(COMMANDS), word);

    asked_push(&smtp->asked, row ? row->word : NULL);
    if (!row) {
        dialogue_tell(dialogue, SIDE_CLIENT, line, (struct reference){ 0 }, false, "%s",
                      _("no command that is known here"));
        return;
    }
    dialogue_remark(dialogue, SIDE_CLIENT, quoted(line, word, rest), row);
    for (size_t i = 0; i < sizeof commands_with_more / sizeof *commands_with_more; i++)
        if (strcmp(commands_with_more[i].word, row->word) == 0)
            commands_with_more[i].hear(dialogue, smtp, rest);
}

static void hear_login(struct dialogue *dialogue, struct smtp *smtp, zoc_bytes line)
{
    asked_push(&smtp->asked, "AUTH");
    if (lines_is(line, "*"))
        dialogue_tell(dialogue, SIDE_CLIENT, line, (struct reference)RFC(4954, "4"), false, "%s",
                      _("the client gives up the login"));
    else
        lines_tell_secret(dialogue, SIDE_CLIENT, (struct reference)RFC(4954, "4"));
}

/* --- replies -------------------------------------------------------------------------------------- */

/* The finer code at the front of a reply's text. Where all is well it says nothing new. */
static void tell_status(struct dialogue *dialogue, zoc_bytes text)
{
    zoc_bytes word = dialogue_word(&text);
    const struct meaning *row = meanings_find(TABLE(ENHANCED), word);

    if (row && isdigit((unsigned char)word.data[0]))
        dialogue_tell(dialogue, SIDE_SERVER, word, row->reference, word.data[0] == '2', "%s", _(row->text));
}

static void tell_extension(struct dialogue *dialogue, zoc_bytes line, zoc_bytes text)
{
    zoc_bytes word = dialogue_word(&text);
    const char *equals = memchr(word.data, '=', word.size); /* "AUTH=LOGIN" is how it was written at first */
    const struct meaning *row =
        meanings_find(TABLE(EXTENSIONS), equals ? (zoc_bytes){ word.data, (size_t)(equals - word.data) } : word);

    if (row)
        dialogue_remark(dialogue, SIDE_SERVER, line, row);
    else
        dialogue_tell(dialogue, SIDE_SERVER, line, (struct reference){ 0 }, true, "%s",
                      _("an extension that is not known here"));
}

static bool is_greeting(zoc_bytes code)
{
    return lines_is(code, "220") || lines_is(code, "421") || lines_is(code, "554");
}

static void begin_reply(struct dialogue *dialogue, struct smtp *smtp, zoc_bytes line, const struct coded_line *reply)
{
    bool greeting = !smtp->greeted && is_greeting(reply->code);

    smtp->greeted = true;
    smtp->answering = greeting ? "greeting" : asked_front(&smtp->asked);
    if (!greeting)
        asked_pop(&smtp->asked);
    dialogue_remark(dialogue, SIDE_SERVER, line,
                    lines_answer(TABLE(ANSWERS), TABLE(REPLIES), smtp->answering, reply->code));
    tell_status(dialogue, reply->text);
}

static void go_on_with_reply(struct dialogue *dialogue, struct smtp *smtp, zoc_bytes line,
                             const struct coded_line *reply)
{
    if (smtp->answering && strcmp(smtp->answering, "EHLO") == 0)
        tell_extension(dialogue, line, reply->text);
    else
        dialogue_tell(dialogue, SIDE_SERVER, line, (struct reference)RFC(5321, "4.2.1"), true, "%s",
                      _("the reply goes on"));
}

/* What a whole reply changes. */
static void conclude(struct dialogue *dialogue, struct smtp *smtp, zoc_bytes code)
{
    const char *command = smtp->answering ? smtp->answering : "";

    if (strcmp(command, "DATA") == 0)
        smtp->sending &= lines_is(code, "354");
    else if (strcmp(command, "AUTH") == 0)
        smtp->logging_in = lines_is(code, "334");
    else if (strcmp(command, "STARTTLS") == 0 && lines_is(code, "220"))
        dialogue_become(dialogue, NULL);
}

static void hear_reply(struct dialogue *dialogue, struct smtp *smtp, zoc_bytes line)
{
    struct coded_line reply;

    if (!lines_coded(line, &reply)) {
        dialogue_tell(dialogue, SIDE_SERVER, line, (struct reference)RFC(5321, "4.2"), false, "%s",
                      _("no reply: it would begin with three digits"));
        return;
    }
    if (smtp->replying)
        go_on_with_reply(dialogue, smtp, line, &reply);
    else
        begin_reply(dialogue, smtp, line, &reply);
    smtp->replying = reply.more;
    if (!reply.more)
        conclude(dialogue, smtp, reply.code);
}

/* --- the protocol --------------------------------------------------------------------------------- */

static size_t take_message(struct dialogue *dialogue, struct smtp *smtp, zoc_bytes bytes)
{
    bool over;
    size_t used = mail_text_take(dialogue, &smtp->text, SIDE_CLIENT, bytes, &over);

    if (over) {
        smtp->sending = false;
        asked_push(&smtp->asked, THE_DOT);
    }
    return used;
}

static void notice_end_of_line(struct dialogue *dialogue, struct smtp *smtp, zoc_bytes bytes, zoc_bytes line)
{
    if (smtp->ends_told || bytes.data[line.size] == '\r')
        return;
    smtp->ends_told = true;
    dialogue_tell(dialogue, SIDE_CLIENT, (zoc_bytes){ 0 }, (struct reference)RFC(5321, "2.3.8"), true, "%s",
                  _("that line ends with LF alone; the standard wants CR LF"));
}

static size_t take(struct dialogue *dialogue, void *state, enum side speaker, zoc_bytes bytes)
{
    struct smtp *smtp = state;
    zoc_bytes line;
    size_t used;

    if (speaker == SIDE_CLIENT && smtp->sending)
        return take_message(dialogue, smtp, bytes);
    if (!dialogue_line(bytes, &line, &used))
        return 0;
    if (speaker == SIDE_SERVER)
        hear_reply(dialogue, smtp, line);
    else if (smtp->logging_in)
        hear_login(dialogue, smtp, line);
    else
        hear_command(dialogue, smtp, line);
    if (speaker == SIDE_CLIENT)
        notice_end_of_line(dialogue, smtp, bytes, line);
    return used;
}

static void end(struct dialogue *dialogue, void *state, enum side speaker, zoc_bytes rest)
{
    const struct smtp *smtp = state;

    if (speaker == SIDE_CLIENT && smtp->sending)
        dialogue_tell(dialogue, speaker, (zoc_bytes){ 0 }, (struct reference)RFC(5321, "4.1.1.10"), false, "%s",
                      _("the client ends before the message is whole; the server must not deliver it"));
    else
        lines_tell_unfinished(dialogue, speaker, rest);
}

/* --- recognising ---------------------------------------------------------------------------------- */

static bool is_port_of_mail(unsigned port)
{
    static const unsigned ports[] = { 25, 465, 587, 1025, 2525, 10025 };

    for (size_t i = 0; i < sizeof ports / sizeof *ports; i++)
        if (ports[i] == port)
            return true;
    return false;
}

/* A greeting of SMTP and one of FTP may look the same: a word in it, then the port, then the client's first command decides. */
static enum verdict recognise_greeting(zoc_bytes said, unsigned port)
{
    zoc_bytes line;
    struct coded_line reply;

    while (lines_next(&said, &line)) {
        if (!lines_coded(line, &reply) || !is_greeting(reply.code))
            return VERDICT_NO;
        bool mail = lines_has(reply.text, "SMTP"), files = lines_has(reply.text, "FTP");
        if (mail != files)
            return mail ? VERDICT_YES : VERDICT_NO;
        if (is_port_of_mail(port))
            return VERDICT_YES;
    }
    bool may_be = lines_may_begin(said, "220") || lines_may_begin(said, "421") || lines_may_begin(said, "554");
    return may_be ? VERDICT_PERHAPS : VERDICT_NO;
}

/* Its first line, or a later one when the server left it open. */
static enum verdict recognise_client(zoc_bytes said)
{
    zoc_bytes line;
    bool other = false;

    while (lines_next(&said, &line)) {
        zoc_bytes word = dialogue_word(&line);
        if (lines_is(word, "EHLO") || lines_is(word, "HELO"))
            return VERDICT_YES;
        other = true;
    }
    bool may_be = lines_may_begin(said, "EHLO ") || lines_may_begin(said, "HELO ");
    return !other && may_be ? VERDICT_PERHAPS : VERDICT_NO;
}

static enum verdict recognise(const struct opening *opening)
{
    enum verdict server = recognise_greeting(opening->said[SIDE_SERVER], opening->port);
    enum verdict client = recognise_client(opening->said[SIDE_CLIENT]);

    if (server != VERDICT_PERHAPS || client == VERDICT_YES)
        return server == VERDICT_PERHAPS ? VERDICT_YES : server;
    return opening->said[SIDE_SERVER].size > 0 ? VERDICT_PERHAPS : client;
}

const struct protocol protocol_smtp = {
    .name = "smtp",
    .title = "SMTP",
    .summary = N_("carries mail from one host to the next"),
    .reference = RFC(5321, ""),
    .recognise = recognise,
    .state_size = sizeof(struct smtp),
    .take = take,
    .end = end,
    .tables = smtp_words,
    .table_count = SMTP_TABLE_COUNT,
};

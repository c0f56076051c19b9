/* FTP, as RFC 959 and its extensions have it: the control connection. */
#include "meaning/ftp_words.h"

#include "base/text.h"
#include "meaning/lines.h"

#include <ctype.h>
#include <stdio.h>

#define ADDRESS_TEXT 64 /* bytes that an address of EPRT is shown with at most, its NUL included */

struct ftp {
    struct asked asked;
    bool greeted;
    bool replying;         /* more lines of a reply follow */
    char code[4];          /* of the reply that goes on */
    const char *answering; /* the command that the reply is for */
};

#define TABLE(name) (&ftp_words[FTP_##name])

/* --- where data connections go -------------------------------------------------------------------- */

/* "10,0,0,1,195,101": four bytes of an address and two of a port (RFC 959, 4.1.2), from the first digit on. */
static bool parse_host_port(zoc_bytes text, unsigned numbers[6])
{
    size_t at = 0;

    while (at < text.size && !isdigit((unsigned char)text.data[at]))
        at++;
    for (int i = 0; i < 6; i++) {
        size_t begin = at;
        uint64_t number;
        while (at < text.size && isdigit((unsigned char)text.data[at]))
            at++;
        if (!lines_number((zoc_bytes){ text.data + begin, at - begin }, 255, &number))
            return false;
        numbers[i] = (unsigned)number;
        if (i < 5 && (at == text.size || text.data[at++] != ','))
            return false;
    }
    return true;
}

/* Addresses that are used inside one network only (RFC 1918, 3). */
static bool is_private(const unsigned address[4])
{
    return address[0] == 10 || (address[0] == 172 && address[1] >= 16 && address[1] < 32) ||
           (address[0] == 192 && address[1] == 168);
}

static void tell_private(struct dialogue *dialogue, enum side speaker, const unsigned address[4])
{
    if (is_private(address))
        dialogue_tell(dialogue, speaker, (zoc_bytes){ 0 }, (struct reference)RFC(1918, "3"), true, "%s",
                      _("that address is private: nobody outside of its own network can connect to it"));
}

static bool tell_port(struct dialogue *dialogue, zoc_bytes line, zoc_bytes rest)
{
    unsigned n[6];

    if (!parse_host_port(rest, n))
        return false;
    dialogue_tell(dialogue, SIDE_CLIENT, line, (struct reference)RFC(959, "4.1.2"), false,
                  _("active mode: the client listens for the data connection at %u.%u.%u.%u:%u (%u * 256 + %u), and "
                    "the server connects there; behind NAT or a firewall it may not get through"),
                  n[0], n[1], n[2], n[3], n[4] * 256 + n[5], n[4], n[5]);
    tell_private(dialogue, SIDE_CLIENT, n);
    return true;
}

static bool tell_passive(struct dialogue *dialogue, zoc_bytes line, zoc_bytes text)
{
    const char *parenthesis = memchr(text.data, '(', text.size);
    unsigned n[6];

    if (parenthesis)
        text = (zoc_bytes){ parenthesis, text.size - (size_t)(parenthesis - text.data) };
    if (!parse_host_port(text, n))
        return false;
    dialogue_tell(dialogue, SIDE_SERVER, line, (struct reference)RFC(959, "4.1.2"), false,
                  _("passive mode: the server listens for the data connection at %u.%u.%u.%u:%u (%u * 256 + %u), and "
                    "the client connects there"),
                  n[0], n[1], n[2], n[3], n[4] * 256 + n[5], n[4], n[5]);
    tell_private(dialogue, SIDE_SERVER, n);
    return true;
}

/* The next field of "|1|10.0.0.1|50021|", whose first character separates its fields. */
static zoc_bytes take_field(zoc_bytes *text)
{
    if (text->size == 0)
        return (zoc_bytes){ 0 };
    zoc_bytes field = { text->data + 1, text->size - 1 };
    const char *end = field.size > 0 ? memchr(field.data, *text->data, field.size) : NULL;
    if (!end)
        return (zoc_bytes){ 0 };
    field.size = (size_t)(end - field.data);
    *text = (zoc_bytes){ end, text->size - 1 - field.size };
    return field;
}

static bool take_port(zoc_bytes *text, unsigned *ret_port)
{
    uint64_t port;

    if (!lines_number(take_field(text), 65535, &port))
        return false;
    *ret_port = (unsigned)port;
    return true;
}

static bool tell_extended_port(struct dialogue *dialogue, zoc_bytes line, zoc_bytes rest)
{
    unsigned port;
    char shown[ADDRESS_TEXT];

    take_field(&rest); /* 1: IPv4, 2: IPv6, which the address shows as well */
    zoc_bytes address = take_field(&rest);
    if (address.size == 0 || !take_port(&rest, &port))
        return false;
    dialogue_tell(dialogue, SIDE_CLIENT, line, (struct reference)RFC(2428, "2"), false,
                  _("active mode: the client listens for the data connection at address %s, port %u, and the server "
                    "connects there; behind NAT or a firewall it may not get through"),
                  zoc_escape(address, shown, sizeof shown), port);
    return true;
}

static bool tell_extended_passive(struct dialogue *dialogue, zoc_bytes line, zoc_bytes text)
{
    const char *parenthesis = memchr(text.data, '(', text.size);
    unsigned port;

    if (!parenthesis)
        return false;
    text = (zoc_bytes){ parenthesis + 1, text.size - (size_t)(parenthesis + 1 - text.data) };
    take_field(&text);
    take_field(&text);
    if (!take_port(&text, &port))
        return false;
    dialogue_tell(dialogue, SIDE_SERVER, line, (struct reference)RFC(2428, "3"), false,
                  _("passive mode: the server listens for the data connection at this same address, port %u, and the "
                    "client connects there"),
                  port);
    return true;
}

/* Commands and replies that say where: the place is told in place of what their row says. */
static const struct {
    const char *word;
    bool (*tell)(struct dialogue *dialogue, zoc_bytes line, zoc_bytes rest);
} places[] = {
    { "PORT", tell_port },
    { "EPRT", tell_extended_port },
    { "227", tell_passive },
    { "229", tell_extended_passive },
};

static bool tell_place(struct dialogue *dialogue, zoc_bytes line, zoc_bytes word, zoc_bytes rest)
{
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (lines_is(word, places[i].word))
            return places[i].tell(dialogue, line, rest);
    return false;
}

/* --- commands ------------------------------------------------------------------------------------- */

/* Commands whose arguments are secrets. */
static const char *const secret[] = { "PASS", "ACCT", "ADAT" };

static zoc_bytes quoted(zoc_bytes line, zoc_bytes word)
{
    for (size_t i = 0; i < sizeof secret / sizeof *secret; i++)
        if (lines_is(word, secret[i]))
            return lines_up_to(line, word);
    return line;
}

/* ABOR may have commands of telnet before it, which call for attention (RFC 959, 4.1.3). */
static zoc_bytes without_telnet(zoc_bytes line)
{
    while (line.size >= 2 && (unsigned char)line.data[0] == 255)
        line = (zoc_bytes){ line.data + 2, line.size - 2 };
    return line;
}

static void hear_command(struct dialogue *dialogue, struct ftp *ftp, zoc_bytes line)
{
    line = without_telnet(line);
    zoc_bytes rest = line, word = dialogue_word(&rest);
    const struct meaning *row = meanings_find(TABLE(COMMANDS), word);

    asked_push(&ftp->asked, row ? row->word : NULL);
    if (!row)
        dialogue_tell(dialogue, SIDE_CLIENT, line, (struct reference){ 0 }, false, "%s",
                      _("no command that is known here"));
    else if (!tell_place(dialogue, line, word, rest))
        dialogue_remark(dialogue, SIDE_CLIENT, quoted(line, word), row);
}

/* --- replies -------------------------------------------------------------------------------------- */

static bool is_greeting(zoc_bytes code)
{
    return lines_is(code, "220") || lines_is(code, "120") || lines_is(code, "421");
}

/* A reply that begins with 1 is followed by another one to the same command. */
static void begin_reply(struct dialogue *dialogue, struct ftp *ftp, zoc_bytes line, const struct coded_line *reply)
{
    bool greeting = !ftp->greeted && is_greeting(reply->code), preliminary = reply->code.data[0] == '1';

    ftp->greeted = !greeting || !preliminary;
    ftp->answering = greeting ? NULL : asked_front(&ftp->asked);
    if (!greeting && !preliminary)
        asked_pop(&ftp->asked);
    if (!tell_place(dialogue, line, reply->code, reply->text))
        dialogue_remark(dialogue, SIDE_SERVER, line,
                        lines_answer(TABLE(ANSWERS), TABLE(REPLIES), ftp->answering, reply->code));
    memcpy(ftp->code, reply->code.data, 3);
}

/* Lines between the first and the last may have no code. */
static void go_on_with_reply(struct dialogue *dialogue, const struct ftp *ftp, zoc_bytes line)
{
    zoc_bytes rest = line, word = dialogue_word(&rest);
    const struct meaning *row = NULL;

    if (ftp->answering && strcmp(ftp->answering, "FEAT") == 0)
        row = meanings_find(TABLE(EXTENSIONS), word);
    if (row)
        dialogue_remark(dialogue, SIDE_SERVER, line, row);
    else
        dialogue_tell(dialogue, SIDE_SERVER, line, (struct reference)RFC(959, "4.2"), true, "%s",
                      _("the reply goes on"));
}

static void hear_reply(struct dialogue *dialogue, struct ftp *ftp, zoc_bytes line)
{
    struct coded_line reply;
    bool coded = lines_coded(line, &reply);

    if (ftp->replying) {
        bool last = coded && !reply.more && lines_is(reply.code, ftp->code);
        go_on_with_reply(dialogue, ftp, line);
        ftp->replying = !last;
    } else if (coded) {
        begin_reply(dialogue, ftp, line, &reply);
        ftp->replying = reply.more;
    } else {
        dialogue_tell(dialogue, SIDE_SERVER, line, (struct reference)RFC(959, "4.2"), false, "%s",
                      _("no reply: it would begin with three digits"));
    }
    if (!ftp->replying && ftp->answering && strcmp(ftp->answering, "AUTH") == 0 &&
        lines_is(zoc_bytes_of(ftp->code), "234"))
        dialogue_become(dialogue, NULL);
}

/* --- the protocol --------------------------------------------------------------------------------- */

static size_t take(struct dialogue *dialogue, void *state, enum side speaker, zoc_bytes bytes)
{
    zoc_bytes line;
    size_t used;

    if (!dialogue_line(bytes, &line, &used))
        return 0;
    if (speaker == SIDE_SERVER)
        hear_reply(dialogue, state, line);
    else
        hear_command(dialogue, state, line);
    return used;
}

static void end(struct dialogue *dialogue, void *state, enum side speaker, zoc_bytes rest)
{
    (void)state;
    lines_tell_unfinished(dialogue, speaker, rest);
}

/* --- recognising ---------------------------------------------------------------------------------- */

static bool is_port_of_files(unsigned port)
{
    return port == 21 || port == 990 || port == 2121;
}

static enum verdict recognise_greeting(zoc_bytes said, unsigned port)
{
    zoc_bytes line;
    struct coded_line reply;
    bool first = true;

    for (; lines_next(&said, &line); first = false) {
        bool coded = lines_coded(line, &reply);
        if (first && (!coded || !is_greeting(reply.code)))
            return VERDICT_NO;
        bool files = lines_has(line, "FTP"), mail = lines_has(line, "SMTP");
        if (mail != files)
            return files ? VERDICT_YES : VERDICT_NO;
        if (is_port_of_files(port))
            return VERDICT_YES;
        if (!coded || reply.more)
            continue;
        return VERDICT_PERHAPS; /* the client will tell */
    }
    bool may_be =
        !first || lines_may_begin(said, "220") || lines_may_begin(said, "120") || lines_may_begin(said, "421");
    return may_be ? VERDICT_PERHAPS : VERDICT_NO;
}

/* Commands that a client of FTP begins with, and one of SMTP does not. */
static const char *const beginnings[] = { "USER", "FEAT", "SYST", "PASV", "EPSV", "PORT", "HOST", "OPTS" };

static bool begins_as_ftp(zoc_bytes line)
{
    zoc_bytes word = dialogue_word(&line);

    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
        if (lines_is(word, beginnings[i]))
            return true;
    return lines_is(word, "AUTH") && (lines_is(line, "TLS") || lines_is(line, "SSL"));
}

static enum verdict recognise(const struct opening *opening)
{
    zoc_bytes said = opening->said[SIDE_CLIENT], server = opening->said[SIDE_SERVER], line;
    enum verdict greeting = recognise_greeting(opening->said[SIDE_SERVER], opening->port);
    bool begun = false;

    if (greeting != VERDICT_PERHAPS)
        return greeting;
    while (!begun && lines_next(&said, &line))
        begun = begins_as_ftp(line);
    if (lines_next(&server, &line))
        return begun ? VERDICT_YES : VERDICT_PERHAPS;
    bool may_be = opening->first == SIDE_SERVER || begun || lines_may_begin(opening->said[SIDE_CLIENT], "USER ");
    return may_be ? VERDICT_PERHAPS : VERDICT_NO;
}

const struct protocol protocol_ftp = {
    .name = "ftp",
    .title = "FTP",
    .summary = N_("carries files: commands on this connection, each file or list on a data connection of its own"),
    .reference = RFC(959, ""),
    .recognise = recognise,
    .state_size = sizeof(struct ftp),
    .take = take,
    .end = end,
    .tables = ftp_words,
    .table_count = FTP_TABLE_COUNT,
};

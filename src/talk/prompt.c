#include "talk/prompt.h"

#include "base/text.h"
#include "talk/session.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zocalo/fiber.h>

#define BLANKS " \t\r\n"

/* The next word of what is left; NULL: there is none. */
static char *next_word(char **rest)
{
    char *word;

    do
        word = strsep(rest, BLANKS);
    while (word && !*word);
    return word;
}

/* --- send ----------------------------------------------------------------------------------------- */

static int send_byte(struct session *session, unsigned char byte)
{
    ssize_t written = zoc_write(session->join->peer, &byte, 1);

    return written < 0 ? (int)written : 0;
}

/* A peer that has not begun telnet may know its commands all the same. */
static int send_plainly(struct session *session, unsigned char command)
{
    const unsigned char bytes[] = { TELNET_IAC, command };
    ssize_t written = zoc_write(session->join->peer, bytes, sizeof bytes);

    return written < 0 ? (int)written : 0;
}

static int send_command(struct session *session, int command)
{
    return session->layer && telnet_get_state(session->layer).speaks
               ? telnet_send_command(session->layer, (unsigned char)command)
               : send_plainly(session, (unsigned char)command);
}

static const struct {
    const char *name;
    unsigned char number;
} requests[] = { { "will", TELNET_WILL }, { "wont", TELNET_WONT }, { "do", TELNET_DO }, { "dont", TELNET_DONT } };

/* Returns 1 when the word is one of them. */
static int send_request(struct session *session, const char *word, char **rest)
{
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        if (strcmp(requests[i].name, word) != 0)
            continue;
        const char *name = next_word(rest);
        int option = name ? telnet_find_option(name) : -ENOENT;
        if (!session->layer)
            session_say(session, _("'%s' needs telnet\n"), word);
        else if (option < 0)
            session_say(session, _("'%s' needs the name or number of an option, such as echo or 24\n"), word);
        else
            telnet_send_request(session->layer, requests[i].number, (unsigned char)option);
        return 1;
    }
    return 0;
}

static void list_sendable(struct session *session)
{
    session_say(session, "  %-8s %s\n  %-8s %s\n  %-8s %s\n", "break", _("the same as brk"), "eof",
                _("the end of the input; in telnet, the command of that name"), "escape", _("the command key"));
    for (const struct telnet_name *name = telnet_command_names; name->name; name++)
        if (name->number != TELNET_EOF)
            session_say(session, "  %-8s %s\n", name->name, _(name->summary));
    session_say(session, "  %-8s %s\n", "do, dont, will, wont", _("and the name or number of an option"));
}

static bool ends_input(const struct session *session, const char *word)
{
    return strcmp(word, "eof") == 0 && !(session->layer && telnet_get_state(session->layer).speaks);
}

/* Returns 1 when that was the end of the input. */
static int send_word(struct session *session, const char *word, char **rest)
{
    int command = strcmp(word, "break") == 0 ? TELNET_BREAK : telnet_find_command(word);

    if (ends_input(session, word))
        return 1;
    if (strcmp(word, "escape") == 0 && session->escape >= 0)
        send_byte(session, (unsigned char)session->escape);
    else if (command >= 0)
        send_command(session, command);
    else if (send_request(session, word, rest) == 0)
        session_say(session, _("nothing is called '%s': 'send ?' lists what there is\n"), word);
    return 0;
}

static int run_send(struct session *session, char *rest)
{
    char *word = next_word(&rest);
    int result = 0;

    if (!word || strcmp(word, "?") == 0) {
        list_sendable(session);
        return 0;
    }
    for (; word && result == 0; word = next_word(&rest))
        result = send_word(session, word, &rest);
    return result;
}

/* --- the others ----------------------------------------------------------------------------------- */

static int run_close(struct session *session, char *rest)
{
    (void)rest;
    session->left = SESSION_CLOSED;
    return -ECANCELED;
}

static int run_quit(struct session *session, char *rest)
{
    (void)rest;
    session->left = SESSION_QUIT;
    return -ECANCELED;
}

static int run_open(struct session *session, char *rest)
{
    const char *host = next_word(&rest);
    const char *port = host ? next_word(&rest) : NULL;

    if (!host) {
        session_say(session, _("'open' needs a host, and may have a port\n"));
        return 0;
    }
    free(session->host);
    free(session->port);
    session->host = strdup(host);
    session->port = port ? strdup(port) : NULL;
    return -ECANCELED;
}

static int run_suspend(struct session *session, char *rest)
{
    (void)session, (void)rest;
    raise(SIGTSTP);
    return 0;
}

static const struct {
    const char *name;
    enum terminal_mode mode;
} modes[] = { { "line", TERMINAL_LINES }, { "character", TERMINAL_KEYS }, { "secret", TERMINAL_SECRET } };

static int run_mode(struct session *session, char *rest)
{
    const char *word = next_word(&rest);

    for (size_t i = 0; word && i < sizeof modes / sizeof *modes; i++)
        if (strncmp(modes[i].name, word, strlen(word)) == 0) {
            session_choose_mode(session, modes[i].mode);
            return 0;
        }
    session_say(session, _("the mode is one of line, character, secret\n"));
    return 0;
}

static void say_on(struct session *session, const char *what, bool on)
{
    session_say(session, on ? _("%s is on\n") : _("%s is off\n"), what);
}

static int run_toggle(struct session *session, char *rest)
{
    const struct {
        const char *name;
        bool *on;
    } switches[] = { { "crlf", &session->join->crlf },
                     { "hex", &session->join->hex },
                     { "options", &session->traced } };
    const char *word = next_word(&rest);

    for (size_t i = 0; i < sizeof switches / sizeof *switches; i++) {
        if (word && strncmp(switches[i].name, word, strlen(word)) != 0)
            continue;
        if (word)
            *switches[i].on = !*switches[i].on;
        say_on(session, switches[i].name, *switches[i].on);
        if (word)
            return 0;
    }
    if (word)
        session_say(session, _("there is no '%s' to toggle: only crlf, hex, options\n"), word);
    return 0;
}

/* --- status --------------------------------------------------------------------------------------- */

static const char *words_of_mode(enum terminal_mode mode)
{
    static const char *const words[] = {
        [TERMINAL_LINES] = N_("lines are edited and echoed here"),
        [TERMINAL_SECRET] = N_("lines are not echoed"),
        [TERMINAL_KEYS] = N_("each key goes as it is typed, and the peer echoes"),
    };

    return _(words[mode]);
}

static void say_agreed(struct session *session, struct telnet_state state)
{
    const struct {
        bool agreed;
        const char *what;
    } agreements[] = {
        { state.peer_echoes, N_("the peer echoes") },
        { state.peer_goes_on && state.we_go_on, N_("nobody waits for a go-ahead") },
        { state.binary_in, N_("what comes is binary") },
        { state.binary_out, N_("what goes is binary") },
        { state.tells_size, N_("the peer knows the size of the terminal") },
    };

    for (size_t i = 0; i < sizeof agreements / sizeof *agreements; i++)
        if (agreements[i].agreed)
            session_say(session, "telnet: %s\n", _(agreements[i].what));
}

static int run_status(struct session *session, char *rest)
{
    zoc_stream *peer = session->join->peer;
    char where[ZOC_ADDRESS_TEXT * 2 + 32], took[ZOC_UNIT_TEXT];

    (void)rest;
    if (!session->name) {
        session_say(session, _("there is no connection\n"));
        return 0;
    }
    zoc_account account = zoc_stream_account(peer);
    session_say(session, _("connected to %s: %s\n"), session->name, zoc_describe(peer, where, sizeof where));
    session_say(session, _("sent %llu bytes, received %llu bytes, in %s\n"), (unsigned long long)account.sent,
                (unsigned long long)account.received,
                zoc_duration_format(zoc_now() - account.since, took, sizeof took));
    if (session->layer)
        say_agreed(session, telnet_get_state(session->layer));
    session_say(session, "%s\n", words_of_mode(session->mode));
    return 0;
}

/* --- the table ------------------------------------------------------------------------------------ */

static int run_help(struct session *session, char *rest);

static const struct command {
    const char *name, *arguments;
    const char *summary; /* N_() */
    int (*run)(struct session *session, char *rest);
    enum { ALWAYS, CONNECTED, UNCONNECTED } when;
} commands[] = {
    { "close", "", N_("ends the connection"), run_close, CONNECTED },
    { "help", "", N_("shows this; so does ?"), run_help, ALWAYS },
    { "mode", "line|character|secret", N_("how what is typed goes"), run_mode, CONNECTED },
    { "open", "HOST [PORT]", N_("connects"), run_open, UNCONNECTED },
    { "quit", "", N_("ends the program"), run_quit, ALWAYS },
    { "send", "WHAT...", N_("break, eof, or another command of telnet; '?' lists them"), run_send, CONNECTED },
    { "status", "", N_("says where this is connected, and how"), run_status, ALWAYS },
    { "toggle", "crlf|hex|options", N_("turns it on or off"), run_toggle, ALWAYS },
    { "z", "", N_("suspends the program"), run_suspend, ALWAYS },
};

enum { COMMAND_COUNT = sizeof commands / sizeof *commands };

static int run_help(struct session *session, char *rest)
{
    char head[64];

    (void)rest;
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (commands[i].when == UNCONNECTED && !session->opens)
            continue;
        snprintf(head, sizeof head, "%s %s", commands[i].name, commands[i].arguments);
        session_say(session, "  %-26s %s\n", head, _(commands[i].summary));
    }
    return 0;
}

/* As much of a name as tells it from others: "st", but not "s". */
static const struct command *find_command(const char *word)
{
    const struct command *found = NULL;

    if (strcmp(word, "?") == 0)
        word = "help";
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strncmp(commands[i].name, word, strlen(word)) != 0)
            continue;
        if (found)
            return NULL;
        found = &commands[i];
    }
    return found;
}

int prompt_do(struct session *session, char *line)
{
    char *rest = line;
    const char *word = next_word(&rest);

    if (!word)
        return 0;
    const struct command *command = find_command(word);
    if (!command || (command->when == UNCONNECTED && !session->opens))
        session_say(session, _("no command, or more than one, begins with '%s': 'help' lists them\n"), word);
    else if (command->when == CONNECTED && !session->name)
        session_say(session, _("there is no connection\n"));
    else if (command->when == UNCONNECTED && session->name)
        session_say(session, _("there is a connection: 'close' ends it\n"));
    else
        return command->run(session, rest ? rest : line + strlen(line));
    return 0;
}

int prompt_run(struct session *session)
{
    char *line;
    int result = terminal_ask(session->terminal, session->prompt, &line);

    if (result == 0 && !session->name) { /* there is nothing to go back to */
        session->left = SESSION_ENDED;
        return -ECANCELED;
    }
    if (result <= 0)
        return result;
    result = prompt_do(session, line);
    session_show(session);
    free(line);
    return result;
}

/* zocalo telnet: what telnet(1) taught, with line editing. */
#include "cmd/explaining.h"
#include "cmd/text.h"
#include "talk/interrupt.h"
#include "talk/prompt.h"
#include "talk/reach.h"
#include "talk/session.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zocalo/error.h>

#define TELNET_PORT   "telnet"
#define TELNET_NUMBER 23 /* of that port (RFC 854) */
#define PROMPT        "telnet> "
#define LINE_MAX      1024 /* bytes of a command line that is no terminal's, with its NUL */

struct telnet {
    const struct verb *verb;
    bool only4, only6;
    bool binary, binary_out; /* -8, -L */
    bool no_escape;
    const char *escape;
    const char *user;
    bool auto_user;
    struct explain_options explain;
    struct explaining explaining;
    struct session session;
    struct join join;
    bool met; /* the last place was reached */
    int status;
    int signal; /* that ended it; 0 */
};

/* --- options -------------------------------------------------------------------------------------- */

#define FIELD(member) offsetof(struct telnet, member)

static const struct verb_option options[] = {
    { "ipv4", '4', &option_flag, FIELD(only4), NULL, N_("IPv4 alone") },
    { "ipv6", '6', &option_flag, FIELD(only6), NULL, N_("IPv6 alone") },
    { "binary", '8', &option_flag, FIELD(binary), NULL, N_("asks for eight bits and no ends of lines, both ways") },
    { "binary-output", 'L', &option_flag, FIELD(binary_out), NULL, N_("the same of what is sent alone") },
    { "escape", 'e', &option_text, FIELD(escape), N_("KEY"), N_("the command key: ^] or a character; '' for none") },
    { "no-escape", 'E', &option_flag, FIELD(no_escape), NULL, N_("there is no command key") },
    { "user", 'l', &option_word, FIELD(user), N_("USER"), N_("tells the other side this name, when it asks") },
    { "login", 'a', &option_flag, FIELD(auto_user), NULL, N_("tells it the name in $USER") },
    EXPLAIN_OPTIONS(struct telnet, explain),
    { 0 },
};

/* The key as ^] or as the character itself; -1: none; -2: it is neither. */
static int read_escape(const struct telnet *telnet)
{
    const char *key = telnet->escape;

    if (telnet->no_escape || (key && !*key))
        return -1;
    if (!key)
        return TERMINAL_ESCAPE;
    if (key[0] == '^' && key[1] == '?' && !key[2])
        return 0x7f;
    if (key[0] == '^' && key[1] >= '@' && key[1] < 0x7f && !key[2])
        return key[1] & 0x1f;
    return key[1] || (signed char)key[0] < 0 ? -2 : key[0];
}

static void tell_escape(int key)
{
    if (key < 0)
        printf("No escape character.\n");
    else if (key < ' ')
        printf("Escape character is '^%c'.\n", key + '@');
    else
        printf("Escape character is '%s'.\n", key == 0x7f ? "^?" : (char[]){ (char)key, '\0' });
    fflush(stdout);
}

/* --- connecting ----------------------------------------------------------------------------------- */

static void tell(zoc_observer *observer, const zoc_notice *notice)
{
    char text[ZOC_ADDRESS_TEXT];
    zoc_address address;

    (void)observer;
    if (notice->kind != ZOC_CONNECTING || !notice->address)
        return;
    address = *notice->address;
    zoc_address_set_port(&address, 0);
    zoc_address_format(&address, text, sizeof text);
    char *port = strrchr(text, ':');
    if (port)
        *port = '\0'; /* it was ":0" */
    bool bracketed = text[0] == '[';
    printf("Trying %.*s...\n", (int)(strlen(text) - 2 * bracketed), text + bracketed);
    fflush(stdout);
}

static int parse_place(const struct telnet *telnet, zoc_endpoint **ret_place)
{
    const char *port = telnet->session.port ? telnet->session.port : TELNET_PORT;
    int result = zoc_endpoint_parse_pair(telnet->session.host, port, ret_place);

    if (result < 0)
        return result;
    (*ret_place)->options.only4 |= telnet->only4;
    (*ret_place)->options.only6 |= telnet->only6;
    return 0;
}

/* What the network said, in telnet's words; everything else in ours. */
static int fail_to_connect(const struct telnet *telnet, int error)
{
    static const int known[] = { ECONNREFUSED, ETIMEDOUT, EHOSTUNREACH, ENETUNREACH, ECONNRESET };

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i] == -error && !telnet->signal) {
            fprintf(stderr, "telnet: Unable to connect to remote host: %s\n", zoc_error_text(error));
            return STATUS_NETWORK;
        }
    return telnet->signal ? STATUS_OTHER : verb_fail(telnet->verb, error);
}

/* --- the conversation ----------------------------------------------------------------------------- */

/* The last words come once the terminal is as it was found. */
static int end_session(struct telnet *telnet, struct session *session, int result)
{
    if (session->left && result == 0)
        session_say(session, "Connection closed.\n");
    session_show(session);
    if (session->left != SESSION_CLOSED) {
        explaining_leave(&telnet->explaining);
        session_close(session);
    }
    if (result < 0) {
        int status = verb_fail(telnet->verb, result);
        return telnet->join.local_failed ? STATUS_OTHER : status;
    }
    if (!session->left && !telnet->signal)
        fprintf(stderr, "Connection closed by foreign host.\n");
    return STATUS_OK;
}

/* On the port of telnet we begin to negotiate; elsewhere the peer does, if it is telnet at all. */
static int converse_with(struct telnet *telnet, const zoc_endpoint *place)
{
    struct session *session = &telnet->session;
    bool begins = place->port == TELNET_NUMBER || telnet->binary || telnet->binary_out;

    session->telnet = begins ? SESSION_TELNET_ASKED : SESSION_TELNET_NVT;
    printf("Connected to %s.\n", session->name);
    tell_escape(session->escape);
    int result = session_meet(session);
    if (result == 0)
        result = join_run(&telnet->join);
    return end_session(telnet, session, result);
}

static int converse(struct telnet *telnet)
{
    zoc_observer observer = { .tell = tell };
    zoc_endpoint *place;
    int result = parse_place(telnet, &place);

    telnet->met = false;
    if (result < 0)
        return verb_fail(telnet->verb, result);
    zoc_observer *told = explaining_observer(&telnet->explaining, SIDE_SERVER, place, &observer);
    const struct reach reach = { .endpoint = place, .observer = told };
    result = reach_peer(&reach, &telnet->join.peer);
    telnet->met = result == 0;
    if (result == 0 && !telnet->explain.given)
        zoc_observe(telnet->join.peer, NULL);
    else if (result < 0)
        explaining_fail(&telnet->explaining, result);
    int status = result == 0 ? converse_with(telnet, place) : fail_to_connect(telnet, result);
    session_part(&telnet->session);
    zoc_close(result == 0 ? telnet->join.peer : NULL);
    explaining_end(&telnet->explaining);
    zoc_endpoint_free(place);
    return status;
}

/* --- commands without a connection ---------------------------------------------------------------- */

/* Byte by byte: what follows the line is for whom it connects to. Returns 1, 0 at the end, or a negative errno. */
static int read_line(zoc_stream *input, char *line, size_t size)
{
    size_t length = 0;
    ssize_t result;

    while ((result = zoc_read(input, &line[length], 1)) == 1 && line[length] != '\n')
        if (++length == size - 1)
            return zoc_refuse(-EMSGSIZE, _("a command line has at most %d bytes"), LINE_MAX - 1);
    line[length] = '\0';
    return result < 0 ? (int)result : result == 1 || length > 0;
}

static int ask_in_pipe(struct session *session)
{
    char line[LINE_MAX];

    printf("%s", PROMPT);
    fflush(stdout);
    int result = read_line(session->join->local, line, sizeof line);
    if (result == 0)
        session->left = SESSION_ENDED;
    if (result <= 0)
        return result;
    result = prompt_do(session, line);
    session_show(session);
    fflush(stdout);
    return result;
}

/* Until there is a place to connect to, or nothing more to do. */
static int ask(struct session *session)
{
    int result = 0;

    free(session->host);
    session->host = NULL;
    session->name = NULL;
    session->left = SESSION_STAYED;
    while (result == 0 && !session->left)
        result = session->terminal ? terminal_command(session->terminal) : ask_in_pipe(session);
    return result == -ECANCELED && (session->left || session->host) ? 0 : result;
}

/* --- the verb ------------------------------------------------------------------------------------- */

/* Where commands were asked for, a place that cannot be reached is no end. */
static int converse_and_ask(struct telnet *telnet)
{
    struct session *session = &telnet->session;
    bool asks = !session->host;
    int result = asks ? ask(session) : 0;

    while (result == 0 && session->left < SESSION_QUIT && !telnet->signal) {
        session->name = session->host;
        telnet->status = converse(telnet);
        asks |= session->left == SESSION_CLOSED;
        if (session->left != SESSION_CLOSED && (telnet->met || !asks))
            break;
        result = ask(session);
    }
    if (session->left == SESSION_QUIT)
        telnet->status = STATUS_OK;
    return result;
}

static int work(void *arg)
{
    struct telnet *telnet = arg;
    struct session *session = &telnet->session;
    int result = session_open(session);

    explaining_open(&telnet->explaining, &telnet->explain);
    explaining_show_at(&telnet->explaining, session->terminal);
    if (result == 0)
        result = converse_and_ask(telnet);
    explaining_leave(&telnet->explaining);
    session_close(session);
    if (result < 0 && !telnet->signal)
        telnet->status = verb_fail(telnet->verb, result);
    explaining_close(&telnet->explaining);
    return 0;
}

static int run_fiber(void *arg)
{
    struct telnet *telnet = arg;

    return interrupt_run(work, telnet, &telnet->signal);
}

static int check(struct telnet *telnet, int count)
{
    if (count > 2)
        return zoc_refuse(-EINVAL, _("expects HOST and maybe PORT"));
    if (explain_check(&telnet->explain) < 0)
        return -EINVAL;
    if (telnet->only4 && telnet->only6)
        return zoc_refuse(-EINVAL, _("options '-4' and '-6' exclude one another"));
    if (read_escape(telnet) == -2)
        return zoc_refuse(-EINVAL, _("option '-e': expects one character, or one after a ^"));
    if (telnet->auto_user && !telnet->user)
        telnet->user = getenv("USER");
    return 0;
}

static int keep(const char *text, char **ret_copy)
{
    *ret_copy = text ? strdup(text) : NULL;
    return text && !*ret_copy ? -ENOMEM : 0;
}

static int prepare(struct telnet *telnet, int count, char **arguments)
{
    int result = check(telnet, count);

    if (result == 0)
        result = keep(count > 0 ? arguments[0] : NULL, &telnet->session.host);
    if (result == 0)
        result = keep(count > 1 ? arguments[1] : NULL, &telnet->session.port);
    telnet->join = (struct join){ .linger = JOIN_LINGER, .keeps_output = true };
    telnet->session.join = &telnet->join;
    telnet->session.prompt = PROMPT;
    telnet->session.opens = true;
    telnet->session.escape = read_escape(telnet);
    telnet->session.telnet_options = (struct telnet_options){ .user = telnet->user,
                                                              .binary_in = telnet->binary,
                                                              .binary_out = telnet->binary || telnet->binary_out };
    return result;
}

static int run(const struct verb *verb, int argc, char **argv)
{
    struct telnet telnet = { .verb = verb };
    int first;
    int status = verb_read_options(verb, argc, argv, &telnet, &first);

    if (status >= 0)
        return status;
    int result = prepare(&telnet, argc - first, argv + first);
    if (result == 0)
        result = zoc_run(run_fiber, &telnet);
    if (telnet.signal)
        interrupt_end(telnet.signal);
    return result < 0 ? verb_fail(verb, result) : telnet.status;
}

const struct verb verb_telnet = {
    .name = "telnet",
    .summary = N_("talks to a host as telnet does, or by hand to any service"),
    .usage = N_("[OPTIONS] [HOST [PORT]]"),
    .text = N_("  zocalo telnet example.org             port 23, and negotiates\n"
               "  zocalo telnet localhost 25            SMTP by hand\n"
               "Ctrl-] asks for a command: status, send, toggle, mode, close, quit; 'help' lists them.\n"
               "Without a host it asks for commands at once.\n"),
    .options = options,
    .classic = true,
    .run = run,
};

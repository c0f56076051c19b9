#include "talk/session.h"

#include "base/state_path.h"
#include "base/text.h"
#include "talk/prompt.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zocalo/error.h>

#define HISTORY "history" /* the file of the lines that were typed */

/* --- what the person sees ------------------------------------------------------------------------- */

void session_say(struct session *session, const char *format, ...)
{
    va_list arguments;
    char *text = NULL;

    va_start(arguments, format);
    int size = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (size >= 0)
        zoc_buffer_append(&session->said, text, (size_t)size);
    free(size >= 0 ? text : NULL);
}

void session_show(struct session *session)
{
    if (session->said.size > 0 && zoc_buffer_append(&session->said, "", 1) == 0) {
        if (session->terminal)
            terminal_say(session->terminal, session->said.data);
        else if (fputs(session->said.data, stdout) >= 0)
            fflush(stdout);
    }
    zoc_buffer_release(&session->said);
}

static void set_mode(struct session *session, enum terminal_mode mode)
{
    if (session->terminal && session->mode != mode)
        terminal_set_mode(session->terminal, mode);
    session->mode = mode;
}

void session_choose_mode(struct session *session, enum terminal_mode mode)
{
    session->mode_chosen = true;
    set_mode(session, mode);
}

/* --- following the peer --------------------------------------------------------------------------- */

static enum terminal_mode mode_of(const struct telnet_state *state)
{
    if (!state->peer_echoes)
        return TERMINAL_LINES;
    return state->peer_goes_on ? TERMINAL_KEYS : TERMINAL_SECRET;
}

static void follow(struct session *session, const struct telnet_state *state)
{
    if (!session->mode_chosen)
        set_mode(session, mode_of(state));
}

static void trace(struct session *session, const struct telnet_notice *notice)
{
    char text[128];

    if (session->traced && notice->command)
        fprintf(stderr, "%s %s\r\n", notice->event == TELNET_SENT ? "SENT" : "RCVD",
                telnet_command_text(notice->command, text, sizeof text));
}

static void heed(void *state, const struct telnet_notice *notice)
{
    struct session *session = state;

    trace(session, notice);
    if (notice->event == TELNET_CHANGED)
        follow(session, notice->state);
}

static void resize(void *state, unsigned columns, unsigned rows)
{
    struct session *session = state;

    session->telnet_options.columns = columns;
    session->telnet_options.rows = rows;
    if (session->layer)
        telnet_resize(session->layer, columns, rows);
}

/* --- both sides ----------------------------------------------------------------------------------- */

static int ask_command(void *state, zoc_stream *terminal)
{
    (void)terminal;
    return prompt_run(state);
}

static int open_terminal(struct session *session)
{
    struct terminal_options options = {
        .escape = session->escape, .command = ask_command, .resized = resize, .state = session
    };
    char *history = NULL;

    state_path(HISTORY, &history);
    options.history = history;
    int result = terminal_open(&options, &session->terminal);
    free(history);
    return result;
}

/* Where lines cannot be edited (a terminal that cannot move its cursor, libedit that is not there), the kernel's own way with
 * lines is good enough. */
int session_open(struct session *session)
{
    struct join *join = session->join;

    if (session->unedited || !terminal_is_there() || open_terminal(session) < 0)
        return zoc_stream_of_stdio(&join->local);
    join->local = session->terminal;
    return 0;
}

/* Where bytes are meant to pass as they are, 255 is a byte like any other. */
static bool may_be_telnet(const struct session *session)
{
    const zoc_stream *peer = session->join->peer;

    if (session->telnet == SESSION_TELNET_NEVER || (session->telnet == SESSION_TELNET_HEARD && !session->terminal))
        return false;
    return zoc_stream_receives(peer) && zoc_stream_sends(peer) && !zoc_stream_has_messages(peer);
}

static void set_up_telnet(struct session *session)
{
    struct telnet_options *options = &session->telnet_options;
    const char *type = getenv("TERM");

    options->terminal_type = type && *type && strlen(type) <= TELNET_NAME_MAX ? type : NULL;
    options->waits = session->telnet == SESSION_TELNET_HEARD;
    options->begins = session->telnet == SESSION_TELNET_ASKED;
    options->tell = heed;
    options->state = session;
}

int session_meet(struct session *session)
{
    struct join *join = session->join;

    session->layer = NULL;
    session->mode_chosen = false;
    session->left = SESSION_STAYED;
    join->changes = session->terminal;
    set_mode(session, TERMINAL_LINES);
    if (!may_be_telnet(session))
        return session->telnet <= SESSION_TELNET_HEARD
                   ? 0
                   : zoc_refuse(-EINVAL, _("telnet needs a stream of bytes, both ways"));
    set_up_telnet(session);
    int result = telnet_open(join->peer, &session->telnet_options, &session->layer);
    if (result == 0)
        join->peer = session->layer;
    return result;
}

void session_part(struct session *session)
{
    session->layer = NULL;
}

void session_close(struct session *session)
{
    session_part(session);
    zoc_close(session->join->local);
    session->join->local = session->terminal = NULL;
    free(session->host);
    free(session->port);
    session->host = session->port = NULL;
    zoc_buffer_release(&session->said);
}

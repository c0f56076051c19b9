/* A conversation as a person has it: at a terminal with line editing and a command key, or in a pipe; in telnet where the peer
 * speaks it. */
#ifndef ZOC_TALK_SESSION_H
#define ZOC_TALK_SESSION_H

#include "talk/join.h"
#include "telnet/telnet.h"
#include "terminal/terminal.h"

enum session_telnet {
    SESSION_TELNET_NEVER,
    SESSION_TELNET_HEARD, /* at a terminal, once the peer begins it; in a pipe bytes stay as they are */
    SESSION_TELNET_NVT,   /* text in telnet's form from the start, and options when the peer begins */
    SESSION_TELNET_ASKED  /* the same, and we begin */
};

enum session_left {
    SESSION_STAYED,
    SESSION_CLOSED, /* by the command "close" */
    SESSION_QUIT,   /* by "quit" */
    SESSION_ENDED   /* by the end of commands */
};

/* Texts live as long as it does. */
struct session {
    struct join *join;  /* what the caller sets up, and runs once it has met the peer */
    const char *prompt; /* of the commands: "zocalo> " */
    const char *name;   /* of the peer, to people; NULL: there is no connection */
    int escape;         /* the command key; -1: none */
    bool unedited;      /* no line editing, and no commands */
    bool opens;         /* "open" is a command, where there is no connection */
    enum session_telnet telnet;
    struct telnet_options telnet_options; /* its type, size, waits, begins and tell are filled in */

    enum session_left left;  /* result */
    char *host, *port;       /* result of "open"; owned; NULL: nothing was opened, or no port given */
    zoc_stream *terminal;    /* these are its own: the same as join->local, or NULL */
    zoc_stream *layer;       /* the same as join->peer, or NULL */
    zoc_buffer said;         /* and not shown yet */
    enum terminal_mode mode; /* of the terminal */
    bool mode_chosen;        /* by a person, and no longer by the peer */
    bool traced;             /* what is negotiated is shown */
};

/* Makes join->local. Waits. Returns 0 or a negative errno with words. */
int session_open(struct session *session);

/* Begins with join->peer: puts telnet over it where that is due. Waits. Returns 0 or a negative errno with words; the peer is
 * join->peer either way, and the caller's to close. */
int session_meet(struct session *session);

/* The peer is about to be closed: it is told of nothing more, such as another size of the terminal. */
void session_part(struct session *session);

/* Closes join->local, which restores the terminal. A second time is fine. */
void session_close(struct session *session);

/* The terminal follows the person's choice from now on. */
void session_choose_mode(struct session *session, enum terminal_mode mode);

/* A message of the program's own, which session_show shows, with all that was said since the last one. */
void session_show(struct session *session);
void session_say(struct session *session, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif

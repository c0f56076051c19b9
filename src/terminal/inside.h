/* A terminal from the inside: what its parts share. */
#ifndef ZOC_TERMINAL_INSIDE_H
#define ZOC_TERMINAL_INSIDE_H

#include "stream/stream.h"
#include "terminal/keys.h"
#include "terminal/screen.h"
#include "terminal/terminal.h"

#include <termios.h>
#include <zocalo/fiber.h>

struct terminal {
    zoc_stream stream; /* first */
    struct terminal_options options;
    char *history; /* the file's name, that of the options; owned */
    enum terminal_mode mode;
    bool commanding;       /* the command runs: the settings are those for lines */
    const wchar_t *prompt; /* of the command line; NULL */
    int end;               /* what the command ended receiving with; 0 */
    wchar_t last_key;      /* that an editor was given */
    size_t last_length;    /* of the line before that */
    int cut;               /* why a line was not edited to its end: 1, its mode is over, or a negative errno; 0 */

    struct termios found; /* the settings to be restored */
    bool background;      /* they are left alone, since somebody else has the terminal */
    bool resumed;         /* after a stop, and SIGCONT tells of it once more */
    int tty[2];           /* for the editors: a terminal of nobody */
    struct editor *lines, *commands;
    struct screen screen;
    struct keys keys;
    zoc_buffer line; /* what is lent: received and not taken yet, from `taken` on */
    size_t taken;
    zoc_buffer secret; /* a line that was begun in TERMINAL_SECRET */
    zoc_signals *signals;
    zoc_group fibers; /* which receive keys and signals */
};

/* settings and signals: attend.c */
void terminal_apply(struct terminal *terminal);  /* the settings that belong to what is done now */
void terminal_resume(struct terminal *terminal); /* as after Ctrl-Z: everything is set and shown anew */
int terminal_open_signals(struct terminal *terminal);
int terminal_attend(void *terminal); /* a fiber: Ctrl-Z, and the size */
void terminal_measure(struct terminal *terminal);

/* lines and keys: receive.c */
ssize_t terminal_receive(struct terminal *terminal);             /* fills `line`; returns as zoc_receive */
int terminal_next_key(void *terminal, wchar_t *ret_key);         /* of a line; struct editor_setup */
int terminal_next_command_key(void *terminal, wchar_t *ret_key); /* of a command */

#endif

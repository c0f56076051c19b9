/* A terminal as one side of a conversation: a stream over standard input and output. What is received is what the user
 * typed; what is written is shown. Lines are edited by libedit (editline(7)): emacs keys, history, Ctrl-R.
 *
 * What comes while a line is edited does not tear it: whole lines are printed above it, and what was begun and not ended
 * ("login: ") stands before it. Bytes go to the terminal as they came. When they leave the cursor nobody knows where (it
 * was moved, or there was a carriage return), the edited line begins on a row of its own, with its first key.
 *
 * The terminal's settings are restored when the stream is closed, and while the process is stopped (Ctrl-Z). In the
 * background they are left alone. O_NONBLOCK is never set on it. */
#ifndef ZOC_TERMINAL_TERMINAL_H
#define ZOC_TERMINAL_TERMINAL_H

#include <stdbool.h>
#include <zocalo/stream.h>

#define TERMINAL_ESCAPE 0x1d /* Ctrl-], as telnet has it */

enum terminal_mode {
    TERMINAL_LINES,  /* edited and echoed here, sent line by line */
    TERMINAL_SECRET, /* lines that are not echoed, and in no history; Backspace and Ctrl-U edit them */
    TERMINAL_KEYS    /* each key goes as it is typed, also Ctrl-C; nothing is echoed, and what comes is not processed */
};

struct terminal_options {
    int escape; /* the command key; -1: none */
    /* The command key was hit. Runs in the fiber that receives, and may wait and call terminal_ask. Returns 0 to go on,
     * 1 when that was the end of the input, or a negative errno that receiving then returns. NULL: the key is one like others. */
    int (*command)(void *state, zoc_stream *terminal);
    void (*resized)(void *state, unsigned columns,
                    unsigned rows); /* also once at the start, before open returns; NULL */
    void *state;
    const char *history; /* the file of the history; NULL: in memory only. Its folders are made (0700), and it (0600) */
};

/* Whether standard input and output are both terminals. */
bool terminal_is_there(void);

/* Begins in TERMINAL_LINES. The stream receives lines with their \n; Ctrl-D on an empty line is the end. Ctrl-C is SIGINT,
 * for somebody else to cancel the fibers with. One for a process. Takes descriptors 0 and 1 over on success only, and
 * copies the options. Fibers of its own run until it is closed, under the deadline of the caller; closing waits for
 * them, and a moment for output. Waits. Returns 0; -ELIBACC without libedit; -ENOTSUP when this kind of terminal ($TERM)
 * cannot move its cursor, or another negative errno; with words. */
int terminal_open(const struct terminal_options *options, zoc_stream **ret_stream);

/* From any fiber, at any time; does not wait. Takes effect at once. What was typed of a line is sent as keys, or becomes
 * the beginning of a secret line; what was typed of a secret line is sent as keys, or thrown away. */
void terminal_set_mode(zoc_stream *stream, enum terminal_mode mode);

/* Shows a message of the program's own above the edited line, as lines. From any fiber; it is no write to the stream.
 * Waits. Returns 0 or a negative errno. */
int terminal_say(zoc_stream *stream, const char *text);

/* Runs the command as if its key had been hit; nobody receives meanwhile. Returns what it returned. */
int terminal_command(zoc_stream *stream);

/* Asks for a command line, from within `command`. These lines have a history of their own, in memory. Waits. Returns 1
 * with a line to be freed, without its \n; 0 after Ctrl-D; or a negative errno. */
int terminal_ask(zoc_stream *stream, const char *prompt, char **ret_line);

#endif

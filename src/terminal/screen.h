/* What the terminal shows: what the peer says, and below it the line that is edited. Bytes are put into a buffer at once,
 * in the order in which they belong on the screen; screen_flush writes them. */
#ifndef ZOC_TERMINAL_SCREEN_H
#define ZOC_TERMINAL_SCREEN_H

#include "terminal/editor.h"
#include "terminal/tail.h"

#include <zocalo/stream.h>
#include <zocalo/sync.h>

struct screen {
    zoc_stream *output;
    zoc_buffer drawn; /* and not written yet */
    bool writing;     /* a fiber writes what was drawn */
    zoc_event written;
    zoc_event due; /* something is to be written by screen_run */

    zoc_buffer held; /* what the peer began of a sequence or a character */
    struct tail tail;
    unsigned columns, rows;

    struct editor *editor;  /* whose line it is; NULL: none is edited */
    const wchar_t *prompt;  /* of that editor; NULL: it is the tail */
    bool raw;               /* bytes pass, and nobody follows where the cursor is: no line is shown */
    bool withheld;          /* somebody else has the terminal: no line is shown */
    bool shown;             /* its line is on the screen, and the cursor in it */
    size_t measured_length; /* of the line, when room was made for it */
};

void screen_release(struct screen *screen);

/* Prints what the peer says, above the line. Returns 0 or -ENOMEM. */
int screen_print(struct screen *screen, zoc_bytes bytes);

/* Prints words of our own, as lines. */
void screen_say(struct screen *screen, const char *text);

/* A line is edited from now on, with this prompt, or behind the tail (NULL). */
void screen_begin(struct screen *screen, struct editor *editor, const wchar_t *prompt);

/* The editor gets a key: it has to be seen from now on, and have room. */
void screen_before_key(struct screen *screen);

/* Much was typed at once: it is inserted, and the line drawn anew. */
void screen_paste(struct screen *screen, const wchar_t *text);

/* The line was entered, and the cursor stands below it: what the peer says goes on there. */
void screen_entered(struct screen *screen);

/* The line is taken away; what the peer said stays. */
void screen_withdraw(struct screen *screen);

/* The line stays as it is, and the cursor goes below it. It is shown again by screen_redraw. */
void screen_leave(struct screen *screen);

/* The same for good. */
void screen_abandon(struct screen *screen);

/* The cursor stands at the beginning of an empty row: shows the tail and the line anew. */
void screen_redraw(struct screen *screen);

void screen_set_raw(struct screen *screen, bool raw);

void screen_resize(struct screen *screen, unsigned columns, unsigned rows);

/* Writes what was drawn so far. Waits while the terminal is stopped (Ctrl-S). Returns 0 or a negative errno. */
int screen_flush(struct screen *screen);

/* The same without waiting: screen_run does it, a fiber of its own. */
void screen_flush_soon(struct screen *screen);
int screen_run(void *screen);

#endif

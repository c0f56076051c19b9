/* A line editor: libedit (editline(7)), kept away from the terminal. It gets a terminal of its own to set and measure, its
 * keys from a function and its output into a buffer. What it believes to be the screen is so tall that every line fits. */
#ifndef ZOC_TERMINAL_EDITOR_H
#define ZOC_TERMINAL_EDITOR_H

#include <stdbool.h>
#include <wchar.h>
#include <zocalo/bytes.h>

#define EDITOR_HISTORY_MAX 1000 /* lines that one remembers */

struct editor;

struct editor_setup {
    /* The next key, runs in the fiber that edits and may wait. Returns 1; 0 for the end; or a negative number that ends
     * editing. */
    int (*next_key)(void *state, wchar_t *ret_key);
    void *state;
    zoc_buffer *drawn; /* what it draws is appended to this */
    int tty;           /* the far side of a zoc_world->terminal_pair */
};

/* What is edited; valid until the next key. */
struct edited {
    const wchar_t *text;
    size_t length, cursor;
};

/* Loads libedit, and reads what it has to know of $TERM. Waits. Returns 0; -ELIBACC; -ENOTSUP when the cursor cannot be moved
 * up or the screen not be cleared; or a negative errno; with words. */
int editor_new(const struct editor_setup *setup, struct editor **ret_editor);
void editor_free(struct editor *editor); /* NULL is fine */

/* Edits a line. Nothing is drawn before editor_draw, and the keys come from next_key alone. Returns its length, with the
 * newline, and the text until the next call; 0 after Ctrl-D on an empty line; -1 when next_key ended it, and the text is
 * what editor_edited gives. */
int editor_run(struct editor *editor, const wchar_t **ret_text);

struct edited editor_edited(const struct editor *editor);

/* Inserts text where the cursor is, as if it had been typed; nothing is drawn. Returns false without memory. */
bool editor_insert(struct editor *editor, const wchar_t *text);

/* Draws prompt and line, from where the cursor is, at the beginning of an empty row; moves that to where it is in the line.
 * The prompt is borrowed until the next call. */
void editor_draw(struct editor *editor, const wchar_t *prompt);

/* Nothing is drawn of an empty line, and no prompt. */
void editor_hide(struct editor *editor);

void editor_go_up(struct editor *editor, unsigned rows); /* in the same column */
void editor_clear_below(struct editor *editor);          /* from the cursor to the end of the screen */

/* The screen is so wide now, and lines that long may come. What is drawn is unknown afterwards. */
void editor_resize(struct editor *editor, unsigned columns, unsigned rows);

/* Adds to what the arrow keys and Ctrl-R find. */
void editor_remember(struct editor *editor, const wchar_t *line);

#endif

#include "terminal/screen.h"

#include "terminal/layout.h"

#include <limits.h>
#include <stdlib.h>
#include <zocalo/fiber.h>

#define ROWS_STEP   64    /* an editor's screen grows by so many */
#define ROWS_MAX    60000 /* of a terminal (struct winsize) */
#define CELLS_MAX   8     /* columns of one character: \U+XXXXX */
#define COLUMNS_MIN 2

static void put(struct screen *screen, const char *data, size_t size)
{
    zoc_buffer_append(&screen->drawn, data, size); /* without memory the picture is worse, and nothing else */
}

static void put_text(struct screen *screen, const char *text)
{
    put(screen, text, strlen(text));
}

/* --- where things are ------------------------------------------------------------------------------ */

static struct place end_of_tail(const struct screen *screen)
{
    return layout_behind((struct place){ 0 }, screen->tail.text, screen->tail.length, screen->columns);
}

static const wchar_t *prompt_of(const struct screen *screen)
{
    return screen->prompt ? screen->prompt : screen->tail.text;
}

static struct place begin_of_line(const struct screen *screen)
{
    return layout_behind((struct place){ 0 }, prompt_of(screen), wcslen(prompt_of(screen)), screen->columns);
}

static struct place cursor_of(const struct screen *screen)
{
    struct edited edited = editor_edited(screen->editor);

    return layout_at(begin_of_line(screen), edited.text, edited.length, edited.cursor, screen->columns);
}

static unsigned last_row_of(const struct screen *screen)
{
    struct edited edited = editor_edited(screen->editor);

    return layout_behind(begin_of_line(screen), edited.text, edited.length, screen->columns).row;
}

static bool is_line_empty(const struct screen *screen)
{
    return editor_edited(screen->editor).length == 0;
}

/* --- the editor's room ----------------------------------------------------------------------------- */

/* Where a line has more rows than its screen, libedit loses the cursor: it gets room for the line, and for as many more
 * characters as may come before it is measured again. */
static void make_room(struct screen *screen)
{
    struct edited edited = editor_edited(screen->editor);
    size_t more = edited.length / 4 + screen->columns;
    size_t rows = (last_row_of(screen) + more * CELLS_MAX / screen->columns) / ROWS_STEP * ROWS_STEP + 2 * ROWS_STEP;

    screen->measured_length = edited.length + more;
    editor_resize(screen->editor, screen->columns, rows < ROWS_MAX ? (unsigned)rows : ROWS_MAX);
}

/* --- drawing --------------------------------------------------------------------------------------- */

/* How many of the bytes are the text of the tail; 0 when they are not. */
static size_t plain_size(const struct tail *tail, const char *data, size_t size)
{
    size_t used = 0;

    for (size_t i = 0; i < tail->length; i++) {
        char encoded[MB_LEN_MAX];
        mbstate_t state = { 0 };
        size_t next = wcrtomb(encoded, tail->text[i], &state);
        if (next > size - used || memcmp(data + used, encoded, next) != 0)
            return 0;
        used += next;
    }
    return used;
}

/* libedit draws the prompt without its colours. What it draws begins with that. */
static void colour_prompt(struct screen *screen, size_t begin)
{
    zoc_buffer *drawn = &screen->drawn;
    zoc_buffer line = { 0 };

    if (drawn->size == begin)
        return;
    size_t plain = plain_size(&screen->tail, drawn->data + begin, drawn->size - begin);
    if (plain == 0 || plain == screen->tail.size)
        return;
    if (zoc_buffer_append(&line, drawn->data + begin + plain, drawn->size - begin - plain) == 0) {
        drawn->size = begin;
        put(screen, screen->tail.raw, screen->tail.size);
        put(screen, line.data, line.size);
    }
    zoc_buffer_release(&line);
}

/* The cursor stands behind the tail, as it came; it goes to where that began. */
static void go_before_tail(struct screen *screen)
{
    struct place end = end_of_tail(screen);

    if (end.column == 0 && end.row > 0)
        put_text(screen, " "); /* a terminal wraps only when the next character comes */
    if (screen->tail.size > 0)
        put_text(screen, "\r");
    editor_go_up(screen->editor, end.row);
}

static void draw_line(struct screen *screen)
{
    make_room(screen);
    size_t begin = screen->drawn.size;
    editor_draw(screen->editor, prompt_of(screen));
    if (!screen->prompt)
        colour_prompt(screen, begin);
    screen->shown = true;
}

/* From behind the tail. A line that nobody typed yet is not shown where nobody knows the cursor: a program may be painting. */
static void show(struct screen *screen, bool forced)
{
    bool own_row = screen->tail.lost || (screen->prompt && screen->tail.size > 0);

    if (!screen->editor || screen->shown || screen->raw || screen->withheld)
        return;
    if (screen->tail.lost && !screen->prompt && is_line_empty(screen) && !forced)
        return;
    if (own_row)
        put_text(screen, "\r\n");
    else
        go_before_tail(screen);
    if (screen->tail.lost)
        tail_clear(&screen->tail);
    draw_line(screen);
}

/* To behind the tail. */
static void hide(struct screen *screen)
{
    if (!screen->editor || !screen->shown)
        return;
    screen->shown = false;
    if (!is_line_empty(screen) || *prompt_of(screen)) {
        unsigned row = cursor_of(screen).row;
        put_text(screen, "\r");
        editor_go_up(screen->editor, row);
        editor_clear_below(screen->editor);
        put(screen, screen->tail.raw, screen->tail.size);
    }
    editor_hide(screen->editor);
}

/* --- what happens ---------------------------------------------------------------------------------- */

void screen_release(struct screen *screen)
{
    zoc_buffer_release(&screen->drawn);
    zoc_buffer_release(&screen->held);
}

int screen_print(struct screen *screen, zoc_bytes bytes)
{
    if (screen->raw)
        return zoc_buffer_append(&screen->drawn, bytes.data, bytes.size);
    int result = zoc_buffer_append(&screen->held, bytes.data, bytes.size);

    if (result < 0)
        return result;
    hide(screen);
    bytes = (zoc_bytes){ screen->held.data, screen->held.size };
    size_t whole = bytes.size > 0 ? tail_follow(&screen->tail, bytes) : 0;
    put(screen, bytes.data, whole);
    zoc_buffer_consume(&screen->held, whole);
    show(screen, false);
    return 0;
}

/* To the beginning of an empty row. A tail of one row is wiped out, since it is shown anew below what is said. */
static void step_aside(struct screen *screen)
{
    struct place end = end_of_tail(screen);

    if (screen->tail.size > 0 && !screen->tail.lost && end.row == 0) {
        put_text(screen, "\r");
        for (unsigned column = 0; column < end.column; column++)
            put_text(screen, " ");
        put_text(screen, "\r");
    } else if (screen->tail.size > 0 || screen->tail.lost) {
        put_text(screen, "\r\n");
    }
    if (screen->tail.lost)
        tail_clear(&screen->tail);
}

void screen_say(struct screen *screen, const char *text)
{
    hide(screen);
    step_aside(screen);
    while (*text) {
        size_t size = strcspn(text, "\n");
        put(screen, text, size);
        put_text(screen, "\r\n"); /* also where output is not processed */
        text += size + (text[size] == '\n');
    }
    put(screen, screen->tail.raw, screen->tail.size);
    show(screen, false);
}

void screen_begin(struct screen *screen, struct editor *editor, const wchar_t *prompt)
{
    screen->editor = editor;
    screen->prompt = prompt;
    screen->shown = false;
    show(screen, false);
}

void screen_before_key(struct screen *screen)
{
    if (screen->shown && editor_edited(screen->editor).length >= screen->measured_length)
        hide(screen);
    show(screen, true);
}

void screen_paste(struct screen *screen, const wchar_t *text)
{
    hide(screen);
    editor_insert(screen->editor, text);
    show(screen, true);
}

void screen_entered(struct screen *screen)
{
    if (screen->prompt)
        put(screen, screen->tail.raw, screen->tail.size);
    else
        tail_clear(&screen->tail);
    screen->editor = NULL;
}

void screen_withdraw(struct screen *screen)
{
    hide(screen);
    screen->editor = NULL;
}

void screen_leave(struct screen *screen)
{
    bool begun = screen->tail.size > 0;

    if (screen->editor && screen->shown) {
        unsigned below = last_row_of(screen) - cursor_of(screen).row;
        begun = *prompt_of(screen) || !is_line_empty(screen);
        while (below-- > 0)
            put_text(screen, "\n");
        editor_hide(screen->editor);
    }
    if (begun)
        put_text(screen, "\r\n");
    screen->shown = false;
}

void screen_abandon(struct screen *screen)
{
    screen_leave(screen);
    screen->editor = NULL;
    if (!screen->tail.lost)
        tail_clear(&screen->tail);
}

void screen_redraw(struct screen *screen)
{
    screen->shown = false;
    put(screen, screen->tail.raw, screen->tail.size);
    show(screen, false);
}

void screen_set_raw(struct screen *screen, bool raw)
{
    if (screen->raw == raw)
        return;
    hide(screen);
    screen->raw = raw;
    tail_lose(&screen->tail);
    put(screen, screen->held.data, screen->held.size);
    zoc_buffer_consume(&screen->held, screen->held.size);
}

void screen_resize(struct screen *screen, unsigned columns, unsigned rows)
{
    screen->columns = columns < COLUMNS_MIN ? COLUMNS_MIN : columns;
    screen->rows = rows;
    hide(screen);
    show(screen, false);
}

/* --- writing --------------------------------------------------------------------------------------- */

static int await_turn(struct screen *screen)
{
    int result = 0;

    while (screen->writing && result == 0) {
        zoc_event_clear(&screen->written);
        ZOC_FINISH
            result = zoc_event_wait(&screen->written);
    }
    return result;
}

int screen_flush(struct screen *screen)
{
    int result = await_turn(screen);

    if (result < 0)
        return result;
    screen->writing = true;
    while (screen->drawn.size > 0 && result == 0) {
        zoc_buffer drawn = screen->drawn;
        screen->drawn = (zoc_buffer){ 0 };
        ssize_t written = zoc_write(screen->output, drawn.data, drawn.size);
        result = written < 0 ? (int)written : 0;
        zoc_buffer_release(&drawn);
    }
    screen->writing = false;
    zoc_event_set(&screen->written);
    return result;
}

void screen_flush_soon(struct screen *screen)
{
    if (screen->drawn.size > 0)
        zoc_event_set(&screen->due);
}

int screen_run(void *arg)
{
    struct screen *screen = arg;
    int result = 0;

    while (result == 0 && zoc_event_wait(&screen->due) == 0) {
        zoc_event_clear(&screen->due);
        result = screen_flush(screen);
    }
    return 0; /* where nothing can be written, whoever writes next is told */
}

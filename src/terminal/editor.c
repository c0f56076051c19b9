#include "terminal/editor.h"

#include "base/lazy.h"
#include "base/text.h"
#include "fiber/sanitize.h"
#include "world/world.h"

#include <errno.h>
#include <histedit.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <zocalo/error.h>
#include <zocalo/fiber.h>

#define EDIT_FUNCTIONS(F) \
    F(el_init_fd)         \
    F(el_end)             \
    F(el_wgets)           \
    F(el_set)             \
    F(el_wset)            \
    F(el_get)             \
    F(el_wline) F(el_cursor) F(el_resize) F(el_deletestr) F(el_winsertstr) F(history_winit) F(history_wend) F(history_w)

static struct {
    EDIT_FUNCTIONS(LAZY_POINTER)
} edit;

static const char *const names[] = { EDIT_FUNCTIONS(LAZY_NAME) NULL };
static struct lazy library = { .file = "libedit.so.2", .names = names, .pointers = &edit };

struct editor {
    struct editor_setup setup;
    EditLine *line;
    HistoryW *history;
    FILE *input, *output, *errors;
    const wchar_t *prompt;
};

static struct editor *editor_of(EditLine *line)
{
    void *editor = NULL;

    edit.el_get(line, EL_CLIENTDATA, &editor);
    return editor;
}

/* --- what libedit calls ---------------------------------------------------------------------------- */

static int get_key(EditLine *line, wchar_t *ret_key)
{
    const struct editor *editor = editor_of(line);
    int result = editor->setup.next_key(editor->setup.state, ret_key);

    return result < 0 ? -1 : result;
}

static wchar_t *get_prompt(EditLine *line)
{
    return (wchar_t *)editor_of(line)->prompt;
}

static ssize_t keep_drawn(void *cookie, const char *data, size_t size)
{
    const struct editor *editor = cookie;

    return zoc_buffer_append(editor->setup.drawn, data, size) < 0 ? 0 : (ssize_t)size;
}

/* Ctrl-D: libedit's own would print ^D where it ends the input. */
static unsigned char delete_or_end(EditLine *line, int key)
{
    const LineInfoW *info = edit.el_wline(line);

    (void)key;
    if (info->lastchar == info->buffer)
        return CC_EOF;
    if (info->cursor == info->lastchar)
        return CC_ERROR;
    edit.el_cursor(line, 1);
    edit.el_deletestr(line, 1);
    return CC_REFRESH;
}

/* --- making one ------------------------------------------------------------------------------------ */

static int open_files(struct editor *editor)
{
    static const cookie_io_functions_t nowhere;
    static const cookie_io_functions_t keeps = { .write = keep_drawn };

    editor->input = fopencookie(NULL, "r", nowhere);
    editor->output = fopencookie(editor, "w", keeps);
    editor->errors = fopencookie(NULL, "w", nowhere);
    return editor->input && editor->output && editor->errors ? 0 : -ENOMEM;
}

static bool has_capability(const struct editor *editor, const char *name)
{
    const char *sequence = NULL;

    return edit.el_get(editor->line, EL_GETTC, name, &sequence) == 0 && sequence && *sequence;
}

static int check_capabilities(const struct editor *editor)
{
    const char *kind = getenv("TERM");
    int edits = 0;

    edit.el_get(editor->line, EL_EDITMODE, &edits);
    if (edits && has_capability(editor, "up") && has_capability(editor, "cd"))
        return 0;
    return zoc_refuse(-ENOTSUP, _("terminal '%s': its cursor cannot be moved"), kind ? kind : "");
}

static void set_up(struct editor *editor)
{
    HistEventW event;

    edit.el_set(editor->line, EL_CLIENTDATA, editor);
    edit.el_set(editor->line, EL_SIGNAL, 0);
    edit.el_set(editor->line, EL_GETCFN, get_key);
    edit.el_wset(editor->line, EL_PROMPT, get_prompt);
    edit.el_wset(editor->line, EL_EDITOR, L"emacs");
    edit.el_wset(editor->line, EL_HIST, edit.history_w, editor->history);
    edit.el_wset(editor->line, EL_ADDFN, L"delete-or-end", L"Delete the next character, or end the input",
                 delete_or_end);
    edit.el_wset(editor->line, EL_BIND, L"^D", L"delete-or-end", NULL);
    edit.el_wset(editor->line, EL_BIND, L"^R", L"em-inc-search-prev", NULL);
    edit.el_wset(editor->line, EL_BIND, L"\033[3~", L"ed-delete-next-char", NULL);
    edit.history_w(editor->history, &event, H_SETSIZE, EDITOR_HISTORY_MAX);
    edit.history_w(editor->history, &event, H_SETUNIQUE, 1);
}

/* What reads $TERM leaks some bytes each time, in a library below libedit. */
#if SANITIZE_ADDRESS
#include <sanitizer/lsan_interface.h>
#define LEAKING(call) (__lsan_disable(), (call), __lsan_enable())
#else
#define LEAKING(call) (call)
#endif

/* Reads files, and has large frames: on a worker thread. */
static int prepare(void *arg)
{
    struct editor *editor = arg;
    int tty = editor->setup.tty;
    int result = lazy_load(&library);

    if (result < 0)
        return result;
    LEAKING(editor->line = edit.el_init_fd("zocalo", editor->input, editor->output, editor->errors, tty, tty, tty));
    editor->history = edit.history_winit();
    return editor->line && editor->history ? 0 : -ENOMEM;
}

void editor_free(struct editor *editor)
{
    if (!editor)
        return;
    if (editor->line)
        edit.el_end(editor->line);
    if (editor->history)
        edit.history_wend(editor->history);
    if (editor->errors)
        fclose(editor->errors);
    if (editor->output)
        fclose(editor->output);
    if (editor->input)
        fclose(editor->input);
    free(editor);
}

int editor_new(const struct editor_setup *setup, struct editor **ret_editor)
{
    struct editor *editor = calloc(1, sizeof *editor);

    if (!editor)
        return -ENOMEM;
    *editor = (struct editor){ .setup = *setup, .prompt = L"" };
    int result = open_files(editor);
    if (result == 0)
        result = zoc_offload(prepare, editor);
    if (result == -ELIBACC)
        result = lazy_load(&library); /* once more: the words of the first time are that thread's */
    if (result == 0)
        result = check_capabilities(editor);
    if (result < 0) {
        editor_free(editor);
        return result;
    }
    set_up(editor);
    *ret_editor = editor;
    return 0;
}

/* --- editing --------------------------------------------------------------------------------------- */

int editor_run(struct editor *editor, const wchar_t **ret_text)
{
    int length = 0;

    editor_hide(editor);
    *ret_text = edit.el_wgets(editor->line, &length);
    return length;
}

struct edited editor_edited(const struct editor *editor)
{
    const LineInfoW *info = edit.el_wline(editor->line);

    return (struct edited){ .text = info->buffer,
                            .length = (size_t)(info->lastchar - info->buffer),
                            .cursor = (size_t)(info->cursor - info->buffer) };
}

bool editor_insert(struct editor *editor, const wchar_t *text)
{
    return edit.el_winsertstr(editor->line, text) == 0;
}

void editor_draw(struct editor *editor, const wchar_t *prompt)
{
    editor->prompt = prompt;
    edit.el_set(editor->line, EL_REFRESH);
}

void editor_hide(struct editor *editor)
{
    editor->prompt = L"";
}

static void put_capability(struct editor *editor, const wchar_t *name)
{
    edit.el_wset(editor->line, EL_ECHOTC, name, NULL);
    fflush(editor->output);
}

void editor_go_up(struct editor *editor, unsigned rows)
{
    while (rows-- > 0)
        put_capability(editor, L"up");
}

void editor_clear_below(struct editor *editor)
{
    put_capability(editor, L"cd");
}

void editor_resize(struct editor *editor, unsigned columns, unsigned rows)
{
    const struct winsize size = { .ws_col = (unsigned short)columns, .ws_row = (unsigned short)rows };

    zoc_world->terminal_resize(editor->setup.tty, &size);
    edit.el_resize(editor->line);
}

void editor_remember(struct editor *editor, const wchar_t *line)
{
    HistEventW event;

    edit.history_w(editor->history, &event, H_ENTER, line);
}

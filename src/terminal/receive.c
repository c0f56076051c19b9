/* What is received from a terminal: lines that were edited, secret ones, keys; and the command key among them. */
#include "terminal/characters.h"
#include "terminal/history.h"
#include "terminal/inside.h"
#include "terminal/secret.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define AGAIN            -EAGAIN    /* nothing was received, and the mode may be another one */
#define DRAWN_MAX        16384      /* bytes that are drawn before they are written, while more is typed */
#define PASTE_MIN        64         /* bytes that come at once are pasted */
#define HISTORY_PATIENCE ZOC_SECOND /* the file of the history may take so long */

/* --- commands -------------------------------------------------------------------------------------- */

static bool is_escape(const struct terminal *terminal, wchar_t key)
{
    return terminal->options.command && key == terminal->options.escape;
}

static int run_command(struct terminal *terminal)
{
    screen_withdraw(&terminal->screen);
    terminal->commanding = true;
    terminal_apply(terminal);
    terminal->end = terminal->options.command(terminal->options.state, &terminal->stream);
    terminal->commanding = false;
    terminal_apply(terminal);
    return terminal->end;
}

/* What the command ended receiving with ends it once. */
static int take_end(struct terminal *terminal)
{
    int end = terminal->end;

    terminal->end = 0;
    return end < 0 ? end : 0;
}

int terminal_command(zoc_stream *stream)
{
    struct terminal *terminal = (struct terminal *)stream;
    int result = run_command(terminal);

    terminal->end = 0;
    screen_flush(&terminal->screen); /* before what the caller has to say of it */
    return result;
}

/* --- keys of an edited line ------------------------------------------------------------------------ */

/* Ends what is edited. */
static int cut(struct terminal *terminal, int why)
{
    terminal->cut = why;
    return -1;
}

/* Whether the last key was inserted, so that the next one will be: it is no argument, and no search goes on, which shows
 * itself behind a newline. */
static bool is_inserting(const struct terminal *terminal)
{
    struct edited edited = editor_edited(terminal->screen.editor);

    return edited.cursor > 0 && edited.text[edited.cursor - 1] == terminal->last_key &&
           edited.length == terminal->last_length + 1 && !wmemchr(edited.text, L'\n', edited.length);
}

/* libedit draws the line anew for each character that is inserted before others: much at once is inserted at once. */
static void paste(struct terminal *terminal)
{
    wchar_t *text = is_inserting(terminal) ? keys_take_run(&terminal->keys, PASTE_MIN, terminal->options.escape) : NULL;

    if (text)
        screen_paste(&terminal->screen, text);
    free(text);
}

/* Gives a key to an editor, whose line it shows from then on. */
static int give_key(struct terminal *terminal, wchar_t key)
{
    screen_before_key(&terminal->screen);
    terminal->last_key = key;
    terminal->last_length = editor_edited(terminal->screen.editor).length;
    int result = terminal->screen.drawn.size > DRAWN_MAX ? screen_flush(&terminal->screen) : 0;
    return result < 0 ? cut(terminal, result) : 1;
}

/* Until something happens. A terminal that is stopped (Ctrl-S) still takes keys. Returns 0 or a negative errno. */
static int wait_for_news(struct terminal *terminal)
{
    screen_flush_soon(&terminal->screen);
    int result = keys_await(&terminal->keys);
    return result < 0 ? result : 0;
}

/* C1 controls are keys to libedit that nobody can type: 0x80 and Meta. */
static bool is_foreign(wchar_t key)
{
    return key >= 0x80 && key < 0xa0;
}

int terminal_next_key(void *arg, wchar_t *ret_key)
{
    struct terminal *terminal = arg;
    int result = 0;

    while (result == 0) {
        if (terminal->mode != TERMINAL_LINES)
            return cut(terminal, 1);
        if (terminal->screen.editor != terminal->lines)
            screen_begin(&terminal->screen, terminal->lines, NULL);
        paste(terminal);
        if (!keys_take(&terminal->keys, ret_key))
            result = wait_for_news(terminal);
        else if (is_escape(terminal, *ret_key))
            result = run_command(terminal);
        else if (!is_foreign(*ret_key))
            return give_key(terminal, *ret_key);
    }
    return cut(terminal, result);
}

int terminal_next_command_key(void *arg, wchar_t *ret_key)
{
    struct terminal *terminal = arg;
    int result = 0;

    while (result == 0) {
        if (terminal->screen.editor != terminal->commands)
            screen_begin(&terminal->screen, terminal->commands, terminal->prompt);
        if (!keys_take(&terminal->keys, ret_key))
            result = wait_for_news(terminal);
        else if (*ret_key != terminal->options.escape && !is_foreign(*ret_key))
            return give_key(terminal, *ret_key);
    }
    return cut(terminal, result);
}

/* --- lines ----------------------------------------------------------------------------------------- */

static void remember(struct terminal *terminal, zoc_bytes line)
{
    wchar_t *text = history_wants(line) ? characters_of(line) : NULL;

    if (!text)
        return;
    editor_remember(terminal->lines, text);
    free(text);
    if (terminal->options.history)
        ZOC_WITHIN(HISTORY_PATIENCE)
            history_add(terminal->options.history, line); /* a line that cannot be kept is said all the same */
}

static ssize_t receive_entered(struct terminal *terminal, const wchar_t *text, size_t length)
{
    screen_entered(&terminal->screen);
    screen_flush_soon(&terminal->screen);
    int result = characters_encode(text, length, &terminal->line);
    if (result < 0)
        return result;
    remember(terminal, (zoc_bytes){ terminal->line.data, terminal->line.size - 1 });
    return (ssize_t)terminal->line.size;
}

/* What was typed belongs to the other mode. A search shows itself behind a newline. */
static ssize_t hand_over(struct terminal *terminal)
{
    struct edited edited = editor_edited(terminal->lines);
    const wchar_t *newline = wmemchr(edited.text, L'\n', edited.length);
    size_t length = newline ? (size_t)(newline - edited.text) : edited.length;
    bool sends = terminal->mode == TERMINAL_KEYS;

    screen_withdraw(&terminal->screen);
    screen_flush_soon(&terminal->screen);
    int result = characters_encode(edited.text, length, sends ? &terminal->line : &terminal->secret);
    if (result < 0)
        return result;
    return terminal->line.size > 0 ? (ssize_t)terminal->line.size : AGAIN;
}

static ssize_t receive_cut(struct terminal *terminal)
{
    if (terminal->cut > 0)
        return hand_over(terminal);
    screen_abandon(&terminal->screen);
    return terminal->cut;
}

static ssize_t receive_line(struct terminal *terminal)
{
    const wchar_t *text;

    terminal->cut = 0;
    int length = editor_run(terminal->lines, &text);
    if (terminal->cut)
        return receive_cut(terminal);
    if (length > 0)
        return receive_entered(terminal, text, (size_t)length);
    screen_withdraw(&terminal->screen);
    screen_flush_soon(&terminal->screen);
    return -ENODATA;
}

/* --- what is not edited ---------------------------------------------------------------------------- */

/* Looks for keys. Returns 1 when there are some; a result of receiving when not. */
static ssize_t find_keys(struct terminal *terminal)
{
    int result = wait_for_news(terminal);

    if (result < 0)
        return result;
    return terminal->keys.typed.size > 0 ? 1 : AGAIN;
}

static ssize_t receive_secret(struct terminal *terminal)
{
    enum secret_step step = SECRET_GOES_ON;
    ssize_t result = find_keys(terminal);

    while (result > 0 && step == SECRET_GOES_ON && terminal->keys.typed.size > 0) {
        char key = keys_take_byte(&terminal->keys);
        if (is_escape(terminal, key))
            return run_command(terminal) ? terminal->end : AGAIN;
        step = secret_take(&terminal->secret, key);
    }
    if (result < 0 || step != SECRET_ENTERED)
        return result < 0 ? result : step == SECRET_ENDED ? -ENODATA : AGAIN;
    terminal->line = terminal->secret;
    terminal->secret = (zoc_buffer){ 0 };
    return (ssize_t)terminal->line.size;
}

static ssize_t receive_keys(struct terminal *terminal)
{
    ssize_t result = find_keys(terminal);

    if (result < 0)
        return result;
    while (terminal->keys.typed.size > 0) {
        bool escapes = is_escape(terminal, *terminal->keys.typed.data);
        if (escapes && terminal->line.size > 0)
            break;
        char key = keys_take_byte(&terminal->keys);
        if (escapes)
            return run_command(terminal) ? terminal->end : AGAIN;
        result = zoc_buffer_append(&terminal->line, &key, 1);
        if (result < 0)
            return result;
    }
    return (ssize_t)terminal->line.size;
}

/* --- receiving ------------------------------------------------------------------------------------- */

/* What was typed in secret is not shown: it is sent as keys, or nobody gets it. */
static void leave_secret(struct terminal *terminal)
{
    if (terminal->mode == TERMINAL_KEYS) {
        terminal->line = terminal->secret;
        terminal->secret = (zoc_buffer){ 0 };
    }
    secret_forget(&terminal->secret);
}

ssize_t terminal_receive(struct terminal *terminal)
{
    static ssize_t (*const receive[])(struct terminal *) = {
        [TERMINAL_LINES] = receive_line, [TERMINAL_SECRET] = receive_secret, [TERMINAL_KEYS] = receive_keys
    };
    ssize_t result = AGAIN;

    secret_forget(&terminal->line);
    while (result == AGAIN && !terminal->end) {
        if (terminal->mode != TERMINAL_SECRET && terminal->secret.size > 0)
            leave_secret(terminal);
        result = terminal->line.size > 0 ? (ssize_t)terminal->line.size : receive[terminal->mode](terminal);
    }
    if (terminal->end)
        return take_end(terminal);
    return result == -ENODATA ? 0 : result;
}

/* --- asking ---------------------------------------------------------------------------------------- */

static int finish_command(struct terminal *terminal, const wchar_t *text, size_t length, char **ret_line)
{
    zoc_buffer line = { 0 };

    screen_entered(&terminal->screen);
    int result = characters_encode(text, length - 1, &line);
    if (result == 0)
        result = zoc_buffer_append(&line, "", 1);
    screen_flush_soon(&terminal->screen);
    char *copy = result == 0 ? strdup(line.data) : NULL;
    wchar_t *wide = copy && *copy ? characters_of(zoc_bytes_of(copy)) : NULL;
    if (wide)
        editor_remember(terminal->commands, wide);
    free(wide);
    zoc_buffer_release(&line);
    if (!copy)
        return result < 0 ? result : -ENOMEM;
    *ret_line = copy;
    return 1;
}

int terminal_ask(zoc_stream *stream, const char *prompt, char **ret_line)
{
    struct terminal *terminal = (struct terminal *)stream;
    wchar_t *shown = characters_of(zoc_bytes_of(prompt));
    const wchar_t *text;

    assert(terminal->commanding);
    if (!shown)
        return -ENOMEM;
    terminal->prompt = shown;
    terminal->cut = 0;
    int result = editor_run(terminal->commands, &text);
    if (terminal->cut) {
        screen_abandon(&terminal->screen);
        result = terminal->cut;
    } else if (result > 0) {
        result = finish_command(terminal, text, (size_t)result, ret_line);
    } else {
        screen_withdraw(&terminal->screen);
    }
    terminal->prompt = NULL;
    free(shown);
    return result;
}

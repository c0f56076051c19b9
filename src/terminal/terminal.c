#include "terminal/inside.h"

#include "base/text.h"
#include "terminal/characters.h"
#include "terminal/history.h"
#include "terminal/secret.h"
#include "terminal/settings.h"
#include "world/world.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <zocalo/error.h>

#define FAREWELL_TIME (ZOC_SECOND / 2) /* what was drawn last may take so long to be written */

bool terminal_is_there(void)
{
    struct termios settings;

    return zoc_world->terminal_get(0, &settings) == 0 && zoc_world->terminal_get(1, &settings) == 0;
}

/* --- a stream's operations ------------------------------------------------------------------------- */

static ssize_t receive_at_most(struct terminal *terminal, size_t size, zoc_bytes *ret_chunk)
{
    if (terminal->taken == terminal->line.size) {
        terminal->taken = 0;
        ssize_t result = terminal_receive(terminal);
        if (result <= 0)
            return result;
    }
    size_t left = terminal->line.size - terminal->taken;
    *ret_chunk = (zoc_bytes){ terminal->line.data + terminal->taken, left < size ? left : size };
    terminal->taken += ret_chunk->size;
    return (ssize_t)ret_chunk->size;
}

static ssize_t receive(zoc_stream *stream, zoc_bytes *ret_chunk)
{
    return receive_at_most((struct terminal *)stream, ZOC_CHUNK_MAX, ret_chunk);
}

static ssize_t read_some(zoc_stream *stream, void *data, size_t size)
{
    zoc_bytes chunk;
    ssize_t result = receive_at_most((struct terminal *)stream, size, &chunk);

    if (result > 0)
        memcpy(data, chunk.data, chunk.size);
    return result;
}

static int write_pieces(zoc_stream *stream, const struct iovec *pieces, int count, size_t size, size_t *ret_written)
{
    struct terminal *terminal = (struct terminal *)stream;
    int result = 0;

    for (int i = 0; i < count && result == 0; i++)
        result = screen_print(&terminal->screen, (zoc_bytes){ pieces[i].iov_base, pieces[i].iov_len });
    if (result == 0)
        result = screen_flush(&terminal->screen);
    if (result == 0)
        *ret_written = size;
    return result;
}

/* Nobody could tell a terminal that nothing more comes. */
static int shut(zoc_stream *stream)
{
    (void)stream;
    return 0;
}

static void describe(const zoc_stream *stream, char *text, size_t size)
{
    (void)stream;
    snprintf(text, size, "terminal");
}

static struct descriptor *plain(zoc_stream *stream, bool sends)
{
    (void)stream, (void)sends;
    return NULL;
}

static void close_terminal(zoc_stream *stream);

static const struct stream_operations operations = {
    .receive = receive,
    .read = read_some,
    .writev = write_pieces,
    .shut = shut,
    .close = close_terminal,
    .describe = describe,
    .plain = plain,
};

/* --- the end --------------------------------------------------------------------------------------- */

/* Closes also what is half made. */
static void close_terminal(zoc_stream *stream)
{
    struct terminal *terminal = (struct terminal *)stream;

    zoc_group_end(&terminal->fibers);
    if (terminal->screen.output) {
        screen_abandon(&terminal->screen);
        ZOC_SHIELD(FAREWELL_TIME)
            screen_flush(&terminal->screen);
        settings_apply(&terminal->found);
    }
    zoc_signals_close(terminal->signals);
    editor_free(terminal->lines);
    editor_free(terminal->commands);
    screen_release(&terminal->screen);
    secret_forget(&terminal->line);
    secret_forget(&terminal->secret);
    zoc_close(terminal->keys.input);
    zoc_close(terminal->screen.output);
    for (int i = 0; i < 2; i++)
        if (terminal->tty[i] >= 0)
            zoc_world->close(terminal->tty[i]);
    free(terminal->history);
    free(terminal);
}

/* --- the beginning --------------------------------------------------------------------------------- */

static int open_editors(struct terminal *terminal)
{
    struct editor_setup setup = { .next_key = terminal_next_key, .state = terminal, .drawn = &terminal->screen.drawn };
    int result = zoc_world->terminal_pair(terminal->tty);

    if (result < 0)
        return zoc_fail(result, "%s", _("a terminal for the line editor"));
    setup.tty = terminal->tty[1];
    result = editor_new(&setup, &terminal->lines);
    setup.next_key = terminal_next_command_key;
    if (result == 0 && terminal->options.command)
        result = editor_new(&setup, &terminal->commands);
    return result;
}

/* A history that cannot be read is an empty one. */
static void load_history(struct terminal *terminal)
{
    zoc_buffer lines = { 0 };
    const char *newline;

    if (!terminal->options.history || history_read(terminal->options.history, &lines) < 0)
        return;
    while (lines.size > 0 && (newline = memchr(lines.data, '\n', lines.size))) {
        wchar_t *text = characters_of((zoc_bytes){ lines.data, (size_t)(newline - lines.data) });
        if (text)
            editor_remember(terminal->lines, text);
        free(text);
        zoc_buffer_consume(&lines, (size_t)(newline + 1 - lines.data));
    }
    zoc_buffer_release(&lines);
}

/* Somebody may have given us the terminal again, without a word. */
static void notice_foreground(void *arg)
{
    struct terminal *terminal = arg;

    if (terminal->background)
        terminal_resume(terminal);
}

static int open_streams(struct terminal *terminal)
{
    int result = zoc_stream_of_fd(0, true, false, &terminal->keys.input);

    if (result == 0)
        result = zoc_stream_of_fd(1, false, true, &terminal->screen.output);
    terminal->keys.arrived = notice_foreground;
    terminal->keys.state = terminal;
    return result;
}

static int start(struct terminal *terminal)
{
    terminal_measure(terminal);
    terminal_apply(terminal);
    int result = zoc_go(&terminal->fibers, keys_run, &terminal->keys);
    if (result == 0)
        result = zoc_go(&terminal->fibers, screen_run, &terminal->screen);
    return result < 0 ? result : zoc_go(&terminal->fibers, terminal_attend, terminal);
}

static int open_all(struct terminal *terminal)
{
    int result = zoc_world->terminal_get(0, &terminal->found);

    if (result < 0)
        return zoc_fail(result, "%s", _("standard input"));
    result = open_editors(terminal);
    if (result < 0)
        return result;
    load_history(terminal);
    result = terminal_open_signals(terminal);
    if (result < 0)
        return zoc_fail(result, "%s", _("signals"));
    result = open_streams(terminal);
    return result < 0 ? result : start(terminal);
}

int terminal_open(const struct terminal_options *options, zoc_stream **ret_stream)
{
    struct terminal *terminal = calloc(1, sizeof *terminal);

    if (!terminal)
        return -ENOMEM;
    terminal->options = *options;
    terminal->options.history = terminal->history = options->history ? strdup(options->history) : NULL;
    terminal->tty[0] = terminal->tty[1] = -1;
    stream_init(&terminal->stream, &operations);
    int result = open_all(terminal);
    if (result < 0) {
        close_terminal(&terminal->stream);
        return result;
    }
    *ret_stream = &terminal->stream;
    return 0;
}

/* --- while it is open ------------------------------------------------------------------------------ */

void terminal_set_mode(zoc_stream *stream, enum terminal_mode mode)
{
    struct terminal *terminal = (struct terminal *)stream;

    if (terminal->mode == mode)
        return;
    terminal->mode = mode;
    terminal_apply(terminal);
    keys_interrupt(&terminal->keys);
}

int terminal_say(zoc_stream *stream, const char *text)
{
    struct terminal *terminal = (struct terminal *)stream;

    screen_say(&terminal->screen, text);
    return screen_flush(&terminal->screen);
}

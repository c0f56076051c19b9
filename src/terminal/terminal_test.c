#include "terminal/terminal.h"

#include "stream/testing.h"

#include <fcntl.h>
#include <locale.h>
#include <sys/ioctl.h>
#include <termios.h>

/* --- a terminal in the place of standard input and output ------------------------------------------- */

static struct {
    int saved[2];     /* the real 0 and 1 */
    zoc_stream *near; /* the side of keys and screen */
    int far;
    zoc_stream *terminal;
    char seen[65536]; /* what was shown */
    size_t size;
    struct terminal_options options;
} at;

static void open_there(void)
{
    int fds[2];
    const struct winsize size = { .ws_col = 20, .ws_row = 10 };

    assert_int_equal(zoc_world->terminal_pair(fds), 0);
    assert_int_equal(zoc_world->terminal_resize(fds[1], &size), 0);
    for (int i = 0; i < 2; i++) {
        at.saved[i] = dup(i);
        dup2(fds[1], i);
    }
    at.far = fds[1];
    assert_int_equal(fcntl(fds[0], F_SETFL, O_NONBLOCK), 0); /* opening it once more would make another terminal */
    at.near = testing_stream_of(fds[0], true, true);
    at.size = 0;
    assert_true(terminal_is_there());
    assert_int_equal(terminal_open(&at.options, &at.terminal), 0);
}

static void close_there(void)
{
    struct termios settings;

    zoc_close(at.terminal);
    assert_int_equal(tcgetattr(at.far, &settings), 0);
    assert_true(settings.c_lflag & ICANON && settings.c_lflag & ECHO && settings.c_oflag & OPOST);
    assert_false(fcntl(at.far, F_GETFL) & O_NONBLOCK);
    for (int i = 0; i < 2; i++) {
        dup2(at.saved[i], i);
        close(at.saved[i]);
    }
    zoc_close(at.near);
    close(at.far);
    at.options = (struct terminal_options){ 0 };
}

static void type(const char *keys)
{
    assert_int_equal(zoc_write(at.near, keys, strlen(keys)), strlen(keys));
}

static void say(const char *text)
{
    assert_int_equal(zoc_write(at.terminal, text, strlen(text)), strlen(text));
}

/* Waits until that was shown, after what was awaited before. */
static void await(const char *shown)
{
    char *found;

    while (!(found = memmem(at.seen, at.size, shown, strlen(shown)))) {
        ssize_t size = zoc_read(at.near, at.seen + at.size, sizeof at.seen - at.size);
        assert_true(size > 0);
        at.size += (size_t)size;
    }
    found += strlen(shown);
    at.size -= (size_t)(found - at.seen);
    memmove(at.seen, found, at.size);
}

/* --- receiving in a fiber of its own ---------------------------------------------------------------- */

static struct {
    char text[256];
    ssize_t result;
} got;

static int receive_one(void *arg)
{
    zoc_bytes chunk;

    (void)arg;
    got.result = zoc_receive(at.terminal, &chunk);
    if (got.result > 0)
        snprintf(got.text, sizeof got.text, "%.*s", (int)chunk.size, chunk.data);
    return 0;
}

static void expect_received(const char *text)
{
    testing_expect(at.terminal, text);
}

/* --- behaviours ------------------------------------------------------------------------------------- */

static void a_line_is_edited_and_received(void)
{
    open_there();
    type("helo\002l\001>\r"); /* Ctrl-B, Ctrl-A */
    expect_received(">hello\n");
    type("\020\r"); /* Ctrl-P */
    expect_received(">hello\n");
    close_there();
}

static void ctrl_d_ends_an_empty_line_alone(void)
{
    open_there();
    type("ab\002\004\r\004"); /* Ctrl-B, Ctrl-D deletes b */
    expect_received("a\n");
    testing_expect_end(at.terminal);
    close_there();
}

static void what_comes_is_printed_above_the_line(void)
{
    ZOC_GROUP(receiving);

    open_there();
    say("login: ");
    await("login: ");
    zoc_go(&receiving, receive_one, NULL);
    type("me");
    await("me");
    say("\r\nnews\r\nagain: ");
    await("\r\033[J"); /* the line goes, */
    await("login: \r");
    await("\nnews\r");  /* what came stands there, */
    await("again: me"); /* and the line below */
    type("\r");
    zoc_group_wait(&receiving);
    assert_string_equal(got.text, "me\n");
    close_there();
}

static void a_line_that_wraps_is_taken_away_from_all_its_rows(void)
{
    ZOC_GROUP(receiving);

    open_there();
    zoc_go(&receiving, receive_one, NULL);
    type("1234567890123456789012345678901234567890123"); /* three rows of 20 */
    await("0123");
    say("above\n");
    await("\r\033[A\033[A\033[J");
    await("above\r\n12345");
    type("\r");
    zoc_group_wait(&receiving);
    assert_int_equal(got.result, 44);
    close_there();
}

static void keys_get_what_was_typed_of_a_line(void)
{
    ZOC_GROUP(receiving);
    struct termios settings;

    open_there();
    zoc_go(&receiving, receive_one, NULL);
    type("half");
    await("half");
    terminal_set_mode(at.terminal, TERMINAL_KEYS);
    zoc_group_wait(&receiving);
    assert_string_equal(got.text, "half");
    assert_int_equal(tcgetattr(at.far, &settings), 0);
    assert_false(settings.c_lflag & ISIG || settings.c_oflag & OPOST);
    type("\003\r");
    expect_received("\003\r");
    close_there();
}

static void a_secret_line_is_not_shown_and_not_in_the_history(void)
{
    ZOC_GROUP(receiving);

    open_there();
    zoc_go(&receiving, receive_one, NULL);
    type("se");
    await("se");
    terminal_set_mode(at.terminal, TERMINAL_SECRET);
    await("\033[J");
    type("cret\r");
    zoc_group_wait(&receiving);
    assert_string_equal(got.text, "secret\n");
    terminal_set_mode(at.terminal, TERMINAL_LINES);
    type("\020\020x\r");
    expect_received("x\n");
    await("x");
    assert_null(memmem(at.seen, at.size, "cret", 4));
    close_there();
}

static void what_was_typed_of_a_secret_is_not_shown_later(void)
{
    ZOC_GROUP(receiving);

    open_there();
    terminal_set_mode(at.terminal, TERMINAL_SECRET);
    zoc_go(&receiving, receive_one, NULL);
    type("hush");
    testing_settle_io();
    terminal_set_mode(at.terminal, TERMINAL_LINES);
    type("x\r");
    zoc_group_wait(&receiving);
    assert_string_equal(got.text, "x\n");
    close_there();
}

static void a_cancel_ends_receiving_and_the_line_stays_seen(void)
{
    ZOC_GROUP(receiving);

    open_there();
    zoc_go(&receiving, receive_one, NULL);
    type("half\001"); /* Ctrl-A */
    await("half");
    zoc_group_cancel(&receiving);
    zoc_group_wait(&receiving);
    assert_int_equal(got.result, -ECANCELED);
    close_there();
}

static void a_message_is_said_above_the_line(void)
{
    ZOC_GROUP(receiving);

    open_there();
    say("> ");
    zoc_go(&receiving, receive_one, NULL);
    type("typed");
    await("typed");
    assert_int_equal(terminal_say(at.terminal, "one\ntwo"), 0);
    await("one\r\r\ntwo\r\r\n");
    await("> typed");
    type("\r");
    zoc_group_wait(&receiving);
    close_there();
}

static int ask_and_quit(void *state, zoc_stream *terminal)
{
    char *line = NULL;
    int result = terminal_ask(terminal, "command? ", &line);

    assert_int_equal(result, 1);
    snprintf(state, 16, "%s", line);
    free(line);
    return strcmp(state, "quit") == 0 ? -ESHUTDOWN : 0;
}

static void the_command_key_asks_and_the_line_comes_back(void)
{
    ZOC_GROUP(receiving);
    char command[16] = "";

    at.options = (struct terminal_options){ .escape = TERMINAL_ESCAPE, .command = ask_and_quit, .state = command };
    open_there();
    zoc_go(&receiving, receive_one, NULL);
    type("half");
    await("half");
    type("\035");
    await("command? ");
    type("go on\r");
    await("half");
    assert_string_equal(command, "go on");
    type("\035quit\r");
    zoc_group_wait(&receiving);
    assert_int_equal(got.result, -ESHUTDOWN);
    close_there();
}

static unsigned told_columns, told_rows;

static void tell_size(void *state, unsigned columns, unsigned rows)
{
    (void)state;
    told_columns = columns;
    told_rows = rows;
}

static void the_size_is_told(void)
{
    const struct winsize size = { .ws_col = 30, .ws_row = 5 };

    at.options = (struct terminal_options){ .escape = -1, .resized = tell_size };
    open_there();
    assert_int_equal(told_columns, 20);
    assert_int_equal(told_rows, 10);
    assert_int_equal(zoc_world->terminal_resize(at.far, &size), 0);
    raise(SIGWINCH); /* it is not this process's own terminal, which would do so */
    while (told_columns != 30)
        assert_int_equal(zoc_yield(), 0);
    assert_int_equal(told_rows, 5);
    close_there();
}

static void a_kind_of_terminal_without_a_cursor_is_refused(void)
{
    int fds[2];
    zoc_stream *terminal = NULL;

    assert_int_equal(zoc_world->terminal_pair(fds), 0);
    at.saved[0] = dup(0);
    dup2(fds[1], 0);
    setenv("TERM", "dumb", 1);
    assert_int_equal(terminal_open(&at.options, &terminal), -ENOTSUP);
    assert_non_null(strstr(zoc_why(), "'dumb'"));
    assert_null(terminal);
    setenv("TERM", "xterm", 1);
    dup2(at.saved[0], 0);
    close(at.saved[0]);
    close(fds[0]);
    close(fds[1]);
}

static int begin(void **state)
{
    (void)state;
    setenv("TERM", "xterm", 1);
    return setlocale(LC_CTYPE, "C.UTF-8") ? 0 : -1;
}

static void on_terminal(void **state)
{
    const char *tool = testing_tool();

    if (tool && strcmp(tool, "Valgrind") == 0)
        print_message("# not under Valgrind: what reads $TERM for libedit leaks some bytes each time\n");
    else
        testing_on_fiber_and_all_closed(state);
}

#define ON_TERMINAL(test)                              \
    {                                                  \
#test, on_terminal, NULL, NULL, (void *)(test) \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_TERMINAL(a_line_is_edited_and_received),
        ON_TERMINAL(ctrl_d_ends_an_empty_line_alone),
        ON_TERMINAL(what_comes_is_printed_above_the_line),
        ON_TERMINAL(a_line_that_wraps_is_taken_away_from_all_its_rows),
        ON_TERMINAL(keys_get_what_was_typed_of_a_line),
        ON_TERMINAL(a_secret_line_is_not_shown_and_not_in_the_history),
        ON_TERMINAL(what_was_typed_of_a_secret_is_not_shown_later),
        ON_TERMINAL(a_cancel_ends_receiving_and_the_line_stays_seen),
        ON_TERMINAL(a_message_is_said_above_the_line),
        ON_TERMINAL(the_command_key_asks_and_the_line_comes_back),
        ON_TERMINAL(the_size_is_told),
        ON_TERMINAL(a_kind_of_terminal_without_a_cursor_is_refused),
    };

    return cmocka_run_group_tests(tests, begin, NULL);
}

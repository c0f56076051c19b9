#include "talk/prompt.h"

#include "stream/testing.h"
#include "talk/session.h"

#include <stdio.h>

/* A session without a terminal, and the other end of its connection. */
struct table {
    struct join join;
    struct session session;
    zoc_stream *far;
};

static void set_up(struct table *table)
{
    *table = (struct table){ .session = { .prompt = "> ", .name = "somebody", .escape = TERMINAL_ESCAPE } };
    table->session.join = &table->join;
    assert_int_equal(zoc_stream_pair(&table->join.peer, &table->far), 0);
}

static void clear(struct table *table)
{
    zoc_close(table->join.peer);
    zoc_close(table->far);
    zoc_buffer_release(&table->session.said);
    free(table->session.host);
    free(table->session.port);
}

static int do_line(struct table *table, const char *line)
{
    char copy[128];

    zoc_buffer_release(&table->session.said);
    snprintf(copy, sizeof copy, "%s", line);
    return prompt_do(&table->session, copy);
}

static void assert_said(struct table *table, const char *expected)
{
    zoc_buffer *said = &table->session.said;

    assert_int_equal(zoc_buffer_append(said, "", 1), 0);
    if (!strstr(said->data, expected))
        fail_msg("'%s' does not have '%s'", said->data, expected);
}

static void assert_sent(struct table *table, const char *expected, size_t size)
{
    char data[16];

    assert_int_equal(zoc_read(table->far, data, size), size);
    assert_memory_equal(data, expected, size);
}

static void as_much_of_a_name_is_enough_as_tells_it_from_others(void)
{
    struct table table;

    set_up(&table);
    assert_int_equal(do_line(&table, "t h"), 0);
    assert_true(table.join.hex);
    assert_int_equal(do_line(&table, "  TOGGLE "), 0);
    assert_said(&table, "no command, or more than one, begins with 'TOGGLE'");
    assert_int_equal(do_line(&table, "s"), 0);
    assert_said(&table, "no command, or more than one, begins with 's'"); /* send, status */
    assert_int_equal(do_line(&table, ""), 0);
    assert_int_equal(table.session.said.size, 0);
    clear(&table);
}

static void what_is_toggled_is_said(void)
{
    struct table table;

    set_up(&table);
    do_line(&table, "toggle crlf");
    assert_said(&table, "crlf is on");
    do_line(&table, "toggle");
    assert_said(&table, "crlf is on\nhex is off\noptions is off\n");
    do_line(&table, "toggle crlf");
    assert_false(table.join.crlf);
    do_line(&table, "toggle hexx");
    assert_said(&table, "there is no 'hexx' to toggle");
    clear(&table);
}

static void leaving_ends_the_input(void)
{
    struct table table;

    set_up(&table);
    assert_int_equal(do_line(&table, "quit"), -ECANCELED);
    assert_int_equal(table.session.left, SESSION_QUIT);
    assert_int_equal(do_line(&table, "close"), -ECANCELED);
    assert_int_equal(table.session.left, SESSION_CLOSED);
    assert_int_equal(do_line(&table, "send eof"), 1);
    clear(&table);
}

static void commands_of_telnet_go_as_bytes_to_whoever_has_not_begun_it(void)
{
    struct table table;

    set_up(&table);
    do_line(&table, "send break");
    assert_sent(&table, "\xff\xf3", 2);
    do_line(&table, "send escape AYT");
    assert_sent(&table, "\x1d", 1);
    assert_sent(&table, "\xff\xf6", 2);
    do_line(&table, "send do echo");
    assert_said(&table, "'do' needs telnet\n");
    do_line(&table, "send everything");
    assert_said(&table, "nothing is called 'everything'");
    do_line(&table, "send ?");
    assert_said(&table, "are you there");
    clear(&table);
}

static void only_what_makes_sense_without_a_connection_is_done(void)
{
    struct table table;

    set_up(&table);
    assert_int_equal(do_line(&table, "open host"), 0);
    assert_said(&table, "no command, or more than one, begins with 'open'"); /* it does not open anything here */
    table.session.opens = true;
    do_line(&table, "open host");
    assert_said(&table, "there is a connection");
    table.session.name = NULL;
    do_line(&table, "send ayt");
    assert_said(&table, "there is no connection");
    do_line(&table, "status");
    assert_said(&table, "there is no connection");
    assert_int_equal(do_line(&table, "open"), 0);
    assert_said(&table, "'open' needs a host");
    assert_int_equal(do_line(&table, "open host 80"), -ECANCELED);
    assert_string_equal(table.session.host, "host");
    assert_string_equal(table.session.port, "80");
    assert_int_equal(do_line(&table, "open other"), -ECANCELED);
    assert_string_equal(table.session.host, "other");
    assert_null(table.session.port);
    clear(&table);
}

static void the_mode_is_chosen_by_name(void)
{
    struct table table;

    set_up(&table);
    do_line(&table, "mode char");
    assert_int_equal(table.session.mode, TERMINAL_KEYS);
    do_line(&table, "status");
    assert_said(&table, "each key goes as it is typed");
    do_line(&table, "mode upside-down");
    assert_said(&table, "the mode is one of line, character, secret");
    assert_int_equal(table.session.mode, TERMINAL_KEYS);
    clear(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_NET(as_much_of_a_name_is_enough_as_tells_it_from_others),
        ON_NET(what_is_toggled_is_said),
        ON_NET(leaving_ends_the_input),
        ON_NET(commands_of_telnet_go_as_bytes_to_whoever_has_not_begun_it),
        ON_NET(only_what_makes_sense_without_a_connection_is_done),
        ON_NET(the_mode_is_chosen_by_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

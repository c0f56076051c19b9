/* What is said to what a peer says: transcripts. */
#include "telnet/testing.h"

/* --- what is agreed on ---------------------------------------------------------------------------- */

static void echo_and_go_ahead_are_agreed_on(void)
{
    struct line line;

    testing_open(&line, (struct telnet_options){ 0 });
    assert_true(telnet_get_state(line.telnet).speaks);
    assert_false(telnet_get_state(line.telnet).peer_echoes);
    OBEY(&line, "\xff\xfb\x01\xff\xfb\x03");
    EXPECT(line.wire, "\xff\xfd\x01\xff\xfd\x03");
    assert_true(telnet_get_state(line.telnet).peer_echoes);
    assert_true(telnet_get_state(line.telnet).peer_goes_on);
    OBEY(&line, "\xff\xfc\x01");
    EXPECT(line.wire, "\xff\xfe\x01");
    assert_false(telnet_get_state(line.telnet).peer_echoes);
    assert_string_equal(line.told, "<WILL ECHO, >DO ECHO, <WILL SUPPRESS-GO-AHEAD, >DO SUPPRESS-GO-AHEAD, "
                                   "<WONT ECHO, >DONT ECHO, ");
    testing_close(&line);
}

static void what_is_agreed_on_already_is_not_answered(void)
{
    struct line line;

    testing_open(&line, (struct telnet_options){ 0 });
    OBEY(&line, "\xff\xfb\x01");
    EXPECT(line.wire, "\xff\xfd\x01");
    OBEY(&line, "\xff\xfb\x01\xff\xfb\x01\xff\xfc\x22\xff\xfe\x22");
    EXPECT_SILENCE(&line);
    testing_close(&line);
}

static void what_we_are_not_ready_for_is_refused(void)
{
    struct line line;

    testing_open(&line, (struct telnet_options){ 0 });
    OBEY(&line, "\xff\xfd\x01\xff\xfd\x1f\xff\xfd\x22\xff\xfd\x27\xff\xfb\x56\xff\xfb\x18");
    EXPECT(line.wire, "\xff\xfc\x01\xff\xfc\x1f\xff\xfc\x22\xff\xfc\x27\xff\xfe\x56\xff\xfe\x18");
    testing_close(&line);
}

static void who_refuses_agrees_to_nothing(void)
{
    struct line line;

    testing_open(&line, (struct telnet_options){ .refuses = true, .begins = true, .binary_in = true, .columns = 80 });
    OBEY(&line, "\xff\xfb\x01\xff\xfd\x03\xff\xfd\x00\xff\xfc\x01\xff\xfd\x1f");
    EXPECT(line.wire, "\xff\xfe\x01\xff\xfc\x03\xff\xfc\x00\xff\xfc\x1f");
    testing_close(&line);
}

static void compression_does_not_begin(void)
{
    struct line line;

    testing_open(&line, (struct telnet_options){ 0 });
    WRITE(line.wire, "\xff\xfb\x56\xff\xfa\x56\xff\xf0still text");
    EXPECT(line.telnet, "still text");
    EXPECT(line.wire, "\xff\xfe\x56");
    testing_close(&line);
}

/* --- subnegotiations ------------------------------------------------------------------------------ */

static void the_terminal_type_is_told_when_it_is_asked_for(void)
{
    struct line line;

    testing_open(&line, (struct telnet_options){ .terminal_type = "xterm-256color" });
    OBEY(&line, "\xff\xfa\x18\x01\xff\xf0"); /* not agreed on yet */
    OBEY(&line, "\xff\xfd\x18");
    EXPECT(line.wire, "\xff\xfb\x18");
    OBEY(&line, "\xff\xfa\x18\x01\xff\xf0");
    EXPECT(line.wire, "\xff\xfa\x18\0xterm-256color\xff\xf0");
    OBEY(&line, "\xff\xfa\x18\x01\xff\xf0\xff\xfa\x18\x00zz\xff\xf0\xff\xfa\x18\xff\xf0");
    EXPECT(line.wire, "\xff\xfa\x18\0xterm-256color\xff\xf0"); /* the only one: again */
    EXPECT_SILENCE(&line);
    testing_close(&line);
}

static void a_terminal_without_a_type_is_unknown(void)
{
    struct line line;

    testing_open(&line, (struct telnet_options){ 0 });
    OBEY(&line, "\xff\xfd\x18\xff\xfa\x18\x01\xff\xf0");
    EXPECT(line.wire, "\xff\xfb\x18\xff\xfa\x18\0UNKNOWN\xff\xf0");
    testing_close(&line);
}

static void the_size_is_told_and_told_again(void)
{
    struct line line;

    testing_open(&line, (struct telnet_options){ .columns = 80, .rows = 24 });
    assert_int_equal(telnet_resize(line.telnet, 81, 25), 0); /* nobody asked */
    EXPECT_SILENCE(&line);
    OBEY(&line, "\xff\xfd\x1f");
    EXPECT(line.wire, "\xff\xfb\x1f\xff\xfa\x1f\0\x51\0\x19\xff\xf0");
    assert_int_equal(telnet_resize(line.telnet, 255, 65535), 0);
    EXPECT(line.wire, "\xff\xfa\x1f\0\xff\xff\xff\xff\xff\xff\xff\xf0");
    OBEY(&line, "\xff\xfe\x1f");
    EXPECT(line.wire, "\xff\xfc\x1f");
    assert_int_equal(telnet_resize(line.telnet, 80, 24), 0);
    EXPECT_SILENCE(&line);
    testing_close(&line);
}

static void a_size_that_is_known_later_is_told_from_then_on(void)
{
    struct line line;

    testing_open(&line, (struct telnet_options){ 0 });
    OBEY(&line, "\xff\xfd\x1f");
    EXPECT(line.wire, "\xff\xfc\x1f");
    assert_int_equal(telnet_resize(line.telnet, 132, 50), 0);
    OBEY(&line, "\xff\xfd\x1f");
    EXPECT(line.wire, "\xff\xfb\x1f\xff\xfa\x1f\0\x84\0\x32\xff\xf0");
    testing_close(&line);
}

static void the_user_is_told_to_whom_it_may_concern(void)
{
    struct line line;

    testing_open(&line, (struct telnet_options){ .user = "eva\x01\xff" });
    OBEY(&line, "\xff\xfd\x27\xff\xfa\x27\x01\xff\xf0");
    EXPECT(line.wire, "\xff\xfb\x27\xff\xfa\x27\0\0USER\x01"
                      "eva\x02\x01\xff\xff\xff\xf0");
    OBEY(&line, "\xff\xfa\x27\x01\x03X\0DISPLAY\0USER\xff\xf0");
    EXPECT(line.wire, "\xff\xfa\x27\0\0USER\x01"
                      "eva\x02\x01\xff\xff\xff\xf0");
    OBEY(&line, "\xff\xfa\x27\x01\0\xff\xf0");
    EXPECT(line.wire, "\xff\xfa\x27\0\0USER\x01"
                      "eva\x02\x01\xff\xff\xff\xf0");
    testing_close(&line);
}

static void the_user_is_not_told_to_who_asks_for_something_else(void)
{
    struct line line;

    testing_open(&line, (struct telnet_options){ .user = "eva" });
    OBEY(&line, "\xff\xfd\x27");
    EXPECT(line.wire, "\xff\xfb\x27");
    OBEY(&line, "\xff\xfa\x27\x01\0DISPLAY\x03USER\0USERS\xff\xf0");
    EXPECT(line.wire, "\xff\xfa\x27\0\xff\xf0");
    OBEY(&line, "\xff\xfa\x27\xff\xf0\xff\xfa\x27\x02\0USER\xff\xf0");
    EXPECT_SILENCE(&line);
    testing_close(&line);
}

/* --- what we begin -------------------------------------------------------------------------------- */

static void who_begins_says_what_it_is_ready_for(void)
{
    struct line line;

    testing_open(&line, (struct telnet_options){ .begins = true, .columns = 80, .rows = 24, .user = "eva" });
    EXPECT(line.wire, "\xff\xfd\x03\xff\xfb\x18\xff\xfb\x1f\xff\xfb\x27");
    OBEY(&line, "\xff\xfb\x03\xff\xfd\x18\xff\xfd\x1f\xff\xfe\x27");
    EXPECT(line.wire, "\xff\xfa\x1f\0\x50\0\x18\xff\xf0"); /* the rest is settled */
    EXPECT_SILENCE(&line);
    testing_close(&line);
}

static void binary_is_asked_for_each_way(void)
{
    struct line line;

    testing_open(&line, (struct telnet_options){ .binary_in = true, .binary_out = true });
    EXPECT(line.wire, "\xff\xfd\x00\xff\xfb\x00");
    WRITE(line.telnet, "\n");
    EXPECT(line.wire, "\r\n"); /* not agreed on yet */
    WRITE(line.wire, "\r\0\xff\xfb\x00\r\0\xff\xfd\x00");
    EXPECT(line.telnet, "\r\r\0");
    OBEY(&line, "");
    WRITE(line.telnet, "\n\r\xff");
    EXPECT(line.wire, "\n\r\xff\xff");
    testing_close(&line);
}

static void requests_are_sent_when_they_say_something(void)
{
    struct line line;

    testing_open(&line, (struct telnet_options){ 0 });
    assert_int_equal(telnet_send_request(line.telnet, TELNET_DO, TELNET_TELOPT_ECHO), 0);
    assert_int_equal(telnet_send_request(line.telnet, TELNET_DO, TELNET_TELOPT_ECHO), 0);
    assert_int_equal(telnet_send_request(line.telnet, TELNET_WONT, TELNET_TELOPT_SGA), 0);
    EXPECT(line.wire, "\xff\xfd\x01");
    EXPECT_SILENCE(&line);
    testing_close(&line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_NET(echo_and_go_ahead_are_agreed_on),
        ON_NET(what_is_agreed_on_already_is_not_answered),
        ON_NET(what_we_are_not_ready_for_is_refused),
        ON_NET(who_refuses_agrees_to_nothing),
        ON_NET(compression_does_not_begin),
        ON_NET(the_terminal_type_is_told_when_it_is_asked_for),
        ON_NET(a_terminal_without_a_type_is_unknown),
        ON_NET(the_size_is_told_and_told_again),
        ON_NET(a_size_that_is_known_later_is_told_from_then_on),
        ON_NET(the_user_is_told_to_whom_it_may_concern),
        ON_NET(the_user_is_not_told_to_who_asks_for_something_else),
        ON_NET(who_begins_says_what_it_is_ready_for),
        ON_NET(binary_is_asked_for_each_way),
        ON_NET(requests_are_sent_when_they_say_something),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

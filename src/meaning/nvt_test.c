/* Telnet that is overheard. */
#include "meaning/nvt.h"
#include "meaning/testing.h"

#define BYTES(text) text, sizeof(text) - 1
#define KNOWN(side)                                                                                                \
    side " this is telnet, which joins a terminal to a program far away, with nothing hidden from who listens on " \
         "the way (RFC 854)\n"
#define NOP       "\xff\xf1" /* makes it telnet */
#define NOP_TOLD  "IAC NOP: nothing: it shows that the connection lives (RFC 854)\n"
#define NO_ANSWER "C the answer to the question for a secret, which is not shown\n"
#define ASKS      ": the server asks for a secret: what the client answers is not shown\n"

static void options_are_asked_for_and_answered(void **state)
{
    const struct said said[] = {
        { SIDE_SERVER, BYTES("\xff\xfd\x18\xff\xfd\x20\xff\xfb\x01\xff\xfb\x03") },
        { SIDE_CLIENT, BYTES("\xff\xfb\x18\xff\xfc\x20\xff\xfd\x01\xff\xfe\x03\xff\xfb\x56") },
        { SIDE_CLIENT, BYTES("\xff\xfc\x18\xff\xfe\x01") },
    };

    (void)state;
    EXPECT_REMARKS(
        said, 23,
        KNOWN("S") "S IAC DO TERMINAL-TYPE: the server asks the client for an option: whoever does it tells which kind "
                   "of "
                   "terminal it has (RFC 1091)\n"
                   "S IAC DO TERMINAL-SPEED: the server asks the client for an option: whoever does it tells how fast "
                   "its "
                   "terminal is (RFC 1079)\n"
                   "S IAC WILL ECHO: the server offers an option: whoever does it sends back the characters that it "
                   "receives "
                   "(RFC 857)\n"
                   "S IAC WILL SUPPRESS-GO-AHEAD: the server offers an option: whoever does it leaves out GO AHEAD: "
                   "both sides "
                   "may send at any time (RFC 858)\n"
                   "C IAC WILL TERMINAL-TYPE: the client agrees to what the server asked for (RFC 1091)\n"
                   "C IAC WONT TERMINAL-SPEED: the client refuses what the server asked for (RFC 1079)\n"
                   "C IAC DO ECHO: the client accepts what the server offered (RFC 857)\n"
                   "C IAC DONT SUPPRESS-GO-AHEAD: the client does not want what the server offered (RFC 858)\n"
                   "C IAC WILL 86: the client offers an option: an option that is not registered (RFC 855)\n"
                   "C IAC WONT TERMINAL-TYPE: the client does not use an option, or no longer: whoever does it tells "
                   "which kind "
                   "of terminal it has (RFC 1091)\n"
                   "C IAC DONT ECHO: the client asks the server not to use an option, or to stop: whoever does it "
                   "sends back the "
                   "characters that it receives (RFC 857)\n");
}

static void parameters_are_read(void **state)
{
    const struct said said[] = {
        { SIDE_SERVER, BYTES("\xff\xfa\x18\x01\xff\xf0") },
        { SIDE_CLIENT, BYTES("\xff\xfa\x18\0xterm\xff\xf0\xff\xfa\x1f\0\x50\xff\xff\x18\xff\xf0") },
        { SIDE_CLIENT,
          BYTES("\xff\xfa\x27\0\0USER\1me\xff\xf0\xff\xfa\x56\xff\xff\xff\xff\xff\xf0\xff\xfa\x01\xff\xf0") },
    };

    (void)state;
    EXPECT_REMARKS(
        said, 23,
        KNOWN("S") "S IAC SB TERMINAL-TYPE SEND: asks which kind of terminal the other side has (RFC 1091)\n"
                   "C IAC SB TERMINAL-TYPE IS xterm: the kind of terminal that this side has (RFC 1091)\n"
                   "C IAC SB NAWS 80 65304: the window of this side has 80 columns and 65304 lines (0: not said) (RFC "
                   "1073)\n"
                   "C IAC SB NEW-ENVIRON IS: variables of the environment; what is in them is not shown (RFC 1572)\n"
                   "C IAC SB 86: 2 bytes of parameters of this option (RFC 855)\n"
                   "C IAC SB ECHO: 0 bytes of parameters of this option (RFC 857)\n");
}

static void commands_that_stand_alone_are_told(void **state)
{
    const struct said said[] = { { SIDE_CLIENT, BYTES(NOP "\xff\xf4\xff\xf6\xff\x01") } };

    (void)state;
    EXPECT_REMARKS(said, 23,
                   KNOWN("C") "C " NOP_TOLD "C IAC IP: the program is to be interrupted, as with Ctrl-C (RFC 854)\n"
                              "C IAC AYT: are you there: the other side is to show that it lives (RFC 854)\n"
                              "C IAC 1: no command that is known here has this number (RFC 854)\n");
}

static void text_is_told_by_lines_without_commands(void **state)
{
    const struct said said[] = {
        { SIDE_SERVER, BYTES(NOP "one\r\n\r\ntwo" NOP "three\r\nfour\xff\xff\rfive\r\n") },
        { SIDE_CLIENT, BYTES("six\r\0seven\r\0eight\nnine\r") },
        { SIDE_CLIENT, NULL, 0 },
    };

    (void)state;
    EXPECT_REMARKS(
        said, 23,
        KNOWN("S") "S " NOP_TOLD "S one\nS two\nS " NOP_TOLD "S three\nS four\\xff\\rfive\n"
                   "C six\n+C the line ends with CR NUL: a return without a new line, which is how many clients "
                   "send the Enter key (RFC 1123, 3.3.1)\n"
                   "C seven\nC eight\n+C the line ends with LF alone; in telnet that is CR LF (RFC 854)\nC nine\n");
}

static void a_question_without_an_end_is_told_before_its_answer(void **state)
{
    const struct said said[] = {
        { SIDE_SERVER, BYTES(NOP "login: ") },
        { SIDE_CLIENT, BYTES("root\r\n") },
        { SIDE_SERVER, BYTES("root\r\n$ ") },
        { SIDE_SERVER, NULL, 0 },
    };

    (void)state;
    EXPECT_REMARKS(said, 23, KNOWN("S") "S " NOP_TOLD "S login: \nC root\nS root\nS $ \n");
}

static void the_answer_to_a_question_for_a_password_is_not_quoted(void **state)
{
    const struct said said[] = {
        { SIDE_SERVER, BYTES(NOP "Password: ") },
        { SIDE_CLIENT, BYTES("sec") },
        { SIDE_CLIENT, BYTES(NOP "ret\r\n") },
        { SIDE_SERVER, BYTES("\r\n$ ") },
        { SIDE_CLIENT, BYTES("ls\r\n") },
        { SIDE_SERVER, BYTES("Enter the PASSPHRASE\r\n") },
        { SIDE_CLIENT, BYTES("secret\n") },
        { SIDE_SERVER, BYTES("Contrase\xc3\xb1"
                             "a: secret\r\n") },
        { SIDE_CLIENT, BYTES("secret") },
        { SIDE_CLIENT, NULL, 0 },
    };

    (void)state;
    EXPECT_REMARKS(
        said, 23,
        KNOWN("S") "S " NOP_TOLD "S Password: " ASKS NO_ANSWER "C " NOP_TOLD NO_ANSWER "S $ \nC ls\n"
                   "S Enter the PASSPHRASE" ASKS NO_ANSWER
                   "+C the line ends with LF alone; in telnet that is CR LF (RFC 854)\n"
                   "S Contrase\xc3\xb1"
                   "a:: the server asks for a secret: what stands behind the question is not shown\n" NO_ANSWER);
}

static void what_is_typed_key_by_key_is_told_as_a_line(void **state)
{
    const struct said said[] = {
        { SIDE_SERVER, BYTES(NOP "login: ") }, { SIDE_CLIENT, BYTES("m") }, { SIDE_SERVER, BYTES("m") },
        { SIDE_CLIENT, BYTES("e") },           { SIDE_SERVER, BYTES("e") }, { SIDE_CLIENT, BYTES("\r\n") },
        { SIDE_SERVER, BYTES("\r\n") },
    };

    (void)state;
    EXPECT_REMARKS(said, 23, KNOWN("S") "S " NOP_TOLD "S login: me\nC me\n");
}

static void encryption_ends_the_telling(void **state)
{
    const struct said said[] = {
        { SIDE_CLIENT, BYTES("\xff\xfa\x26\3\0\xff\xf0xyz\xff\r\n") },
        { SIDE_CLIENT, NULL, 0 },
    };

    (void)state;
    EXPECT_REMARKS(
        said, 23,
        KNOWN("C") "C IAC SB ENCRYPT START: from here on this side encrypts what it sends; nothing more is told of it "
                   "(RFC 2946)\n");
}

static void a_long_line_is_told_in_parts(void **state)
{
    char line[2 * NVT_LINE_MAX + 8];
    const struct said said[] = { { SIDE_SERVER, BYTES(NOP) }, { SIDE_SERVER, line, sizeof line } };

    (void)state;
    memset(line, 'x', sizeof line);
    memcpy(line + NVT_LINE_MAX - 1, "\xff\xff", 2); /* a pair that a part must not split */
    memcpy(line + sizeof line - 2, "\r\n", 2);
    char *lines = overhear_all(said, 2, 23, 1), *whole = overhear_all(said, 2, 23, 100000);
    assert_string_equal(lines, whole);
    assert_non_null(strstr(lines, "\\xff\nS xx"));
    assert_non_null(strstr(lines, "\nS xxxxx\n"));
    free(lines);
    free(whole);
}

static void a_command_that_is_cut_off_is_noticed(void **state)
{
    const struct said said[] = { { SIDE_CLIENT, BYTES(NOP "\xff\xfa\x18") }, { SIDE_CLIENT, NULL, 0 } };

    (void)state;
    EXPECT_REMARKS(said, 23,
                   KNOWN("C") "C " NOP_TOLD "C the end came too early, in the middle of a command (RFC 854)\n");
}

static void bytes_255_alone_do_not_make_it_telnet(void **state)
{
    static const struct said others[] = {
        { SIDE_SERVER, BYTES("\xff\xff\xff\xff\r\n") },
        { SIDE_SERVER, BYTES("\xff\xd8\xff\xe0\r\n") },
        { SIDE_SERVER, BYTES("price: 3 \xff\xf1\r\n") },
        { SIDE_SERVER, BYTES("\x01\xff\xfb\x01\r\n") },
        { SIDE_SERVER, BYTES("hello\r\n") },
    };

    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        char *lines = overhear_all(&others[i], 1, 23, 1000);
        assert_null(strstr(lines, "telnet"));
        free(lines);
    }
}

static void a_greeting_may_come_before_the_first_command(void **state)
{
    const struct said said[] = { { SIDE_SERVER, BYTES("Welcome\r\n\xff\xfb\x01") } };
    char *lines = overhear_all(said, 1, 23, 1000);

    (void)state;
    assert_string_equal(lines,
                        KNOWN("S") "S Welcome\nS IAC WILL ECHO: the server offers an option: whoever does it sends "
                                   "back the characters that it receives (RFC 857)\n");
    free(lines);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_are_asked_for_and_answered),
        cmocka_unit_test(parameters_are_read),
        cmocka_unit_test(commands_that_stand_alone_are_told),
        cmocka_unit_test(text_is_told_by_lines_without_commands),
        cmocka_unit_test(a_question_without_an_end_is_told_before_its_answer),
        cmocka_unit_test(the_answer_to_a_question_for_a_password_is_not_quoted),
        cmocka_unit_test(what_is_typed_key_by_key_is_told_as_a_line),
        cmocka_unit_test(encryption_ends_the_telling),
        cmocka_unit_test(a_long_line_is_told_in_parts),
        cmocka_unit_test(a_command_that_is_cut_off_is_noticed),
        cmocka_unit_test(bytes_255_alone_do_not_make_it_telnet),
        cmocka_unit_test(a_greeting_may_come_before_the_first_command),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

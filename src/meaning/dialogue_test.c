#include "meaning/testing.h"

#define UNKNOWN "no protocol that is known here: the words are shown as they are\n"

static void unknown_lines_are_shown_as_they_are(void **state)
{
    const struct said said[] = {
        { SIDE_CLIENT, "hola\r\nque tal\n", 0 },
        { SIDE_SERVER, "bien\n", 0 },
        { SIDE_CLIENT, "y", 0 },
        { SIDE_CLIENT, NULL, 0 },
        { SIDE_SERVER, NULL, 0 },
    };

    (void)state;
    EXPECT_REMARKS(said, 7000, "C " UNKNOWN "C hola\nC que tal\nS bien\nC y\n");
}

static void an_echo_is_noticed_once(void **state)
{
    const struct said said[] = {
        { SIDE_CLIENT, "hola\n", 0 },
        { SIDE_SERVER, "hola\n", 0 },
        { SIDE_CLIENT, "hola\n", 0 },
        { SIDE_SERVER, "hola\n", 0 },
    };

    (void)state;
    EXPECT_REMARKS(said, 7,
                   "C " UNKNOWN
                   "C hola\nS hola\nS the same came back as was sent: an echo service does that (RFC 862)\n"
                   "C hola\nS hola\n");
}

static void many_lines_in_one_go_are_counted(void **state)
{
    const struct said said[] = {
        { SIDE_CLIENT, "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n", 0 },
        { SIDE_SERVER, "bien\n", 0 },
        { SIDE_CLIENT, "11\n", 0 },
        { SIDE_CLIENT, NULL, 0 },
    };

    (void)state;
    EXPECT_REMARKS(said, 7000,
                   "C " UNKNOWN "C 1\nC 2\nC 3\nC 4\nC 5\nC 6\nC 7\nC 8\nC and 2 more lines, of 3 bytes\n"
                   "S bien\nC 11\n");
}

static void bytes_that_are_no_text_are_shown_as_hex(void **state)
{
    char *lines = overhear_all((const struct said[]){ { SIDE_CLIENT, "\0\1\2", 3 } }, 1, 7000, 100);

    (void)state;
    assert_string_equal(lines, "C " UNKNOWN "C 3 bytes that are no text: 00 01 02\n");
    free(lines);
    lines = overhear_all((const struct said[]){ { SIDE_CLIENT, "\x80", 0 } }, 1, 7000, 100);
    assert_string_equal(lines, "C " UNKNOWN "C 1 byte that is no text: 80\n");
    free(lines);
}

static void a_character_in_two_pieces_is_text(void **state)
{
    const struct said said[] = { { SIDE_CLIENT, "se\303\261al \342\202\254\n", 0 } };

    (void)state;
    EXPECT_REMARKS(said, 7000, "C " UNKNOWN "C se\303\261al \342\202\254\n");
}

static void a_line_without_end_is_bounded(void **state)
{
    char *line = malloc(3 * DIALOGUE_PENDING_MAX);
    const struct said said[] = {
        { SIDE_CLIENT, line, 3 * DIALOGUE_PENDING_MAX },
        { SIDE_CLIENT, "\nshort\n", 0 },
    };

    (void)state;
    memset(line, 'x', 3 * DIALOGUE_PENDING_MAX);
    char *lines = overhear_all(said, 2, 7000, 1000);
    assert_non_null(strstr(lines, "longer than the 20480 bytes that are looked at"));
    assert_non_null(strstr(lines, "\nC short\n"));
    free(lines);
    free(line);
}

/* Whether it holds a secret was not looked at, as it never was whole. */
static void a_line_of_a_protocol_that_is_too_long_is_not_quoted(void **state)
{
    char *line = malloc(3 * DIALOGUE_PENDING_MAX);
    const struct said said[] = {
        { SIDE_SERVER, "+OK POP3 ready\r\n", 0 },
        { SIDE_CLIENT, line, 3 * DIALOGUE_PENDING_MAX },
    };

    (void)state;
    memset(line, 'x', 3 * DIALOGUE_PENDING_MAX);
    memcpy(line, "PASS secret", strlen("PASS secret"));
    char *lines = overhear_all(said, 2, 7000, 110);
    assert_non_null(strstr(lines, "\nC longer than the 20480 bytes that are looked at"));
    assert_null(strstr(lines, "secret"));
    free(lines);
    free(line);
}

static void what_was_not_seen_ends_the_telling(void **state)
{
    struct overheard overheard = { .hearer.hear = overhear };
    struct dialogue *dialogue;

    (void)state;
    assert_int_equal(dialogue_new(&overheard.hearer, 0, false, &dialogue), 0);
    dialogue_say(dialogue, SIDE_CLIENT, zoc_bytes_of("one\n"));
    dialogue_miss(dialogue, SIDE_SERVER, 70000);
    dialogue_say(dialogue, SIDE_CLIENT, zoc_bytes_of("two\n"));
    dialogue_free(dialogue);
    assert_int_equal(zoc_buffer_append(&overheard.lines, "", 1), 0);
    assert_string_equal(overheard.lines.data,
                        "C " UNKNOWN "C one\n"
                        "S bytes passed that were not looked at; nothing more is told of the words\n");
    zoc_buffer_release(&overheard.lines);
}

static void each_datagram_is_whole(void **state)
{
    struct overheard overheard = { .hearer.hear = overhear };
    struct dialogue *dialogue;

    (void)state;
    assert_int_equal(dialogue_new(&overheard.hearer, 0, true, &dialogue), 0);
    dialogue_say(dialogue, SIDE_CLIENT, zoc_bytes_of("one"));
    dialogue_say(dialogue, SIDE_SERVER, zoc_bytes_of("one"));
    dialogue_say(dialogue, SIDE_CLIENT, zoc_bytes_of(""));
    dialogue_free(dialogue);
    assert_int_equal(zoc_buffer_append(&overheard.lines, "", 1), 0);
    assert_string_equal(overheard.lines.data,
                        "C " UNKNOWN
                        "C one\nS one\nS the same came back as was sent: an echo service does that (RFC 862)\n");
    zoc_buffer_release(&overheard.lines);
}

static void words_are_between_blanks(void **state)
{
    zoc_bytes line = zoc_bytes_of("  MAIL \t FROM:<a>  ");
    zoc_bytes word = dialogue_word(&line);

    (void)state;
    assert_int_equal(word.size, 4);
    assert_memory_equal(word.data, "MAIL", 4);
    word = dialogue_word(&line);
    assert_int_equal(word.size, 8);
    assert_int_equal(line.size, 0);
    assert_int_equal(dialogue_word(&line).size, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unknown_lines_are_shown_as_they_are),
        cmocka_unit_test(an_echo_is_noticed_once),
        cmocka_unit_test(many_lines_in_one_go_are_counted),
        cmocka_unit_test(bytes_that_are_no_text_are_shown_as_hex),
        cmocka_unit_test(a_character_in_two_pieces_is_text),
        cmocka_unit_test(a_line_without_end_is_bounded),
        cmocka_unit_test(a_line_of_a_protocol_that_is_too_long_is_not_quoted),
        cmocka_unit_test(what_was_not_seen_ends_the_telling),
        cmocka_unit_test(each_datagram_is_whole),
        cmocka_unit_test(words_are_between_blanks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

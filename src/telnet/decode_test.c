#include "telnet/decode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* --- what was found, as one text: text in brackets, commands in words ------------------------------- */

struct found {
    char text[4096];
    size_t size;
    bool in_text;
};

static void note(struct found *found, const char *text, size_t size)
{
    assert_true(found->size + size < sizeof found->text);
    memcpy(found->text + found->size, text, size);
    found->size += size;
}

static void note_text(struct found *found, zoc_bytes text)
{
    if (!found->in_text)
        note(found, "[", 1);
    found->in_text = true;
    note(found, text.data, text.size);
}

static void note_command(struct found *found, const struct telnet_command *command)
{
    char words[256];

    if (found->in_text)
        note(found, "]", 1);
    found->in_text = false;
    note(found, "(", 1);
    telnet_command_text(command, words, sizeof words);
    note(found, words, strlen(words));
    note(found, ")", 1);
}

/* Each piece lies in memory of its own, of its own size, so that a tool sees a step beyond. */
static enum decoded feed(struct decoder *decoder, const char *data, size_t size, struct found *found)
{
    char *copy = malloc(size > 0 ? size : 1);
    zoc_bytes rest = { memcpy(copy, data, size), size };
    enum decoded last = DECODED_ALL;

    while (rest.size > 0 && last != DECODED_TOO_LONG) {
        struct telnet_command command = { 0 };
        zoc_bytes text = { 0 };
        last = decode_bytes(decoder, &rest, &text, &command);
        if (last == DECODED_TEXT)
            note_text(found, text);
        else if (last == DECODED_COMMAND)
            note_command(found, &command);
    }
    free(copy);
    return last;
}

static void end(struct decoder *decoder, struct found *found)
{
    zoc_bytes text = decode_end(decoder);

    if (text.size > 0)
        note_text(found, text);
    if (found->in_text)
        note(found, "]", 1);
}

static void expect(const struct decoder *start, const char *data, size_t size, const char *wanted, size_t wanted_size)
{
    for (size_t first = 0; first <= size; first++)
        for (size_t second = first; second <= size; second++) {
            struct decoder decoder = *start;
            struct found found = { 0 };
            feed(&decoder, data, first, &found);
            feed(&decoder, data + first, second - first, &found);
            feed(&decoder, data + second, size - second, &found);
            end(&decoder, &found);
            assert_int_equal(found.size, wanted_size);
            assert_memory_equal(found.text, wanted, wanted_size);
        }
}

/* At every two places to cut, and the empty pieces too. */
#define EXPECT(start, data, wanted) expect((start), (data), sizeof(data) - 1, (wanted), sizeof(wanted) - 1)

static const struct decoder telnet, plain = { .plain = true }, binary = { .binary = true };

/* --- text ------------------------------------------------------------------------------------------ */

static void text_is_text(void **state)
{
    (void)state;
    EXPECT(&telnet, "hello", "[hello]");
    EXPECT(&telnet, "a\nb\r\nc\td\0e", "[a\nb\r\nc\td\0e]");
}

static void a_doubled_255_is_one(void **state)
{
    (void)state;
    EXPECT(&telnet,
           "a\xff\xff"
           "b\xff\xff\xff\xff",
           "[a\xff"
           "b\xff\xff]");
    EXPECT(&binary, "\xff\xff\r", "[\xff\r]");
}

static void the_nul_after_a_cr_is_left_out(void **state)
{
    (void)state;
    EXPECT(&telnet, "a\r\0b\r\0\0c\r\r\0\r\n\0", "[a\rb\r\0c\r\r\r\n\0]");
    EXPECT(&telnet, "\r\0", "[\r]");
    EXPECT(&telnet, "\r", "[\r]");
}

static void in_binary_it_stays(void **state)
{
    (void)state;
    EXPECT(&binary, "a\r\0b\r\n", "[a\r\0b\r\n]");
}

static void a_command_comes_between_cr_and_nul(void **state)
{
    (void)state;
    EXPECT(&telnet, "\r\xff\xf1\0", "[\r](NOP)[\0]");
}

/* --- commands -------------------------------------------------------------------------------------- */

static void commands_are_taken_out(void **state)
{
    (void)state;
    EXPECT(&telnet,
           "a\xff\xf6"
           "b\xff\xf9\xff\xf2",
           "[a](AYT)[b](GA)(DM)");
    EXPECT(&telnet, "\xff\xfb\x01\xff\xfc\x03\xff\xfd\x1f\xff\xfe\xff", //
           "(WILL ECHO)(WONT SUPPRESS-GO-AHEAD)(DO NAWS)(DONT EXTENDED-OPTIONS)");
    EXPECT(&telnet, "\xff\x07x\xff\xf0", "(7)[x](SE)");
}

static void subnegotiations_are_taken_out(void **state)
{
    (void)state;
    EXPECT(&telnet, "a\xff\xfa\x18\x01\xff\xf0z", "[a](SB TERMINAL-TYPE 1)[z]");
    EXPECT(&telnet, "\xff\xfa\x1f\xff\xff\xff\xff\0\x18\xff\xf0", "(SB NAWS 255 255 0 24)");
    EXPECT(&telnet, "\xff\xfa\x2a\xff\xf0", "(SB 42)");
    EXPECT(&telnet, "\xff\xfa\xff\r\0\xff\xf0", "(SB EXTENDED-OPTIONS 13 0)");
}

static void a_subnegotiation_without_its_end_is_forgotten_at_the_next_command(void **state)
{
    (void)state;
    EXPECT(&telnet, "\xff\xfa\x18\x01\xff\xf6x", "(AYT)[x]");
    EXPECT(&telnet, "\xff\xfa\x18\x01\xff\xfd\x1fx", "(DO NAWS)[x]");
    EXPECT(&telnet, "\xff\xfa\x18\x01\xff\xfa\x18\x01\xff\xf0", "(SB TERMINAL-TYPE 1)");
}

static void an_end_in_the_middle_of_a_command_leaves_nothing(void **state)
{
    (void)state;
    EXPECT(&telnet, "x\xff", "[x]");
    EXPECT(&telnet, "x\xff\xfd", "[x]");
    EXPECT(&telnet, "x\xff\xfa", "[x]");
    EXPECT(&telnet, "x\xff\xfa\x18\x01\xff", "[x]");
}

static enum decoded feed_subnegotiation(size_t size)
{
    static char data[TELNET_PARAMETERS_MAX + 16];
    struct decoder decoder = telnet;
    struct found found = { 0 };

    memset(data, 'x', sizeof data);
    memcpy(data, "\xff\xfa\x18", 3);
    memcpy(data + 3 + size, "\xff\xf0", 2);
    return feed(&decoder, data, 5 + size, &found);
}

static void a_subnegotiation_has_a_longest_size(void **state)
{
    (void)state;
    assert_int_equal(feed_subnegotiation(TELNET_PARAMETERS_MAX), DECODED_COMMAND);
    assert_int_equal(feed_subnegotiation(TELNET_PARAMETERS_MAX + 1), DECODED_TOO_LONG);
}

/* --- plain until it is telnet ---------------------------------------------------------------------- */

static void plain_bytes_pass(void **state)
{
    (void)state;
    EXPECT(&plain, "a\r\0b\xff\xff\xff\0\xff\xf9\xff", "[a\r\0b\xff\xff\xff\0\xff\xf9\xff]");
    EXPECT(&plain, "\xff", "[\xff]");
    EXPECT(&plain, "\xff\xff\xff\xff", "[\xff\xff\xff\xff]");
}

static void each_request_ends_plainness(void **state)
{
    (void)state;
    EXPECT(&plain, "\xff\xff\xff\xfb\x01\xff\xff\r\0", "[\xff\xff](WILL ECHO)[\xff\r]");
    EXPECT(&plain, "\xff\xfc\x01\r\0", "(WONT ECHO)[\r]");
    EXPECT(&plain, "\xff\xfd\x01\r\0", "(DO ECHO)[\r]");
    EXPECT(&plain, "\xff\xfe\x01\r\0", "(DONT ECHO)[\r]");
    EXPECT(&plain, "a\xff\xfa\x18\x01\xff\xf0\r\0", "[a](SB TERMINAL-TYPE 1)[\r]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_text),
        cmocka_unit_test(a_doubled_255_is_one),
        cmocka_unit_test(the_nul_after_a_cr_is_left_out),
        cmocka_unit_test(in_binary_it_stays),
        cmocka_unit_test(a_command_comes_between_cr_and_nul),
        cmocka_unit_test(commands_are_taken_out),
        cmocka_unit_test(subnegotiations_are_taken_out),
        cmocka_unit_test(a_subnegotiation_without_its_end_is_forgotten_at_the_next_command),
        cmocka_unit_test(an_end_in_the_middle_of_a_command_leaves_nothing),
        cmocka_unit_test(a_subnegotiation_has_a_longest_size),
        cmocka_unit_test(plain_bytes_pass),
        cmocka_unit_test(each_request_ends_plainness),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "explain/teller.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static char written[4096];

static void write_down(void *arg, zoc_bytes lines)
{
    size_t used = strlen(written);

    (void)arg;
    snprintf(written + used, sizeof written - used, "%.*s", (int)lines.size, lines.data);
}

static const enum side client = SIDE_CLIENT, server = SIDE_SERVER;

static const struct telling greeting = {
    .time = 1012 * ZOC_MILLISECOND,
    .layer = LAYER_APPLICATION,
    .event = "message",
    .protocol = "smtp",
    .speaker = &client,
    .quote = { "EHLO me.example", 15 },
    .text = "the client says who it is",
    .reference = RFC(5321, "4.1.1.1"),
};

static void expect_told(struct teller_options options, const struct telling *telling, const char *expected)
{
    struct teller teller;

    written[0] = '\0';
    options.write = write_down;
    teller_init(&teller, &options, 1000 * ZOC_MILLISECOND);
    teller_tell(&teller, telling);
    assert_string_equal(written, expected);
}

static void a_line_has_its_time_and_its_layer(void **state)
{
    const struct teller_options plain = { .paper.utf8 = true };

    (void)state;
    expect_told(plain, &greeting,
                "  0.012 s  application  → EHLO me.example: the client says who it is (RFC 5321, 4.1.1.1)\n");
}

static void the_end_of_a_folded_line_stands_below_its_text(void **state)
{
    const struct teller_options terminal = { .paper = { .columns = 66, .utf8 = true } };

    (void)state;
    expect_told(terminal, &greeting,
                "  0.012 s  application  → EHLO me.example: the client says who it\n"
                "                        is (RFC 5321, 4.1.1.1)\n");
}

static void on_narrow_paper_it_begins_further_left(void **state)
{
    const struct teller_options narrow = { .paper = { .columns = 44 } };

    (void)state;
    expect_told(narrow, &greeting,
                "  0.012 s  application  -> EHLO me.example:\n"
                "    the client says who it is (RFC 5321,\n"
                "    4.1.1.1)\n");
}

static void a_layer_has_a_colour_where_there_are_some(void **state)
{
    const struct teller_options colour = { .paper.colour = true };
    const struct telling telling = { .time = ZOC_SECOND,
                                     .layer = LAYER_LINK,
                                     .event = "path",
                                     .speaker = &server,
                                     .connection = "#3",
                                     .text = "no wire" };

    (void)state;
    expect_told(colour, &telling, "  0.000 s  \033[35mlink\033[0m         #3: <- no wire\n");
}

static void what_was_said_is_escaped_and_cut(void **state)
{
    struct telling telling = { .time = ZOC_SECOND, .event = "message", .speaker = &server, .text = "" };
    static char said[200];

    (void)state;
    telling.quote = zoc_bytes_of("red \033[31malert");
    expect_told((struct teller_options){ 0 }, &telling, "  0.000 s  application  <- red \\e[31malert\n");
    memset(said, 'a', sizeof said);
    telling.quote = (zoc_bytes){ said, sizeof said };
    expect_told(
        (struct teller_options){ 0 }, &telling,
        "  0.000 s  application  <- aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...\n");
}

static void what_is_no_text_is_shown_as_numbers(void **state)
{
    const struct telling telling = {
        .time = ZOC_SECOND,
        .event = "message",
        .speaker = &server,
        .quote = { "\x16\x03\x01\x00\xff\x16\x03\x01\x00\xff\x16\x03\x01\x00\xff\x16\x03", 17 },
        .text = "a record",
    };

    (void)state;
    expect_told((struct teller_options){ 0 }, &telling,
                "  0.000 s  application  <- 16 03 01 00 ff 16 03 01 00 ff 16 03 01 00 ff 16 ...: a record\n");
}

static void programs_get_an_object_for_each_event(void **state)
{
    const struct teller_options json = { .json = true, .paper = { .columns = 40, .colour = true } };
    const struct telling bare = {
        .time = 3 * ZOC_SECOND + 5, .layer = LAYER_LINK, .event = "path", .text = "no \"wire\""
    };

    (void)state;
    expect_told(
        json, &greeting,
        "{\"time\":0.012000000,\"layer\":\"application\",\"event\":\"message\",\"protocol\":\"smtp\",\"from\":"
        "\"client\","
        "\"quote\":\"EHLO me.example\",\"text\":\"the client says who it is\",\"rfc\":5321,\"section\":\"4.1.1.1\"}\n");
    expect_told(json, &bare,
                "{\"time\":2.000000005,\"layer\":\"link\",\"event\":\"path\",\"text\":\"no \\\"wire\\\"\"}\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_has_its_time_and_its_layer),
        cmocka_unit_test(the_end_of_a_folded_line_stands_below_its_text),
        cmocka_unit_test(on_narrow_paper_it_begins_further_left),
        cmocka_unit_test(a_layer_has_a_colour_where_there_are_some),
        cmocka_unit_test(what_was_said_is_escaped_and_cut),
        cmocka_unit_test(what_is_no_text_is_shown_as_numbers),
        cmocka_unit_test(programs_get_an_object_for_each_event),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

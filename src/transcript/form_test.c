#include "transcript/form.h"

#include "transcript/testing.h"

#include <stdio.h>

static void expect_line(const struct form_event *event, const char *line)
{
    zoc_buffer text = { 0 };

    assert_int_equal(form_event(&text, event), 0);
    assert_int_equal(zoc_buffer_append(&text, "", 1), 0);
    assert_string_equal(text.data, line);
    zoc_buffer_release(&text);
}

static void expect_data(zoc_bytes bytes, const char *field)
{
    char line[512];

    snprintf(line, sizeof line, "{\"time_ns\":7,\"connection\":2,\"event\":\"data\",\"from\":\"client\",%s}\n", field);
    expect_line(&(struct form_event){ .event = "data", .time = 7, .connection = 2, .from = "client", .data = &bytes },
                line);
}

static void the_first_line_says_which_version_and_who(void **state)
{
    zoc_buffer text = { 0 };

    (void)state;
    assert_int_equal(form_header(&text, 1796023423123456789, "zocalo connect"), 0);
    assert_int_equal(zoc_buffer_append(&text, "", 1), 0);
    assert_string_equal(text.data, "{\"event\":\"transcript\",\"version\":1,\"started\":\"2026-11-30T07:23:43.123Z\","
                                   "\"by\":\"zocalo connect\"}\n");
    zoc_buffer_release(&text);
}

static void an_event_has_the_fields_that_it_was_given(void **state)
{
    (void)state;
    expect_line(&(struct form_event){ .event = "closed" }, "{\"time_ns\":0,\"event\":\"closed\"}\n");
    expect_line(&(struct form_event){ .event = "end", .time = INT64_MAX, .connection = 4294967295U, .from = "server" },
                "{\"time_ns\":9223372036854775807,\"connection\":4294967295,\"event\":\"end\",\"from\":\"server\"}\n");
    expect_line(&(struct form_event){ .event = "x", .client = "a\"", .server = "b\\", .name = "c\n", .error = "d\xff" },
                "{\"time_ns\":0,\"event\":\"x\",\"client\":\"a\\\"\",\"server\":\"b\\\\\",\"name\":\"c\\n\","
                "\"error\":\"d\\ufffd\"}\n");
}

static void text_is_a_string_and_other_bytes_are_base64(void **state)
{
    (void)state;
    expect_data(zoc_bytes_of(""), "\"text\":\"\"");
    expect_data(zoc_bytes_of("GET / HTTP/1.0\r\n"), "\"text\":\"GET / HTTP/1.0\\r\\n\"");
    expect_data(zoc_bytes_of("z\xc3\xb3"
                             "calo \xf0\x9f\x8f\x9b"),
                "\"text\":\"z\xc3\xb3"
                "calo \xf0\x9f\x8f\x9b\"");
    expect_data(zoc_bytes_of("\033[m\x7f\xc2\x9b"), "\"text\":\"\\u001b[m\\u007f\\u009b\"");
    expect_data((zoc_bytes){ "a\0b", 3 }, "\"base64\":\"YQBi\"");
    expect_data(zoc_bytes_of("caf\xe9"), "\"base64\":\"Y2Fm6Q==\"");
    expect_data(zoc_bytes_of("\xc3"), "\"base64\":\"ww==\"");
}

static void a_datagram_is_said_to_be_one(void **state)
{
    zoc_bytes bytes = zoc_bytes_of("");

    (void)state;
    expect_line(&(struct form_event){ .event = "data", .data = &bytes, .datagram = true },
                "{\"time_ns\":0,\"event\":\"data\",\"text\":\"\",\"datagram\":true}\n");
}

/* --- pieces --------------------------------------------------------------------------------------- */

static void expect_piece(zoc_bytes *rest, size_t size)
{
    const char *start = rest->data;
    size_t all = rest->size;
    zoc_bytes piece = form_piece(rest);

    assert_ptr_equal(piece.data, start);
    assert_int_equal(piece.size, size);
    assert_ptr_equal(rest->data, start + size);
    assert_int_equal(rest->size, all - size);
}

static void pieces_end_at_their_limit(void **state)
{
    static char data[TRANSCRIPT_PIECE_MAX + 1];
    zoc_bytes rest = { data, sizeof data - 1 };

    (void)state;
    expect_piece(&rest, TRANSCRIPT_PIECE_MAX);
    rest = (zoc_bytes){ data, sizeof data };
    expect_piece(&rest, TRANSCRIPT_PIECE_MAX);
    expect_piece(&rest, 1);
    expect_piece(&rest, 0);
}

static void pieces_cut_no_character(void **state)
{
    static char data[TRANSCRIPT_PIECE_MAX + 8];

    (void)state;
    for (size_t before = 0; before < 4; before++) {
        memset(data, 'x', sizeof data);
        memcpy(data + TRANSCRIPT_PIECE_MAX - before, "\xf0\x9f\x8f\x9b", 4);
        zoc_bytes rest = { data, sizeof data };
        expect_piece(&rest, TRANSCRIPT_PIECE_MAX - before);
    }
}

static void what_is_no_text_is_cut_at_the_limit(void **state)
{
    static char data[TRANSCRIPT_PIECE_MAX + 8];
    zoc_bytes rest = { data, sizeof data };

    (void)state;
    memset(data, 0x80, sizeof data);
    expect_piece(&rest, TRANSCRIPT_PIECE_MAX);
    expect_piece(&rest, 8);
}

static void the_longest_piece_fits_into_a_line(void **state)
{
    static char data[TRANSCRIPT_PIECE_MAX];
    zoc_buffer text = { .size_max = TRANSCRIPT_LINE_MAX };
    const zoc_bytes bytes = { data, sizeof data };

    (void)state;
    memset(data, 1, sizeof data);
    assert_int_equal(form_event(&text, &(struct form_event){ .event = "data", .data = &bytes, .datagram = true }), 0);
    assert_true(text.size > 6 * sizeof data);
    zoc_buffer_release(&text);
}

/* --- there and back ------------------------------------------------------------------------------- */

static void expect_back(zoc_bytes bytes)
{
    zoc_buffer text = { 0 };
    struct script script = { 0 };

    assert_int_equal(form_header(&text, 0, "test"), 0);
    assert_int_equal(script_read_line(&script, (zoc_bytes){ text.data, text.size }), 0);
    zoc_buffer_consume(&text, text.size);
    assert_int_equal(
        form_event(&text, &(struct form_event){ .event = "data", .connection = 1, .from = "server", .data = &bytes }),
        0);
    assert_int_equal(script_read_line(&script, (zoc_bytes){ text.data, text.size }), 0);
    assert_int_equal(script.said[SIDE_SERVER].size, bytes.size);
    if (bytes.size > 0)
        assert_memory_equal(script.said[SIDE_SERVER].data, bytes.data, bytes.size);
    script_release(&script);
    zoc_buffer_release(&text);
}

static void all_bytes_are_read_as_they_were_written(void **state)
{
    char data[2];

    (void)state;
    expect_back((zoc_bytes){ data, 0 });
    for (int first = 0; first < 256; first++)
        for (int second = 0; second < 256; second += first < 128 ? 51 : 1) {
            data[0] = (char)first;
            data[1] = (char)second;
            expect_back((zoc_bytes){ data, 2 });
        }
}

static void every_character_is_read_as_it_was_written(void **state)
{
    static const char *const texts[] = { "\u061c\u200e\u2028\u202e\u2066", "\ufffd\ufeff", "\U0010ffff\ud7ff\ue000",
                                         "\"\\/\b\f\n\r\t" };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        expect_back(zoc_bytes_of(texts[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_line_says_which_version_and_who),
        cmocka_unit_test(an_event_has_the_fields_that_it_was_given),
        cmocka_unit_test(text_is_a_string_and_other_bytes_are_base64),
        cmocka_unit_test(a_datagram_is_said_to_be_one),
        cmocka_unit_test(pieces_end_at_their_limit),
        cmocka_unit_test(pieces_cut_no_character),
        cmocka_unit_test(what_is_no_text_is_cut_at_the_limit),
        cmocka_unit_test(the_longest_piece_fits_into_a_line),
        cmocka_unit_test(all_bytes_are_read_as_they_were_written),
        cmocka_unit_test(every_character_is_read_as_it_was_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

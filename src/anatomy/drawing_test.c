#include "anatomy/drawing.h"

#include "anatomy/testing.h"

#include <errno.h>
#include <locale.h>
#include <string.h>

static struct frame frame; /* too large for the stack */
static struct sequence sequence;

static const struct paper utf8 = { .columns = 80, .utf8 = true };
static const struct paper ascii = { .columns = 80 };

static void expect_text(zoc_buffer *drawn, const char *expected)
{
    assert_int_equal(zoc_buffer_append(drawn, "", 1), 0);
    assert_string_equal(drawn->data, expected);
    zoc_buffer_release(drawn);
}

static void build(enum carrier carrier, const char *digits)
{
    const struct facts facts = testing_facts(carrier, digits);
    const struct shape shape = { .from = SIDE_CLIENT, .flags = FLAG_PSH | FLAG_ACK, .seq = 1, .ack = 1, .data = 6 };

    frame_build(&frame, &facts, &shape);
}

static void a_frame_is_drawn_layer_upon_layer(void **state)
{
    zoc_buffer drawn = { 0 };

    (void)state;
    build(CARRIER_TCP, "127.0.0.1");
    assert_int_equal(draw_frame(&frame, zoc_bytes_of("hola\r\n"), &utf8, &drawn), 0);
    expect_text(&drawn, "                                              ┌──────────┐\n"
                        "application                                   │ hola\\r\\n │ 6 bytes, data\n"
                        "                                     ┌────────┼──────────┤\n"
                        "transport                            │ TCP 32 │  data 6  │ 38 bytes, segment\n"
                        "                           ┌─────────┼────────┴──────────┤\n"
                        "internet                   │ IPv4 20 │     segment 38    │ 58 bytes, packet\n"
                        "             ┌─────────────┼─────────┴───────────────────┤\n"
                        "link         │ Ethernet 14 │          packet 58          │ 72 bytes, frame\n"
                        "             └─────────────┴─────────────────────────────┘\n");
}

static void where_there_is_no_utf8_ascii_does(void **state)
{
    zoc_buffer drawn = { 0 };

    (void)state;
    build(CARRIER_UDP, "::1");
    assert_int_equal(draw_header(&frame, &frame.headers[2], &ascii, &drawn), 0);
    expect_text(&drawn, "UDP header, 8 bytes (RFC 768)\n"
                        "0               8               16              24             31\n"
                        "+-------------------------------+-------------------------------+\n"
                        "|       source port 40000       |      destination port 7       |\n"
                        "+-------------------------------+-------------------------------+\n"
                        "|           length 14           |          checksum ?           |\n"
                        "+-------------------------------+-------------------------------+\n");
}

static void a_header_is_drawn_as_the_standards_do(void **state)
{
    zoc_buffer drawn = { 0 };

    (void)state;
    build(CARRIER_UDP, "::1");
    assert_int_equal(draw_header(&frame, &frame.headers[1], &utf8, &drawn), 0);
    expect_text(&drawn, "IPv6 header, 40 bytes (RFC 8200, 3)\n"
                        "0               8               16              24             31\n"
                        "┌───────┬───────────────┬───────────────────────────────────────┐\n"
                        "│version│ traffic class │              flow label               │\n"
                        "│   6   │     0x00      │                   ?                   │\n"
                        "├───────┴───────────────┴───────┬───────────────┬───────────────┤\n"
                        "│        payload length         │  next header  │   hop limit   │\n"
                        "│              14               │    17, UDP    │      64       │\n"
                        "├───────────────────────────────┴───────────────┴───────────────┤\n"
                        "│                      source address ::1                       │\n"
                        "├───────────────────────────────────────────────────────────────┤\n"
                        "│                    destination address ::1                    │\n"
                        "└───────────────────────────────────────────────────────────────┘\n");
}

static void a_sequence_is_drawn_as_a_ladder(void **state)
{
    const struct facts facts = testing_facts(CARRIER_TCP, "127.0.0.1");
    const struct moment moments[] = {
        { MOMENT_CONNECTED, .time = 3 * ZOC_MILLISECOND, .since = ZOC_MILLISECOND,
          .counts = { .known = true, .out = 2, .in = 1, .rtt_us = 25 } },
        { MOMENT_SAID, .time = 4 * ZOC_MILLISECOND, .left = 4 * ZOC_MILLISECOND, .bytes = 6,
          .counts = { .known = true, .out = 3, .in = 2, .data_out = 1 } },
        { MOMENT_WE_ENDED, .time = 5 * ZOC_MILLISECOND, .counts = { .known = true, .out = 4, .in = 2, .data_out = 1 } },
    };
    zoc_buffer drawn = { 0 };

    (void)state;
    sequence_build(&sequence, &facts, moments, 3);
    assert_int_equal(draw_sequence(&sequence, &facts, ZOC_MILLISECOND, &utf8, &drawn), 0);
    expect_text(&drawn, "       ms   client                                                 server  bytes\n"
                        "            127.0.0.1:40000                                   127.0.0.1:7\n"
                        "                  CLOSED ╷                                 ╷ LISTEN\n"
                        "    0.000 ○     SYN_SENT ├── SYN seq=0 ───────────────────▶┤                  74\n"
                        "    0.025 ●  ESTABLISHED ├◀─ SYN, ACK seq=0 ack=1 ─────────┤ SYN_RECEIVED     74\n"
                        "    0.025 ·              ├── ACK seq=1 ack=1 ─────────────▶┤ ESTABLISHED      66\n"
                        "    3.000 ●              ├── PSH, ACK seq=1 ack=1 len=6 ──▶┤                  72\n"
                        "    4.000 ○   FIN_WAIT_1 ├── FIN, ACK seq=7 ack=1 ────────▶┤ CLOSE_WAIT       66\n"
                        "                         ╵                                 ╵\n");
}

/* Bytes that could move the cursor come from whoever typed them, and are escaped all the same. */
static void what_is_said_is_escaped_and_cut(void **state)
{
    const struct facts facts = { .carrier = CARRIER_UNIX };
    const struct shape shape = { .data = 200 };
    char said[200];
    zoc_buffer drawn = { 0 };

    (void)state;
    memset(said, 'a', sizeof said);
    memcpy(said, "\033[2J", 4);
    frame_build(&frame, &facts, &shape);
    assert_int_equal(draw_frame(&frame, (zoc_bytes){ said, sizeof said }, &ascii, &drawn), 0);
    assert_int_equal(zoc_buffer_append(&drawn, "", 1), 0);
    assert_null(strchr(drawn.data, '\033'));
    assert_non_null(strstr(drawn.data, "\\e[2Jaaa"));
    zoc_buffer_release(&drawn);
}

/* Nothing is drawn outside of a canvas, however narrow it is. */
static void every_width_has_a_drawing(void **state)
{
    const struct facts facts = testing_facts(CARRIER_TCP, "2001:db8:1111:2222:3333:4444:5555:6666");
    const struct moment moments[] = { { MOMENT_SILENCE, .time = 9 * ZOC_SECOND } };

    (void)state;
    build(CARRIER_TCP, "2001:db8:1111:2222:3333:4444:5555:6666");
    sequence_build(&sequence, &facts, moments, 1);
    for (unsigned columns = PAPER_COLUMNS_MIN; columns < 200; columns++) {
        const struct paper paper = { .columns = columns, .colour = true, .utf8 = true };
        zoc_buffer drawn = { 0 };
        assert_int_equal(draw_frame(&frame, zoc_bytes_of("hola"), &paper, &drawn), 0);
        for (unsigned i = 0; i < frame.header_count; i++)
            assert_int_equal(draw_header(&frame, &frame.headers[i], &paper, &drawn), 0);
        assert_int_equal(draw_sequence(&sequence, &facts, 0, &paper, &drawn), 0);
        zoc_buffer_release(&drawn);
    }
}

static int set_locale(void **state)
{
    (void)state;
    return setlocale(LC_CTYPE, "C.UTF-8") ? 0 : -1; /* widths of characters */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_frame_is_drawn_layer_upon_layer),     cmocka_unit_test(where_there_is_no_utf8_ascii_does),
        cmocka_unit_test(a_header_is_drawn_as_the_standards_do), cmocka_unit_test(a_sequence_is_drawn_as_a_ladder),
        cmocka_unit_test(what_is_said_is_escaped_and_cut),       cmocka_unit_test(every_width_has_a_drawing),
    };

    return cmocka_run_group_tests(tests, set_locale, NULL);
}

#include "meaning/testing.h"
#include "meaning/websocket_words.h"

#define UPGRADE                                                                      \
    "GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" \
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
#define SWITCH                                                                          \
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" \
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
#define SWITCHED    "S the head ends with the empty line; from here on both sides speak WebSocket (RFC 9110, 7.8)\n"
#define FRAME(text) text, sizeof(text) - 1
#define UNMASKED \
    "C an error: a client has to mask its frames, and the server has to close the connection (RFC 6455, 5.1)\n"
#define CUT_OFF "the end came too early, in the middle of a frame (RFC 6455, 7.1.5)\n"

/* What is remarked once both sides speak WebSocket, in pieces of every size. */
static void expect_frames(const struct said *frames, size_t count, const char *expected)
{
    struct said said[16] = { { SIDE_CLIENT, UPGRADE, 0 }, { SIDE_SERVER, SWITCH, 0 } };

    memcpy(said + 2, frames, count * sizeof *frames);
    for (size_t step = 1; step <= 64; step++) {
        char *lines = overhear_all(said, count + 2, 80, step);
        char *start = strstr(lines, SWITCHED);
        assert_non_null(start);
        assert_string_equal(start + strlen(SWITCHED), expected);
        free(lines);
    }
}

#define EXPECT_FRAMES(frames, expected) expect_frames(frames, sizeof(frames) / sizeof *(frames), expected)

/* The examples of RFC 6455, section 5.7. */
static void text_is_quoted_without_its_mask(void **state)
{
    const struct said frames[] = {
        { SIDE_SERVER, FRAME("\x81\x05Hello") },
        { SIDE_CLIENT, FRAME("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58") },
    };

    (void)state;
    EXPECT_FRAMES(frames,
                  "S Hello: a text message: 5 bytes (RFC 6455, 5.6)\n"
                  "C Hello: a text message: 5 bytes (RFC 6455, 5.6)\n"
                  "+C masked with 37 fa 21 3d, which is undone here: so no client can choose the bytes that a proxy on "
                  "the way sees (RFC 6455, 10.3)\n");
}

static void frames_may_come_with_the_handshake(void **state)
{
    const struct said said[] = { { SIDE_CLIENT, UPGRADE, 0 }, { SIDE_SERVER, FRAME(SWITCH "\x81\x02hi") } };
    char *lines = overhear_all(said, 2, 80, 1000);

    (void)state;
    assert_non_null(strstr(lines, SWITCHED "S hi: a text message: 2 bytes"));
    free(lines);
}

static void fragments_and_control_frames_may_alternate(void **state)
{
    const struct said frames[] = { { SIDE_SERVER, FRAME("\x01\x03Hel\x89\x01!\x80\x02lo") } };

    (void)state;
    EXPECT_FRAMES(frames,
                  "S Hel: a text message, of which this is the first fragment: 3 bytes (RFC 6455, 5.4)\n"
                  "S !: a ping, which the other side is to answer with a pong that has the same payload: 1 byte (RFC "
                  "6455, 5.5.2)\n"
                  "S lo: a fragment that continues a message, and it is the last: 2 bytes (RFC 6455, 5.4)\n");
}

static void long_and_binary_payloads_are_passed_over(void **state)
{
    char frame[4 + 257 + 5] = "\x81\x7e\x01\x01";
    const struct said frames[] = { { SIDE_SERVER, frame, sizeof frame }, { SIDE_SERVER, NULL, 0 } };

    (void)state;
    memset(frame + 4, 'x', 257);
    memcpy(frame + 4 + 257, "\x82\x04\x81\x01", 4);
    EXPECT_FRAMES(frames, "S a text message: 257 bytes (RFC 6455, 5.6)\n"
                          "S a binary message: 4 bytes (RFC 6455, 5.6)\nS " CUT_OFF);
}

static void compressed_text_is_not_quoted(void **state)
{
    const struct said frames[] = { { SIDE_SERVER, FRAME("\xc1\x03xyz") } };

    (void)state;
    EXPECT_FRAMES(frames, "S a text message, compressed: 3 bytes (RFC 7692, 6)\n");
}

static void a_close_frame_says_why(void **state)
{
    const struct said frames[] = {
        { SIDE_SERVER, FRAME("\x88\x05\x03\xe9"
                             "bye") },
        { SIDE_CLIENT, FRAME("\x88\x80\0\0\0\0") },
        { SIDE_SERVER, NULL, 0 },
        { SIDE_CLIENT, NULL, 0 },
    };

    (void)state;
    EXPECT_FRAMES(frames,
                  "S bye: a close frame with code 1001: this side goes away: a server that stops, or a browser that "
                  "leaves the page (RFC 6455, 7.4.1)\n"
                  "C a close frame without a code: this side says nothing more (RFC 6455, 5.5.1)\n"
                  "+C masked with 00 00 00 00, which is undone here: so no client can choose the bytes that a proxy on "
                  "the way sees (RFC 6455, 10.3)\n");
}

static void codes_are_known_one_by_one_or_by_their_range(void **state)
{
    static const struct {
        unsigned code;
        const char *text;
    } codes[] = {
        { 0, "no frame may have a code below 1000" },
        { 1000, "what the connection was made for is done" },
        { 1016, "a code that is kept for the protocol and its extensions" },
        { 3003, "the client is not let in: who it is may not do this" },
        { 3999, "a code of a library or a framework" },
        { 4000, "a code of the application's own" },
        { 5000, "no code: there is none above 4999" },
        { UINT16_MAX, "no code: there is none above 4999" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        assert_string_equal(websocket_find_code(codes[i].code)->text, codes[i].text);
}

static void errors_are_told(void **state)
{
    static const struct {
        enum side speaker;
        const char *frame;
        size_t size;
        const char *remarks;
    } cases[] = {
        { SIDE_CLIENT, FRAME("\x81\x02hi"), UNMASKED "C hi: a text message: 2 bytes (RFC 6455, 5.6)\n" },
        { SIDE_SERVER, FRAME("\x80\x01x"),
          "S an error: it continues a message, and none has begun (RFC 6455, 5.4)\n"
          "S a fragment that continues a message, and it is the last: 1 byte (RFC 6455, 5.4)\n" },
        { SIDE_SERVER, FRAME("\x83\x00"),
          "S a kind of data that is not defined, which is an error: 0 bytes (RFC 6455, 5.2)\n" },
        { SIDE_SERVER, FRAME("\x09\x00"),
          "S an error: control frames are never in fragments (RFC 6455, 5.5)\n"
          "S a ping, which the other side is to answer with a pong that has the same payload, of which this is the "
          "first "
          "fragment: 0 bytes (RFC 6455, 5.4)\n" },
        { SIDE_SERVER, FRAME("\xa2\x00"),
          "S an error, unless an extension was agreed on: reserved bits are set (RFC 6455, 5.2)\n"
          "S a binary message: 0 bytes (RFC 6455, 5.6)\n" },
        { SIDE_SERVER, FRAME("\x82\x7f\x80\0\0\0\0\0\0\0more"),
          "S an error: no frame is so long; what this side says from here on is not told (RFC 6455, 5.2)\n" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_frames(&(struct said){ cases[i].speaker, cases[i].frame, cases[i].size }, 1, cases[i].remarks);
}

static void nothing_may_follow_a_close_frame(void **state)
{
    const struct said frames[] = { { SIDE_SERVER, FRAME("\x88\x00\x8a\x00") } };

    (void)state;
    EXPECT_FRAMES(
        frames, "S a close frame without a code: this side says nothing more (RFC 6455, 5.5.1)\n"
                "S an error: nothing may follow a close frame (RFC 6455, 5.5.1)\n"
                "S a pong, which answers a ping, or says unasked that this side is alive: 0 bytes (RFC 6455, 5.5.3)\n");
}

static void an_end_that_comes_too_early_is_noticed(void **state)
{
    const struct said cut[] = { { SIDE_SERVER, FRAME("\x81\x05Hel") }, { SIDE_SERVER, NULL, 0 } };
    const struct said silent[] = { { SIDE_SERVER, NULL, 0 } };

    (void)state;
    EXPECT_FRAMES(cut, "S " CUT_OFF);
    EXPECT_FRAMES(silent, "S this side ends without a close frame, which counts as code 1006 (RFC 6455, 7.1.5)\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_quoted_without_its_mask),
        cmocka_unit_test(frames_may_come_with_the_handshake),
        cmocka_unit_test(fragments_and_control_frames_may_alternate),
        cmocka_unit_test(long_and_binary_payloads_are_passed_over),
        cmocka_unit_test(compressed_text_is_not_quoted),
        cmocka_unit_test(a_close_frame_says_why),
        cmocka_unit_test(codes_are_known_one_by_one_or_by_their_range),
        cmocka_unit_test(errors_are_told),
        cmocka_unit_test(nothing_may_follow_a_close_frame),
        cmocka_unit_test(an_end_that_comes_too_early_is_noticed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

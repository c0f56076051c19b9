#include "telnet/encode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "telnet/decode.h"

#include <cmocka.h>

/* Encodes one write through a small room, again and again. Returns how many bytes it became. */
static size_t put(struct encoder *encoder, const char *data, size_t size, size_t room, char *wire)
{
    char *copy = malloc(size > 0 ? size : 1);
    zoc_bytes text = { memcpy(copy, data, size), size };
    size_t total = 0;

    while (text.size > 0) {
        size_t more = encode_text(encoder, &text, wire + total, room);
        assert_in_range(more, 1, room);
        total += more;
    }
    free(copy);
    return total;
}

static void expect(bool binary, const char *data, size_t size, const char *wanted, size_t wanted_size)
{
    char wire[256];

    for (size_t room = ENCODE_BYTE_MAX; room < 16; room++) {
        struct encoder encoder = { .binary = binary };
        assert_int_equal(put(&encoder, data, size, room, wire), wanted_size);
        assert_memory_equal(wire, wanted, wanted_size);
    }
}

#define EXPECT(binary, data, wanted) expect((binary), (data), sizeof(data) - 1, (wanted), sizeof(wanted) - 1)

static void lines_end_as_the_protocol_wants_it(void **state)
{
    (void)state;
    EXPECT(false, "a\nb\n\n", "a\r\nb\r\n\r\n");
    EXPECT(false, "a\r\nb", "a\r\nb");
    EXPECT(false, "a\rb\r\r\n\r", "a\r\0b\r\0\r\n\r\0");
    EXPECT(false, "\r\n\n", "\r\n\r\n");
}

static void a_255_is_doubled(void **state)
{
    (void)state;
    EXPECT(false, "\xff", "\xff\xff");
    EXPECT(true, "a\xff\xff\xfe", "a\xff\xff\xff\xff\xfe");
}

static void in_binary_line_ends_are_bytes_like_others(void **state)
{
    (void)state;
    EXPECT(true, "a\nb\rc\r\n\0\r", "a\nb\rc\r\n\0\r");
}

/* Of two writes, cut anywhere, the peer makes the same text as of one: LF alone has become CR LF in both. */
static void two_writes_mean_what_one_means(void **state)
{
    static const char text[] = "a\nb\r\nc\rd\n\r\xff\r\r\n\n\xff";

    (void)state;
    for (size_t cut = 0; cut < sizeof text; cut++) {
        char wire[128], whole[128];
        struct encoder encoder = { 0 }, other = { 0 };
        size_t size = put(&encoder, text, cut, 64, wire);
        size += put(&encoder, text + cut, sizeof text - cut, 64, wire + size);
        size_t whole_size = put(&other, text, sizeof text, 64, whole);
        bool between = cut > 0 && text[cut - 1] == '\r' && text[cut] == '\n'; /* CR NUL LF for CR LF */
        assert_int_equal(size, whole_size + between);
    }
}

static void a_line_end_that_is_cut_stays_one(void **state)
{
    struct encoder encoder = { 0 };
    char wire[8];

    (void)state;
    assert_int_equal(put(&encoder, "\r", 1, 8, wire), 2);
    assert_memory_equal(wire, "\r\0", 2);
    assert_int_equal(put(&encoder, "\n", 1, 8, wire), 1);
    assert_memory_equal(wire, "\n", 1);
    assert_int_equal(put(&encoder, "\n", 1, 8, wire), 2);
}

static void what_is_encoded_is_decoded(void **state)
{
    struct encoder encoder = { .binary = true };
    struct decoder decoder = { .binary = true };
    char text[256], wire[512], again[256];
    size_t size = 0;

    (void)state;
    for (int i = 0; i < 256; i++)
        text[i] = (char)i;
    zoc_bytes rest = { wire, put(&encoder, text, sizeof text, sizeof wire, wire) }, found;
    struct telnet_command command;
    while (rest.size > 0) {
        assert_int_equal(decode_bytes(&decoder, &rest, &found, &command), DECODED_TEXT);
        memcpy(again + size, found.data, found.size);
        size += found.size;
    }
    assert_int_equal(size, sizeof text);
    assert_memory_equal(again, text, size);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_end_as_the_protocol_wants_it),        cmocka_unit_test(a_255_is_doubled),
        cmocka_unit_test(in_binary_line_ends_are_bytes_like_others), cmocka_unit_test(two_writes_mean_what_one_means),
        cmocka_unit_test(a_line_end_that_is_cut_stays_one),          cmocka_unit_test(what_is_encoded_is_decoded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

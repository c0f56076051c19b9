#include "talk/hexdump.h"

#include "stream/testing.h"

static void assert_line(bool received, uint64_t offset, zoc_duration since, const char *row, size_t size,
                        const char *expected)
{
    zoc_buffer text = { 0 };

    assert_int_equal(hexdump_line(&text, received, offset, since, (zoc_bytes){ row, size }), 0);
    assert_int_equal(zoc_buffer_append(&text, "", 1), 0);
    assert_string_equal(text.data, expected);
    zoc_buffer_release(&text);
}

static void a_line_has_direction_offset_time_bytes_and_text(void)
{
    assert_line(false, 0, 0, "GET / HTTP/1.0\r\n", 16,
                "> 00000000  0.000000  47 45 54 20 2f 20 48 54  54 50 2f 31 2e 30 0d 0a  GET / HTTP/1.0\\r\\n\n");
    assert_line(true, 0x1234567890, 61 * ZOC_SECOND + 42 * ZOC_MICROSECOND, "\0\xff", 2,
                "< 1234567890  61.000042  00 ff                                             \\x00\\xff\n");
    assert_line(true, 16, 0, "", 0, "< 00000010  0.000000                                                    \n");
}

/* Everything that was written to the other end. */
static void read_all(zoc_stream *stream, char *text, size_t size)
{
    size_t done = 0;
    ssize_t received;

    while ((received = zoc_read(stream, text + done, size - 1 - done)) > 0)
        done += (size_t)received;
    text[done] = '\0';
}

static void offsets_are_those_of_each_direction(void)
{
    zoc_stream *output, *reader;
    char text[1024];

    assert_int_equal(zoc_stream_pair(&output, &reader), 0);
    struct hexdump dump = hexdump_to(output);
    assert_int_equal(hexdump_show(&dump, false, zoc_bytes_of("seventeen letters")), 0);
    assert_int_equal(hexdump_show(&dump, true, zoc_bytes_of("x")), 0);
    assert_int_equal(hexdump_show(&dump, false, zoc_bytes_of("y")), 0);
    zoc_close(output);
    read_all(reader, text, sizeof text);
    zoc_close(reader);

    const char *line = strstr(text, "\n") + 1;
    assert_memory_equal(text, "> 00000000  ", 12);
    assert_memory_equal(line, "> 00000010  ", 12);
    line = strstr(line, "\n") + 1;
    assert_memory_equal(line, "< 00000000  ", 12);
    line = strstr(line, "\n") + 1;
    assert_memory_equal(line, "> 00000011  ", 12);
}

struct talker {
    struct hexdump *dump;
    bool received;
    char *bytes;
};

#define MUCH 50000 /* bytes, whose lines no socket takes at once */

static int show_much(void *arg)
{
    const struct talker *talker = arg;

    return hexdump_show(talker->dump, talker->received, (zoc_bytes){ talker->bytes, MUCH });
}

static void two_directions_take_turns(void)
{
    ZOC_GROUP(group);
    zoc_stream *output, *input;
    zoc_reader reader;
    zoc_bytes line;
    char bytes[1] = "";
    char *much = calloc(1, MUCH);
    int changes = 0, lines = 0;

    assert_int_equal(zoc_stream_pair(&output, &input), 0);
    struct hexdump dump = hexdump_to(output);
    struct talker forth = { &dump, false, much }, back = { &dump, true, much };
    zoc_go(&group, show_much, &forth);
    zoc_go(&group, show_much, &back);
    zoc_reader_init(&reader, input, 256);
    for (; lines < 2 * (MUCH / HEXDUMP_ROW); lines++) {
        assert_true(zoc_reader_line(&reader, &line) > 0);
        changes += line.data[0] != bytes[0];
        bytes[0] = line.data[0];
    }
    assert_int_equal(changes, 2); /* all of one, then all of the other */
    assert_int_equal(zoc_group_wait(&group), 0);
    zoc_reader_release(&reader);
    zoc_close(output);
    zoc_close(input);
    free(much);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_NET(a_line_has_direction_offset_time_bytes_and_text),
        ON_NET(offsets_are_those_of_each_direction),
        ON_NET(two_directions_take_turns),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "stream/testing.h"

static zoc_stream *writer, *source;
static zoc_reader reader;

static void open_reader(size_t size_max)
{
    assert_int_equal(zoc_stream_pair(&writer, &source), 0);
    zoc_reader_init(&reader, source, size_max);
}

static void close_reader(void)
{
    zoc_reader_release(&reader);
    zoc_close(writer);
    zoc_close(source);
}

static void come(const char *text)
{
    assert_int_equal(zoc_write(writer, text, strlen(text)), strlen(text));
}

static void assert_bytes(zoc_bytes bytes, const char *text)
{
    assert_int_equal(bytes.size, strlen(text));
    assert_memory_equal(bytes.data, text, bytes.size);
}

static void expect_line(const char *text, ssize_t with_mark)
{
    zoc_bytes line;

    assert_int_equal(zoc_reader_line(&reader, &line), with_mark);
    assert_bytes(line, text);
}

static void expect_rest(const char *text)
{
    zoc_bytes rest;

    assert_int_equal(zoc_reader_rest(&reader, &rest), strlen(text));
    assert_bytes(rest, text);
}

static void a_line_ends_with_lf_or_cr_lf(void)
{
    open_reader(100);
    come("one\ntwo\r\n\n\r\na\rb\n\r\r\n");
    expect_line("one", 4);
    expect_line("two", 5);
    expect_line("", 1);
    expect_line("", 2);
    expect_line("a\rb", 4);
    expect_line("\r", 3);
    close_reader();
}

static void the_longest_line_is_size_max_with_its_mark(void)
{
    zoc_bytes line;

    open_reader(6);
    come("1234\r\n12345\n123456\n");
    expect_line("1234", 6);
    expect_line("12345", 6);
    assert_int_equal(zoc_reader_line(&reader, &line), -EMSGSIZE);
    expect_rest("123456\n");
    close_reader();
}

static void the_end_between_lines_is_an_end(void)
{
    zoc_bytes line;

    open_reader(100);
    come("whole\n");
    zoc_shut(writer);
    expect_line("whole", 6);
    assert_int_equal(zoc_reader_line(&reader, &line), 0);
    assert_int_equal(zoc_reader_line(&reader, &line), 0);
    close_reader();
}

static void the_end_inside_a_line_is_a_truncation_and_the_rest_is_readable(void)
{
    zoc_bytes line;

    open_reader(100);
    come("whole\nhal");
    zoc_shut(writer);
    expect_line("whole", 6);
    assert_int_equal(zoc_reader_line(&reader, &line), -ZOC_ETRUNCATED);
    assert_int_equal(zoc_reader_line(&reader, &line), -ZOC_ETRUNCATED);
    expect_rest("hal");
    assert_int_equal(zoc_reader_line(&reader, &line), 0);
    close_reader();
}

static void exactly_so_many_bytes_are_lent(void)
{
    zoc_bytes bytes;

    open_reader(5);
    come("abcdefgh");
    zoc_shut(writer);
    assert_int_equal(zoc_reader_exactly(&reader, 5, &bytes), 5);
    assert_bytes(bytes, "abcde");
    assert_int_equal(zoc_reader_exactly(&reader, 6, &bytes), -EMSGSIZE);
    assert_int_equal(zoc_reader_exactly(&reader, 4, &bytes), -ZOC_ETRUNCATED);
    assert_int_equal(zoc_reader_exactly(&reader, 3, &bytes), 3);
    assert_bytes(bytes, "fgh");
    assert_int_equal(zoc_reader_exactly(&reader, 1, &bytes), 0);
    close_reader();
}

static void a_mark_is_lent_with_what_is_before_it(void)
{
    zoc_bytes bytes, mark = zoc_bytes_of("aab");

    open_reader(8);
    come("aaab12345aab123456aab");
    assert_int_equal(zoc_reader_until(&reader, mark, &bytes), 4);
    assert_bytes(bytes, "aaab");
    assert_int_equal(zoc_reader_until(&reader, mark, &bytes), 8);
    assert_bytes(bytes, "12345aab");
    assert_int_equal(zoc_reader_until(&reader, mark, &bytes), -EMSGSIZE);
    close_reader();
}

static void what_was_not_asked_for_is_kept_for_the_next_call(void)
{
    zoc_bytes bytes;

    open_reader(100);
    come("head\n12345tail");
    expect_line("head", 5);
    assert_int_equal(zoc_reader_exactly(&reader, 5, &bytes), 5);
    assert_bytes(bytes, "12345");
    expect_rest("tail");
    expect_rest("");
    close_reader();
}

/* --- splits -------------------------------------------------------------------------------------- */

static const char conversation[] = "one\r\n\ntwo\n12345aab";

struct feeding {
    size_t split; /* bytes of the first part; 0: one byte at a time */
};

static int feed(void *arg)
{
    struct feeding *feeding = arg;
    size_t size = sizeof conversation - 1, done = 0;

    while (done < size) {
        size_t piece = feeding->split == 0 ? 1 : done == 0 ? feeding->split : size - done;
        assert_int_equal(zoc_write(writer, conversation + done, piece), piece);
        done += piece;
        zoc_yield();
    }
    return zoc_shut(writer);
}

static void read_conversation(size_t split)
{
    ZOC_GROUP(group);
    zoc_bytes bytes;
    struct feeding feeding = { split };

    open_reader(16);
    zoc_go(&group, feed, &feeding);
    expect_line("one", 5);
    expect_line("", 1);
    expect_line("two", 4);
    assert_int_equal(zoc_reader_exactly(&reader, 5, &bytes), 5);
    assert_bytes(bytes, "12345");
    assert_int_equal(zoc_reader_until(&reader, zoc_bytes_of("aab"), &bytes), 3);
    assert_int_equal(zoc_reader_exactly(&reader, 1, &bytes), 0);
    assert_int_equal(zoc_group_wait(&group), 0);
    close_reader();
}

static void it_does_not_matter_where_the_bytes_are_split(void)
{
    for (size_t split = 0; split < sizeof conversation - 1; split++)
        read_conversation(split);
}

/* --- stops --------------------------------------------------------------------------------------- */

static ssize_t results[2];

static int read_two_lines(void *arg)
{
    zoc_bytes line;

    (void)arg;
    for (int i = 0; i < 2; i++)
        results[i] = zoc_reader_line(&reader, &line);
    return 0;
}

static void a_soft_stop_in_the_middle_of_a_line_is_not_seen(void)
{
    ZOC_GROUP(group);

    open_reader(100);
    come("hal");
    zoc_go(&group, read_two_lines, NULL);
    testing_settle(); /* it has the half, and waits for more */
    zoc_group_stop(&group);
    testing_settle();
    come("f\n");
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_int_equal(results[0], 5);
    assert_int_equal(results[1], -ECANCELED);
    close_reader();
}

static void a_cancel_ends_it_also_in_the_middle(void)
{
    ZOC_GROUP(group);

    open_reader(100);
    come("hal");
    zoc_go(&group, read_two_lines, NULL);
    testing_settle();
    zoc_group_cancel(&group);
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_int_equal(results[0], -ECANCELED);
    expect_rest("hal");
    close_reader();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_NET(a_line_ends_with_lf_or_cr_lf),
        ON_NET(the_longest_line_is_size_max_with_its_mark),
        ON_NET(the_end_between_lines_is_an_end),
        ON_NET(the_end_inside_a_line_is_a_truncation_and_the_rest_is_readable),
        ON_NET(exactly_so_many_bytes_are_lent),
        ON_NET(a_mark_is_lent_with_what_is_before_it),
        ON_NET(what_was_not_asked_for_is_kept_for_the_next_call),
        ON_NET(it_does_not_matter_where_the_bytes_are_split),
        ON_NET(a_soft_stop_in_the_middle_of_a_line_is_not_seen),
        ON_NET(a_cancel_ends_it_also_in_the_middle),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

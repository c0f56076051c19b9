#include "classic/chargen.h"

#include "classic/testing.h"

#define LINE_SIZE (CHARGEN_LINE + 2)

/* --- lines ---------------------------------------------------------------------------------------- */

static void lines_are_those_of_the_rfc(void **state)
{
    zoc_buffer text = { 0 };

    (void)state;
    assert_int_equal(chargen_append(&text, 3), 0);
    assert_int_equal(zoc_buffer_append(&text, "", 1), 0);
    assert_string_equal(text.data, " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefg\r\n"
                                   "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefgh\r\n"
                                   "\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghi\r\n");
    zoc_buffer_release(&text);
}

static void after_95_lines_they_begin_again(void **state)
{
    zoc_buffer text = { 0 };

    (void)state;
    assert_int_equal(chargen_append(&text, CHARGEN_CYCLE + 1), 0);
    assert_int_equal(text.size, (CHARGEN_CYCLE + 1) * LINE_SIZE);
    assert_memory_equal(text.data, text.data + CHARGEN_CYCLE * LINE_SIZE, LINE_SIZE);
    assert_memory_equal(text.data + 94 * LINE_SIZE, "~ !\"#", 5);
    for (unsigned i = 0; i + 1 < CHARGEN_CYCLE; i++) {
        const char *line = text.data + i * LINE_SIZE;
        assert_memory_equal(line + 1, line + LINE_SIZE, CHARGEN_LINE - 1);
        assert_memory_equal(line + CHARGEN_LINE, "\r\n", 2);
    }
    zoc_buffer_release(&text);
}

/* --- streams -------------------------------------------------------------------------------------- */

/* Receives that much, compares it with the lines, and returns where in its line it ended. */
static size_t expect_lines(zoc_stream *client, size_t from, size_t size)
{
    zoc_buffer lines = { 0 };
    zoc_bytes chunk;
    size_t at = from, cycle = CHARGEN_CYCLE * LINE_SIZE;

    assert_int_equal(chargen_append(&lines, CHARGEN_CYCLE), 0);
    while (at - from < size && zoc_receive(client, &chunk) > 0)
        for (size_t i = 0; i < chunk.size; i++, at++)
            assert_int_equal(chunk.data[i], lines.data[at % cycle]);
    zoc_buffer_release(&lines);
    return at;
}

static void it_goes_on_after_the_peers_end(void)
{
    ZOC_GROUP(group);
    struct testing_talk talk = { .handler = chargen_converse };
    zoc_stream *client = testing_talk(&group, &talk);

    zoc_write(client, "thrown away", 11);
    zoc_shut(client);
    assert_true(expect_lines(client, 0, 1 << 20) >= 1 << 20);
    zoc_close(client);
    assert_int_equal(zoc_group_wait(&group), 0);
}

static void a_soft_stop_ends_it_at_the_end_of_a_line(void)
{
    ZOC_GROUP(group);
    struct testing_talk talk = { .handler = chargen_converse };
    zoc_stream *client = testing_talk(&group, &talk);
    size_t some = expect_lines(client, 0, 100000);

    zoc_group_stop(&group);
    size_t all = expect_lines(client, some, SIZE_MAX);
    assert_int_equal(all % LINE_SIZE, 0);
    zoc_finish(client);
    assert_int_equal(zoc_group_wait(&group), 0);
}

static void a_soft_stop_ends_it_although_nobody_reads(void)
{
    ZOC_GROUP(group);
    struct testing_talk talk = { .handler = chargen_converse };
    zoc_stream *client = testing_talk(&group, &talk);

    zoc_shut(client);
    testing_settle_io();
    zoc_group_stop(&group);
    ZOC_WITHIN(30 * ZOC_SECOND)
        assert_int_equal(zoc_group_wait(&group), 0);
    zoc_close(client);
}

static void nothing_received_for_too_long_ends_it_although_nobody_reads(void)
{
    ZOC_GROUP(group);
    struct testing_talk talk = { .handler = chargen_converse };
    zoc_stream *client = testing_talk(&group, &talk);

    zoc_set_timeout(talk.served, ZOC_MILLISECOND);
    assert_int_equal(zoc_group_wait(&group), 0);
    zoc_close(client);
}

static void a_reset_ends_it(void)
{
    ZOC_GROUP(group);
    struct testing_talk talk = { .handler = chargen_converse };
    int client;

    talk.served = testing_tcp_stream(&client);
    assert_int_equal(zoc_go(&group, testing_handle, &talk), 0);
    testing_settle();
    close(client); /* with unread input */
    assert_int_equal(zoc_group_wait(&group), 0);
}

static void a_peer_that_does_not_receive_ends_it(void)
{
    ZOC_GROUP(group);
    struct testing_talk talk = { .handler = chargen_converse };
    int fds[2];

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds), 0);
    talk.served = testing_stream_of(fds[0], true, true);
    shutdown(fds[1], SHUT_RD);
    assert_int_equal(zoc_go(&group, testing_handle, &talk), 0);
    assert_int_equal(zoc_group_wait(&group), 0);
    close(fds[1]);
}

static void a_cancel_ends_it_although_nobody_reads(void)
{
    ZOC_GROUP(group);
    struct testing_talk talk = { .handler = chargen_converse };
    zoc_stream *client = testing_talk(&group, &talk);

    testing_settle();
    zoc_group_cancel(&group);
    zoc_group_end(&group);
    zoc_close(client);
}

/* --- datagrams ------------------------------------------------------------------------------------ */

static void a_datagram_has_from_0_to_512_characters(void)
{
    static const struct {
        uint32_t chance;
        size_t size;
    } cases[] = { { 0, 0 }, { 1, 1 }, { 512, 512 }, { 513, 0 }, { 514, 1 } };
    ZOC_GROUP(group);
    struct testing_answering answering = { .serve = chargen_datagrams };
    zoc_buffer lines = { 0 };

    assert_int_equal(chargen_append(&lines, 8), 0);
    testing_answering_begin(&group, &answering);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        testing_chance = cases[i].chance;
        testing_expect_datagram(&answering, "?", (zoc_bytes){ lines.data, cases[i].size });
    }
    testing_answering_end(&group, &answering);
    zoc_buffer_release(&lines);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_those_of_the_rfc),
        cmocka_unit_test(after_95_lines_they_begin_again),
        ON_NET(it_goes_on_after_the_peers_end),
        ON_NET(a_soft_stop_ends_it_at_the_end_of_a_line),
        ON_NET(a_soft_stop_ends_it_although_nobody_reads),
        ON_NET(nothing_received_for_too_long_ends_it_although_nobody_reads),
        ON_NET(a_reset_ends_it),
        ON_NET(a_peer_that_does_not_receive_ends_it),
        ON_NET(a_cancel_ends_it_although_nobody_reads),
        ON_NET(a_datagram_has_from_0_to_512_characters),
    };

    testing_foresee(0);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

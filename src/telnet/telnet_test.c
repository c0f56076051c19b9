#include "telnet/testing.h"

/* --- text ----------------------------------------------------------------------------------------- */

static void text_alone_is_counted(void)
{
    struct line line;

    testing_open(&line, (struct telnet_options){ 0 });
    WRITE(line.wire, "a\xff\xfb\x01"
                     "b\xff\xff\r\0");
    EXPECT(line.telnet, "ab\xff\r");
    WRITE(line.telnet, "\xff\n");
    EXPECT(line.wire, "\xff\xfd\x01\xff\xff\r\n");
    assert_int_equal(zoc_stream_account(line.telnet).received, 4);
    assert_int_equal(zoc_stream_account(line.telnet).sent, 2);
    testing_close(&line);
}

static const char crumbs[] = "a\xff\xfd\x18\r\0\xff\xff\xff\xfa\x18\x01\xff\xf0z";

static int write_crumbs(void *arg)
{
    struct line *line = arg;

    for (size_t i = 0; i < sizeof crumbs - 1; i++) {
        assert_int_equal(zoc_write(line->wire, crumbs + i, 1), 1);
        testing_settle_io(); /* it is received before the next one comes */
    }
    return 0;
}

static void bytes_may_come_one_by_one(void)
{
    struct line line;
    ZOC_GROUP(group);

    testing_open(&line, (struct telnet_options){ .terminal_type = "vt100" });
    assert_int_equal(zoc_go(&group, write_crumbs, &line), 0);
    EXPECT(line.telnet, "a\r\xffz");
    assert_int_equal(zoc_group_wait(&group), 0);
    EXPECT(line.wire, "\xff\xfb\x18\xff\xfa\x18\0vt100\xff\xf0");
    testing_close(&line);
}

static void text_is_read_in_pieces(void)
{
    struct line line;
    char piece[3];

    testing_open(&line, (struct telnet_options){ 0 });
    WRITE(line.wire, "abcde\xff\xf1"
                     "f");
    assert_int_equal(zoc_read(line.telnet, piece, 3), 3);
    assert_memory_equal(piece, "abc", 3);
    assert_int_equal(zoc_read(line.telnet, piece, 3), 2);
    assert_memory_equal(piece, "de", 2);
    assert_int_equal(zoc_read(line.telnet, piece, 3), 1);
    testing_close(&line);
}

struct bulk {
    struct line *line;
    size_t lines;
};

static int write_lines(void *arg)
{
    struct bulk *bulk = arg;
    char *text = malloc(2 * bulk->lines);

    for (size_t i = 0; i < bulk->lines; i++)
        memcpy(text + 2 * i, "x\n", 2);
    struct iovec pieces[] = { { text, bulk->lines }, { text + bulk->lines, bulk->lines } };
    assert_int_equal(zoc_writev(bulk->line->telnet, pieces, 2), 2 * bulk->lines);
    assert_int_equal(zoc_shut(bulk->line->telnet), 0);
    free(text);
    return 0;
}

static void much_text_is_written_in_blocks(void)
{
    struct line line;
    struct bulk bulk = { &line, 300 * 1000 };
    ZOC_GROUP(group);

    testing_open(&line, (struct telnet_options){ 0 });
    assert_int_equal(zoc_go(&group, write_lines, &bulk), 0);
    for (size_t i = 0; i < bulk.lines; i += 10)
        EXPECT(line.wire, "x\r\nx\r\nx\r\nx\r\nx\r\nx\r\nx\r\nx\r\nx\r\nx\r\n");
    testing_expect_end(line.wire);
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_int_equal(zoc_stream_account(line.telnet).sent, 2 * bulk.lines);
    testing_close(&line);
}

/* --- plain until the peer begins ------------------------------------------------------------------ */

static void who_waits_passes_all_bytes(void)
{
    struct line line;

    testing_open(&line, (struct telnet_options){ .waits = true, .begins = true });
    assert_false(telnet_get_state(line.telnet).speaks);
    WRITE(line.wire, "\xff\xff\xff\0\xff\xf6\r\0");
    EXPECT(line.telnet, "\xff\xff\xff\0\xff\xf6\r\0");
    WRITE(line.telnet, "\r\n\xff\n\r");
    EXPECT(line.wire, "\r\n\xff\n\r");
    assert_int_equal(zoc_stream_account(line.telnet).sent, 5);
    testing_close(&line);
}

static void who_waits_begins_when_the_peer_does(void)
{
    struct line line;

    testing_open(&line, (struct telnet_options){ .waits = true, .begins = true, .binary_in = true });
    WRITE(line.wire, "\r\0\xff\xfd\x18\r\0");
    EXPECT(line.telnet, "\r\0\r");
    assert_true(telnet_get_state(line.telnet).speaks);
    EXPECT(line.wire, "\xff\xfd\x03\xff\xfb\x18\xff\xfd\x00"); /* the peer's request is answered by the offer */
    WRITE(line.telnet, "\n\xff");
    EXPECT(line.wire, "\r\n\xff\xff");
    testing_close(&line);
}

static void a_byte_that_was_kept_back_comes_at_the_end(void)
{
    struct line line;

    testing_open(&line, (struct telnet_options){ .waits = true });
    WRITE(line.wire, "a\xff");
    assert_int_equal(zoc_shut(line.wire), 0);
    EXPECT(line.telnet, "a\xff");
    testing_expect_end(line.telnet);
    testing_close(&line);
}

static void a_request_of_ours_begins_it_too(void)
{
    struct line line;

    testing_open(&line, (struct telnet_options){ .waits = true });
    assert_int_equal(telnet_send_command(line.telnet, TELNET_NOP), 0);
    EXPECT(line.wire, "\xff\xf1");
    assert_false(telnet_get_state(line.telnet).speaks);
    assert_int_equal(telnet_send_request(line.telnet, TELNET_DO, TELNET_TELOPT_SGA), 0);
    EXPECT(line.wire, "\xff\xfd\x03");
    assert_true(telnet_get_state(line.telnet).speaks);
    testing_close(&line);
}

/* --- commands between text ------------------------------------------------------------------------ */

static void a_command_stands_where_it_was_sent(void)
{
    struct line line;

    testing_open(&line, (struct telnet_options){ 0 });
    WRITE(line.telnet, "before");
    assert_int_equal(telnet_send_command(line.telnet, TELNET_IP), 0);
    WRITE(line.telnet, "after");
    assert_int_equal(telnet_send_command(line.telnet, TELNET_BREAK), 0);
    EXPECT(line.wire, "before\xff\xf4"
                      "after\xff\xf3");
    testing_close(&line);
}

static void urgent_data_stands_where_it_was_sent(void)
{
    zoc_stream *telnet;
    int peer;

    assert_int_equal(telnet_open(testing_tcp_stream(&peer), &(struct telnet_options){ 0 }, &telnet), 0);
    assert_int_equal(send(peer, "a", 1, 0), 1);
    assert_int_equal(send(peer, "\xff", 1, MSG_OOB), 1);
    assert_int_equal(send(peer, "\xf2z", 2, 0), 2);
    EXPECT(telnet, "az");
    zoc_close(telnet);
    close(peer);
}

/* --- ends ----------------------------------------------------------------------------------------- */

static void a_subnegotiation_without_end_ends_it(void)
{
    static char bytes[3 + TELNET_PARAMETERS_MAX + 1] = "\xff\xfa\x18";
    struct line line;
    zoc_bytes text;

    testing_open(&line, (struct telnet_options){ 0 });
    assert_int_equal(zoc_write(line.wire, bytes, sizeof bytes), sizeof bytes);
    assert_int_equal(zoc_receive(line.telnet, &text), -EPROTO);
    WRITE(line.wire, "this is none of the text");
    assert_int_equal(zoc_receive(line.telnet, &text), -EPROTO);
    testing_close(&line);
}

static void a_half_close_passes(void)
{
    struct line line;

    testing_open(&line, (struct telnet_options){ 0 });
    WRITE(line.telnet, "last");
    assert_int_equal(telnet_send_command(line.telnet, TELNET_EOF), 0);
    assert_int_equal(zoc_shut(line.telnet), 0);
    EXPECT(line.wire, "last\xff\xec");
    testing_expect_end(line.wire);
    WRITE(line.wire, "\xff\xfd\x18still\xff\xfb\x01 here");
    assert_int_equal(zoc_shut(line.wire), 0);
    EXPECT(line.telnet, "still here"); /* what would be answered is not */
    testing_expect_end(line.telnet);
    assert_int_equal(telnet_send_command(line.telnet, TELNET_NOP), -EPIPE);
    testing_close(&line);
}

static void an_end_in_the_middle_of_a_command_is_an_end(void)
{
    static const char *const ends[] = { "\xff", "\xff\xfd", "\xff\xfa", "\xff\xfa\x18", "\xff\xfa\x18\x01\xff" };

    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        struct line line;
        testing_open(&line, (struct telnet_options){ 0 });
        assert_int_equal(zoc_write(line.wire, ends[i], strlen(ends[i])), strlen(ends[i]));
        assert_int_equal(zoc_shut(line.wire), 0);
        testing_expect_end(line.telnet);
        testing_expect_end(line.telnet);
        testing_close(&line);
    }
}

/* --- what is refused ------------------------------------------------------------------------------ */

static void expect_refusal(zoc_stream *inner, struct telnet_options options, const char *words)
{
    zoc_stream *telnet = NULL;

    assert_int_equal(telnet_open(inner, &options, &telnet), -EINVAL);
    assert_non_null(strstr(zoc_why(), words));
    assert_null(telnet);
}

static void what_cannot_be_told_is_refused(void)
{
    char name[TELNET_NAME_MAX + 2] = { 0 };
    zoc_stream *inner, *other, *telnet;

    memset(name, 'n', sizeof name - 1);
    assert_int_equal(zoc_stream_pair(&inner, &other), 0);
    expect_refusal(inner, (struct telnet_options){ .terminal_type = name }, "terminal type");
    expect_refusal(inner, (struct telnet_options){ .user = name }, "user");
    expect_refusal(inner, (struct telnet_options){ .user = "" }, "user");
    expect_refusal(inner, (struct telnet_options){ .columns = 65536 }, "65535");
    name[TELNET_NAME_MAX] = '\0';
    struct telnet_options longest = { .terminal_type = name, .user = name };
    assert_int_equal(telnet_open(inner, &longest, &telnet), 0);
    zoc_close(telnet);
    zoc_close(other);
}

static void a_stream_of_messages_is_refused(void)
{
    int fds[2];

    assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, fds), 0);
    zoc_stream *inner = testing_stream_of(fds[0], true, true);
    expect_refusal(inner, (struct telnet_options){ 0 }, "messages");
    zoc_close(inner);
    close(fds[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_NET(text_alone_is_counted),
        ON_NET(bytes_may_come_one_by_one),
        ON_NET(text_is_read_in_pieces),
        ON_NET(much_text_is_written_in_blocks),
        ON_NET(who_waits_passes_all_bytes),
        ON_NET(who_waits_begins_when_the_peer_does),
        ON_NET(a_byte_that_was_kept_back_comes_at_the_end),
        ON_NET(a_request_of_ours_begins_it_too),
        ON_NET(a_command_stands_where_it_was_sent),
        ON_NET(urgent_data_stands_where_it_was_sent),
        ON_NET(a_subnegotiation_without_end_ends_it),
        ON_NET(a_half_close_passes),
        ON_NET(an_end_in_the_middle_of_a_command_is_an_end),
        ON_NET(what_cannot_be_told_is_refused),
        ON_NET(a_stream_of_messages_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

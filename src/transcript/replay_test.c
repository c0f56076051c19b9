#include "transcript/report.h"

#include "stream/testing.h"
#include "transcript/testing.h"

#define TESTING_PIECE 65536

/* --- a peer that does what it is told ------------------------------------------------------------- */

/* In its steps "<text" waits for that text, "=text" says it once nothing more can come, "!" ends, and "." waits until the other
 * side is done. */
struct peer {
    zoc_stream *stream;
    const char *const *steps;
    bool resets; /* at its end */
    zoc_event done;
};

static void expect_text(zoc_stream *stream, const char *text)
{
    char data[64];
    size_t size = strlen(text);

    for (size_t at = 0; at < size;) {
        ssize_t got = zoc_read(stream, data + at, size - at);
        assert_true(got > 0);
        at += (size_t)got;
    }
    assert_memory_equal(data, text, size);
}

static void do_step(struct peer *peer, const char *step)
{
    uint64_t before = zoc_stream_account(peer->stream).received;

    if (*step == '<') {
        expect_text(peer->stream, step + 1);
    } else if (*step == '!') {
        zoc_shut(peer->stream);
    } else if (*step == '.') {
        zoc_event_wait(&peer->done);
    } else {
        testing_settle_io();
        assert_int_equal(zoc_stream_account(peer->stream).received, before);
        assert_int_equal(zoc_write(peer->stream, step + 1, strlen(step + 1)), strlen(step + 1));
    }
}

static int run_peer(void *arg)
{
    struct peer *peer = arg;
    zoc_bytes chunk;

    for (; *peer->steps; peer->steps++)
        do_step(peer, *peer->steps);
    if (peer->resets) {
        zoc_reset(peer->stream);
        return 0;
    }
    while (zoc_receive(peer->stream, &chunk) > 0)
        fail_msg("more than was recorded: %.*s", (int)chunk.size, chunk.data);
    zoc_close(peer->stream);
    return 0;
}

static void tcp_streams(zoc_stream *ret_streams[2])
{
    int peer;

    ret_streams[0] = testing_tcp_stream(&peer);
    ret_streams[1] = testing_stream_of(peer, true, true);
}

/* Plays the script as the client against a server that does these steps. */
static struct replay play(const struct script *script, bool resets, const char *const *steps)
{
    struct replay replay = { .script = script, .side = SIDE_CLIENT, .fast = true, .timeout = 20 * ZOC_MILLISECOND };
    zoc_stream *streams[2];
    ZOC_GROUP(peers);

    tcp_streams(streams);
    struct peer peer = { .stream = streams[1], .steps = steps, .resets = resets };
    assert_int_equal(zoc_go(&peers, run_peer, &peer), 0);
    assert_int_equal(replay_run(&replay, streams[0]), 0);
    zoc_event_set(&peer.done);
    assert_int_equal(zoc_group_wait(&peers), 0);
    return replay;
}

#define PLAY(script, ...) play((script), false, (const char *const[]){ __VA_ARGS__, NULL })

static void expect_report(const struct replay *replay, const char *text, const char *json)
{
    zoc_buffer got = { 0 };

    assert_int_equal(report_text(replay, &got), 0);
    assert_int_equal(zoc_buffer_append(&got, "", 1), 0);
    assert_string_equal(got.data, text);
    zoc_buffer_consume(&got, got.size);
    assert_int_equal(report_json(replay, &got), 0);
    assert_int_equal(zoc_buffer_append(&got, "", 1), 0);
    assert_string_equal(got.data, json);
    zoc_buffer_release(&got);
}

/* --- the same ------------------------------------------------------------------------------------- */

static struct script dialogue(void)
{
    return TESTING_SCRIPT(TESTING_DATA(1, "client", "one\\n"), TESTING_DATA(2, "server", "uno\\n"),
                          TESTING_DATA(3, "client", "two\\n"), TESTING_END(4, "client"),
                          TESTING_DATA(5, "server", "dos\\n"), TESTING_END(6, "server"), TESTING_CLOSED(7));
}

static void what_had_been_said_after_an_answer_is_said_after_it(void)
{
    struct script script = dialogue();
    struct replay replay = PLAY(&script, "<one\n", "=uno\n", "<two\n", "=dos\n", "!");

    assert_true(replay_is_same(&replay));
    expect_report(&replay, "the same: 8 bytes from the server\n",
                  "{\"result\":\"same\",\"from\":\"server\",\"pieces\":2,\"bytes\":8}\n");
    script_release(&script);
}

static void pieces_of_an_answer_are_not_compared(void)
{
    struct script script = dialogue();
    struct replay replay = PLAY(&script, "<one\n", "=u", "=no", "=\n", "<two\n", "=dos\n", "!");

    assert_true(replay_is_same(&replay));
    script_release(&script);
}

/* --- what is not ---------------------------------------------------------------------------------- */

static void an_answer_that_differs_is_shown_and_the_rest_is_played(void)
{
    struct script script = dialogue();
    struct replay replay = PLAY(&script, "<one\n", "=uno\n", "<two\n", "=d\n$\n", "!");

    assert_false(replay_is_same(&replay));
    expect_report(&replay,
                  "different at byte 5 from the server (line 6, after 0.000000s)\n"
                  "  recorded: uno\\ndos\\n\n"
                  "  live:     uno\\nd\\n$\\n\n",
                  "{\"result\":\"different\",\"from\":\"server\",\"offset\":5,\"line\":6,\"time_ns\":5,"
                  "\"recorded\":\"uno\\\\ndos\\\\n\",\"live\":\"uno\\\\nd\\\\n$\\\\n\"}\n");
    script_release(&script);
}

static void an_answer_that_does_not_come_is_waited_for_and_missed(void)
{
    struct script script = dialogue();
    struct replay replay = PLAY(&script, "<one\n", "=un", ".");

    assert_false(replay_is_same(&replay));
    expect_report(&replay,
                  "missing: 6 bytes, from byte 2 on (line 3, after 0.000000s)\n  o\\ndos\\n\n"
                  "the server said nothing more for 20ms\n",
                  "{\"result\":\"missing\",\"from\":\"server\",\"offset\":2,\"bytes\":6,\"line\":3,\"time_ns\":2,"
                  "\"recorded\":\"o\\\\ndos\\\\n\"}\n"
                  "{\"result\":\"ending\",\"from\":\"server\",\"recorded\":\"end\",\"live\":\"open\"}\n");
    script_release(&script);
}

static void an_end_may_come_early(void)
{
    struct script script = dialogue();
    struct replay replay = PLAY(&script, "<one\n", "=uno\n", "!", "<two\n");

    expect_report(&replay,
                  "missing: 4 bytes, from byte 4 on (line 6, after 0.000000s)\n  dos\\n\n"
                  "the server ended early\n",
                  "{\"result\":\"missing\",\"from\":\"server\",\"offset\":4,\"bytes\":4,\"line\":6,\"time_ns\":5,"
                  "\"recorded\":\"dos\\\\n\"}\n"
                  "{\"result\":\"ending\",\"from\":\"server\",\"recorded\":\"end\",\"live\":\"end\"}\n");
    script_release(&script);
}

static void an_end_may_not_come(void)
{
    struct script script = dialogue();
    struct replay replay = PLAY(&script, "<one\n", "=uno\n", "<two\n", "=dos\n", ".");

    expect_report(&replay, "the server did not end within 20ms\n",
                  "{\"result\":\"ending\",\"from\":\"server\",\"recorded\":\"end\",\"live\":\"open\"}\n");
    script_release(&script);
}

static void what_comes_beyond_is_shown(void)
{
    struct script script = dialogue();
    struct replay replay = PLAY(&script, "<one\n", "=uno\n", "<two\n", "=dos\ntres\n", "!");

    expect_report(&replay, "beyond: 5 bytes, from byte 8 on\n  tres\\n\n",
                  "{\"result\":\"beyond\",\"from\":\"server\",\"offset\":8,\"bytes\":5,\"live\":\"tres\\\\n\"}\n");
    script_release(&script);
}

static void a_reset_is_no_end(void)
{
    struct script script = dialogue();
    const char *const steps[] = { "<one\n", "=uno\n", "<two\n", "=dos\n", NULL };
    struct replay replay = play(&script, true, steps);

    expect_report(&replay, "the server broke off, and had ended in order\n",
                  "{\"result\":\"ending\",\"from\":\"server\",\"recorded\":\"end\",\"live\":\"reset\"}\n");
    script_release(&script);
}

static void an_end_is_no_reset(void)
{
    struct script script = TESTING_SCRIPT(TESTING_DATA(1, "client", "a"), TESTING_RESET(2, "server"));
    const char *const steps[] = { "<a", NULL };
    struct replay reset = play(&script, true, steps);
    struct replay ended = PLAY(&script, "<a", "!");

    assert_true(replay_is_same(&reset));
    expect_report(&ended, "the server ended in order, and had broken off\n",
                  "{\"result\":\"ending\",\"from\":\"server\",\"recorded\":\"reset\",\"live\":\"end\"}\n");
    script_release(&script);
}

/* --- the other side, datagrams, our own ends ------------------------------------------------------ */

static void the_server_can_be_played(void)
{
    struct script script = dialogue();
    struct replay replay = { .script = &script, .side = SIDE_SERVER, .fast = true, .timeout = ZOC_SECOND };
    const char *const steps[] = { "=one\n", "<uno\n", "=two\n", "!", "<dos\n", NULL };
    zoc_stream *streams[2];
    ZOC_GROUP(peers);

    tcp_streams(streams);
    struct peer peer = { .stream = streams[1], .steps = steps };
    assert_int_equal(zoc_go(&peers, run_peer, &peer), 0);
    assert_int_equal(replay_run(&replay, streams[0]), 0);
    assert_int_equal(zoc_group_wait(&peers), 0);
    expect_report(&replay, "the same: 8 bytes from the client\n",
                  "{\"result\":\"same\",\"from\":\"client\",\"pieces\":2,\"bytes\":8}\n");
    script_release(&script);
}

static void a_reset_of_ours_is_played(void)
{
    struct script script = TESTING_SCRIPT(TESTING_DATA(1, "server", "hola"), TESTING_RESET(2, "client"));
    struct replay replay = { .script = &script, .side = SIDE_CLIENT, .fast = true, .timeout = ZOC_SECOND };
    zoc_stream *streams[2];
    zoc_bytes chunk;

    tcp_streams(streams);
    assert_int_equal(zoc_write(streams[1], "hola", 4), 4);
    assert_int_equal(replay_run(&replay, streams[0]), 0);
    assert_true(replay_is_same(&replay));
    assert_int_equal(zoc_receive(streams[1], &chunk), -ECONNRESET);
    zoc_close(streams[1]);
    script_release(&script);
}

static void a_peer_that_does_not_read_is_not_waited_for_for_ever(void)
{
    static char text[TESTING_PIECE + 1];
    struct script script = { 0 };
    struct replay replay = { .script = &script, .side = SIDE_CLIENT, .fast = true, .timeout = 20 * ZOC_MILLISECOND };
    zoc_buffer line = { 0 };
    zoc_stream *streams[2];

    memset(text, 'x', TESTING_PIECE);
    assert_int_equal(script_read_line(&script, zoc_bytes_of(TESTING_HEADER)), 0);
    assert_int_equal(zoc_buffer_printf(&line,
                                       "{\"event\":\"data\",\"time_ns\":1,\"connection\":1,\"from\":\"client\","
                                       "\"text\":\"%s\"}",
                                       text),
                     0);
    for (int i = 0; i < 512; i++) /* more than the buffers of a connection take */
        assert_int_equal(script_read_line(&script, (zoc_bytes){ line.data, line.size }), 0);
    tcp_streams(streams);
    assert_int_equal(replay_run(&replay, streams[0]), 0);
    expect_report(&replay, "the server did not read for 20ms\n",
                  "{\"result\":\"unread\",\"from\":\"server\",\"recorded\":\"open\",\"live\":\"open\"}\n");
    zoc_close(streams[1]);
    zoc_buffer_release(&line);
    script_release(&script);
}

/* A lower bound alone: how long it takes beyond that is the machine's affair. */
static void pauses_are_as_they_were_recorded(void)
{
    struct script script = TESTING_SCRIPT("{\"event\":\"connected\",\"time_ns\":1000000,\"connection\":1}",
                                          TESTING_DATA(21000000, "client", "a"), TESTING_DATA(41000000, "client", "b"));
    struct replay replay = { .script = &script, .side = SIDE_CLIENT, .timeout = ZOC_SECOND };
    zoc_stream *streams[2];
    zoc_time start = zoc_now();

    tcp_streams(streams);
    zoc_shut(streams[1]);
    assert_int_equal(replay_run(&replay, streams[0]), 0);
    assert_true(zoc_now() - start >= 40 * ZOC_MILLISECOND);
    expect_text(streams[1], "ab");
    zoc_close(streams[1]);
    script_release(&script);
}

static int cancel_soon(void *arg)
{
    testing_settle_io();
    zoc_group_cancel(arg);
    return 0;
}

struct cancelled {
    struct replay replay;
    zoc_stream *stream;
    int result;
};

static int run_cancelled(void *arg)
{
    struct cancelled *cancelled = arg;

    cancelled->result = replay_run(&cancelled->replay, cancelled->stream);
    return 0;
}

static void a_cancel_ends_it(void)
{
    struct script script = TESTING_SCRIPT(TESTING_DATA(1, "server", "a"));
    struct cancelled cancelled = { .replay = { .script = &script, .side = SIDE_CLIENT, .timeout = ZOC_HOUR } };
    zoc_stream *streams[2];
    zoc_group playing = { 0 };
    ZOC_GROUP(others);

    tcp_streams(streams);
    cancelled.stream = streams[0];
    assert_int_equal(zoc_go(&playing, run_cancelled, &cancelled), 0);
    assert_int_equal(zoc_go(&others, cancel_soon, &playing), 0);
    zoc_group_wait(&playing);
    assert_int_equal(cancelled.result, -ECANCELED);
    zoc_close(streams[1]);
    script_release(&script);
}

/* --- reports of datagrams ------------------------------------------------------------------------- */

static void datagrams_are_reported_by_their_number(void)
{
    struct script script =
        TESTING_SCRIPT(TESTING_LETTER(1000000, "server", "one"), TESTING_LETTER(2000000, "server", "two"),
                       TESTING_LETTER(1234567890, "server", "three"));
    struct replay replay = { .script = &script, .side = SIDE_CLIENT, .timeout = ZOC_SECOND };

    replay.heard = comparison_of(&script, SIDE_SERVER);
    comparison_see(&replay.heard, zoc_bytes_of("one"));
    comparison_see(&replay.heard, zoc_bytes_of("tWo"));
    expect_report(&replay,
                  "different at byte 1 of datagram 2 from the server (line 3, after 0.002000s)\n"
                  "  recorded: two\n  live:     tWo\n"
                  "missing: 1 datagram, from datagram 3 on (line 4, after 1.234567s)\n  three\n"
                  "the server said nothing more for 1s\n",
                  "{\"result\":\"different\",\"from\":\"server\",\"offset\":4,\"datagram\":2,\"line\":3,"
                  "\"time_ns\":2000000,\"recorded\":\"two\",\"live\":\"tWo\"}\n"
                  "{\"result\":\"missing\",\"from\":\"server\",\"offset\":6,\"bytes\":5,\"datagrams\":1,\"line\":4,"
                  "\"time_ns\":1234567890,\"recorded\":\"three\"}\n"
                  "{\"result\":\"ending\",\"from\":\"server\",\"recorded\":\"open\",\"live\":\"open\"}\n");
    script_release(&script);
}

static void datagrams_beyond_are_counted(void)
{
    struct script script = TESTING_SCRIPT(TESTING_LETTER(1, "server", "one"));
    struct replay replay = { .script = &script, .side = SIDE_CLIENT, .played = 1, .timeout = ZOC_SECOND };

    replay.heard = comparison_of(&script, SIDE_SERVER);
    comparison_see(&replay.heard, zoc_bytes_of("one"));
    expect_report(&replay, "the same: 1 datagram from the server\n",
                  "{\"result\":\"same\",\"from\":\"server\",\"pieces\":1,\"bytes\":3}\n");
    comparison_see(&replay.heard, zoc_bytes_of("\033"));
    expect_report(&replay, "beyond: 1 datagram after the last\n  \\e\n",
                  "{\"result\":\"beyond\",\"from\":\"server\",\"offset\":3,\"bytes\":1,\"datagrams\":1,"
                  "\"live\":\"\\\\e\"}\n");
    script_release(&script);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_NET(what_had_been_said_after_an_answer_is_said_after_it),
        ON_NET(pieces_of_an_answer_are_not_compared),
        ON_NET(an_answer_that_differs_is_shown_and_the_rest_is_played),
        ON_NET(an_answer_that_does_not_come_is_waited_for_and_missed),
        ON_NET(an_end_may_come_early),
        ON_NET(an_end_may_not_come),
        ON_NET(what_comes_beyond_is_shown),
        ON_NET(a_reset_is_no_end),
        ON_NET(an_end_is_no_reset),
        ON_NET(the_server_can_be_played),
        ON_NET(a_reset_of_ours_is_played),
        ON_NET(a_peer_that_does_not_read_is_not_waited_for_for_ever),
        ON_NET(pauses_are_as_they_were_recorded),
        ON_NET(a_cancel_ends_it),
        ON_NET(datagrams_are_reported_by_their_number),
        ON_NET(datagrams_beyond_are_counted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "anatomy/sequence.h"

#include "anatomy/testing.h"

#include <stdio.h>
#include <string.h>

#define MS ZOC_MILLISECOND

static struct sequence sequence; /* too large for the stack */

/* A row in short: "> SYN 0:0", "< PSH, ACK 1:7 +6 @2 FIN_WAIT_1/CLOSE_WAIT". */
static void describe(const struct segment *segment, char *text, size_t size)
{
    char flags[FLAGS_TEXT];

    snprintf(text, size, "%c %ux %s %llu:%llu +%llu", segment->from == SIDE_CLIENT ? '>' : '<', segment->count,
             flags_format(segment->flags, flags), (unsigned long long)segment->seq, (unsigned long long)segment->ack,
             (unsigned long long)segment->bytes);
}

static struct facts facts;

static int plain(void **state)
{
    (void)state;
    facts = testing_facts(CARRIER_TCP, "127.0.0.1");
    return 0;
}

static void expect(const struct moment *moments, size_t count, const char *const *rows)
{
    char row[128];
    unsigned i = 0;

    sequence_build(&sequence, &facts, moments, count);
    for (; i < sequence.count && rows[i]; i++) {
        describe(&sequence.segments[i], row, sizeof row);
        assert_string_equal(row, rows[i]);
    }
    assert_null(rows[i]);
    assert_int_equal(i, sequence.count);
}

#define EXPECT(moments, ...) \
    expect((moments), sizeof(moments) / sizeof *(moments), (const char *const[]){ __VA_ARGS__, NULL })

#define COUNTS(sent, got, data_sent, data_got)                                                                  \
    {                                                                                                           \
        .known = true, .out = (sent), .in = (got), .data_out = (data_sent), .data_in = (data_got), .rtt_us = 30 \
    }

static struct moment connected(void)
{
    return (struct moment){ MOMENT_CONNECTED, .time = 2 * MS, .since = 1 * MS, .counts = COUNTS(2, 1, 0, 0) };
}

static void an_echo_is_told_segment_by_segment(void **state)
{
    const struct moment moments[] = {
        connected(),
        { MOMENT_SAID, .time = 3 * MS, .left = 3 * MS + 5, .acknowledged = 3 * MS + 9, .bytes = 6,
          .counts = COUNTS(3, 2, 1, 0) },
        { MOMENT_HEARD, .time = 5 * MS, .came = 4 * MS, .bytes = 6, .counts = COUNTS(4, 3, 1, 1) },
        { MOMENT_WE_ENDED, .time = 6 * MS, .counts = COUNTS(5, 3, 1, 1) },
        { MOMENT_PEER_ENDED, .time = 7 * MS, .counts = COUNTS(6, 4, 1, 1) },
        { MOMENT_OVER, .time = 8 * MS, .counts = COUNTS(6, 4, 1, 1) },
    };

    (void)state;
    EXPECT(moments, "> 1x SYN 0:0 +0", "< 1x SYN, ACK 0:1 +0", "> 1x ACK 1:1 +0", "> 1x PSH, ACK 1:1 +6",
           "< 1x ACK 1:7 +0", "< 1x PSH, ACK 1:7 +6", "> 1x ACK 7:7 +0", "> 1x FIN, ACK 7:7 +0", "< 1x FIN, ACK 7:8 +0",
           "> 1x ACK 8:8 +0");
    assert_int_equal(sequence.drawn_by[SIDE_CLIENT], 6);
    assert_int_equal(sequence.drawn_by[SIDE_SERVER], 4);
    assert_int_equal(sequence.segments[9].states[SIDE_CLIENT], STATE_TIME_WAIT);
    assert_int_equal(sequence.segments[9].states[SIDE_SERVER], STATE_CLOSED);
}

static void times_are_the_kernels_where_it_told_them(void **state)
{
    const struct moment moments[] = {
        connected(),
        { MOMENT_SAID, .time = 3 * MS, .left = 3 * MS + 5, .acknowledged = 3 * MS + 9, .bytes = 6,
          .counts = COUNTS(3, 2, 1, 0) },
        { MOMENT_HEARD, .time = 5 * MS, .bytes = 6, .counts = COUNTS(3, 3, 1, 1) },
    };
    const struct segment *rows = sequence.segments;

    (void)state;
    EXPECT(moments, "> 1x SYN 0:0 +0", "< 1x SYN, ACK 0:1 +0", "> 1x ACK 1:1 +0", "> 1x PSH, ACK 1:1 +6",
           "< 1x ACK 1:7 +0", "< 1x PSH, ACK 1:7 +6");
    assert_int_equal(rows[0].certainty, CERTAIN_SEEN);
    assert_int_equal(rows[1].time, 1 * MS + 30 * ZOC_MICROSECOND); /* the round trip that the kernel measured */
    assert_int_equal(rows[1].certainty, CERTAIN_MEASURED);
    assert_int_equal(rows[2].certainty, CERTAIN_INFERRED);
    assert_int_equal(rows[3].time, 3 * MS + 5);
    assert_int_equal(rows[4].time, 3 * MS + 9);
    assert_int_equal(rows[5].time, 5 * MS);
    assert_int_equal(rows[5].certainty, CERTAIN_SEEN);
}

/* No ACK of its own came: the answer carried it. */
static void no_segment_is_drawn_that_was_not_counted(void **state)
{
    const struct moment moments[] = {
        connected(),
        { MOMENT_SAID, .time = 3 * MS, .bytes = 6, .counts = COUNTS(3, 1, 1, 0) },
        { MOMENT_HEARD, .time = 5 * MS, .bytes = 6, .counts = COUNTS(3, 2, 1, 1) },
    };

    (void)state;
    EXPECT(moments, "> 1x SYN 0:0 +0", "< 1x SYN, ACK 0:1 +0", "> 1x ACK 1:1 +0", "> 1x PSH, ACK 1:1 +6",
           "< 1x PSH, ACK 1:7 +6");
}

static void a_server_that_speaks_first_comes_first(void **state)
{
    const struct moment moments[] = {
        { MOMENT_CONNECTED, .time = 2 * MS, .since = 1 * MS, .counts = COUNTS(3, 2, 0, 1) },
        { MOMENT_SAID, .time = 3 * MS, .left = 3 * MS, .bytes = 6, .counts = COUNTS(4, 2, 1, 1) },
        { MOMENT_HEARD, .time = 5 * MS, .bytes = 12, .counts = COUNTS(4, 3, 1, 1) },
    };

    (void)state;
    EXPECT(moments, "> 1x SYN 0:0 +0", "< 1x SYN, ACK 0:1 +0", "> 1x ACK 1:1 +0", "< 1x PSH, ACK 1:1 +12",
           "> 1x ACK 1:13 +0", "> 1x PSH, ACK 1:13 +6", "< 1x ACK 13:7 +0");
}

static void who_ended_first_is_left_in_time_wait(void **state)
{
    struct moment moments[] = {
        connected(),
        { MOMENT_PEER_ENDED, .time = 3 * MS, .counts = COUNTS(3, 2, 0, 0) },
        { MOMENT_WE_ENDED, .time = 4 * MS, .counts = COUNTS(4, 3, 0, 0) },
        { MOMENT_OVER, .time = 5 * MS, .counts = COUNTS(4, 3, 0, 0) },
    };

    (void)state;
    EXPECT(moments, "> 1x SYN 0:0 +0", "< 1x SYN, ACK 0:1 +0", "> 1x ACK 1:1 +0", "< 1x FIN, ACK 1:1 +0",
           "> 1x ACK 1:2 +0", "> 1x FIN, ACK 1:2 +0", "< 1x ACK 2:2 +0");
    assert_int_equal(sequence.segments[3].states[SIDE_CLIENT], STATE_CLOSE_WAIT);
    assert_int_equal(sequence.segments[5].states[SIDE_CLIENT], STATE_LAST_ACK);
    assert_int_equal(sequence.segments[6].states[SIDE_CLIENT], STATE_CLOSED);
    assert_int_equal(sequence.segments[6].states[SIDE_SERVER], STATE_TIME_WAIT);
}

/* The server ended between our close_notify and our FIN, which acknowledged its own. */
static void under_tls_the_peer_may_end_while_we_do(void **state)
{
    struct moment moments[] = {
        connected(),
        { MOMENT_WE_ENDED, .time = 3 * MS, .counts = COUNTS(4, 4, 1, 1) },
        { MOMENT_PEER_ENDED, .time = 4 * MS, .counts = COUNTS(4, 4, 1, 1) },
        { MOMENT_OVER, .time = 5 * MS, .counts = COUNTS(4, 4, 1, 1) },
    };

    (void)state;
    facts.tls.version = "TLS 1.3";
    for (int i = 1; i <= 3; i++)
        moments[i].counts.bytes_out = moments[i].counts.bytes_in = 24;
    moments[1].counts.peer_ended = moments[1].counts.peer_first = moments[1].counts.closed = true;
    EXPECT(moments, "> 1x SYN 0:0 +0", "< 1x SYN, ACK 0:1 +0", "> 1x ACK 1:1 +0", "> 1x PSH, ACK 1:1 +24",
           "< 1x PSH, ACK 1:25 +24", "< 1x FIN, ACK 25:25 +0", "> 1x FIN, ACK 25:26 +0", "< 1x ACK 26:26 +0");
    assert_int_equal(sequence.segments[7].states[SIDE_CLIENT], STATE_CLOSED);
    assert_int_equal(sequence.segments[7].states[SIDE_SERVER], STATE_TIME_WAIT);
}

/* The last ACK was counted together with our FIN, since the peer's had come by then. */
static void an_ack_of_the_peers_fin_stands_behind_it(void **state)
{
    struct moment moments[] = {
        connected(),
        { MOMENT_WE_ENDED, .time = 3 * MS, .counts = COUNTS(4, 2, 0, 0) },
        { MOMENT_PEER_ENDED, .time = 4 * MS, .counts = COUNTS(4, 2, 0, 0) },
    };

    (void)state;
    moments[1].counts.peer_ended = moments[2].counts.peer_ended = true;
    EXPECT(moments, "> 1x SYN 0:0 +0", "< 1x SYN, ACK 0:1 +0", "> 1x ACK 1:1 +0", "> 1x FIN, ACK 1:1 +0",
           "< 1x FIN, ACK 1:2 +0", "> 1x ACK 2:2 +0");
}

/* Nothing but data came between: its FIN went with it, and is no segment more. */
static void an_end_may_go_with_data(void **state)
{
    struct moment moments[] = {
        connected(),
        { MOMENT_HEARD, .time = 3 * MS, .bytes = 12, .counts = COUNTS(3, 2, 0, 1) },
        { MOMENT_PEER_ENDED, .time = 4 * MS, .counts = COUNTS(3, 2, 0, 1) },
    };

    (void)state;
    moments[1].counts.peer_ended = moments[2].counts.peer_ended = true;
    EXPECT(moments, "> 1x SYN 0:0 +0", "< 1x SYN, ACK 0:1 +0", "> 1x ACK 1:1 +0", "< 1x FIN, PSH, ACK 1:1 +12",
           "> 1x ACK 1:14 +0");
    assert_int_equal(sequence.drawn_by[SIDE_SERVER], 2);
}

static void a_refusal_is_a_syn_and_a_reset(void **state)
{
    const struct moment moments[] = { { MOMENT_REFUSED, .time = 2 * MS, .since = 1 * MS } };

    (void)state;
    EXPECT(moments, "> 1x SYN 0:0 +0", "< 1x RST, ACK 0:1 +0");
    assert_int_equal(sequence.segments[1].certainty, CERTAIN_INFERRED);
    assert_int_equal(sequence.segments[1].states[SIDE_CLIENT], STATE_CLOSED);
    assert_int_equal(sequence.segments[0].states[SIDE_SERVER], STATE_UNKNOWN);
}

/* With four linear ones, as Linux has had since 6.5; the next pause is twice as long. */
static void on_silence_syns_are_sent_again_as_long_as_it_waited(void **state)
{
    const struct moment moments[] = { { MOMENT_SILENCE, .time = 8 * ZOC_SECOND, .since = 1 * ZOC_SECOND } };

    (void)state;
    EXPECT(moments, "> 1x SYN 0:0 +0", "> 1x SYN 0:0 +0", "> 1x SYN 0:0 +0", "> 1x SYN 0:0 +0", "> 1x SYN 0:0 +0",
           "> 1x SYN 0:0 +0", "> 1x SYN 0:0 +0");
    assert_int_equal(sequence.segments[5].time, 6 * ZOC_SECOND);
    assert_int_equal(sequence.segments[6].time, 8 * ZOC_SECOND);
    assert_int_equal(sequence.segments[6].states[SIDE_CLIENT], STATE_SYN_SENT);
}

static void where_nobody_counts_the_shortest_story_is_told(void **state)
{
    const struct moment moments[] = {
        { MOMENT_CONNECTED, .time = 2 * MS, .since = 1 * MS },
        { MOMENT_SAID, .time = 3 * MS, .bytes = 6 },
        { MOMENT_HEARD, .time = 5 * MS, .bytes = 6 },
        { MOMENT_WE_ENDED, .time = 6 * MS },
        { MOMENT_PEER_ENDED, .time = 7 * MS },
        { MOMENT_OVER, .time = 8 * MS },
    };

    (void)state;
    EXPECT(moments, "> 1x SYN 0:0 +0", "< 1x SYN, ACK 0:1 +0", "> 1x ACK 1:1 +0", "> 1x PSH, ACK 1:1 +6",
           "< 1x PSH, ACK 1:7 +6", "> 1x FIN, ACK 7:7 +0", "< 1x FIN, ACK 7:8 +0");
    assert_false(sequence.counted);
}

static void more_rows_than_there_is_room_for_are_cut(void **state)
{
    static struct moment moments[2 * SEGMENTS_MAX];
    const struct facts datagrams = testing_facts(CARRIER_UDP, "127.0.0.1");

    (void)state;
    for (unsigned i = 0; i < 2 * SEGMENTS_MAX; i++)
        moments[i] = (struct moment){ .kind = MOMENT_HEARD, .time = i + 1, .bytes = 1 };
    sequence_build(&sequence, &datagrams, moments, SEGMENTS_MAX);
    assert_false(sequence.cut);
    sequence_build(&sequence, &datagrams, moments, SEGMENTS_MAX + 1);
    assert_true(sequence.cut);
    assert_int_equal(sequence.count, SEGMENTS_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(an_echo_is_told_segment_by_segment, plain),
        cmocka_unit_test_setup(times_are_the_kernels_where_it_told_them, plain),
        cmocka_unit_test_setup(no_segment_is_drawn_that_was_not_counted, plain),
        cmocka_unit_test_setup(a_server_that_speaks_first_comes_first, plain),
        cmocka_unit_test_setup(who_ended_first_is_left_in_time_wait, plain),
        cmocka_unit_test_setup(under_tls_the_peer_may_end_while_we_do, plain),
        cmocka_unit_test_setup(an_ack_of_the_peers_fin_stands_behind_it, plain),
        cmocka_unit_test_setup(an_end_may_go_with_data, plain),
        cmocka_unit_test_setup(a_refusal_is_a_syn_and_a_reset, plain),
        cmocka_unit_test_setup(on_silence_syns_are_sent_again_as_long_as_it_waited, plain),
        cmocka_unit_test_setup(where_nobody_counts_the_shortest_story_is_told, plain),
        cmocka_unit_test_setup(more_rows_than_there_is_room_for_are_cut, plain),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

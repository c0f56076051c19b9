#include "talk/join.h"

#include "stream/testing.h"

#include <fcntl.h>

/* user - join.local, join.peer - far: what the user writes comes out at the far end. */
struct table {
    zoc_stream *user, *far;
    struct join join;
    int result;
};

static void open_table(struct table *table)
{
    int far;

    *table = (struct table){ .result = 1, .join.linger = JOIN_LINGER };
    assert_int_equal(zoc_stream_pair(&table->user, &table->join.local), 0);
    table->join.peer = testing_tcp_stream(&far);
    fcntl(far, F_SETFL, O_NONBLOCK);
    table->far = testing_stream_of(far, true, true);
}

static void close_table(struct table *table)
{
    zoc_close(table->user);
    zoc_close(table->join.local);
    zoc_close(table->join.peer);
    zoc_close(table->far);
}

static int run_table(void *arg)
{
    struct table *table = arg;

    table->result = join_run(&table->join);
    return 0;
}

static void say(zoc_stream *stream, const char *text)
{
    assert_int_equal(zoc_write(stream, text, strlen(text)), strlen(text));
}

static void the_end_of_input_is_passed_on_and_the_answer_awaited(void)
{
    ZOC_GROUP(group);
    struct table table;

    open_table(&table);
    zoc_go(&group, run_table, &table);
    say(table.user, "question");
    zoc_shut(table.user);
    testing_expect(table.far, "question");
    testing_expect_end(table.far);
    say(table.far, "answer");
    testing_expect(table.user, "answer");
    assert_int_equal(table.result, 1);
    zoc_shut(table.far);
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_int_equal(table.result, 0);
    close_table(&table);
}

static void the_end_of_the_peer_is_the_end(void)
{
    ZOC_GROUP(group);
    struct table table;

    open_table(&table);
    zoc_go(&group, run_table, &table);
    say(table.far, "all");
    zoc_shut(table.far);
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_int_equal(table.result, 0);
    testing_expect(table.user, "all");
    close_table(&table);
}

static void a_reset_is_a_failure_of_the_connection(void)
{
    ZOC_GROUP(group);
    struct table table;

    open_table(&table);
    zoc_go(&group, run_table, &table);
    testing_settle_io();
    zoc_reset(table.far);
    table.far = NULL;
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_int_equal(table.result, -ECONNRESET);
    assert_false(table.join.local_failed);
    close_table(&table);
}

/* Who ended first hears of a reset all the same. */
static void a_reset_after_the_end_of_input_is_a_failure_of_the_connection(void)
{
    ZOC_GROUP(group);
    struct table table;

    open_table(&table);
    zoc_go(&group, run_table, &table);
    zoc_shut(table.user);
    testing_expect_end(table.far);
    zoc_reset(table.far);
    table.far = NULL;
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_int_equal(table.result, -ECONNRESET);
    assert_false(table.join.local_failed);
    close_table(&table);
}

static void output_that_nobody_reads_is_a_quiet_end_after_the_end_of_input_too(void)
{
    ZOC_GROUP(group);
    struct table table;

    open_table(&table);
    zoc_go(&group, run_table, &table);
    zoc_shut(table.user);
    testing_expect_end(table.far);
    zoc_close(table.user);
    table.user = NULL;
    say(table.far, "answer");
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_int_equal(table.result, 0);
    assert_false(table.join.local_failed);
    close_table(&table);
}

static void silence_for_too_long_is_a_failure(void)
{
    struct table table;

    open_table(&table);
    table.join.idle = 10 * ZOC_MILLISECOND;
    assert_int_equal(join_run(&table.join), -ETIMEDOUT);
    assert_string_equal(zoc_why(), "connection: nothing came and nothing went for 10ms");
    close_table(&table);
}

static void with_a_break_off_the_end_of_input_is_the_end(void)
{
    ZOC_GROUP(group);
    struct table table;
    zoc_bytes chunk;

    open_table(&table);
    table.join.breaks_off = true;
    zoc_go(&group, run_table, &table);
    say(table.user, "last");
    zoc_shut(table.user);
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_int_equal(table.result, 0);
    testing_expect(table.far, "last");
    zoc_reset(table.join.peer);
    table.join.peer = NULL;
    assert_int_equal(zoc_receive(table.far, &chunk), -ECONNRESET);
    close_table(&table);
}

/* --- what is done with the bytes -------------------------------------------------------------------- */

struct counter {
    struct tap tap;
    char text[256];
};

static int note(struct tap *tap, zoc_bytes bytes)
{
    struct counter *counter = (struct counter *)tap;
    size_t size = strlen(counter->text);

    snprintf(counter->text + size, sizeof counter->text - size, "[%.*s]", (int)bytes.size, bytes.data);
    return 0;
}

static void input_goes_out_in_pieces_with_its_lines_ended_as_asked(void)
{
    ZOC_GROUP(group);
    struct table table;
    struct counter sent = { .tap.see = note }, received = { .tap.see = note };

    open_table(&table);
    table.join.sent = &sent.tap;
    table.join.received = &received.tap;
    table.join.crlf = true;
    table.join.piece = 3;
    table.join.pause = 1;
    zoc_go(&group, run_table, &table);
    say(table.user, "one\ntwo");
    zoc_shut(table.user);
    testing_expect(table.far, "one\r\ntwo");
    testing_expect_end(table.far);
    say(table.far, "four\n");
    zoc_shut(table.far);
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_int_equal(table.result, 0);
    testing_expect(table.user, "four\n"); /* what comes stays as it is */
    assert_string_equal(sent.text, "[one][\r\nt][wo]");
    assert_string_equal(received.text, "[four\n]");
    close_table(&table);
}

static int see_slowly(struct tap *tap, zoc_bytes bytes)
{
    (void)tap, (void)bytes;
    return zoc_sleep(10 * ZOC_MILLISECOND);
}

static void a_tap_that_takes_its_time_keeps_no_input_back(void)
{
    ZOC_GROUP(group);
    struct table table;
    struct tap slow = { .see = see_slowly };

    open_table(&table);
    table.join.sent = &slow;
    say(table.user, "first");
    zoc_go(&group, run_table, &table);
    testing_expect(table.far, "first");
    say(table.user, "second"); /* it waits while the first is looked at */
    zoc_shut(table.far);
    testing_expect(table.far, "second");
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_int_equal(table.result, 0);
    close_table(&table);
}

static void input_that_was_read_is_sent_although_the_peer_has_ended(void)
{
    ZOC_GROUP(group);
    struct table table;

    open_table(&table);
    table.join.piece = 1;
    table.join.pause = ZOC_MILLISECOND;
    say(table.user, "input");
    zoc_go(&group, run_table, &table);
    testing_expect(table.far, "in");
    zoc_shut(table.far);
    testing_expect(table.far, "put");
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_int_equal(table.result, 0);
    close_table(&table);
}

/* The input has begun, and goes on a little later; whoever has ended may still listen. */
static void input_that_flows_is_sent_after_the_end_of_the_peer(void)
{
    ZOC_GROUP(group);
    struct table table;

    open_table(&table);
    table.join.rest = 60 * ZOC_SECOND;
    zoc_go(&group, run_table, &table);
    say(table.user, "one ");
    testing_expect(table.far, "one ");
    zoc_shut(table.far);
    testing_expect_end(table.user);
    testing_settle_io();
    say(table.user, "two");
    testing_expect(table.far, "two");
    assert_int_equal(table.result, 1);
    zoc_shut(table.user);
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_int_equal(table.result, 0);
    close_table(&table);
}

static void input_that_flows_no_more_is_waited_for_no_longer(void)
{
    ZOC_GROUP(group);
    struct table table;

    open_table(&table);
    table.join.rest = 20 * ZOC_MILLISECOND;
    zoc_go(&group, run_table, &table);
    say(table.user, "one");
    testing_expect(table.far, "one");
    zoc_shut(table.far);
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_int_equal(table.result, 0);
    close_table(&table);
}

static void after_a_time_it_hangs_up(void)
{
    ZOC_GROUP(group);
    struct table table;

    open_table(&table);
    table.join.hangs_up = true;
    table.join.patience = 20 * ZOC_MILLISECOND;
    zoc_go(&group, run_table, &table);
    say(table.user, "bye");
    zoc_shut(table.user);
    testing_expect(table.far, "bye");
    testing_expect_end(table.far);
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_int_equal(table.result, 0);
    assert_true(table.join.input_ended);
    close_table(&table);
}

static void so_many_receives_are_all(void)
{
    ZOC_GROUP(group);
    struct table table;

    open_table(&table);
    table.join.receive_max = 2;
    zoc_go(&group, run_table, &table);
    say(table.far, "one");
    testing_expect(table.user, "one");
    say(table.far, "two");
    testing_expect(table.user, "two");
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_int_equal(table.result, 0);
    testing_expect_end(table.user);
    close_table(&table);
}

static void lines_go_out_one_by_one_and_the_output_may_stay_open(void)
{
    ZOC_GROUP(group);
    struct table table;

    open_table(&table);
    table.join.by_lines = true;
    table.join.pause = 1 * ZOC_MILLISECOND;
    table.join.keeps_output = true;
    zoc_go(&group, run_table, &table);
    say(table.user, "one\ntwo\n");
    testing_expect(table.far, "one\n");
    testing_expect(table.far, "two\n");
    zoc_shut(table.far);
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_int_equal(zoc_write(table.join.local, "more", 4), 4);
    testing_expect(table.user, "more");
    close_table(&table);
}

static void a_dump_takes_the_place_of_what_comes(void)
{
    ZOC_GROUP(group);
    struct table table;
    zoc_reader reader;
    zoc_bytes line;

    open_table(&table);
    table.join.hex = true;
    zoc_go(&group, run_table, &table);
    say(table.user, "hola");
    testing_expect(table.far, "hola");
    say(table.far, "adios");
    zoc_shut(table.far);
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_int_equal(table.result, 0);
    zoc_reader_init(&reader, table.user, 256);
    assert_true(zoc_reader_line(&reader, &line) > 0);
    assert_memory_equal(line.data, "> 00000000 ", 11);
    assert_true(zoc_reader_line(&reader, &line) > 0);
    assert_memory_equal(line.data, "< 00000000 ", 11);
    assert_memory_equal(line.data + line.size - 5, "adios", 5);
    assert_int_equal(zoc_reader_line(&reader, &line), 0);
    zoc_reader_release(&reader);
    close_table(&table);
}

/* The peer has ended, and what is still sent to it is in the dump as well. */
static void a_dump_ends_with_the_last_that_is_sent(void)
{
    ZOC_GROUP(group);
    struct table table;
    zoc_reader reader;
    zoc_bytes line;

    open_table(&table);
    table.join.hex = true;
    table.join.finite = true;
    zoc_go(&group, run_table, &table);
    zoc_shut(table.far);
    testing_settle_io();
    say(table.user, "hola");
    zoc_shut(table.user);
    testing_expect(table.far, "hola");
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_int_equal(table.result, 0);
    zoc_reader_init(&reader, table.user, 256);
    assert_true(zoc_reader_line(&reader, &line) > 0);
    assert_memory_equal(line.data, "> 00000000 ", 11);
    assert_int_equal(zoc_reader_line(&reader, &line), 0);
    zoc_reader_release(&reader);
    close_table(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_NET(the_end_of_input_is_passed_on_and_the_answer_awaited),
        ON_NET(the_end_of_the_peer_is_the_end),
        ON_NET(a_reset_is_a_failure_of_the_connection),
        ON_NET(a_reset_after_the_end_of_input_is_a_failure_of_the_connection),
        ON_NET(output_that_nobody_reads_is_a_quiet_end_after_the_end_of_input_too),
        ON_NET(silence_for_too_long_is_a_failure),
        ON_NET(with_a_break_off_the_end_of_input_is_the_end),
        ON_NET(input_goes_out_in_pieces_with_its_lines_ended_as_asked),
        ON_NET(a_tap_that_takes_its_time_keeps_no_input_back),
        ON_NET(input_that_was_read_is_sent_although_the_peer_has_ended),
        ON_NET(input_that_flows_is_sent_after_the_end_of_the_peer),
        ON_NET(input_that_flows_no_more_is_waited_for_no_longer),
        ON_NET(after_a_time_it_hangs_up),
        ON_NET(so_many_receives_are_all),
        ON_NET(lines_go_out_one_by_one_and_the_output_may_stay_open),
        ON_NET(a_dump_takes_the_place_of_what_comes),
        ON_NET(a_dump_ends_with_the_last_that_is_sent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

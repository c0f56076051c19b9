#include "relay/joint.h"

#include "stream/testing.h"

#include <fcntl.h>

/* one - joint.sides[0], joint.sides[1] - other: what one says comes out at the other. */
struct table {
    zoc_stream *one, *other;
    struct joint joint;
    zoc_group joining;
};

static zoc_stream *new_side(zoc_stream **ret_far)
{
    int far;
    zoc_stream *side = testing_tcp_stream(&far);

    fcntl(far, F_SETFL, O_NONBLOCK);
    *ret_far = testing_stream_of(far, true, true);
    return side;
}

static int run_table(void *arg)
{
    joint_run(&((struct table *)arg)->joint);
    return 0;
}

static void open_table(struct table *table)
{
    *table = (struct table){ 0 };
    table->joint.sides[0] = new_side(&table->one);
    table->joint.sides[1] = new_side(&table->other);
}

static void begin(struct table *table)
{
    assert_int_equal(zoc_go(&table->joining, run_table, table), 0);
}

static void close_table(struct table *table)
{
    joint_release(&table->joint);
    zoc_close(table->joint.sides[0]);
    zoc_close(table->joint.sides[1]);
    zoc_close(table->one);
    zoc_close(table->other);
}

static void say(zoc_stream *stream, const char *text)
{
    assert_int_equal(zoc_write(stream, text, strlen(text)), strlen(text));
}

static void expect_outcome(struct table *table, enum joint_end end, int side, int error)
{
    assert_int_equal(zoc_group_wait(&table->joining), 0);
    assert_int_equal(table->joint.end, end);
    assert_int_equal(table->joint.failed, side);
    assert_int_equal(table->joint.error, error);
}

/* --- ends ------------------------------------------------------------------------------------------ */

static void each_half_close_is_passed_on_by_itself(void)
{
    for (int first = 0; first < 2; first++) {
        struct table table;

        open_table(&table);
        begin(&table);
        zoc_stream *quick = first == 0 ? table.one : table.other, *slow = first == 0 ? table.other : table.one;
        say(quick, "all");
        zoc_shut(quick);
        testing_expect(slow, "all");
        testing_expect_end(slow);
        say(slow, "later");
        testing_expect(quick, "later");
        zoc_shut(slow);
        testing_expect_end(quick);
        expect_outcome(&table, JOINT_IN_ORDER, 0, 0);
        close_table(&table);
    }
}

static void a_side_that_is_lost_ends_both_and_is_named(void)
{
    for (int lost = 0; lost < 2; lost++) {
        struct table table;

        open_table(&table);
        begin(&table);
        say(table.one, "x");
        testing_expect(table.other, "x");
        zoc_reset(lost == 0 ? table.one : table.other);
        *(lost == 0 ? &table.one : &table.other) = NULL;
        expect_outcome(&table, JOINT_FAILED, lost, -ECONNRESET);
        assert_string_equal(table.joint.why, "Connection reset by peer");
        close_table(&table);
    }
}

/* What a lost side had said before is not passed on as if that had been all. */
static void no_end_is_passed_on_for_a_side_that_is_lost(void)
{
    struct table table;

    open_table(&table);
    begin(&table);
    say(table.one, "half");
    testing_expect(table.other, "half");
    zoc_reset(table.one);
    table.one = NULL;
    expect_outcome(&table, JOINT_FAILED, 0, -ECONNRESET);
    assert_false(table.joint.sides[1]->we_ended);
    close_table(&table);
}

static void what_a_side_that_takes_no_more_has_said_still_arrives(void)
{
    struct table table;

    open_table(&table);
    zoc_close(table.other); /* a Unix socket can shut down what it receives alone */
    zoc_close(table.joint.sides[1]);
    assert_int_equal(zoc_stream_pair(&table.other, &table.joint.sides[1]), 0);
    assert_int_equal(shutdown(((struct descriptor *)table.other)->fd, SHUT_RD), 0);
    begin(&table);
    say(table.one, "nobody reads this");
    testing_settle_io();
    say(table.other, "an answer");
    zoc_shut(table.other);
    testing_expect(table.one, "an answer");
    testing_expect_end(table.one);
    expect_outcome(&table, JOINT_FAILED, 1, -EPIPE);
    close_table(&table);
}

static void a_cancel_cuts_it_off(void)
{
    struct table table;

    open_table(&table);
    begin(&table);
    say(table.one, "x");
    testing_expect(table.other, "x");
    zoc_group_cancel(&table.joining);
    expect_outcome(&table, JOINT_CUT, 0, 0);
    close_table(&table);
}

static void silence_ends_it(void)
{
    struct table table;

    open_table(&table);
    table.joint.idle = 20 * ZOC_MILLISECOND;
    begin(&table);
    expect_outcome(&table, JOINT_IDLE, 0, -ETIMEDOUT);
    close_table(&table);
}

/* --- sides with one direction ---------------------------------------------------------------------- */

/* sides[0] becomes a pipe, of which the test has the other end. */
static int put_pipe(struct table *table, bool receives)
{
    int fds[2];

    assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
    zoc_close(table->one);
    zoc_close(table->joint.sides[0]);
    table->one = NULL;
    table->joint.sides[0] = testing_stream_of(fds[receives ? 0 : 1], receives, !receives);
    return fds[receives ? 1 : 0];
}

static void when_what_is_only_read_has_ended_it_is_over(void)
{
    struct table table;

    open_table(&table);
    int writer = put_pipe(&table, true);
    begin(&table);
    say(table.other, "nobody wants this");
    assert_int_equal(write(writer, "all", 3), 3);
    testing_expect(table.other, "all");
    close(writer);
    testing_expect_end(table.other);
    zoc_shut(table.other);
    expect_outcome(&table, JOINT_IN_ORDER, 0, 0);
    close_table(&table);
}

static void what_is_only_written_ends_with_the_other_side(void)
{
    struct table table;
    char data[8];

    open_table(&table);
    int reader = put_pipe(&table, false);
    begin(&table);
    say(table.other, "all");
    testing_settle_io();
    assert_false(table.joint.sides[1]->we_ended);
    zoc_shut(table.other);
    expect_outcome(&table, JOINT_IN_ORDER, 0, 0);
    assert_int_equal(read(reader, data, sizeof data), 3);
    assert_int_equal(read(reader, data, sizeof data), 0);
    close(reader);
    close_table(&table);
}

static void two_that_are_only_read_cannot_be_joined(void)
{
    struct table table;
    int fds[2];

    open_table(&table);
    int writer = put_pipe(&table, true);
    assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
    zoc_close(table.joint.sides[1]);
    table.joint.sides[1] = testing_stream_of(fds[0], true, false);
    begin(&table);
    expect_outcome(&table, JOINT_FAILED, 0, -EINVAL);
    close(writer);
    close(fds[1]);
    close_table(&table);
}

/* --- what stands in the way ------------------------------------------------------------------------ */

static int pass_twice(struct passage *passage)
{
    zoc_bytes chunk;
    ssize_t received;

    while ((received = zoc_receive(passage->flow.source, &chunk)) > 0)
        for (int i = 0; i < 2; i++)
            assert_int_equal(zoc_write(passage->flow.sink, chunk.data, chunk.size), received);
    return received < 0 ? (int)received : zoc_shut(passage->flow.sink);
}

static void another_way_to_pass_is_used(void)
{
    struct table table;

    open_table(&table);
    table.joint.pass = pass_twice;
    begin(&table);
    say(table.one, "ab");
    testing_expect(table.other, "abab");
    zoc_shut(table.one);
    zoc_shut(table.other);
    expect_outcome(&table, JOINT_IN_ORDER, 0, 0);
    close_table(&table);
}

struct ear {
    struct tap tap; /* first */
    zoc_buffer heard;
};

static int hear(struct tap *tap, zoc_bytes bytes)
{
    return zoc_buffer_append(&((struct ear *)tap)->heard, bytes.data, bytes.size);
}

static void taps_see_what_comes_from_their_side(void)
{
    struct ear ears[2] = { { .tap.see = hear }, { .tap.see = hear } };
    struct table table;

    open_table(&table);
    table.joint.taps[0] = &ears[0].tap;
    table.joint.taps[1] = &ears[1].tap;
    begin(&table);
    say(table.one, "question");
    testing_expect(table.other, "question");
    say(table.other, "answer");
    testing_expect(table.one, "answer");
    zoc_shut(table.one);
    zoc_shut(table.other);
    expect_outcome(&table, JOINT_IN_ORDER, 0, 0);
    assert_memory_equal(ears[0].heard.data, "question", ears[0].heard.size);
    assert_memory_equal(ears[1].heard.data, "answer", ears[1].heard.size);
    zoc_buffer_release(&ears[0].heard);
    zoc_buffer_release(&ears[1].heard);
    close_table(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_NET(each_half_close_is_passed_on_by_itself),
        ON_NET(a_side_that_is_lost_ends_both_and_is_named),
        ON_NET(no_end_is_passed_on_for_a_side_that_is_lost),
        ON_NET(what_a_side_that_takes_no_more_has_said_still_arrives),
        ON_NET(a_cancel_cuts_it_off),
        ON_NET(silence_ends_it),
        ON_NET(when_what_is_only_read_has_ended_it_is_over),
        ON_NET(what_is_only_written_ends_with_the_other_side),
        ON_NET(two_that_are_only_read_cannot_be_joined),
        ON_NET(another_way_to_pass_is_used),
        ON_NET(taps_see_what_comes_from_their_side),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

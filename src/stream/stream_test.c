#include "stream/testing.h"

#include <poll.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/wait.h>

#define MUCH (1024 * 1024)

static void pair(zoc_stream **ret_one, zoc_stream **ret_other)
{
    assert_int_equal(zoc_stream_pair(ret_one, ret_other), 0);
}

static void close_both(zoc_stream *one, zoc_stream *other)
{
    zoc_close(one);
    zoc_close(other);
}

/* --- bytes and ends ------------------------------------------------------------------------------ */

static int write_much(void *arg)
{
    static char data[MUCH];
    zoc_stream *stream = arg;
    size_t done = 0;

    testing_fill(data, MUCH, 0);
    for (size_t size = 1; done < MUCH; size = size * 3 % 70001) {
        size_t piece = size < MUCH - done ? size : MUCH - done;
        assert_int_equal(zoc_write(stream, data + done, piece), piece);
        done += piece;
    }
    return zoc_shut(stream);
}

static void bytes_arrive_in_order(void)
{
    ZOC_GROUP(group);
    zoc_stream *one, *other;
    zoc_bytes chunk;
    uint64_t total = 0;
    ssize_t received;

    pair(&one, &other);
    zoc_go(&group, write_much, one);
    while ((received = zoc_receive(other, &chunk)) > 0) {
        assert_int_equal(chunk.size, received);
        assert_in_range(chunk.size, 1, ZOC_CHUNK_MAX);
        assert_true(testing_is_filled(chunk.data, chunk.size, total));
        total += chunk.size;
    }
    assert_int_equal(received, 0);
    assert_int_equal(total, MUCH);
    assert_int_equal(zoc_group_wait(&group), 0);
    close_both(one, other);
}

static void a_chunk_is_lent_until_the_next_call(void)
{
    zoc_stream *one, *other, *third, *fourth;
    zoc_bytes first, elsewhere;

    pair(&one, &other);
    pair(&third, &fourth);
    assert_int_equal(zoc_write(one, "first", 5), 5);
    assert_int_equal(zoc_receive(other, &first), 5);
    assert_int_equal(zoc_write(one, "other", 5), 5);
    assert_int_equal(zoc_write(third, "thing", 5), 5);
    assert_int_equal(zoc_receive(fourth, &elsewhere), 5);
    assert_memory_equal(first.data, "first", 5);
    testing_expect(other, "other");
    close_both(one, other);
    close_both(third, fourth);
}

static void a_read_copies_at_most_what_was_asked_for(void)
{
    zoc_stream *one, *other;
    char data[8] = "";

    pair(&one, &other);
    assert_int_equal(zoc_write(one, "abcdef", 6), 6);
    assert_int_equal(zoc_read(other, data, 4), 4);
    assert_int_equal(zoc_read(other, data + 4, 4), 2);
    assert_string_equal(data, "abcdef");
    assert_int_equal(zoc_shut(one), 0);
    assert_int_equal(zoc_read(other, data, 4), 0);
    close_both(one, other);
}

static void a_half_close_reaches_the_other_side_and_the_way_back_stays_open(void)
{
    zoc_stream *one, *other;

    pair(&one, &other);
    assert_int_equal(zoc_write(one, "last", 4), 4);
    assert_int_equal(zoc_shut(one), 0);
    assert_int_equal(zoc_shut(one), 0);
    testing_expect(other, "last");
    testing_expect_end(other);
    testing_expect_end(other);
    assert_int_equal(zoc_write(other, "answer", 6), 6);
    testing_expect(one, "answer");
    assert_int_equal(zoc_write(one, "more", 4), -EPIPE);
    close_both(one, other);
}

/* --- finishing ----------------------------------------------------------------------------------- */

struct plain_reader {
    int fd;
    size_t total;
    int error;
};

static void *read_all(void *arg)
{
    static char data[ZOC_CHUNK_MAX];
    struct plain_reader *reader = arg;
    ssize_t got;

    while ((got = read(reader->fd, data, sizeof data)) > 0)
        reader->total += (size_t)got;
    reader->error = got < 0 ? errno : 0;
    close(reader->fd);
    return NULL;
}

/* Writes much to a peer whose words we have not read, ends it so, and returns what the peer saw. */
static struct plain_reader end_with_unread_input(void (*end)(zoc_stream *stream))
{
    static char data[256 * 1024];
    struct plain_reader reader = { 0 };
    pthread_t thread;
    int fds[2];

    testing_tcp_pair(fds);
    zoc_stream *stream = testing_stream_of(fds[0], true, true);
    reader.fd = fds[1];
    assert_int_equal(write(reader.fd, "never read", 10), 10);
    assert_int_equal(poll(&(struct pollfd){ .fd = fds[0], .events = POLLIN }, 1, -1), 1);
    assert_int_equal(pthread_create(&thread, NULL, read_all, &reader), 0);
    assert_int_equal(zoc_write(stream, data, sizeof data), sizeof data);
    end(stream);
    pthread_join(thread, NULL);
    return reader;
}

static void finishing_destroys_nothing_in_flight_although_input_is_unread(void)
{
    struct plain_reader reader = end_with_unread_input(zoc_finish);

    assert_int_equal(reader.error, 0);
    assert_int_equal(reader.total, 256 * 1024);
}

static void closing_with_unread_input_resets(void)
{
    assert_int_equal(end_with_unread_input(zoc_close).error, ECONNRESET);
}

static int finish_after_cancel(void *arg)
{
    zoc_finish(arg);
    return 0;
}

static void a_cancelled_fiber_finishes_without_waiting_for_the_peer(void)
{
    ZOC_GROUP(group);
    zoc_stream *one, *other;

    pair(&one, &other);
    assert_int_equal(zoc_write(one, "words", 5), 5);
    zoc_go(&group, finish_after_cancel, one);
    zoc_group_cancel(&group);
    ZOC_WITHIN(ZOC_FAREWELL_TIME / 2)
        assert_int_equal(zoc_group_wait(&group), 0); /* a farewell would be cut off by the deadline */
    testing_expect(other, "words");
    testing_expect_end(other);
    zoc_finish(other);
    zoc_finish(NULL);
    zoc_close(NULL);
}

static int finish(void *stream)
{
    zoc_finish(stream);
    return 0;
}

static void a_cancel_cuts_a_farewell_short(void)
{
    ZOC_GROUP(group);
    zoc_stream *one, *other;
    zoc_bytes chunk;

    pair(&one, &other);
    zoc_go(&group, finish, one);
    assert_int_equal(zoc_receive(other, &chunk), 0); /* it has said goodbye, and waits for ours */
    zoc_group_cancel(&group);
    ZOC_WITHIN(ZOC_FAREWELL_TIME / 2)
        assert_int_equal(zoc_group_wait(&group), 0);
    zoc_close(other);
}

/* --- writing to who does not read ------------------------------------------------------------------ */

static void a_write_to_who_never_reads_ends_at_the_deadline_and_poisons(void)
{
    static char data[16 * MUCH];
    zoc_stream *one, *other;

    pair(&one, &other);
    ZOC_WITHIN(5 * ZOC_MILLISECOND) {
        assert_int_equal(zoc_write(one, data, sizeof data), -ETIMEDOUT);
    }
    zoc_account account = zoc_stream_account(one);
    assert_int_equal(account.ending, ZOC_ENDED_BY_TIME);
    assert_int_equal(account.error, -ETIMEDOUT);
    assert_in_range(account.sent, 1, 4 * MUCH);
    assert_int_equal(zoc_write(one, "x", 1), -EPIPE);
    close_both(one, other);
}

static void a_write_that_was_cut_off_before_its_first_byte_does_not_poison(void)
{
    zoc_stream *one, *other;

    pair(&one, &other);
    ZOC_WITHIN(0) {
        assert_int_equal(zoc_sleep(ZOC_SECOND), -ETIMEDOUT);
        assert_int_equal(zoc_write(one, "x", 1), -ETIMEDOUT);
    }
    assert_int_equal(zoc_write(one, "y", 1), 1);
    testing_expect(other, "y");
    close_both(one, other);
}

static int receive_all(void *arg)
{
    zoc_stream *stream = arg;
    uint64_t total = 0;
    zoc_bytes chunk;

    while (zoc_receive(stream, &chunk) > 0) {
        assert_true(testing_is_filled(chunk.data, chunk.size, total));
        total += chunk.size;
    }
    assert_int_equal(total, MUCH);
    return 0;
}

static void pieces_go_out_as_one_also_when_the_socket_takes_them_in_parts(void)
{
    static char data[MUCH];
    static const size_t sizes[] = { 0, 1, 70000, 0, 333333, 2, 600000, 0 };
    ZOC_GROUP(group);
    struct iovec pieces[16];
    size_t done = 0;
    int count = 0, small = 4096;
    int fds[2];

    testing_tcp_pair(fds);
    setsockopt(fds[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
    zoc_stream *one = testing_stream_of(fds[0], true, true), *other = testing_stream_of(fds[1], true, true);
    testing_fill(data, MUCH, 0);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++, count++) {
        pieces[count] = (struct iovec){ data + done, sizes[i] };
        done += sizes[i];
    }
    for (; count < 15; count++, done++)
        pieces[count] = (struct iovec){ data + done, 1 };
    pieces[count++] = (struct iovec){ data + done, MUCH - done };
    zoc_go(&group, receive_all, other);
    assert_int_equal(zoc_writev(one, pieces, count), MUCH);
    assert_int_equal(zoc_stream_account(one).sent, MUCH);
    assert_int_equal(zoc_shut(one), 0);
    assert_int_equal(zoc_group_wait(&group), 0);
    close_both(one, other);
}

static void seventeen_pieces_are_refused(void)
{
    zoc_stream *one, *other;
    struct iovec pieces[17];

    pair(&one, &other);
    for (int i = 0; i < 17; i++)
        pieces[i] = (struct iovec){ "x", 1 };
    assert_int_equal(zoc_writev(one, pieces, 17), -EINVAL);
    assert_int_equal(zoc_writev(one, pieces, 16), 16);
    testing_expect(other, "xxxxxxxxxxxxxxxx");
    close_both(one, other);
}

/* --- failures ------------------------------------------------------------------------------------ */

static void a_reset_is_a_network_error(void)
{
    struct linger at_once = { .l_onoff = 1 };
    int peer;
    zoc_stream *stream = testing_tcp_stream(&peer);
    zoc_bytes chunk;

    setsockopt(peer, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close(peer);
    assert_int_equal(zoc_receive(stream, &chunk), -ECONNRESET);
    assert_string_equal(zoc_why(), "Connection reset by peer");
    assert_int_equal(zoc_stream_account(stream).ending, ZOC_ENDED_BY_RESET);
    assert_int_equal(zoc_stream_account(stream).error, -ECONNRESET);
    zoc_finish(stream);
}

/* The kernel tells of it once, and then that the stream has ended. */
static void a_reset_that_a_write_was_told_of_is_no_end_for_who_reads(void)
{
    struct linger at_once = { .l_onoff = 1 };
    int peer;
    zoc_stream *stream = testing_tcp_stream(&peer);
    zoc_bytes chunk;

    setsockopt(peer, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close(peer);
    assert_int_equal(zoc_write(stream, "words", 5), -ECONNRESET);
    assert_int_equal(zoc_receive(stream, &chunk), -ECONNRESET);
    assert_int_equal(zoc_write(stream, "words", 5), -EPIPE);
    zoc_close(stream);
}

static void an_end_that_came_before_the_reset_is_one(void)
{
    int peer;
    zoc_stream *stream = testing_tcp_stream(&peer);

    assert_int_equal(write(peer, "words", 5), 5);
    close(peer);
    assert_int_equal(zoc_write(stream, "words", 5), 5); /* answered with a reset */
    assert_int_equal(zoc_write(stream, "words", 5), -EPIPE);
    testing_expect(stream, "words");
    testing_expect_end(stream);
    zoc_close(stream);
}

static void nothing_received_for_too_long_is_a_timeout(void)
{
    zoc_stream *one, *other;
    zoc_bytes chunk;
    zoc_time start = zoc_now();

    pair(&one, &other);
    zoc_set_timeout(one, 5 * ZOC_MILLISECOND);
    assert_int_equal(zoc_receive(one, &chunk), -ETIMEDOUT);
    assert_true(zoc_now() - start >= 5 * ZOC_MILLISECOND);
    assert_int_equal(zoc_stream_account(one).ending, ZOC_ENDED_BY_TIME);
    close_both(one, other);
}

static void nothing_written_for_too_long_is_a_timeout(void)
{
    static char data[16 * MUCH];
    zoc_stream *one, *other;
    zoc_time start = zoc_now();

    pair(&one, &other);
    zoc_set_timeout(one, 5 * ZOC_MILLISECOND);
    ZOC_WITHIN(ZOC_SECOND * 30) {
        assert_int_equal(zoc_write(one, data, sizeof data), -ETIMEDOUT);
        assert_int_equal(zoc_sleep(ZOC_MILLISECOND), 0); /* it was not the deadline */
    }
    assert_true(zoc_now() - start >= 5 * ZOC_MILLISECOND);
    assert_int_equal(zoc_stream_account(one).ending, ZOC_ENDED_BY_TIME);
    close_both(one, other);
}

/* --- stops --------------------------------------------------------------------------------------- */

struct receiver {
    zoc_stream *stream;
    ssize_t (*receive)(zoc_stream *stream, zoc_bytes *ret_chunk);
    ssize_t results[2];
    zoc_event came; /* something was received */
};

static ssize_t receive_in_the_middle(zoc_stream *stream, zoc_bytes *ret_chunk)
{
    ssize_t result = -1;

    ZOC_FINISH {
        result = zoc_receive(stream, ret_chunk);
    }
    return result;
}

static int receive_twice(void *arg)
{
    struct receiver *receiver = arg;
    zoc_bytes chunk;

    for (int i = 0; i < 2; i++) {
        receiver->results[i] = receiver->receive(receiver->stream, &chunk);
        zoc_event_set(&receiver->came);
    }
    return 0;
}

static void a_soft_stop_lets_what_has_come_be_received(void)
{
    ZOC_GROUP(group);
    zoc_stream *one, *other;

    pair(&one, &other);
    struct receiver receiver = { .stream = other, .receive = zoc_receive };
    zoc_go(&group, receive_twice, &receiver);
    assert_int_equal(zoc_write(one, "come", 4), 4);
    zoc_group_stop(&group);
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_int_equal(receiver.results[0], 4);
    assert_int_equal(receiver.results[1], -ECANCELED);
    assert_int_equal(zoc_stream_account(other).ending, ZOC_OPEN);
    close_both(one, other);
}

static void what_comes_together_with_a_soft_stop_is_received_too(void)
{
    ZOC_GROUP(group);
    zoc_stream *one, *other;

    pair(&one, &other);
    struct receiver receiver = { .stream = other, .receive = zoc_receive };
    zoc_go(&group, receive_twice, &receiver);
    testing_settle(); /* it waits */
    assert_int_equal(zoc_write(one, "come", 4), 4);
    zoc_group_stop(&group);
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_int_equal(receiver.results[0], 4);
    assert_int_equal(receiver.results[1], -ECANCELED);
    close_both(one, other);
}

static void in_the_middle_of_something_a_soft_stop_is_not_seen_and_a_cancel_is(void)
{
    ZOC_GROUP(group);
    zoc_stream *one, *other;

    pair(&one, &other);
    struct receiver receiver = { .stream = other, .receive = receive_in_the_middle };
    zoc_go(&group, receive_twice, &receiver);
    testing_settle();
    zoc_group_stop(&group);
    testing_settle();
    assert_int_equal(receiver.results[0], 0);
    assert_int_equal(zoc_write(one, "come", 4), 4);
    assert_int_equal(zoc_event_wait(&receiver.came), 0);
    assert_int_equal(receiver.results[0], 4);
    zoc_group_cancel(&group);
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_int_equal(receiver.results[1], -ECANCELED);
    close_both(one, other);
}

/* --- accounts and observers ------------------------------------------------------------------------ */

static void the_account_says_what_went_through_and_who_ended_first(void)
{
    zoc_stream *one, *other;

    pair(&one, &other);
    assert_int_equal(zoc_stream_account(one).ending, ZOC_OPEN);
    assert_int_equal(zoc_write(one, "abc", 3), 3);
    testing_expect(other, "abc");
    zoc_shut(one);
    testing_expect_end(other);
    zoc_shut(other);
    zoc_account ours = zoc_stream_account(one), theirs = zoc_stream_account(other);
    assert_int_equal(ours.sent, 3);
    assert_int_equal(ours.received, 0);
    assert_int_equal(ours.ending, ZOC_ENDED_BY_US);
    assert_int_equal(theirs.sent, 0);
    assert_int_equal(theirs.received, 3);
    assert_int_equal(theirs.ending, ZOC_ENDED_BY_PEER);
    assert_int_equal(theirs.error, 0);
    assert_true(ours.since <= zoc_now());
    close_both(one, other);
}

static void an_observer_sees_every_step_in_order(void)
{
    zoc_stream *one, *other;
    RECORDER(ours);
    RECORDER(theirs);
    struct iovec pieces[2] = { { "ab", 2 }, { "cde", 3 } };

    pair(&one, &other);
    zoc_observe(one, &ours.observer);
    zoc_observe(other, &theirs.observer);
    assert_int_equal(zoc_writev(one, pieces, 2), 5);
    testing_expect(other, "abcde");
    assert_int_equal(zoc_write(other, "f", 1), 1);
    testing_expect(one, "f");
    zoc_shut(one);
    testing_expect_end(other);
    testing_expect_end(other);
    zoc_finish(other);
    zoc_finish(one);
    assert_string_equal(ours.text, "sent 2, sent 3, received 1, we_ended, peer_ended, closed, ");
    assert_string_equal(theirs.text, "received 5, sent 1, peer_ended, we_ended, closed, ");
}

static void an_observer_sees_failures_and_no_bytes_that_did_not_go(void)
{
    RECORDER(recorder);
    struct linger at_once = { .l_onoff = 1 };
    int peer;
    zoc_stream *stream = testing_tcp_stream(&peer);

    zoc_observe(stream, &recorder.observer);
    setsockopt(peer, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close(peer);
    assert_int_equal(zoc_write(stream, "x", 1), -ECONNRESET);
    zoc_close(stream);
    assert_string_equal(recorder.text, "failed -104, closed, ");
}

struct long_write {
    zoc_stream *stream;
    struct iovec pieces[2];
};

static int run_long_write(void *arg)
{
    struct long_write *write = arg;
    size_t size = write->pieces[0].iov_len + write->pieces[1].iov_len;

    assert_int_equal(zoc_writev(write->stream, write->pieces, 2), size);
    return 0;
}

/* How much was sent by the first notice of something else, and in all. */
static void read_notices(const char *text, size_t *ret_before, size_t *ret_all)
{
    bool before = true;

    *ret_before = *ret_all = 0;
    for (const char *at = text; *at; at = strstr(at, ", ") + 2) {
        size_t size = strncmp(at, "sent ", 5) == 0 ? strtoul(at + 5, NULL, 10) : 0;
        before = before && size > 0;
        *ret_all += size;
        *ret_before += before ? size : 0;
    }
}

/* The peer answers in the middle of a write: an observer has heard of what it answers to. */
static void what_a_write_that_waits_has_got_rid_of_is_told_before_what_comes(void)
{
    static char data[8 * 1024 * 1024], rest[64 * 1024];
    zoc_stream *one, *other;
    RECORDER(recorder);
    size_t before, all;
    ZOC_GROUP(writing);

    pair(&one, &other);
    zoc_observe(one, &recorder.observer);
    struct long_write write = { one, { { data, 1 }, { data + 1, sizeof data - 1 } } };
    assert_int_equal(zoc_go(&writing, run_long_write, &write), 0);
    testing_settle_io();
    assert_int_equal(zoc_write(other, "enough", 6), 6);
    testing_expect(one, "enough");
    for (size_t left = sizeof data; left > 0;)
        left -= (size_t)zoc_read(other, rest, sizeof rest);
    assert_int_equal(zoc_group_wait(&writing), 0);
    zoc_observe(one, NULL);
    close_both(one, other);
    read_notices(recorder.text, &before, &all);
    assert_true(before > 1 && before < sizeof data);
    assert_int_equal(all, sizeof data);
}

/* --- breaking off -------------------------------------------------------------------------------- */

static void a_reset_breaks_the_connection_off_for_the_peer(void)
{
    int peer;
    zoc_stream *stream = testing_tcp_stream(&peer);
    char data[8];

    zoc_reset(stream);
    assert_int_equal(read(peer, data, sizeof data), -1);
    assert_int_equal(errno, ECONNRESET);
    close(peer);
}

static void a_reset_of_ours_is_told(void)
{
    int peer;
    zoc_stream *stream = testing_tcp_stream(&peer);
    RECORDER(recorder);

    zoc_observe(stream, &recorder.observer);
    zoc_reset(stream);
    close(peer);
    assert_string_equal(recorder.text, "we_reset, closed, ");
}

static void what_is_broken_off_is_reset_by_whoever_finishes_it(void)
{
    int peer;
    zoc_stream *stream = testing_tcp_stream(&peer);
    char data[8];

    stream_break_off(stream);
    zoc_finish(stream);
    assert_int_equal(read(peer, data, sizeof data), -1);
    assert_int_equal(errno, ECONNRESET);
    close(peer);
}

static void what_is_no_tcp_is_closed_by_a_reset(void)
{
    zoc_stream *one, *other;

    pair(&one, &other);
    zoc_reset(one);
    testing_expect_end(other);
    zoc_close(other);
    zoc_reset(NULL);
}

/* --- words --------------------------------------------------------------------------------------- */

static void a_stream_describes_itself_by_its_two_ends(void)
{
    int peer;
    zoc_stream *stream = testing_tcp_stream(&peer);
    char text[256], expected[256], here[ZOC_ADDRESS_TEXT], there[ZOC_ADDRESS_TEXT];
    zoc_address local;
    struct tcp_info info;

    assert_int_equal(zoc_stream_local(stream, &local), 0);
    snprintf(expected, sizeof expected, "tcp %s < %s", zoc_address_format(&local, here, sizeof here),
             zoc_address_format(zoc_stream_peer(stream), there, sizeof there));
    assert_string_equal(zoc_describe(stream, text, sizeof text), expected);
    assert_memory_equal(there, "127.0.0.1:", 10);
    assert_int_equal(zoc_stream_tcp_info(stream, &info), 0);
    assert_int_equal(info.tcpi_state, TCP_ESTABLISHED);
    zoc_close(stream);
    close(peer);
}

static void a_unix_stream_has_no_tcp_info(void)
{
    zoc_stream *one, *other;
    char text[256];
    struct tcp_info info;

    pair(&one, &other);
    assert_int_equal(zoc_stream_tcp_info(one, &info), -EOPNOTSUPP);
    assert_string_equal(zoc_describe(one, text, sizeof text), "unix (unnamed) < (unnamed)");
    assert_false(zoc_stream_has_messages(one));
    close_both(one, other);
}

/* --- programmer's errors --------------------------------------------------------------------------- */

static int write_too_much(void *arg)
{
    static char data[16 * MUCH];

    return (int)zoc_write(arg, data, sizeof data);
}

static int receive_once(void *arg)
{
    zoc_bytes chunk;

    return (int)zoc_receive(arg, &chunk);
}

static int run_two(void *fn)
{
    ZOC_GROUP(group);
    zoc_stream *one, *other;

    if (zoc_stream_pair(&one, &other) < 0)
        return -1;
    zoc_go(&group, (zoc_fn *)fn, one);
    zoc_go(&group, (zoc_fn *)fn, one);
    ZOC_WITHIN(ZOC_SECOND) {
        zoc_group_wait(&group);
    }
    return 0;
}

static void assert_two_crash(zoc_fn *fn)
{
    int status;
    pid_t child = fork();

    if (child == 0) {
        setrlimit(RLIMIT_CORE, &(struct rlimit){ 0 });
        signal(SIGABRT, SIG_DFL);
        if (!freopen("/dev/null", "w", stderr))
            _exit(1);
        zoc_run(run_two, (void *)fn);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
}

static void a_second_writer_crashes(void **state)
{
    (void)state;
    assert_two_crash(write_too_much);
}

static void a_second_receiver_crashes(void **state)
{
    (void)state;
    assert_two_crash(receive_once);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_NET(bytes_arrive_in_order),
        ON_NET(a_chunk_is_lent_until_the_next_call),
        ON_NET(a_read_copies_at_most_what_was_asked_for),
        ON_NET(a_half_close_reaches_the_other_side_and_the_way_back_stays_open),
        ON_NET(finishing_destroys_nothing_in_flight_although_input_is_unread),
        ON_NET(closing_with_unread_input_resets),
        ON_NET(a_cancelled_fiber_finishes_without_waiting_for_the_peer),
        ON_NET(a_cancel_cuts_a_farewell_short),
        ON_NET(a_write_to_who_never_reads_ends_at_the_deadline_and_poisons),
        ON_NET(a_write_that_was_cut_off_before_its_first_byte_does_not_poison),
        ON_NET(pieces_go_out_as_one_also_when_the_socket_takes_them_in_parts),
        ON_NET(seventeen_pieces_are_refused),
        ON_NET(a_reset_is_a_network_error),
        ON_NET(a_reset_that_a_write_was_told_of_is_no_end_for_who_reads),
        ON_NET(an_end_that_came_before_the_reset_is_one),
        ON_NET(nothing_received_for_too_long_is_a_timeout),
        ON_NET(nothing_written_for_too_long_is_a_timeout),
        ON_NET(a_soft_stop_lets_what_has_come_be_received),
        ON_NET(what_comes_together_with_a_soft_stop_is_received_too),
        ON_NET(in_the_middle_of_something_a_soft_stop_is_not_seen_and_a_cancel_is),
        ON_NET(the_account_says_what_went_through_and_who_ended_first),
        ON_NET(an_observer_sees_every_step_in_order),
        ON_NET(an_observer_sees_failures_and_no_bytes_that_did_not_go),
        ON_NET(what_a_write_that_waits_has_got_rid_of_is_told_before_what_comes),
        ON_NET(a_reset_breaks_the_connection_off_for_the_peer),
        ON_NET(a_reset_of_ours_is_told),
        ON_NET(what_is_broken_off_is_reset_by_whoever_finishes_it),
        ON_NET(what_is_no_tcp_is_closed_by_a_reset),
        ON_NET(a_stream_describes_itself_by_its_two_ends),
        ON_NET(a_unix_stream_has_no_tcp_info),
        cmocka_unit_test(a_second_writer_crashes),
        cmocka_unit_test(a_second_receiver_crashes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

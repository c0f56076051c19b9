#include "stream/testing.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/stat.h>
#include <termios.h>

static void open_pipe(int ret_fds[2])
{
    assert_int_equal(pipe2(ret_fds, O_CLOEXEC), 0);
}

static void a_pipe_is_read_and_written_without_touching_its_description(void)
{
    int fds[2];

    open_pipe(fds);
    int watched[2] = { dup(fds[0]), dup(fds[1]) }; /* of the same descriptions */
    zoc_stream *in = testing_stream_of(fds[0], true, false), *out = testing_stream_of(fds[1], false, true);
    assert_int_equal(zoc_write(out, "through", 7), 7);
    testing_expect(in, "through");
    assert_int_equal(fcntl(watched[0], F_GETFL) & O_NONBLOCK, 0);
    assert_int_equal(fcntl(watched[1], F_GETFL) & O_NONBLOCK, 0);
    close(watched[1]);
    assert_int_equal(zoc_shut(out), 0); /* the reopened one and the original: both are closed */
    testing_expect_end(in);
    zoc_close(in);
    zoc_close(out);
    close(watched[0]);
}

static void a_pipe_makes_a_fiber_wait_and_not_the_thread(void)
{
    int fds[2];
    zoc_bytes chunk;

    open_pipe(fds);
    zoc_stream *in = testing_stream_of(fds[0], true, false);
    ZOC_WITHIN(ZOC_MILLISECOND) {
        assert_int_equal(zoc_receive(in, &chunk), -ETIMEDOUT);
    }
    zoc_close(in);
    close(fds[1]);
}

static void an_inherited_socket_stays_blocking(void)
{
    int fds[2];
    zoc_bytes chunk;

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
    int watched = dup(fds[0]);
    zoc_stream *stream = testing_stream_of(fds[0], true, true);
    ZOC_WITHIN(ZOC_MILLISECOND) {
        assert_int_equal(zoc_receive(stream, &chunk), -ETIMEDOUT);
    }
    assert_int_equal(write(fds[1], "in", 2), 2);
    testing_expect(stream, "in");
    assert_int_equal(fcntl(watched, F_GETFL) & O_NONBLOCK, 0);
    zoc_close(stream);
    close(watched);
    close(fds[1]);
}

/* The kernel's world, in which nothing can be opened now and then. */
static struct zoc_world world;
static bool opens_nothing;

static int open_or_not(const char *path, int flags, mode_t mode)
{
    return opens_nothing ? -EACCES : zoc_world_kernel.open(path, flags, mode);
}

static zoc_stream *stream_without_reopening(int fd, bool receives, bool sends)
{
    opens_nothing = true;
    zoc_stream *stream = testing_stream_of(fd, receives, sends);
    opens_nothing = false;
    return stream;
}

/* Ends an abandoned read, whose worker then closes the pipe that the stream has left to it. */
static void await_worker(int write_end)
{
    (void)!write(write_end, "x", 1);
    assert_int_equal(poll(&(struct pollfd){ .fd = write_end }, 1, -1), 1); /* POLLERR: nobody reads any more */
    close(write_end);
}

static int write_late(void *arg)
{
    return (int)write(*(int *)arg, "late", 4) - 4;
}

static void a_pipe_that_cannot_be_reopened_is_left_to_worker_threads(void)
{
    ZOC_GROUP(group);
    int fds[2], others[2];
    char data[8];
    zoc_bytes chunk;

    open_pipe(fds);
    open_pipe(others);
    zoc_stream *in = stream_without_reopening(fds[0], true, false),
               *out = stream_without_reopening(others[1], false, true);
    zoc_go(&group, write_late, &fds[1]);
    testing_expect(in, "late");
    zoc_set_timeout(in, 2 * ZOC_MILLISECOND);
    assert_int_equal(zoc_receive(in, &chunk), -ETIMEDOUT);
    assert_int_equal(zoc_write(out, "out", 3), 3);
    assert_int_equal(read(others[0], data, sizeof data), 3);
    close(others[0]);
    zoc_close(in);
    zoc_close(out);
    await_worker(fds[1]);
}

static int soft_stopped_read(void *arg)
{
    zoc_bytes chunk;

    return zoc_receive(arg, &chunk) == -ECANCELED ? 0 : -EIO;
}

static void a_soft_stop_abandons_a_read_that_blocks(void)
{
    ZOC_GROUP(group);
    int fds[2];

    open_pipe(fds);
    zoc_stream *in = stream_without_reopening(fds[0], true, false);
    zoc_go(&group, soft_stopped_read, in);
    testing_settle();
    zoc_group_stop(&group);
    assert_int_equal(zoc_group_wait(&group), 0);
    zoc_close(in);
    await_worker(fds[1]);
}

static void a_file_ends_where_it_ends(void)
{
    char path[] = "/tmp/zocalo-fd-test-XXXXXX";
    int fd = mkostemp(path, O_CLOEXEC);
    zoc_stream *out = testing_stream_of(fd, false, true);

    assert_int_equal(zoc_write(out, "content", 7), 7);
    zoc_close(out);
    zoc_stream *in = testing_stream_of(open(path, O_RDONLY | O_CLOEXEC), true, false);
    testing_expect(in, "content");
    testing_expect_end(in);
    zoc_close(in);
    unlink(path);
}

static void dev_null_takes_everything_and_ends_at_once(void)
{
    zoc_stream *null = testing_stream_of(open("/dev/null", O_RDWR | O_CLOEXEC), true, true);

    assert_int_equal(zoc_write(null, "x", 1), 1);
    testing_expect_end(null);
    zoc_finish(null);
}

static void a_fifo_whose_writers_are_gone_ends_after_its_bytes(void)
{
    char path[] = "/tmp/zocalo-fifo-test-XXXXXX";

    assert_non_null(mkdtemp(path));
    char fifo[64];
    snprintf(fifo, sizeof fifo, "%s/fifo", path);
    assert_int_equal(mkfifo(fifo, 0600), 0);
    int in = open(fifo, O_RDONLY | O_NONBLOCK | O_CLOEXEC), out = open(fifo, O_WRONLY | O_CLOEXEC);
    fcntl(in, F_SETFL, 0);
    assert_int_equal(write(out, "last", 4), 4);
    close(out);
    zoc_stream *stream = testing_stream_of(in, true, false);
    testing_expect(stream, "last");
    ZOC_WITHIN(5 * ZOC_SECOND) {
        testing_expect_end(stream);
    }
    zoc_close(stream);
    unlink(fifo);
    rmdir(path);
}

static void lines_that_wait_in_a_terminal_are_received_one_after_the_other(void)
{
    int master, slave;

    assert_int_equal(openpty(&master, &slave, NULL, NULL, NULL), 0);
    assert_int_equal(write(master, "one\ntwo\n", 8), 8);
    zoc_stream *terminal = testing_stream_of(slave, true, true);
    ZOC_WITHIN(5 * ZOC_SECOND) {
        testing_expect(terminal, "one\n");
        testing_expect(terminal, "two\n");
    }
    assert_int_equal(zoc_shut(terminal), 0); /* it has no half-close: it can still be read */
    assert_int_equal(write(master, "three\n", 6), 6);
    testing_expect(terminal, "three\n");
    zoc_close(terminal);
    close(master);
}

static void packets_that_wait_are_received_one_after_the_other(void)
{
    int fds[2];
    zoc_bytes chunk;

    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), 0);
    zoc_stream *stream = testing_stream_of(fds[0], true, true);
    assert_int_equal(write(fds[1], "one", 3), 3);
    assert_int_equal(write(fds[1], "four", 4), 4);
    ZOC_WITHIN(5 * ZOC_SECOND) {
        assert_int_equal(zoc_receive(stream, &chunk), 3);
        assert_int_equal(zoc_receive(stream, &chunk), 4);
    }
    close(fds[1]);
    testing_expect_end(stream);
    zoc_close(stream);
}

static void the_wrong_direction_is_refused_and_the_descriptor_left_alone(void)
{
    int fds[2];
    zoc_stream *stream = NULL;

    open_pipe(fds);
    assert_int_equal(zoc_stream_of_fd(fds[0], true, true, &stream), -EBADF);
    assert_int_equal(zoc_stream_of_fd(fds[1], true, false, &stream), -EBADF);
    assert_null(stream);
    assert_true(fcntl(fds[0], F_GETFD) >= 0);
    close(fds[0]);
    close(fds[1]);
    assert_int_equal(zoc_stream_of_fd(fds[0], true, false, &stream), -EBADF);
}

static void finishing_a_pipe_does_not_wait_for_its_writer(void)
{
    int fds[2];
    zoc_time start = zoc_now();
    RECORDER(recorder);

    open_pipe(fds);
    zoc_stream *in = testing_stream_of(fds[0], true, false), *out = testing_stream_of(fds[1], false, true);
    zoc_observe(out, &recorder.observer);
    assert_int_equal(zoc_write(out, "x", 1), 1);
    testing_expect(in, "x");
    zoc_finish(in);
    assert_true(zoc_now() - start < ZOC_FAREWELL_TIME);
    zoc_finish(out);
    assert_string_equal(recorder.text, "sent 1, we_ended, closed, ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_NET(a_pipe_is_read_and_written_without_touching_its_description),
        ON_NET(a_pipe_makes_a_fiber_wait_and_not_the_thread),
        ON_NET(an_inherited_socket_stays_blocking),
        ON_NET(a_pipe_that_cannot_be_reopened_is_left_to_worker_threads),
        ON_NET(a_soft_stop_abandons_a_read_that_blocks),
        ON_NET(a_file_ends_where_it_ends),
        ON_NET(dev_null_takes_everything_and_ends_at_once),
        ON_NET(a_fifo_whose_writers_are_gone_ends_after_its_bytes),
        ON_NET(lines_that_wait_in_a_terminal_are_received_one_after_the_other),
        ON_NET(packets_that_wait_are_received_one_after_the_other),
        ON_NET(the_wrong_direction_is_refused_and_the_descriptor_left_alone),
        ON_NET(finishing_a_pipe_does_not_wait_for_its_writer),
    };

    world = zoc_world_kernel;
    world.open = open_or_not;
    zoc_world = &world;
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

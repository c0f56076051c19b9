#include "stream/testing.h"

#include <fcntl.h>
#include <sys/stat.h>

static char folder[] = "/tmp/zocalo-fifo-test-XXXXXX";
static char path[64]; /* of the pipe */

static int make_folder(void **state)
{
    (void)state;
    snprintf(path, sizeof path, "%s/pipe", mkdtemp(folder) ? folder : "");
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder);
}

static int dial(const char *options, zoc_stream **ret_stream)
{
    char text[128];

    snprintf(text, sizeof text, "fifo:%s%s", path, options);
    return zoc_dial(text, NULL, ret_stream);
}

static zoc_stream *dialled(const char *options)
{
    zoc_stream *stream = NULL;

    if (dial(options, &stream) < 0)
        fail_msg("%s", zoc_why());
    return stream;
}

static int plain(int flags)
{
    int fd = open(path, flags | O_NONBLOCK | O_CLOEXEC);

    assert_true(fd >= 0);
    return fd;
}

static int dial_out(void *arg)
{
    zoc_stream *stream;

    *(int *)arg = dial(",dir=out", &stream);
    return 0;
}

static bool is_there(void)
{
    return access(path, F_OK) == 0;
}

/* --- the file ------------------------------------------------------------------------------------- */

static void a_missing_pipe_is_made_and_removed_again(void)
{
    struct stat status;
    mode_t before = umask(077);
    zoc_stream *stream = dialled(",mode=0622");

    umask(before);
    assert_int_equal(stat(path, &status), 0);
    assert_true(S_ISFIFO(status.st_mode));
    assert_int_equal(status.st_mode & 07777, 0622);
    zoc_close(stream);
    assert_false(is_there());
}

static void without_a_mode_it_has_what_the_umask_leaves(void)
{
    struct stat status;
    mode_t before = umask(027);
    zoc_stream *stream = dialled("");

    umask(before);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0640);
    zoc_close(stream);
}

static void a_pipe_that_was_there_stays(void)
{
    assert_int_equal(mkfifo(path, 0600), 0);
    zoc_close(dialled(""));
    assert_true(is_there());
    unlink(path);
}

static void what_is_no_pipe_is_refused_and_left_alone(void)
{
    char words[256];
    zoc_stream *stream;

    close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    snprintf(words, sizeof words, "dial fifo:%s: '%s' exists, and is no named pipe", path, path);
    assert_int_equal(dial("", &stream), -EINVAL);
    assert_string_equal(zoc_why(), words);
    assert_int_equal(dial(",dir=out", &stream), -EINVAL);
    assert_true(is_there());
    unlink(path);
}

/* Their inode numbers are all that tells them apart, and a file system may give one that is free again. */
static void a_pipe_that_another_made_since_stays(void)
{
    ZOC_GROUP(group);
    zoc_stream *stream = dialled("");
    int result = 0;

    unlink(path);
    assert_int_equal(mkfifo(path, 0600), 0);
    zoc_close(stream);
    assert_true(is_there());
    unlink(path);

    zoc_go(&group, dial_out, &result);
    testing_settle();
    unlink(path);
    assert_int_equal(mkfifo(path, 0600), 0);
    zoc_group_cancel(&group);
    zoc_group_wait(&group);
    assert_int_equal(result, -ECANCELED);
    assert_true(is_there());
    unlink(path);
}

static void what_took_the_place_of_a_pipe_is_not_written_to(void)
{
    ZOC_GROUP(group);
    struct stat status;
    int result = 0;

    assert_int_equal(mkfifo(path, 0600), 0);
    zoc_go(&group, dial_out, &result);
    testing_settle();
    unlink(path);
    close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    zoc_group_wait(&group);
    assert_int_equal(result, -EINVAL);
    assert_int_equal(stat(path, &status), 0);
    unlink(path);
}

static int blind_stat(const char *name, struct stat *ret_status)
{
    *ret_status = (struct stat){ .st_mode = S_IFIFO };
    return access(name, F_OK);
}

static void what_is_opened_is_what_counts(void)
{
    struct zoc_world world = zoc_world_kernel;
    zoc_stream *stream;

    close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    world.stat = blind_stat;
    zoc_world = &world;
    int result = dial(",dir=out", &stream);
    zoc_world = &zoc_world_kernel;
    assert_int_equal(result, -EINVAL);
    unlink(path);
}

static void a_folder_that_does_not_exist_is_said(void)
{
    zoc_stream *stream;

    assert_int_equal(zoc_dial("fifo:/nowhere/pipe", NULL, &stream), -ENOENT);
    assert_string_equal(zoc_why(), "dial fifo:/nowhere/pipe: mkfifo: No such file or directory");
}

/* --- reading -------------------------------------------------------------------------------------- */

static void a_reader_waits_for_the_first_writer_and_ends_with_the_last(void)
{
    zoc_stream *stream = dialled("");
    zoc_bytes chunk;

    ZOC_WITHIN(5 * ZOC_MILLISECOND)
        assert_int_equal(zoc_receive(stream, &chunk), -ETIMEDOUT);
    int one = plain(O_WRONLY), other = plain(O_WRONLY);
    assert_int_equal(write(one, "one", 3), 3);
    testing_expect(stream, "one");
    close(one);
    ZOC_WITHIN(5 * ZOC_MILLISECOND)
        assert_int_equal(zoc_receive(stream, &chunk), -ETIMEDOUT);
    assert_int_equal(write(other, "other", 5), 5);
    close(other);
    testing_expect(stream, "other");
    testing_expect_end(stream);
    zoc_close(stream);
}

static void a_writer_that_comes_and_goes_without_a_word_is_the_end(void)
{
    zoc_stream *stream = dialled("");

    close(plain(O_WRONLY));
    testing_expect_end(stream);
    testing_expect_end(stream);
    zoc_close(stream);
}

static int say_late(void *arg)
{
    (void)arg;
    zoc_sleep(ZOC_MILLISECOND);
    int fd = plain(O_WRONLY);
    zoc_sleep(ZOC_MILLISECOND);
    assert_int_equal(write(fd, "late", 4), 4);
    close(fd);
    return 0;
}

static void a_reader_that_waits_already_is_woken(void)
{
    ZOC_GROUP(group);
    zoc_stream *stream = dialled("");

    zoc_go(&group, say_late, NULL);
    testing_expect(stream, "late");
    testing_expect_end(stream);
    zoc_close(stream);
}

static void a_reader_times_out(void)
{
    zoc_stream *stream = dialled(",timeout=2ms");
    zoc_bytes chunk;

    assert_int_equal(zoc_receive(stream, &chunk), -ETIMEDOUT);
    zoc_close(stream);
}

/* --- writing -------------------------------------------------------------------------------------- */

static int read_late(void *arg)
{
    zoc_sleep(ZOC_MILLISECOND);
    *(int *)arg = plain(O_RDONLY);
    return 0;
}

static void a_writer_waits_for_a_reader(void)
{
    ZOC_GROUP(group);
    char data[8];
    int fd = -1;

    zoc_go(&group, read_late, &fd);
    zoc_stream *stream = dialled(",dir=out");
    assert_true(fd >= 0);
    assert_int_equal(zoc_write(stream, "hello", 5), 5);
    assert_int_equal(zoc_shut(stream), 0);
    assert_int_equal(read(fd, data, sizeof data), 5);
    assert_int_equal(read(fd, data, sizeof data), 0);
    assert_true(is_there());
    zoc_close(stream);
    assert_false(is_there());
    close(fd);
}

static void a_writer_waits_no_longer_than_it_may(void)
{
    zoc_stream *stream;

    assert_int_equal(dial(",dir=out,connect-timeout=2ms", &stream), -ETIMEDOUT);
    assert_false(is_there());
    ZOC_WITHIN(2 * ZOC_MILLISECOND)
        assert_int_equal(dial(",dir=out", &stream), -ETIMEDOUT);
    assert_false(is_there());
}

static void a_writer_that_waits_can_be_cancelled(void)
{
    ZOC_GROUP(group);
    int result = 0;

    zoc_go(&group, dial_out, &result);
    testing_settle();
    assert_true(is_there());
    zoc_group_cancel(&group);
    zoc_group_wait(&group);
    assert_int_equal(result, -ECANCELED);
    assert_false(is_there());
}

static void a_writer_without_readers_is_told(void)
{
    assert_int_equal(mkfifo(path, 0600), 0);
    int fd = plain(O_RDONLY);
    zoc_stream *stream = dialled(",dir=out");

    close(fd);
    assert_int_equal(zoc_write(stream, "x", 1), -EPIPE);
    zoc_close(stream);
    unlink(path);
}

/* --- one direction -------------------------------------------------------------------------------- */

static void a_pipe_has_one_direction(void)
{
    char data[8];
    zoc_stream *in = dialled(""), *out = dialled(",dir=out");

    assert_true(zoc_stream_receives(in) && !zoc_stream_sends(in));
    assert_true(zoc_stream_sends(out) && !zoc_stream_receives(out));
    assert_int_equal(zoc_write(in, "x", 1), -EBADF);
    testing_expect_end(out);
    assert_int_equal(zoc_read(out, data, sizeof data), 0);
    assert_int_equal(zoc_write(out, "both ours", 9), 9);
    zoc_finish(out);
    testing_expect(in, "both ours");
    testing_expect_end(in);
    zoc_finish(in);
    assert_false(is_there());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_NET(a_missing_pipe_is_made_and_removed_again),
        ON_NET(without_a_mode_it_has_what_the_umask_leaves),
        ON_NET(a_pipe_that_was_there_stays),
        ON_NET(what_is_no_pipe_is_refused_and_left_alone),
        ON_NET(a_pipe_that_another_made_since_stays),
        ON_NET(what_took_the_place_of_a_pipe_is_not_written_to),
        ON_NET(what_is_opened_is_what_counts),
        ON_NET(a_folder_that_does_not_exist_is_said),
        ON_NET(a_reader_waits_for_the_first_writer_and_ends_with_the_last),
        ON_NET(a_writer_that_comes_and_goes_without_a_word_is_the_end),
        ON_NET(a_reader_that_waits_already_is_woken),
        ON_NET(a_reader_times_out),
        ON_NET(a_writer_waits_for_a_reader),
        ON_NET(a_writer_waits_no_longer_than_it_may),
        ON_NET(a_writer_that_waits_can_be_cancelled),
        ON_NET(a_writer_without_readers_is_told),
        ON_NET(a_pipe_has_one_direction),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}

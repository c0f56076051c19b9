#include "stream/testing.h"

#include <fcntl.h>
#include <termios.h>

static char folder[] = "/tmp/zocalo-pty-test-XXXXXX";
static char path[64]; /* of the link */

static int make_folder(void **state)
{
    (void)state;
    snprintf(path, sizeof path, "%s/com1", mkdtemp(folder) ? folder : "");
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

    snprintf(text, sizeof text, "pty:%s%s", path, options);
    return zoc_dial(text, NULL, ret_stream);
}

static zoc_stream *dialled(const char *options)
{
    zoc_stream *stream = NULL;

    if (dial(options, &stream) < 0)
        fail_msg("%s", zoc_why());
    return stream;
}

/* As its user does. */
static int opened(void)
{
    int fd = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);

    assert_true(fd >= 0);
    return fd;
}

static bool is_there(void)
{
    struct stat status;

    return lstat(path, &status) == 0;
}

static void expect_at(int fd, const char *bytes, size_t size)
{
    char data[512];
    size_t got = 0;

    assert_true(size <= sizeof data);
    while (got < size) {
        ssize_t result = read(fd, data + got, sizeof data - got);
        assert_true(result > 0);
        got += (size_t)result;
    }
    assert_memory_equal(data, bytes, size);
}

/* --- bytes ---------------------------------------------------------------------------------------- */

static void every_byte_passes_as_it_is_both_ways(void)
{
    char bytes[256], data[512];
    size_t got = 0;

    for (int i = 0; i < 256; i++)
        bytes[i] = (char)i;
    zoc_stream *stream = dialled("");
    assert_true(zoc_stream_receives(stream) && zoc_stream_sends(stream));
    int user = opened();
    assert_int_equal(zoc_write(stream, bytes, sizeof bytes), sizeof bytes);
    expect_at(user, bytes, sizeof bytes);
    assert_int_equal(write(user, bytes, sizeof bytes), sizeof bytes);
    while (got < sizeof bytes) {
        ssize_t result = zoc_read(stream, data + got, sizeof data - got);
        assert_true(result > 0);
        got += (size_t)result;
    }
    assert_memory_equal(data, bytes, sizeof bytes);
    close(user);
    zoc_close(stream);
}

static void what_was_sent_before_it_is_opened_is_there(void)
{
    zoc_stream *stream = dialled("");

    assert_int_equal(zoc_write(stream, "early", 5), 5);
    int user = opened();
    expect_at(user, "early", 5);
    close(user);
    zoc_close(stream);
}

static void the_last_user_that_goes_is_the_end(void)
{
    zoc_stream *stream = dialled("");
    int one = opened(), other = opened();

    assert_int_equal(write(one, "first", 5), 5);
    testing_expect(stream, "first");
    close(one);
    assert_int_equal(write(other, "last", 4), 4);
    close(other);
    testing_expect(stream, "last");
    testing_expect_end(stream);
    zoc_close(stream);
}

static int receive_word(void *arg)
{
    testing_expect(arg, "word");
    return 0;
}

static void who_only_sets_it_up_is_no_user(void)
{
    ZOC_GROUP(group);
    zoc_stream *stream = dialled("");

    zoc_go(&group, receive_word, stream);
    testing_settle_io();
    close(opened());
    testing_settle_io();
    int user = opened();
    assert_int_equal(write(user, "word", 4), 4);
    zoc_group_wait(&group);
    close(user);
    testing_expect_end(stream);
    zoc_close(stream);
}

static void a_half_close_is_none_and_answers_still_come(void)
{
    zoc_stream *stream = dialled("");
    int user = opened();

    assert_false(zoc_stream_tells_end(stream));
    assert_int_equal(zoc_shut(stream), 0);
    assert_int_equal(write(user, "answer", 6), 6);
    testing_expect(stream, "answer");
    close(user);
    zoc_close(stream);
}

/* --- the close ------------------------------------------------------------------------------------ */

static int close_it(void *arg)
{
    zoc_close(arg);
    return 0;
}

static void what_was_sent_is_read_before_it_goes(void)
{
    ZOC_GROUP(group);
    char bytes[8192], data[8192];
    size_t got = 0;
    zoc_stream *stream = dialled("");
    int user = opened();

    testing_fill(bytes, sizeof bytes, 0);
    assert_int_equal(write(user, "x", 1), 1);
    testing_expect(stream, "x");
    assert_int_equal(zoc_write(stream, bytes, sizeof bytes), sizeof bytes);
    zoc_go(&group, close_it, stream);
    testing_settle_io();
    assert_false(is_there());
    while (got < sizeof data) {
        ssize_t result = read(user, data + got, sizeof data - got);
        assert_true(result > 0);
        got += (size_t)result;
    }
    assert_true(testing_is_filled(data, sizeof data, 0));
    zoc_group_wait(&group);
    assert_int_equal(read(user, data, 1), 0);
    close(user);
}

static void who_never_reads_is_left(void)
{
    zoc_stream *stream = dialled("");
    int user = opened();
    char byte;

    assert_int_equal(zoc_write(stream, "unread", 6), 6);
    zoc_close(stream);
    assert_int_equal(read(user, &byte, 1), 0);
    close(user);
}

/* --- the link ------------------------------------------------------------------------------------- */

static void its_link_goes_with_it(void)
{
    zoc_stream *stream = dialled("");
    struct stat status;

    assert_true(lstat(path, &status) == 0 && S_ISLNK(status.st_mode));
    assert_true(stat(path, &status) == 0 && S_ISCHR(status.st_mode));
    zoc_close(stream);
    assert_false(is_there());
}

static void a_link_that_another_made_since_stays(void)
{
    zoc_stream *stream = dialled("");

    unlink(path);
    assert_int_equal(symlink("/dev/null", path), 0);
    zoc_close(stream);
    assert_true(is_there());
    unlink(path);
}

static void a_link_of_one_that_was_killed_is_replaced(void)
{
    char name[64];
    zoc_stream *stream = dialled("");
    ssize_t size = readlink(path, name, sizeof name - 1);

    assert_true(size > 0);
    name[size] = '\0';
    zoc_close(stream);
    assert_int_equal(symlink(name, path), 0); /* the next one most likely has that name */
    stream = dialled("");
    zoc_close(stream);
    assert_false(is_there());
    assert_int_equal(symlink("/dev/pts/999999", path), 0);
    stream = dialled("");
    zoc_close(stream);
    assert_false(is_there());
}

static void assert_taken(void)
{
    char words[192];
    zoc_stream *stream;

    snprintf(words, sizeof words, "dial pty:%s: '%s' exists, and is no link to a terminal that has ended", path, path);
    assert_int_equal(dial("", &stream), -EEXIST);
    assert_string_equal(zoc_why(), words);
    assert_true(is_there());
    unlink(path);
}

static void what_is_there_stays(void)
{
    close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    assert_taken();
    assert_int_equal(symlink("/dev/null", path), 0);
    assert_taken();
    assert_int_equal(symlink("/nowhere/at/all", path), 0);
    assert_taken();
    zoc_stream *first = dialled(""), *second;
    assert_int_equal(dial("", &second), -EEXIST);
    zoc_close(first);
    assert_false(is_there());
}

static void a_folder_that_is_missing_is_said(void)
{
    zoc_stream *stream;

    assert_int_equal(zoc_dial("pty:/nowhere/com1", NULL, &stream), -ENOENT);
    assert_string_equal(zoc_why(), "dial pty:/nowhere/com1: symlink: No such file or directory");
}

static void others_may_open_it_as_its_mode_says(void)
{
    zoc_stream *stream = dialled(",mode=0660");
    struct stat status;

    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0660);
    zoc_close(stream);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_NET(every_byte_passes_as_it_is_both_ways),
        ON_NET(what_was_sent_before_it_is_opened_is_there),
        ON_NET(the_last_user_that_goes_is_the_end),
        ON_NET(who_only_sets_it_up_is_no_user),
        ON_NET(a_half_close_is_none_and_answers_still_come),
        ON_NET(what_was_sent_is_read_before_it_goes),
        ON_NET(who_never_reads_is_left),
        ON_NET(its_link_goes_with_it),
        ON_NET(a_link_that_another_made_since_stays),
        ON_NET(a_link_of_one_that_was_killed_is_replaced),
        ON_NET(what_is_there_stays),
        ON_NET(a_folder_that_is_missing_is_said),
        ON_NET(others_may_open_it_as_its_mode_says),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}

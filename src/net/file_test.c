#include "stream/testing.h"

#include <fcntl.h>
#include <sys/stat.h>

static char folder[] = "/tmp/zocalo-file-test-XXXXXX";
static char path[64]; /* of the file */

static int make_folder(void **state)
{
    (void)state;
    snprintf(path, sizeof path, "%s/file", mkdtemp(folder) ? folder : "");
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

    snprintf(text, sizeof text, "file:%s%s", path, options);
    return zoc_dial(text, NULL, ret_stream);
}

static zoc_stream *dialled(const char *options)
{
    zoc_stream *stream = NULL;

    if (dial(options, &stream) < 0)
        fail_msg("%s", zoc_why());
    return stream;
}

static void put(const char *options, const char *text)
{
    zoc_stream *stream = dialled(options);

    assert_int_equal(zoc_write(stream, text, strlen(text)), strlen(text));
    assert_int_equal(zoc_shut(stream), 0);
    zoc_close(stream);
}

static void expect(const char *text)
{
    zoc_stream *stream = dialled("");

    testing_expect(stream, text);
    testing_expect_end(stream);
    zoc_close(stream);
}

static int mode_of_file(void)
{
    struct stat status;

    assert_int_equal(stat(path, &status), 0);
    return (int)status.st_mode & 07777;
}

/* --- reading and writing -------------------------------------------------------------------------- */

static void a_file_is_written_anew_and_read_to_its_end(void)
{
    put(",dir=out", "a longer text");
    put(",dir=out", "short");
    expect("short");
    unlink(path);
}

static void append_adds_at_the_end(void)
{
    put(",append", "one ");
    put(",append,dir=out", "two");
    expect("one two");
    unlink(path);
}

static void a_file_has_one_direction(void)
{
    zoc_stream *out = dialled(",append"), *in = dialled("");

    assert_true(zoc_stream_sends(out) && !zoc_stream_receives(out));
    assert_true(zoc_stream_receives(in) && !zoc_stream_sends(in));
    assert_int_equal(zoc_write(in, "x", 1), -EBADF);
    testing_expect_end(out);
    zoc_finish(in);
    zoc_finish(out);
    unlink(path);
}

/* Workers may look at it at any time, so it is the same table from the start on. */
static struct zoc_world world;

static void make_world(void)
{
    world = zoc_world_kernel;
    zoc_world = &world;
}

static int nothing_there(const char *name, struct stat *ret_status)
{
    (void)name, (void)ret_status;
    return -ENOENT;
}

static void what_comes_between_looking_and_opening_is_refused(void)
{
    char words[192];
    zoc_stream *stream;

    assert_int_equal(mkfifo(path, 0600), 0);
    world.stat = nothing_there;
    int result = dial("", &stream);
    world.stat = zoc_world_kernel.stat;
    snprintf(words, sizeof words, "dial file:%s: '%s' is a named pipe: 'fifo:' opens it", path, path);
    assert_int_equal(result, -EINVAL);
    assert_string_equal(zoc_why(), words);
    unlink(path);
}

static void a_file_that_is_made_has_the_mode_that_was_asked_for(void)
{
    mode_t before = umask(027);

    put(",dir=out", "");
    assert_int_equal(mode_of_file(), 0640);
    put(",dir=out,mode=0666", "it was there");
    assert_int_equal(mode_of_file(), 0640);
    unlink(path);
    put(",dir=out,mode=0666", "");
    assert_int_equal(mode_of_file(), 0666);
    umask(before);
    unlink(path);
}

static void a_device_is_a_file_too(void)
{
    zoc_stream *stream;
    char data[4];

    assert_int_equal(zoc_dial("file:/dev/zero", NULL, &stream), 0);
    assert_int_equal(zoc_read(stream, data, 4), 4);
    zoc_close(stream);
    assert_int_equal(zoc_dial("file:/dev/full,dir=out", NULL, &stream), 0);
    assert_int_equal(zoc_write(stream, "x", 1), -ENOSPC);
    zoc_close(stream);
}

/* --- refusals ------------------------------------------------------------------------------------- */

static void assert_refused(const char *options, int error, const char *words)
{
    char all[256];
    zoc_stream *stream;

    snprintf(all, sizeof all, "dial file:%s%s: %s", path, options, words);
    assert_int_equal(dial(options, &stream), error);
    assert_string_equal(zoc_why(), all);
}

static void what_is_no_file_is_pointed_to_its_scheme(void)
{
    char words[128];
    struct sockaddr_un address = { .sun_family = AF_UNIX };

    assert_int_equal(mkfifo(path, 0600), 0);
    snprintf(words, sizeof words, "'%s' is a named pipe: 'fifo:' opens it", path);
    assert_refused("", -EINVAL, words);
    assert_refused(",dir=out", -EINVAL, words);
    unlink(path);

    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    memcpy(address.sun_path, path, strlen(path));
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    close(fd);
    snprintf(words, sizeof words, "'%s' is a socket: 'unix:' connects to it", path);
    assert_refused("", -EINVAL, words);
    unlink(path);

    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(words, sizeof words, "'%s' is a directory", path);
    assert_refused(",append", -EINVAL, words);
    rmdir(path);
}

static void a_missing_file_is_said(void)
{
    assert_refused("", -ENOENT, "open: No such file or directory");
}

static void a_mode_says_nothing_to_a_reader(void)
{
    assert_refused(",mode=0600", -EINVAL, "option 'mode=' says nothing when reading a file");
}

static int dial_cancelled(void *arg)
{
    zoc_stream *stream;

    *(int *)arg = dial(",dir=out", &stream);
    return 0;
}

static void who_was_cancelled_opens_nothing(void)
{
    ZOC_GROUP(group);
    int result = 0;

    zoc_go(&group, dial_cancelled, &result);
    zoc_group_cancel(&group);
    zoc_group_wait(&group);
    assert_int_equal(result, -ECANCELED);
    assert_int_equal(access(path, F_OK), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_NET(a_file_is_written_anew_and_read_to_its_end),
        ON_NET(append_adds_at_the_end),
        ON_NET(a_file_has_one_direction),
        ON_NET(what_comes_between_looking_and_opening_is_refused),
        ON_NET(a_file_that_is_made_has_the_mode_that_was_asked_for),
        ON_NET(a_device_is_a_file_too),
        ON_NET(what_is_no_file_is_pointed_to_its_scheme),
        ON_NET(a_missing_file_is_said),
        ON_NET(a_mode_says_nothing_to_a_reader),
        ON_NET(who_was_cancelled_opens_nothing),
    };

    make_world();
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}

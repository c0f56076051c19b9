#include "stream/testing.h"

#include "net/tty.h"

#include <fcntl.h>
#include <pty.h>
#include <termios.h>

static int near;      /* the side that a user has; a test may close it */
static char path[64]; /* of the side that is dialled */
static int held;      /* that side, so that it keeps its settings */

/* Workers may look at it at any time, so it is the same table from the start on. */
static struct zoc_world world;

static void open_terminal(void)
{
    assert_int_equal(openpty(&near, &held, path, NULL, NULL), 0);
}

static void close_terminal(void)
{
    close(near);
    close(held);
}

static zoc_stream *dialled(const char *options)
{
    zoc_stream *stream = NULL;
    char text[128];

    snprintf(text, sizeof text, "%s%s", path, options);
    if (zoc_dial(text, NULL, &stream) < 0)
        fail_msg("%s", zoc_why());
    return stream;
}

static struct termios settings(void)
{
    struct termios found;

    assert_int_equal(tcgetattr(held, &found), 0);
    return found;
}

static bool is_raw(void)
{
    return !(settings().c_lflag & (ICANON | ECHO | ISIG)) && !(settings().c_oflag & OPOST);
}

static void assert_same(struct termios before)
{
    struct termios now = settings();

    assert_int_equal(now.c_iflag, before.c_iflag);
    assert_int_equal(now.c_oflag, before.c_oflag);
    assert_int_equal(now.c_cflag, before.c_cflag);
    assert_int_equal(now.c_lflag, before.c_lflag);
    assert_memory_equal(now.c_cc, before.c_cc, sizeof now.c_cc);
}

static void fill(char *bytes)
{
    for (int i = 0; i < 256; i++)
        bytes[i] = (char)i;
}

/* All bytes, and none besides. */
static void expect_at(int fd, const char *bytes, size_t size)
{
    char data[512];
    size_t got = 0;

    while (got < size) {
        ssize_t result = read(fd, data + got, sizeof data - got);
        assert_true(result > 0);
        got += (size_t)result;
    }
    assert_int_equal(got, size);
    assert_memory_equal(data, bytes, size);
}

static void expect_bytes(zoc_stream *stream, const char *bytes, size_t size)
{
    char data[512];
    size_t got = 0;

    while (got < size) {
        ssize_t result = zoc_read(stream, data + got, sizeof data - got);
        assert_true(result > 0);
        got += (size_t)result;
    }
    assert_int_equal(got, size);
    assert_memory_equal(data, bytes, size);
}

/* --- bytes ---------------------------------------------------------------------------------------- */

static void every_byte_passes_as_it_is_both_ways(void)
{
    char bytes[256];

    fill(bytes);
    open_terminal();
    zoc_stream *stream = dialled("");
    assert_true(zoc_stream_receives(stream) && zoc_stream_sends(stream));
    assert_int_equal(write(near, bytes, sizeof bytes), sizeof bytes);
    expect_bytes(stream, bytes, sizeof bytes);
    assert_int_equal(zoc_write(stream, bytes, sizeof bytes), sizeof bytes);
    expect_at(near, bytes, sizeof bytes);
    zoc_close(stream);
    close_terminal();
}

static void a_half_close_is_none_and_answers_still_come(void)
{
    open_terminal();
    zoc_stream *stream = dialled(",dir=both");
    assert_false(zoc_stream_tells_end(stream));
    assert_int_equal(zoc_write(stream, "ATI\r", 4), 4);
    assert_int_equal(zoc_shut(stream), 0);
    expect_at(near, "ATI\r", 4);
    assert_int_equal(write(near, "OK\r\n", 4), 4);
    testing_expect(stream, "OK\r\n");
    zoc_close(stream);
    close_terminal();
}

static void the_other_side_that_goes_is_the_end(void)
{
    open_terminal();
    zoc_stream *stream = dialled("");
    assert_int_equal(write(near, "last", 4), 4);
    testing_expect(stream, "last");
    close(near);
    testing_expect_end(stream);
    zoc_close(stream);
    close(held);
}

static int write_soon(void *arg)
{
    (void)arg;
    assert_int_equal(write(near, "late", 4), 4);
    return 0;
}

static void who_reads_waits_for_the_line(void)
{
    ZOC_GROUP(group);

    open_terminal();
    zoc_stream *stream = dialled("");
    zoc_go(&group, write_soon, NULL);
    testing_expect(stream, "late");
    zoc_group_wait(&group);
    zoc_close(stream);
    close_terminal();
}

/* --- settings ------------------------------------------------------------------------------------- */

static void settings_come_back_at_the_end(void)
{
    open_terminal();
    struct termios before = settings();
    zoc_stream *stream = dialled("");
    assert_true(is_raw());
    assert_true(settings().c_cflag & CLOCAL);
    zoc_close(stream);
    assert_false(is_raw());
    assert_same(before);
    close_terminal();
}

static void one_direction_changes_nothing_unless_asked_to(void)
{
    open_terminal();
    zoc_stream *out = dialled(",dir=out"), *in = dialled(",dir=in");
    assert_true(zoc_stream_sends(out) && !zoc_stream_receives(out));
    assert_true(zoc_stream_receives(in) && !zoc_stream_sends(in));
    assert_true(zoc_stream_tells_end(out));
    assert_false(is_raw());
    zoc_close(out);
    zoc_close(in);

    in = dialled(",dir=in,raw");
    assert_true(is_raw());
    zoc_close(in);
    out = dialled(",dir=out,raw");
    assert_int_equal(zoc_write(out, "\n", 1), 1);
    expect_at(near, "\n", 1);
    assert_int_equal(zoc_shut(out), 0);
    assert_false(is_raw());
    zoc_close(out);
    close_terminal();
}

static void cooked_leaves_lines_to_the_kernel(void)
{
    open_terminal();
    struct termios before = settings();
    zoc_stream *stream = dialled(",cooked");
    assert_same(before);
    assert_int_equal(write(near, "ab\x7f\r", 4), 4);
    testing_expect(stream, "a\n");
    assert_int_equal(write(near, "\x04", 1), 1);
    testing_expect_end(stream);
    zoc_close(stream);
    close_terminal();
}

static void a_speed_is_set_and_given_back(void)
{
    open_terminal();
    struct termios before = settings();
    zoc_stream *stream = dialled(",speed=115200");
    struct termios now = settings();
    assert_int_equal(cfgetospeed(&now), B115200);
    assert_int_equal(cfgetispeed(&now), B115200);
    assert_true(is_raw());
    zoc_close(stream);
    assert_same(before);

    stream = dialled(",cooked,speed=4000000");
    now = settings();
    assert_int_equal(cfgetospeed(&now), B4000000);
    assert_false(is_raw());
    zoc_close(stream);
    assert_same(before);
    close_terminal();
}

/* As a device that has one speed. */
static int set_but_speed(int fd, const struct termios *wanted)
{
    struct termios possible = *wanted;

    cfsetspeed(&possible, B38400);
    return zoc_world_kernel.terminal_set(fd, &possible);
}

static void a_speed_that_the_device_does_not_have_is_refused(void)
{
    char text[128], words[256];
    zoc_stream *stream;

    open_terminal();
    struct termios before = settings();
    snprintf(text, sizeof text, "%s,speed=9600", path);
    snprintf(words, sizeof words, "dial %s: '%s' cannot run at 9600 bits per second", text, path);
    world.terminal_set = set_but_speed;
    int result = zoc_dial(text, NULL, &stream);
    world.terminal_set = zoc_world_kernel.terminal_set;
    assert_int_equal(result, -EINVAL);
    assert_string_equal(zoc_why(), words);
    assert_same(before);
    close_terminal();
}

static bool controls(int fd)
{
    (void)fd;
    return true;
}

static void the_terminal_that_controls_us_is_raw_only_when_asked_to(void)
{
    open_terminal();
    world.terminal_controls = controls;
    zoc_stream *stream = dialled("");
    assert_false(is_raw());
    zoc_close(stream);
    stream = dialled(",raw");
    assert_true(is_raw());
    zoc_close(stream);
    world.terminal_controls = zoc_world_kernel.terminal_controls;
    close_terminal();
}

/* --- the close ------------------------------------------------------------------------------------ */

static int unsent; /* bytes, one of which leaves between two looks */
static bool early; /* settings were given back before all had left */

static int count_unsent(int fd)
{
    (void)fd;
    return unsent > 0 ? unsent-- : 0;
}

static int set_on_a_slow_line(int fd, const struct termios *wanted)
{
    early = early || unsent > 0;
    return zoc_world_kernel.terminal_set(fd, wanted);
}

static int talk_until_cancelled(void *arg)
{
    zoc_stream *stream = dialled("");
    zoc_bytes chunk;

    (void)arg;
    assert_int_equal(zoc_write(stream, "x", 1), 1);
    unsent = 3;
    assert_int_equal(zoc_receive(stream, &chunk), -ECANCELED);
    world.terminal_set = set_on_a_slow_line;
    world.terminal_unsent = count_unsent;
    zoc_close(stream);
    world.terminal_set = zoc_world_kernel.terminal_set;
    world.terminal_unsent = zoc_world_kernel.terminal_unsent;
    return 0;
}

static void settings_come_back_when_what_was_sent_has_left_also_after_a_cancel(void)
{
    ZOC_GROUP(group);
    char byte;

    early = false;
    open_terminal();
    struct termios before = settings();
    zoc_go(&group, talk_until_cancelled, NULL);
    while (unsent == 0)
        zoc_sleep(ZOC_MILLISECOND);
    zoc_group_cancel(&group);
    zoc_group_wait(&group);
    assert_false(early);
    assert_int_equal(unsent, 0);
    assert_int_equal(read(near, &byte, 1), 1);
    assert_same(before);
    close_terminal();
}

static int64_t ahead; /* of the kernel's time */
static int looks;

static int64_t time_ahead(void)
{
    return zoc_world_kernel.monotonic() + ahead;
}

static int wait_ahead(void *poller, struct world_ready *ret_ready, int max, int64_t deadline)
{
    return zoc_world_kernel.poller_wait(poller, ret_ready, max, deadline == INT64_MAX ? deadline : deadline - ahead);
}

/* As a line whose other side has said stop (XOFF). A second passes with each look. */
static int never_sent(int fd)
{
    (void)fd;
    looks++;
    ahead += ZOC_SECOND;
    return 1;
}

static void a_line_that_was_stopped_is_left_after_a_while(void)
{
    char byte;

    open_terminal();
    struct termios before = settings();
    zoc_stream *stream = dialled("");
    assert_int_equal(zoc_write(stream, "x", 1), 1);
    world.monotonic = time_ahead;
    world.poller_wait = wait_ahead;
    world.terminal_unsent = never_sent;
    zoc_close(stream);
    world.terminal_unsent = zoc_world_kernel.terminal_unsent;
    assert_int_equal(looks, TTY_PATIENCE / ZOC_SECOND);
    assert_int_equal(read(near, &byte, 1), 1);
    assert_same(before);
    close_terminal();
}

/* --- refusals ------------------------------------------------------------------------------------- */

static void assert_refused(const char *endpoint, int error, const char *words)
{
    char all[256];
    zoc_stream *stream;

    snprintf(all, sizeof all, "dial %s: %s", endpoint, words);
    assert_int_equal(zoc_dial(endpoint, NULL, &stream), error);
    assert_string_equal(zoc_why(), all);
}

static void options_of_terminals_are_for_terminals(void)
{
    assert_refused("file:/dev/null,raw", -ENOTTY,
                   "'/dev/null' is no terminal, which 'raw', 'cooked' and 'speed=' are for");
    assert_refused("/dev/null,dir=both,speed=9600", -ENOTTY,
                   "'/dev/null' is no terminal, which 'raw', 'cooked' and 'speed=' are for");
}

static void a_file_that_is_no_terminal_keeps_what_is_in_it(void)
{
    char name[] = "/tmp/zocalo-tty-test-XXXXXX", text[64], words[128];
    struct stat status;
    int fd = mkstemp(name);

    assert_int_equal(write(fd, "kept", 4), 4);
    snprintf(text, sizeof text, "%s,dir=out,cooked", name);
    snprintf(words, sizeof words, "'%s' is no terminal, which 'raw', 'cooked' and 'speed=' are for", name);
    assert_refused(text, -ENOTTY, words);
    snprintf(text, sizeof text, "file:%s.missing,dir=out,raw", name);
    assert_refused(text, -ENOENT, "open: No such file or directory");
    snprintf(text, sizeof text, "file:%s,dir=both", name);
    snprintf(words, sizeof words, "'%s' is no device: 'dir=in' reads it, and 'dir=out' writes it", name);
    assert_refused(text, -EINVAL, words);
    assert_int_equal(fstat(fd, &status), 0);
    assert_int_equal(status.st_size, 4);
    unlink(name);
    close(fd);
}

static void another_device_goes_both_ways_when_asked_to(void)
{
    zoc_stream *stream;
    char data[4];

    assert_int_equal(zoc_dial("/dev/zero,dir=both", NULL, &stream), 0);
    assert_true(zoc_stream_receives(stream) && zoc_stream_sends(stream));
    assert_int_equal(zoc_read(stream, data, 4), 4);
    assert_int_equal(zoc_write(stream, "x", 1), 1);
    zoc_close(stream);
    assert_int_equal(zoc_dial("/dev/zero", NULL, &stream), 0);
    assert_false(zoc_stream_sends(stream));
    zoc_close(stream);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_NET(every_byte_passes_as_it_is_both_ways),
        ON_NET(a_half_close_is_none_and_answers_still_come),
        ON_NET(the_other_side_that_goes_is_the_end),
        ON_NET(who_reads_waits_for_the_line),
        ON_NET(settings_come_back_at_the_end),
        ON_NET(one_direction_changes_nothing_unless_asked_to),
        ON_NET(cooked_leaves_lines_to_the_kernel),
        ON_NET(a_speed_is_set_and_given_back),
        ON_NET(a_speed_that_the_device_does_not_have_is_refused),
        ON_NET(the_terminal_that_controls_us_is_raw_only_when_asked_to),
        ON_NET(settings_come_back_when_what_was_sent_has_left_also_after_a_cancel),
        ON_NET(a_line_that_was_stopped_is_left_after_a_while),
        ON_NET(options_of_terminals_are_for_terminals),
        ON_NET(a_file_that_is_no_terminal_keeps_what_is_in_it),
        ON_NET(another_device_goes_both_ways_when_asked_to),
    };

    world = zoc_world_kernel;
    zoc_world = &world;
    return cmocka_run_group_tests(tests, NULL, NULL);
}

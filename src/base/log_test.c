#include <zocalo/log.h>

#include "base/log_queue.h"
#include "world/world.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <zocalo/bytes.h>
#include <zocalo/units.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define START (1795256048123 * ZOC_MILLISECOND) /* 2026-11-21T10:14:08.123Z */
#define STAMP "2026-11-21T10:14:08.123Z"

/* Standard error as these tests have it. */
static struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool blocked;      /* writes wait until it is false, */
    unsigned passes;   /* but for that many */
    bool waiting;      /* a write does */
    int failure;       /* what the next writes answer when not 0 */
    unsigned failures; /* that many of them */
    size_t at_most;    /* bytes that a write takes when not 0 */
    unsigned writes;
    zoc_buffer written;
} out = { .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };

static struct zoc_world world;
static const struct zoc_world *world_before;
static int64_t wall_now;
static uint64_t dropped_before;

static ssize_t take(const struct iovec *piece)
{
    size_t size = out.at_most > 0 && out.at_most < piece->iov_len ? out.at_most : piece->iov_len;

    zoc_buffer_append(&out.written, piece->iov_base, size);
    return (ssize_t)size;
}

static ssize_t fake_writev(int fd, const struct iovec *pieces, int count)
{
    ssize_t result = -EBADF;

    pthread_mutex_lock(&out.lock);
    out.writes++;
    out.waiting = out.blocked && out.passes == 0;
    pthread_cond_broadcast(&out.changed);
    while (out.blocked && out.passes == 0)
        pthread_cond_wait(&out.changed, &out.lock);
    out.passes -= out.passes > 0;
    out.waiting = false;
    if (out.failures > 0) {
        out.failures--;
        result = out.failure;
    } else if (fd == 2 && count == 1) {
        result = take(pieces);
    }
    pthread_mutex_unlock(&out.lock);
    return result;
}

static int64_t fake_wall(void)
{
    return wall_now;
}

static int no_thread(void (*body)(void *), void *arg, void **ret_thread)
{
    (void)body, (void)arg, (void)ret_thread;
    return -ENOTSUP;
}

static void block(void)
{
    pthread_mutex_lock(&out.lock);
    out.blocked = true;
    pthread_mutex_unlock(&out.lock);
}

static void wait_until_the_writer_is_blocked(void)
{
    pthread_mutex_lock(&out.lock);
    while (!out.waiting)
        pthread_cond_wait(&out.changed, &out.lock);
    pthread_mutex_unlock(&out.lock);
}

/* Lets a blocked writer make that many writes, and waits until it is blocked again. */
static void let_pass(unsigned writes)
{
    pthread_mutex_lock(&out.lock);
    out.passes = writes;
    out.waiting = false;
    pthread_cond_broadcast(&out.changed);
    pthread_mutex_unlock(&out.lock);
    wait_until_the_writer_is_blocked();
}

static void unblock(void)
{
    pthread_mutex_lock(&out.lock);
    out.blocked = false;
    pthread_cond_broadcast(&out.changed);
    pthread_mutex_unlock(&out.lock);
}

static void fail_writes(int failure, unsigned count)
{
    pthread_mutex_lock(&out.lock);
    out.failure = failure;
    out.failures = count;
    pthread_mutex_unlock(&out.lock);
}

static uint64_t dropped(void)
{
    return zoc_log_dropped() - dropped_before;
}

/* What was written so far, as a string. */
static const char *written(void)
{
    zoc_log_flush();
    pthread_mutex_lock(&out.lock);
    zoc_buffer_append(&out.written, "", 1);
    out.written.size--;
    pthread_mutex_unlock(&out.lock);
    return out.written.data;
}

static void forget_written(void)
{
    zoc_log_flush();
    zoc_buffer_consume(&out.written, SIZE_MAX);
}

static void assert_written(const char *expected)
{
    assert_string_equal(written(), expected);
    forget_written();
}

static int set_up(void **state)
{
    (void)state;
    world_before = zoc_world;
    world = *zoc_world;
    world.writev = fake_writev;
    world.wall = fake_wall;
    zoc_world = &world;
    wall_now = START;
    dropped_before = zoc_log_dropped();
    zoc_log_set_level(ZOC_LOG_INFO);
    zoc_log_set_format(ZOC_LOG_TEXT);
    return 0;
}

static int set_up_without_threads(void **state)
{
    int result = set_up(state);

    world.thread_start = no_thread;
    return result;
}

static int tear_down(void **state)
{
    (void)state;
    unblock();
    base_log_stop();
    zoc_buffer_release(&out.written);
    out.failures = 0;
    out.at_most = 0;
    out.writes = 0;
    zoc_world = world_before;
    return 0;
}

static void a_record_is_a_line_of_text(void **state)
{
    const zoc_log_field fields[] = {
        { "bytes_in", .number = 5 },       { "least", .number = INT64_MIN }, { "peer", .text = "10.0.0.7:80" },
        { "why", .text = "no such name" }, { "empty", .text = "" },
    };

    (void)state;
    zoc_log_record(ZOC_LOG_INFO, "connection ended", fields, 5);
    assert_written(STAMP " info connection ended bytes_in=5 least=-9223372036854775808 peer=10.0.0.7:80 "
                         "why=\"no such name\" empty=\"\"\n");
}

static void a_record_is_a_line_of_json(void **state)
{
    const zoc_log_field fields[] = { { "bytes_in", .number = -5 }, { "why", .text = "no such name" } };

    (void)state;
    zoc_log_set_format(ZOC_LOG_JSON);
    zoc_log_record(ZOC_LOG_ERROR, "connection ended", fields, 2);
    zoc_log_record(ZOC_LOG_ERROR, "", NULL, 0);
    assert_written("{\"time\":\"" STAMP "\",\"level\":\"error\",\"message\":\"connection ended\",\"bytes_in\":-5,"
                   "\"why\":\"no such name\"}\n"
                   "{\"time\":\"" STAMP "\",\"level\":\"error\",\"message\":\"\"}\n");
}

static void a_formatted_message_is_a_record(void **state)
{
    (void)state;
    zoc_log(ZOC_LOG_WARNING, "%s %d", "port", 80);
    assert_written(STAMP " warning port 80\n");
}

static void times_are_right_around_leap_days(void **state)
{
    static const struct {
        int64_t second;
        const char *line;
    } times[] = {
        { 0, "1970-01-01T00:00:00.000Z info x\n" },          { 946641600, "1999-12-31T12:00:00.000Z info x\n" },
        { 951868799, "2000-02-29T23:59:59.000Z info x\n" },  { 1709251200, "2024-03-01T00:00:00.000Z info x\n" },
        { 1735603200, "2024-12-31T00:00:00.000Z info x\n" }, { 4107542400, "2100-03-01T00:00:00.000Z info x\n" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        wall_now = times[i].second * ZOC_SECOND;
        zoc_log(ZOC_LOG_INFO, "x");
        assert_written(times[i].line);
    }
}

static void text_cannot_forge_a_line_or_a_field(void **state)
{
    const zoc_log_field fields[] = { { "a", .text = "x\" b=\"y" },
                                     { "c=\n", .text = "k=v" },
                                     { "d", .text = "\\\033" } };

    (void)state;
    zoc_log_record(ZOC_LOG_INFO, "one\n2026 \xff\u202e\xc2\x9b", fields, 3);
    assert_written(STAMP
                   " info one\\n2026 \\xff\\xe2\\x80\\xae\\xc2\\x9b a=\"x\\\" b=\\\"y\" c=\\n=\"k=v\" d=\\\\\\e\n");
}

static void json_stays_json_whatever_is_put_in(void **state)
{
    const zoc_log_field fields[] = { { "k\"", .text = "a\"b\\c\r\n\t\033\x7f" },
                                     { "bad", .text = "\xff\xc3(\xed\xa0\x80" } };

    (void)state;
    zoc_log_set_format(ZOC_LOG_JSON);
    zoc_log_record(ZOC_LOG_INFO, "广场 \u202e\xc2\x9b 🏛", fields, 2);
    assert_written("{\"time\":\"" STAMP "\",\"level\":\"info\",\"message\":\"广场 \\u202e\\u009b 🏛\","
                   "\"k\\\"\":\"a\\\"b\\\\c\\r\\n\\t\\u001b\\u007f\","
                   "\"bad\":\"\\ufffd\\ufffd(\\ufffd\\ufffd\\ufffd\"}\n");
}

static void records_above_the_level_are_not_written(void **state)
{
    (void)state;
    zoc_log_set_level(ZOC_LOG_WARNING);
    assert_true(zoc_log_enabled(ZOC_LOG_ERROR));
    assert_true(zoc_log_enabled(ZOC_LOG_WARNING));
    assert_false(zoc_log_enabled(ZOC_LOG_INFO));
    assert_false(zoc_log_enabled(ZOC_LOG_OFF));
    zoc_log(ZOC_LOG_DEBUG, "debug");
    zoc_log(ZOC_LOG_INFO, "info");
    zoc_log_record(ZOC_LOG_INFO, "info", NULL, 0);
    zoc_log(ZOC_LOG_ERROR, "error");
    zoc_log_set_level(ZOC_LOG_OFF);
    assert_false(zoc_log_enabled(ZOC_LOG_ERROR));
    zoc_log(ZOC_LOG_ERROR, "off");
    zoc_log_set_level(ZOC_LOG_DEBUG);
    zoc_log(ZOC_LOG_DEBUG, "debug");
    assert_written(STAMP " error error\n" STAMP " debug debug\n");
}

static bool ends_with(const char *text, const char *end)
{
    return strlen(text) >= strlen(end) && strcmp(text + strlen(text) - strlen(end), end) == 0;
}

/* How many more bytes of message a line has room for before it is cut. */
static void assert_cut_beyond(size_t size, const char *cut)
{
    static char message[2 * ZOC_LOG_LINE_MAX];

    memset(message, 'x', sizeof message);
    message[size] = '\0';
    zoc_log(ZOC_LOG_INFO, "%s", message);
    assert_false(ends_with(written(), cut));
    assert_int_equal(strlen(written()), ZOC_LOG_LINE_MAX - strlen(cut) + 1 + (cut[0] == ','));
    forget_written();

    message[size] = 'x';
    message[sizeof message - 1] = '\0';
    zoc_log(ZOC_LOG_INFO, "%s", message);
    assert_true(ends_with(written(), cut));
    assert_true(strlen(written()) <= ZOC_LOG_LINE_MAX);
    forget_written();
}

static void a_line_that_is_too_long_is_cut_and_says_so(void **state)
{
    (void)state;
    assert_cut_beyond(ZOC_LOG_LINE_MAX - strlen(STAMP " info ...\n"), "...\n");
    zoc_log_set_format(ZOC_LOG_JSON);
    assert_cut_beyond(ZOC_LOG_LINE_MAX -
                          strlen("{\"time\":\"" STAMP "\",\"level\":\"info\",\"message\":\"\",\"cut\":true}\n"),
                      ",\"cut\":true}\n");
}

/* Whether a line is an object whose strings are closed, as far as cuts could break it. */
static bool is_whole_json(const char *line)
{
    unsigned in_string = 0;

    for (const char *at = line; *at; at++) {
        if (*at == '\\')
            at++;
        else if (*at == '"')
            in_string ^= 1;
    }
    return *line == '{' && !in_string && ends_with(line, "}\n") && !strstr(line, ":,") && !strstr(line, ",,");
}

static void a_cut_at_any_place_leaves_valid_json(void **state)
{
    static char message[ZOC_LOG_LINE_MAX];
    const zoc_log_field fields[] = { { "text", .text = "\"\001é\\" },
                                     { "number", .number = 1234567 },
                                     { "end", .text = "" } };

    (void)state;
    zoc_log_set_format(ZOC_LOG_JSON);
    for (size_t size = ZOC_LOG_LINE_MAX - 200; size < ZOC_LOG_LINE_MAX - 50; size++) {
        memset(message, 'x', size);
        zoc_log_record(ZOC_LOG_INFO, message, fields, 3);
        assert_true(is_whole_json(written()));
        assert_true(strlen(written()) <= ZOC_LOG_LINE_MAX);
        forget_written();
    }
}

static void put_numbered_lines(unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        zoc_log(ZOC_LOG_INFO, "%0*u", 69, i); /* 100 bytes with what stands around it */
}

static void past_the_bound_lines_are_dropped_and_the_count_is_told(void **state)
{
    const unsigned fits = ZOC_LOG_QUEUE_MAX / 100;
    char notice[128];

    (void)state;
    block();
    put_numbered_lines(1);
    wait_until_the_writer_is_blocked();
    put_numbered_lines(fits - 1);
    assert_int_equal(dropped(), 0);
    put_numbered_lines(7);
    assert_int_equal(dropped(), 7);

    unblock();
    zoc_log_flush();
    zoc_log(ZOC_LOG_INFO, "after");
    snprintf(notice, sizeof notice, "%s warning log lines were dropped count=7\n%s info after\n", STAMP, STAMP);
    assert_true(ends_with(written(), notice));
    assert_int_equal(out.written.size, fits * 100 + strlen(notice));
    assert_int_equal(dropped(), 7);
}

static void each_piece_that_is_written_makes_room(void **state)
{
    (void)state;
    block();
    put_numbered_lines(1);
    wait_until_the_writer_is_blocked();
    put_numbered_lines(ZOC_LOG_QUEUE_MAX / 100 - 1);
    let_pass(2); /* the first line, and a piece of what came after it */
    put_numbered_lines(600);
    assert_int_equal(dropped(), 0);
}

static void a_line_that_cannot_be_written_is_dropped_and_not_tried_again(void **state)
{
    (void)state;
    fail_writes(-EPIPE, 2);
    zoc_log(ZOC_LOG_INFO, "one");
    zoc_log_flush();
    zoc_log(ZOC_LOG_INFO, "two");
    zoc_log_flush();
    assert_int_equal(dropped(), 2);
    assert_int_equal(out.writes, 2);

    zoc_log(ZOC_LOG_INFO, "three");
    zoc_log_flush();
    zoc_log(ZOC_LOG_INFO, "four");
    assert_written(STAMP " info three\n" STAMP " warning log lines were dropped count=2\n" STAMP " info four\n");
    assert_int_equal(dropped(), 2);
}

static void a_write_that_would_wait_is_tried_again(void **state)
{
    (void)state;
    fail_writes(-EAGAIN, 3);
    zoc_log(ZOC_LOG_INFO, "patient");
    assert_written(STAMP " info patient\n");
    assert_int_equal(dropped(), 0);
    assert_int_equal(out.writes, 4);
}

static void a_short_write_goes_on_where_it_ended(void **state)
{
    (void)state;
    out.at_most = 7;
    zoc_log(ZOC_LOG_INFO, "a line in several pieces");
    assert_written(STAMP " info a line in several pieces\n");
}

static void flushing_a_blocked_log_gives_up(void **state)
{
    (void)state;
    block();
    zoc_log(ZOC_LOG_INFO, "late");
    zoc_time before = zoc_world->monotonic();
    zoc_log_flush();
    assert_true(zoc_world->monotonic() - before >= ZOC_SECOND);
    unblock();
    assert_written(STAMP " info late\n");
}

static void *log_much(void *arg)
{
    for (int i = 0; i < 1000; i++)
        zoc_log(ZOC_LOG_INFO, "%s", (const char *)arg);
    return NULL;
}

static void lines_of_several_threads_stay_whole(void **state)
{
    static const char left[] = STAMP " info left\n", right[] = STAMP " info right\n";
    pthread_t threads[2];
    unsigned lefts = 0, rights = 0;

    (void)state;
    pthread_create(&threads[0], NULL, log_much, "left");
    pthread_create(&threads[1], NULL, log_much, "right");
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    for (const char *at = written(); *at; at = strchr(at, '\n') + 1) {
        lefts += strncmp(at, left, strlen(left)) == 0;
        rights += strncmp(at, right, strlen(right)) == 0;
    }
    assert_int_equal(lefts, 1000);
    assert_int_equal(rights, 1000);
}

static void without_a_thread_lines_are_written_at_once(void **state)
{
    (void)state;
    out.at_most = 10;
    zoc_log(ZOC_LOG_INFO, "at once");
    assert_int_equal(out.written.size, strlen(STAMP " info at once\n"));
    assert_written(STAMP " info at once\n");
    fail_writes(-EAGAIN, 1);
    zoc_log(ZOC_LOG_INFO, "lost");
    assert_int_equal(dropped(), 1);
    zoc_log(ZOC_LOG_INFO, "found");
    zoc_log(ZOC_LOG_INFO, "told");
    assert_written(STAMP " info found\n" STAMP " warning log lines were dropped count=1\n" STAMP " info told\n");
}

#define LOG_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LOG_TEST(a_record_is_a_line_of_text),
        LOG_TEST(a_record_is_a_line_of_json),
        LOG_TEST(a_formatted_message_is_a_record),
        LOG_TEST(times_are_right_around_leap_days),
        LOG_TEST(text_cannot_forge_a_line_or_a_field),
        LOG_TEST(json_stays_json_whatever_is_put_in),
        LOG_TEST(records_above_the_level_are_not_written),
        LOG_TEST(a_line_that_is_too_long_is_cut_and_says_so),
        LOG_TEST(a_cut_at_any_place_leaves_valid_json),
        LOG_TEST(past_the_bound_lines_are_dropped_and_the_count_is_told),
        LOG_TEST(each_piece_that_is_written_makes_room),
        LOG_TEST(a_line_that_cannot_be_written_is_dropped_and_not_tried_again),
        LOG_TEST(a_write_that_would_wait_is_tried_again),
        LOG_TEST(a_short_write_goes_on_where_it_ended),
        LOG_TEST(flushing_a_blocked_log_gives_up),
        LOG_TEST(lines_of_several_threads_stay_whole),
        cmocka_unit_test_setup_teardown(without_a_thread_lines_are_written_at_once, set_up_without_threads, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

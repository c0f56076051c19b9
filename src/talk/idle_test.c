#include "talk/idle.h"

#include "stream/testing.h"

static int await_long(void *stream)
{
    return idle_await(stream, ZOC_HOUR);
}

static void silence_is_noticed(void)
{
    zoc_stream *one, *other;

    assert_int_equal(zoc_stream_pair(&one, &other), 0);
    assert_int_equal(idle_await(one, 10 * ZOC_MILLISECOND), 0);
    assert_int_equal(idle_await(one, 1), 0);
    zoc_close(one);
    zoc_close(other);
}

static void who_waits_for_silence_can_be_stopped(void)
{
    ZOC_GROUP(group);
    zoc_stream *one, *other;

    assert_int_equal(zoc_stream_pair(&one, &other), 0);
    zoc_go(&group, await_long, one);
    testing_settle();
    zoc_group_cancel(&group);
    assert_int_equal(zoc_group_wait(&group), 0);
    zoc_close(one);
    zoc_close(other);
}

struct talker {
    zoc_stream *stream;
    bool ended;
};

static int await_silence(void *arg)
{
    struct talker *talker = arg;
    int result = idle_await(talker->stream, 20 * ZOC_MILLISECOND);

    talker->ended = true;
    return result;
}

/* On a machine that stands still for a while the silence may be real: then it is only not shown. */
static void what_is_said_puts_it_off(void)
{
    ZOC_GROUP(group);
    struct talker talker = { 0 };
    zoc_stream *other;
    zoc_time longest = 0, last = zoc_now(), start = last;

    assert_int_equal(zoc_stream_pair(&talker.stream, &other), 0);
    zoc_go(&group, await_silence, &talker);
    while (!talker.ended && zoc_now() - start < 60 * ZOC_MILLISECOND) {
        assert_int_equal(zoc_write(talker.stream, "x", 1), 1);
        assert_int_equal(zoc_sleep(ZOC_MILLISECOND), 0);
        longest = zoc_now() - last > longest ? zoc_now() - last : longest;
        last = zoc_now();
    }
    assert_true(!talker.ended || longest > 15 * ZOC_MILLISECOND);
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_true(talker.ended);
    zoc_close(talker.stream);
    zoc_close(other);
}

#define LONG_WRITE (4 * 1024 * 1024) /* bytes: many times what a socket keeps */
#define SOME       (64 * 1024)

static int write_long(void *arg)
{
    struct talker *talker = arg;
    char *data = calloc(1, LONG_WRITE);
    ssize_t result = zoc_write(talker->stream, data, LONG_WRITE);

    free(data);
    return (int)result;
}

/* The same holds of the machine. */
static void a_write_that_goes_on_is_no_silence(void)
{
    ZOC_GROUP(writing);
    ZOC_GROUP(waiting);
    struct talker talker = { 0 };
    zoc_stream *other;
    zoc_time longest = 0, last = zoc_now();
    char data[SOME];

    assert_int_equal(zoc_stream_pair(&talker.stream, &other), 0);
    zoc_go(&writing, write_long, &talker);
    zoc_go(&waiting, await_silence, &talker);
    for (size_t done = 0; done < LONG_WRITE && !talker.ended;) {
        ssize_t result = zoc_read(other, data, sizeof data);
        assert_true(result > 0);
        done += (size_t)result;
        assert_int_equal(zoc_sleep(ZOC_MILLISECOND), 0);
        longest = zoc_now() - last > longest ? zoc_now() - last : longest;
        last = zoc_now();
    }
    assert_true(!talker.ended || longest > 15 * ZOC_MILLISECOND);
    zoc_close(other);
    zoc_group_wait(&writing);
    zoc_group_end(&waiting);
    zoc_close(talker.stream);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_NET(silence_is_noticed),
        ON_NET(what_is_said_puts_it_off),
        ON_NET(a_write_that_goes_on_is_no_silence),
        ON_NET(who_waits_for_silence_can_be_stopped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "fiber/loop.h"
#include "fiber/testing.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static int wait_readable(struct watch *watch)
{
    struct fiber_wait wait = { .what = "input", .heeds = HEED_ALL, .until = ZOC_NEVER };

    return watch_readable(watch, &wait);
}

static int wait_writable(struct watch *watch)
{
    struct fiber_wait wait = { .what = "room", .heeds = HEED_ALL, .until = ZOC_NEVER };

    return watch_writable(watch, &wait);
}

static void put(int fd)
{
    assert_int_equal(write(fd, "x", 1), 1);
}

static void take(int fd)
{
    char byte;

    assert_int_equal(read(fd, &byte, 1), 1);
}

struct pipe {
    int input, output; /* what is written to output comes out of input */
};

static struct pipe open_pipe(void)
{
    int fds[2];

    assert_int_equal(zoc_world->pipe(fds), 0);
    return (struct pipe){ fds[0], fds[1] };
}

/* Everything is ready at first; a real look finds out. */
static void forget_readiness(struct watch *watch)
{
    assert_int_equal(zoc_sleep(0), 0);
    watch->ready = 0;
}

/* --- told once per change ------------------------------------------------------------------------------ */

static void a_new_watch_does_not_make_the_first_call_wait(void)
{
    struct pipe pipe = open_pipe();
    struct watch watch;

    assert_int_equal(watch_open(&watch, pipe.input, WORLD_EDGE), 0);
    assert_int_equal(wait_readable(&watch), 0);
    assert_int_equal(wait_writable(&watch), 0);
    watch_close(&watch, false);
    close(pipe.input);
    close(pipe.output);
}

struct reader {
    struct watch *watch;
    int result; /* 1: not yet */
};

static int read_one(void *arg)
{
    struct reader *reader = arg;

    reader->result = 1;
    reader->result = wait_readable(reader->watch);
    return 0;
}

static int write_one(void *arg)
{
    struct reader *reader = arg;

    reader->result = 1;
    reader->result = wait_writable(reader->watch);
    return 0;
}

static void who_waits_is_woken_when_something_comes(void)
{
    struct pipe pipe = open_pipe();
    struct watch watch;
    struct reader reader = { .watch = &watch };
    ZOC_GROUP(group);

    assert_int_equal(watch_open(&watch, pipe.input, WORLD_EDGE), 0);
    forget_readiness(&watch);
    zoc_go(&group, read_one, &reader);
    testing_settle();
    assert_int_equal(reader.result, 1);
    put(pipe.output);
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_int_equal(reader.result, 0);
    watch_close(&watch, false);
    close(pipe.input);
    close(pipe.output);
}

static void what_came_before_the_wait_is_remembered(void)
{
    struct pipe pipe = open_pipe();
    struct watch watch;

    assert_int_equal(watch_open(&watch, pipe.input, WORLD_EDGE), 0);
    forget_readiness(&watch);
    put(pipe.output);
    assert_int_equal(zoc_sleep(0), 0);
    assert_int_equal(wait_readable(&watch), 0);
    watch_close(&watch, false);
    close(pipe.input);
    close(pipe.output);
}

static void an_end_wakes_reader_and_writer(void)
{
    int fds[2];
    struct watch watch;
    struct reader reader = { .watch = &watch }, writer = { .watch = &watch };
    ZOC_GROUP(group);

    assert_int_equal(zoc_world->socketpair(AF_UNIX, SOCK_STREAM, fds), 0);
    assert_int_equal(watch_open(&watch, fds[0], WORLD_EDGE), 0);
    forget_readiness(&watch);
    zoc_go(&group, read_one, &reader);
    zoc_go(&group, write_one, &writer);
    testing_settle();
    close(fds[1]);
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_int_equal(reader.result, 0);
    assert_int_equal(writer.result, 0);
    assert_true(watch.ready & WORLD_ENDED);
    watch_close(&watch, false);
    close(fds[0]);
}

static void who_is_cut_off_leaves_the_descriptor_to_the_next(void)
{
    struct pipe pipe = open_pipe();
    struct watch watch;

    assert_int_equal(watch_open(&watch, pipe.input, WORLD_EDGE), 0);
    forget_readiness(&watch);
    ZOC_WITHIN(ZOC_MILLISECOND)
        assert_int_equal(wait_readable(&watch), -ETIMEDOUT);
    assert_null(watch.reader);
    put(pipe.output);
    assert_int_equal(wait_readable(&watch), 0);
    watch_close(&watch, false);
    close(pipe.input);
    close(pipe.output);
}

/* --- a descriptor's number is used again ------------------------------------------------------------------ */

/* The kernel goes on to tell of a descriptor that was closed as long as a copy of it is open. */
static void a_new_descriptor_never_gets_the_events_of_an_old_one(void)
{
    struct pipe old = open_pipe(), new = open_pipe();
    struct watch watch;
    int copy = dup(old.input);

    assert_int_equal(watch_open(&watch, old.input, WORLD_EDGE), 0);
    watch_close(&watch, false);
    assert_int_equal(dup2(new.input, old.input), old.input); /* closes it, and takes its number */
    assert_int_equal(watch_open(&watch, old.input, WORLD_EDGE), 0);
    forget_readiness(&watch);

    put(old.output);
    assert_int_equal(zoc_sleep(0), 0);
    assert_int_equal(watch.ready, 0);
    put(new.output);
    assert_int_equal(wait_readable(&watch), 0);
    assert_int_equal(watch.ready, WORLD_READABLE);

    watch_close(&watch, false);
    close(copy);
    close(old.input);
    close(old.output);
    close(new.input);
    close(new.output);
}

static void a_closed_watch_gets_no_event(void)
{
    struct pipe pipe = open_pipe();
    struct watch watch;

    assert_int_equal(watch_open(&watch, pipe.input, WORLD_EDGE), 0);
    forget_readiness(&watch);
    watch_close(&watch, true);
    watch_close(&watch, true);
    put(pipe.output);
    assert_int_equal(zoc_sleep(0), 0);
    assert_int_equal(watch.ready, 0);
    close(pipe.input);
    close(pipe.output);
}

static void a_descriptor_that_was_kept_can_be_watched_again(void)
{
    struct pipe pipe = open_pipe();
    struct watch watch;

    for (int i = 0; i < 3; i++) {
        assert_int_equal(watch_open(&watch, pipe.input, WORLD_EDGE), 0);
        forget_readiness(&watch);
        put(pipe.output);
        assert_int_equal(wait_readable(&watch), 0);
        take(pipe.input);
        watch_close(&watch, true);
    }
    close(pipe.input);
    close(pipe.output);
}

/* --- what cannot be watched -------------------------------------------------------------------------------- */

static void a_regular_file_is_always_ready(void)
{
    FILE *file = tmpfile();
    struct watch watch;

    assert_non_null(file);
    assert_int_equal(watch_open(&watch, fileno(file), WORLD_EDGE), 0);
    watch.ready = 0;
    assert_int_equal(wait_readable(&watch), 0);
    assert_int_equal(wait_writable(&watch), 0);
    watch_close(&watch, true);
    fclose(file);
}

static void a_regular_file_is_always_ready_for_one_shot_too(void)
{
    FILE *file = tmpfile();
    struct watch watch;

    assert_non_null(file);
    assert_int_equal(watch_open(&watch, fileno(file), WORLD_ONESHOT), 0);
    assert_int_equal(wait_readable(&watch), 0);
    watch_close(&watch, true);
    fclose(file);
}

static void a_descriptor_that_is_not_open_is_an_error(void)
{
    struct pipe pipe = open_pipe();
    struct watch watch;

    close(pipe.input);
    close(pipe.output);
    assert_int_equal(watch_open(&watch, pipe.input, WORLD_EDGE), -EBADF);
    watch_close(&watch, true);
}

static void a_descriptor_may_have_a_large_number(void)
{
    struct pipe pipe = open_pipe();
    struct watch watch;
    int large = fcntl(pipe.input, F_DUPFD_CLOEXEC, 900);

    assert_true(large >= 900);
    assert_int_equal(watch_open(&watch, large, WORLD_EDGE), 0);
    forget_readiness(&watch);
    put(pipe.output);
    assert_int_equal(wait_readable(&watch), 0);
    watch_close(&watch, false);
    close(large);
    close(pipe.input);
    close(pipe.output);
}

/* --- one shot ------------------------------------------------------------------------------------------------ */

static void one_shot_tells_again_for_each_wait(void)
{
    struct pipe pipe = open_pipe();
    struct watch watch;

    assert_int_equal(watch_open(&watch, pipe.input, WORLD_ONESHOT), 0);
    put(pipe.output);
    assert_int_equal(wait_readable(&watch), 0);
    assert_int_equal(wait_readable(&watch), 0); /* it still is */
    take(pipe.input);
    ZOC_WITHIN(ZOC_MILLISECOND)
        assert_int_equal(wait_readable(&watch), -ETIMEDOUT);
    put(pipe.output);
    assert_int_equal(wait_readable(&watch), 0);
    watch_close(&watch, true);
    close(pipe.input);
    close(pipe.output);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_FIBER(a_new_watch_does_not_make_the_first_call_wait),
        ON_FIBER(who_waits_is_woken_when_something_comes),
        ON_FIBER(what_came_before_the_wait_is_remembered),
        ON_FIBER(an_end_wakes_reader_and_writer),
        ON_FIBER(who_is_cut_off_leaves_the_descriptor_to_the_next),
        ON_FIBER(a_new_descriptor_never_gets_the_events_of_an_old_one),
        ON_FIBER(a_closed_watch_gets_no_event),
        ON_FIBER(a_descriptor_that_was_kept_can_be_watched_again),
        ON_FIBER(a_regular_file_is_always_ready),
        ON_FIBER(a_regular_file_is_always_ready_for_one_shot_too),
        ON_FIBER(a_descriptor_that_is_not_open_is_an_error),
        ON_FIBER(a_descriptor_may_have_a_large_number),
        ON_FIBER(one_shot_tells_again_for_each_wait),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

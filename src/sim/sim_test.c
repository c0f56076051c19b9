#include "sim/testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- time ----------------------------------------------------------------------------------------- */

static void an_hour_of_sleep_is_virtual(void)
{
    int64_t start = sim_time(), wall = zoc_world->wall();

    assert_int_equal(zoc_sleep(ZOC_HOUR), 0);
    assert_true(sim_time() >= start + ZOC_HOUR);
    assert_true(sim_time() < start + ZOC_HOUR + ZOC_SECOND);
    assert_int_equal(zoc_world->wall() - wall, sim_time() - start);
    assert_int_equal(zoc_now(), sim_time());
}

static int sleep_minute(void *ret_woken)
{
    zoc_sleep(ZOC_MINUTE);
    *(int64_t *)ret_woken = sim_time();
    return 0;
}

static void who_computes_keeps_the_others_waiting(void)
{
    ZOC_GROUP(group);
    int64_t start = sim_time(), woken = 0;

    zoc_go(&group, sleep_minute, &woken);
    zoc_yield();
    sim_compute(ZOC_HOUR);
    assert_int_equal(woken, 0);
    zoc_group_wait(&group);
    assert_true(woken >= start + ZOC_HOUR);
}

static int work_for_an_hour(void *ret_done)
{
    sim_work(ZOC_HOUR);
    *(bool *)ret_done = true;
    return 7;
}

static void offloaded_work_takes_virtual_time_while_fibers_go_on(void)
{
    ZOC_GROUP(group);
    int64_t start = sim_time(), woken = 0;
    bool done = false;

    zoc_go(&group, sleep_minute, &woken);
    assert_int_equal(zoc_offload(work_for_an_hour, &done), 7);
    assert_true(done);
    assert_true(sim_time() >= start + ZOC_HOUR);
    assert_in_range(woken, start + ZOC_MINUTE, start + ZOC_HOUR);
}

struct errand {
    bool done, released;
};

static int do_errand(void *arg)
{
    struct errand *errand = arg;

    sim_work(ZOC_HOUR);
    errand->done = true;
    return 0;
}

static void release_errand(void *arg)
{
    ((struct errand *)arg)->released = true;
}

static int abandon(void *errand)
{
    int result = 0;

    ZOC_WITHIN(ZOC_MINUTE)
        result = zoc_offload_abandonable(do_errand, errand, release_errand);
    assert_int_equal(result, -ETIMEDOUT);
    return 0;
}

static void work_that_was_abandoned_ends_with_the_run(void **state)
{
    struct errand errand = { 0 };

    (void)state;
    sim_begin(1, NULL);
    assert_int_equal(zoc_run(abandon, &errand), 0);
    assert_false(errand.done || errand.released);
    sim_end();
    assert_true(errand.done && errand.released);
}

/* --- schedules ------------------------------------------------------------------------------------ */

static int echo_some(void *unused)
{
    struct testing_pair pair = testing_connect();
    unsigned char bits[8];

    (void)unused;
    zoc_world->random(bits, sizeof bits);
    for (unsigned i = 0; i < 20; i++) {
        size_t size = 1 + bits[i % sizeof bits] % sizeof bits;
        assert_int_equal(zoc_write(pair.client, bits, size), size);
        zoc_sleep((zoc_duration)chance_between(sim_chance(), 1, ZOC_SECOND));
    }
    testing_close(pair);
    return 0;
}

/* Runs it, and returns the trace. */
static char *trace_of(uint64_t seed)
{
    char *text = NULL;
    size_t size = 0;
    FILE *trace = open_memstream(&text, &size);
    struct chance faults;

    assert_non_null(trace);
    sim_begin(seed, trace);
    sim_windows(SIM_WINDOW_MAX, SIM_WINDOW_MAX);
    chance_seed(&faults, seed);
    faults_draw(&faults);
    faults_limit(HARM_DELAY);
    assert_int_equal(zoc_run(echo_some, NULL), 0);
    sim_end();
    fclose(trace);
    return text;
}

static void the_same_seed_brings_the_same_schedule_and_another_another(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= TESTING_SEEDS; seed++) {
        char *first = trace_of(seed);
        uint64_t digest = sim_digest();
        char *again = trace_of(seed);
        assert_true(strlen(first) > 1000);
        assert_string_equal(first, again);
        assert_int_equal(sim_digest(), digest);
        char *other = trace_of(seed + 1);
        assert_string_not_equal(first, other);
        assert_int_not_equal(sim_digest(), digest);
        free(first);
        free(again);
        free(other);
    }
}

static int append_a(void *text)
{
    strcat(text, "a");
    return 0;
}

static int append_b(void *text)
{
    strcat(text, "b");
    return 0;
}

static int run_both(void *text)
{
    ZOC_GROUP(group);

    zoc_go(&group, append_a, text);
    zoc_go(&group, append_b, text);
    return zoc_group_wait(&group);
}

static void ready_fibers_run_in_any_order(void **state)
{
    int orders[2] = { 0 };

    (void)state;
    for (uint64_t seed = 1; seed <= TESTING_SEEDS; seed++) {
        char text[4] = "";
        sim_begin(seed, NULL);
        assert_int_equal(zoc_run(run_both, text), 0);
        sim_end();
        assert_int_equal(strlen(text), 2);
        orders[text[0] == 'b']++;
    }
    assert_true(orders[0] > 0 && orders[1] > 0);
}

static void descriptors_run_out_at_their_bound(void)
{
    int fd, first = zoc_world->socket(AF_INET, SOCK_DGRAM, 0), last = first;

    while ((fd = zoc_world->socket(AF_INET, SOCK_DGRAM, 0)) >= 0)
        last = fd;
    assert_int_equal(fd, -EMFILE);
    assert_int_equal(last, SIM_FILES_MAX - 1);
    for (fd = first; fd <= last; fd++)
        assert_int_equal(zoc_world->close(fd), 0);
}

static void the_world_before_comes_back(void **state)
{
    const struct zoc_world *before = zoc_world;

    (void)state;
    sim_begin(1, NULL);
    assert_ptr_not_equal(zoc_world, before);
    sim_end();
    assert_ptr_equal(zoc_world, before);
}

/* --- failures ------------------------------------------------------------------------------------- */

/* Runs it in a world of another process, which has to end with status 1 and say each of these. */
static void expect_failure(void (*body)(void), const char *const *said)
{
    static char text[65536];
    size_t size = 0;
    ssize_t got;
    int fds[2], status;

    assert_int_equal(pipe(fds), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        dup2(fds[1], STDERR_FILENO);
        close(fds[0]);
        sim_replay = "the command";
        sim_begin(42, NULL);
        body();
        sim_end();
        _exit(0);
    }
    close(fds[1]);
    while ((got = read(fds[0], text + size, sizeof text - 1 - size)) > 0)
        size += (size_t)got;
    text[size] = '\0';
    close(fds[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 1)
        fail_msg("it ended with %#x and said: %s", (unsigned)status, text);
    for (; *said; said++)
        if (!strstr(text, *said))
            fail_msg("it did not say '%s' but: %s", *said, text);
}

#define SAID(...)                                                         \
    (const char *const[])                                                 \
    {                                                                     \
        "seed 42: ", "\nreplay it with: the command\n", __VA_ARGS__, NULL \
    }

static void leave_socket_open(void)
{
    zoc_world->socket(AF_INET, SOCK_STREAM, 0);
}

static void a_descriptor_that_is_left_open_is_a_failure(void **state)
{
    (void)state;
    expect_failure(leave_socket_open, SAID("1 descriptors are left open"));
}

static void close_twice(void)
{
    int fd = zoc_world->socket(AF_INET, SOCK_DGRAM, 0);

    zoc_world->close(fd);
    zoc_world->close(fd);
}

static void a_descriptor_that_is_closed_twice_is_a_failure(void **state)
{
    (void)state;
    expect_failure(close_twice, SAID("is closed, and was not open"));
}

static int wait_for_nobody(void *unused)
{
    zoc_event event = { 0 };

    (void)unused;
    return zoc_event_wait(&event);
}

static int receive_nothing(void *stream)
{
    zoc_bytes chunk;

    return (int)zoc_receive(stream, &chunk);
}

static int wait_for_ever(void *unused)
{
    ZOC_GROUP(group);
    struct testing_pair pair = testing_connect();

    (void)unused;
    zoc_go(&group, wait_for_nobody, NULL);
    zoc_go(&group, receive_nothing, pair.server);
    return zoc_group_wait(&group);
}

static void run_for_ever(void)
{
    zoc_run(wait_for_ever, NULL);
}

static void fibers_that_wait_for_ever_are_a_failure_that_names_them(void **state)
{
    (void)state;
    expect_failure(run_for_ever, SAID("nothing is left to happen, and fibers wait", "wait_for_nobody, waits for: event",
                                      "receive_nothing, waits for: ", "the world did last:"));
}

static int sleep_a_day(void *unused)
{
    (void)unused;
    return zoc_sleep(SIM_TIME_MAX);
}

static void run_a_day(void)
{
    zoc_run(sleep_a_day, NULL);
}

static void a_run_of_more_than_a_day_is_a_failure(void **state)
{
    (void)state;
    expect_failure(run_a_day, SAID("a day of virtual time is over", "main, waits for: sleep"));
}

static void take_steps_for_ever(void)
{
    for (;;)
        sim_compute(0);
}

static void a_run_of_too_many_steps_is_a_failure(void **state)
{
    (void)state;
    expect_failure(take_steps_for_ever, SAID("2000000 steps are done, and it has not ended"));
}

static void expect_wrong(void)
{
    sim_expect(sim_time() == 0);
}

static void what_does_not_hold_is_said_with_its_place(void **state)
{
    (void)state;
    expect_failure(expect_wrong, SAID("sim_test.c:", "this does not hold: sim_time() == 0"));
}

static void open_two_pollers(void)
{
    void *pollers[2];

    for (int i = 0; i < 2; i++)
        zoc_world->poller_open(&pollers[i]);
}

static void a_second_loop_is_refused(void **state)
{
    (void)state;
    expect_failure(open_two_pollers, SAID("a second loop"));
}

static void a_crew_of_two_loops_is_refused(void)
{
    zoc_crew *crew;

    assert_int_equal(zoc_crew_new(2, &crew), -ENOTSUP);
    assert_int_equal(zoc_crew_new(1, &crew), 0);
    zoc_crew_free(crew);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(an_hour_of_sleep_is_virtual),
        IN_WORLD(who_computes_keeps_the_others_waiting),
        IN_WORLD(offloaded_work_takes_virtual_time_while_fibers_go_on),
        cmocka_unit_test(work_that_was_abandoned_ends_with_the_run),
        cmocka_unit_test(the_same_seed_brings_the_same_schedule_and_another_another),
        cmocka_unit_test(ready_fibers_run_in_any_order),
        IN_WORLD(descriptors_run_out_at_their_bound),
        cmocka_unit_test(the_world_before_comes_back),
        cmocka_unit_test(a_descriptor_that_is_left_open_is_a_failure),
        cmocka_unit_test(a_descriptor_that_is_closed_twice_is_a_failure),
        cmocka_unit_test(fibers_that_wait_for_ever_are_a_failure_that_names_them),
        cmocka_unit_test(a_run_of_more_than_a_day_is_a_failure),
        cmocka_unit_test(a_run_of_too_many_steps_is_a_failure),
        cmocka_unit_test(what_does_not_hold_is_said_with_its_place),
        cmocka_unit_test(a_second_loop_is_refused),
        IN_WORLD(a_crew_of_two_loops_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

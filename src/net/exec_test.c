#include "stream/testing.h"

#include <fcntl.h>
#include <signal.h>

/* Valgrind has no pidfd_open(2), without which no program is started. */
static bool starts_programs(void)
{
    char *const argv[] = { "/bin/true", NULL };
    struct world_child child;
    int status;

    if (zoc_world_kernel.spawn(argv, 0, 1, &child) == -ENOSYS) {
        print_message("# not here: there is no pidfd_open(2)\n");
        return false;
    }
    zoc_world_kernel.child_wait(&child, INT64_MAX, &status);
    close(child.fd);
    return true;
}

static void testing_with_programs(void **state)
{
    if (starts_programs())
        testing_on_fiber_and_all_closed(state);
}

#define WITH_PROGRAMS(test)                                      \
    {                                                            \
#test, testing_with_programs, NULL, NULL, (void *)(test) \
    }

#define DIAL(command) dialled("exec:" command)

static zoc_stream *dialled(const char *text)
{
    zoc_stream *stream = NULL;

    if (zoc_dial(text, NULL, &stream) < 0)
        fail_msg("%s", zoc_why());
    return stream;
}

static void expect_output(const char *text, const char *output)
{
    zoc_stream *stream = dialled(text);

    testing_expect(stream, output);
    testing_expect_end(stream);
    zoc_close(stream);
}

/* --- bytes ---------------------------------------------------------------------------------------- */

static void what_it_prints_is_received(void)
{
    expect_output("exec:echo one, two", "one, two\n");
}

static void what_is_written_is_its_input_and_the_half_close_ends_it(void)
{
    zoc_stream *stream = DIAL("sort -r");

    assert_int_equal(zoc_write(stream, "a\nb\n", 4), 4);
    assert_int_equal(zoc_shut(stream), 0);
    testing_expect(stream, "b\na\n");
    testing_expect_end(stream);
    zoc_close(stream);
}

static void it_may_print_more_than_a_pipe_holds(void)
{
    zoc_stream *stream = DIAL("head -c 1000000 /dev/zero");
    zoc_bytes chunk;
    size_t total = 0;

    while (zoc_receive(stream, &chunk) > 0)
        total += chunk.size;
    assert_int_equal(total, 1000000);
    assert_int_equal(zoc_stream_account(stream).error, 0);
    zoc_close(stream);
}

static void what_nobody_reads_any_more_is_told(void)
{
    zoc_stream *stream = DIAL("true");

    testing_expect_end(stream);
    assert_int_equal(zoc_write(stream, "x", 1), -EPIPE);
    zoc_close(stream);
}

static void a_farewell_lets_it_come_to_its_end(void)
{
    char path[] = "/tmp/zocalo-exec-test-XXXXXX", text[96], data[8] = "";

    close(mkstemp(path));
    snprintf(text, sizeof text, "exec:cat >/dev/null; printf done >%s", path);
    zoc_stream *stream = dialled(text);
    assert_int_equal(zoc_write(stream, "x", 1), 1);
    zoc_finish(stream);

    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_int_equal(read(fd, data, sizeof data), 4);
    assert_string_equal(data, "done");
    close(fd);
    unlink(path);
}

/* --- how it ends ---------------------------------------------------------------------------------- */

static void expect_failure(const char *text, const char *words)
{
    zoc_stream *stream = dialled(text);
    zoc_bytes chunk;
    char data[8];

    assert_int_equal(zoc_receive(stream, &chunk), -ZOC_EPROGRAM);
    assert_string_equal(zoc_why(), words);
    assert_int_equal(zoc_read(stream, data, sizeof data), -ZOC_EPROGRAM);
    assert_int_equal(zoc_stream_account(stream).error, -ZOC_EPROGRAM);
    assert_int_equal(zoc_stream_account(stream).ending, ZOC_ENDED_BY_ERROR);
    zoc_close(stream);
}

static void a_failure_is_no_end(void)
{
    expect_failure("exec:false", "exec 'false': ended with status 1");
    expect_failure("exec:exit 255", "exec 'exit 255': ended with status 255");
    expect_failure("exec:no-such-program 2>/dev/null", "exec 'no-such-program 2>/dev/null': ended with status 127");
    expect_failure("exec:kill -9 $$", "exec 'kill -9 $$': ended by signal 9");
    expect_failure("exec:false\t", "exec 'false\\t': ended with status 1");
}

static void an_inherited_disregard_for_children_hides_no_failure(void)
{
    signal(SIGCHLD, SIG_IGN);
    expect_failure("exec:exit 3", "exec 'exit 3': ended with status 3");
    signal(SIGCHLD, SIG_DFL);
}

/* Workers may look at it at any time, so it is the same table from the start on. */
static struct zoc_world world;

static int wait_too_late(const struct world_child *child, int64_t timeout, int *ret_status)
{
    int result = zoc_world_kernel.child_wait(child, timeout, ret_status);

    return result == 0 ? -ECHILD : result;
}

static void a_status_that_somebody_else_took_is_a_failure(void)
{
    world.child_wait = wait_too_late;
    expect_failure("exec:exit 0", "exec 'exit 0': ended, and its exit status is not known");
    world.child_wait = zoc_world_kernel.child_wait;
}

static void one_that_goes_on_without_output_is_not_waited_for(void)
{
    zoc_stream *stream = DIAL("exec >&-; exec sleep 1000");

    testing_expect_end(stream);
    zoc_close(stream);
}

static void the_wait_for_its_end_heeds_a_deadline(void)
{
    zoc_stream *stream = DIAL("exec >&-; exec sleep 1000");
    zoc_bytes chunk;

    ZOC_WITHIN(20 * ZOC_MILLISECOND)
        assert_int_equal(zoc_receive(stream, &chunk), -ETIMEDOUT);
    zoc_close(stream);
}

static int receive_number(zoc_stream *stream)
{
    char text[16] = "";

    assert_true(zoc_read(stream, text, sizeof text - 1) > 0);
    return atoi(text);
}

/* A zombie that its new parent does not reap counts as ended. */
static bool is_alive(int pid)
{
    char path[32], text[512] = "";

    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t size = read(fd, text, sizeof text - 1);
    close(fd);
    return size > 0 && !strstr(text, ") Z") && !strstr(text, ") X");
}

static int of_group; /* a program that a shell has started */

static void close_one_with_a_group(void)
{
    zoc_stream *stream = DIAL("sleep 1000 & echo $!; wait");

    of_group = receive_number(stream);
    assert_true(is_alive(of_group));
    zoc_close(stream);
}

static void closing_ends_all_of_its_group(void **state)
{
    testing_with_programs((void *[]){ (void *)close_one_with_a_group });
    (void)state;
    while (of_group && is_alive(of_group)) /* the signal is on its way */
        usleep(1000);
}

static int stubborn;

static void close_a_stubborn_one(void)
{
    zoc_stream *stream = DIAL("trap '' TERM; echo $$; while :; do sleep 1000; done");

    stubborn = receive_number(stream);
    zoc_close(stream);
    assert_int_equal(kill(stubborn, 0), 0); /* nobody waited for it */
}

static void one_that_does_not_heed_is_killed_before_the_loop_ends(void **state)
{
    (void)state;
    testing_with_programs((void *[]){ (void *)close_a_stubborn_one });
    if (stubborn) {
        assert_int_equal(kill(stubborn, 0), -1);
        assert_int_equal(errno, ESRCH);
    }
}

/* --- what it finds -------------------------------------------------------------------------------- */

static void signals_are_as_they_are_by_default(void)
{
    sigset_t user, before;
    void (*handler)(int) = signal(SIGPIPE, SIG_IGN);

    sigemptyset(&user);
    sigaddset(&user, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &user, &before);
    /* Signals 1 to 31: of the others the C library keeps two for itself, which nobody can reset. */
    expect_output("exec:while read name bits; do case $name in Sig[BI]*) echo $name $((0x$bits & 0x7fffffff));; esac;"
                  " done </proc/self/status",
                  "SigBlk: 0\nSigIgn: 0\n");
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    signal(SIGPIPE, handler);
}

static void no_other_descriptor_is_passed_on(void)
{
    int fds[2];

    assert_int_equal(pipe(fds), 0); /* not close-on-exec, as what this process was given */
    assert_int_equal(dup2(fds[0], 9), 9);
    expect_output("exec:[ -e /proc/$$/fd/9 ] || echo none", "none\n");
    close(fds[0]);
    close(fds[1]);
    close(9);
}

static void it_leads_a_group_of_its_own(void)
{
    expect_output("exec:read pid name state parent group rest </proc/$$/stat; [ $pid = $group ] && echo leads",
                  "leads\n");
}

static void its_words_are_its_command(void)
{
    zoc_stream *stream = DIAL("cat");
    char text[64];

    assert_string_equal(zoc_describe(stream, text, sizeof text), "exec 'cat'");
    assert_true(zoc_stream_receives(stream) && zoc_stream_sends(stream));
    zoc_close(stream);
}

/* --- what is missing ------------------------------------------------------------------------------ */

/* The kernel's world, in which some things do not work now and then. */
static bool spawns_nothing, offloads_nothing;

static int spawn_or_not(char *const argv[], int input, int output, struct world_child *ret_child)
{
    return spawns_nothing ? -ENOENT : zoc_world_kernel.spawn(argv, input, output, ret_child);
}

static int offload_or_not(void (*work)(void *), void *arg)
{
    return offloads_nothing ? -EAGAIN : zoc_world_kernel.offload(work, arg);
}

static int make_world(void **state)
{
    (void)state;
    world = zoc_world_kernel;
    world.spawn = spawn_or_not;
    world.offload = offload_or_not;
    zoc_world = &world;
    return 0;
}

static void without_a_shell_there_is_no_stream(void)
{
    zoc_stream *stream;

    spawns_nothing = true;
    assert_int_equal(zoc_dial("exec:true", NULL, &stream), -ENOENT);
    spawns_nothing = false;
    assert_string_equal(zoc_why(), "dial exec:true: run /bin/sh: No such file or directory");
}

static void without_a_thread_it_is_killed_at_once(void)
{
    zoc_stream *stream = DIAL("trap '' TERM; echo $$; while :; do sleep 1000; done");

    stubborn = receive_number(stream);
    offloads_nothing = true;
    zoc_close(stream);
    offloads_nothing = false;
    assert_int_equal(kill(stubborn, 0), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_PROGRAMS(what_it_prints_is_received),
        WITH_PROGRAMS(what_is_written_is_its_input_and_the_half_close_ends_it),
        WITH_PROGRAMS(it_may_print_more_than_a_pipe_holds),
        WITH_PROGRAMS(what_nobody_reads_any_more_is_told),
        WITH_PROGRAMS(a_farewell_lets_it_come_to_its_end),
        WITH_PROGRAMS(a_failure_is_no_end),
        WITH_PROGRAMS(an_inherited_disregard_for_children_hides_no_failure),
        WITH_PROGRAMS(a_status_that_somebody_else_took_is_a_failure),
        WITH_PROGRAMS(one_that_goes_on_without_output_is_not_waited_for),
        WITH_PROGRAMS(the_wait_for_its_end_heeds_a_deadline),
        cmocka_unit_test(closing_ends_all_of_its_group),
        cmocka_unit_test(one_that_does_not_heed_is_killed_before_the_loop_ends),
        WITH_PROGRAMS(signals_are_as_they_are_by_default),
        WITH_PROGRAMS(no_other_descriptor_is_passed_on),
        WITH_PROGRAMS(it_leads_a_group_of_its_own),
        WITH_PROGRAMS(its_words_are_its_command),
        WITH_PROGRAMS(without_a_shell_there_is_no_stream),
        WITH_PROGRAMS(without_a_thread_it_is_killed_at_once),
    };

    return cmocka_run_group_tests(tests, make_world, NULL);
}

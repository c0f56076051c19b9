#include "fiber/crew.h"
#include "fiber/testing.h"

#include <errno.h>
#include <pthread.h>

#define LOOPS 3

static int started, ended, discarded; /* atomic */
static struct loop *loops[LOOPS];

static int load(const int *counter)
{
    return __atomic_load_n(counter, __ATOMIC_ACQUIRE);
}

static void count(int *counter)
{
    __atomic_fetch_add(counter, 1, __ATOMIC_RELEASE);
}

static void wait_for(const int *counter, int value)
{
    while (load(counter) < value)
        assert_int_equal(zoc_sleep(ZOC_MILLISECOND), 0);
}

static void discard(void *unused)
{
    (void)unused;
    count(&discarded);
}

/* --- tests with a crew and a group over it, and with this loop alone ------------------------------------- */

static zoc_crew *crew;
static zoc_crew_group *group;

static void with_group(void (*test)(void))
{
    started = ended = discarded = 0;
    assert_int_equal(zoc_crew_group_new(crew, &group), 0);
    test();
    zoc_crew_group_free(group);
    assert_int_equal(load(&started), load(&ended));
}

static int run_in_crew(void *test)
{
    assert_int_equal(zoc_crew_new(LOOPS, &crew), 0);
    with_group((void (*)(void))test);
    zoc_crew_free(crew);
    return 0;
}

static int run_alone(void *test)
{
    crew = NULL;
    with_group((void (*)(void))test);
    return 0;
}

static void in_crew(void **state)
{
    assert_int_equal(zoc_run(run_in_crew, *state), 0);
}

static void alone(void **state)
{
    assert_int_equal(zoc_run(run_alone, *state), 0);
}

/* A fiber in each loop. */
static void go_everywhere(zoc_fn *fn)
{
    for (unsigned i = 0; i < zoc_crew_size(crew); i++)
        assert_int_equal(zoc_crew_go_named(group, i, "test", fn, (void *)(uintptr_t)i, discard), 0);
}

static int note_loop(void *number)
{
    count(&started);
    loops[(uintptr_t)number] = loop_here;
    count(&ended);
    return 0;
}

static void fibers_run_in_every_loop(void)
{
    go_everywhere(note_loop);
    assert_int_equal(zoc_crew_group_wait(group), 0);
    assert_int_equal(load(&ended), zoc_crew_size(crew));
    assert_ptr_equal(loops[0], loop_here);
    for (unsigned i = 1; i < zoc_crew_size(crew); i++)
        assert_ptr_not_equal(loops[i], loops[i - 1]);
}

static int sleep_for_ever(void *unused)
{
    (void)unused;
    count(&started);
    int result = zoc_sleep(ZOC_NEVER);
    count(&ended);
    return result;
}

static void a_cancel_reaches_every_loop(void)
{
    go_everywhere(sleep_for_ever);
    wait_for(&started, (int)zoc_crew_size(crew));
    zoc_crew_group_cancel(group);
    assert_int_equal(zoc_crew_group_wait(group), 0);
    assert_int_equal(load(&ended), zoc_crew_size(crew));
}

static int stop_and_stay(void *unused)
{
    (void)unused;
    count(&started);
    assert_int_equal(zoc_sleep(ZOC_NEVER), -ECANCELED);
    enum zoc_stop stop = zoc_stopped();
    ZOC_FINISH
        assert_int_equal(zoc_sleep(ZOC_MILLISECOND), 0);
    count(&ended);
    return stop == ZOC_STOPPING ? 0 : -EPROTO;
}

static void a_soft_stop_reaches_every_loop(void)
{
    go_everywhere(stop_and_stay);
    wait_for(&started, (int)zoc_crew_size(crew));
    zoc_crew_group_stop(group);
    zoc_crew_group_stop(group);
    assert_int_equal(zoc_crew_group_wait(group), 0);
    assert_int_equal(load(&ended), zoc_crew_size(crew));
}

static void the_deadline_of_who_waits_cancels_it(void)
{
    go_everywhere(sleep_for_ever);
    ZOC_WITHIN(5 * ZOC_MILLISECOND)
        assert_int_equal(zoc_crew_group_wait(group), -ETIMEDOUT);
    assert_int_equal(load(&started), load(&ended));
}

static int wait_for_it(void *ret_result)
{
    *(int *)ret_result = zoc_crew_group_wait(group);
    return 0;
}

static void a_soft_stop_of_who_waits_is_passed_on(void)
{
    int result = 1;
    ZOC_GROUP(waiting);

    go_everywhere(stop_and_stay);
    wait_for(&started, (int)zoc_crew_size(crew));
    zoc_go(&waiting, wait_for_it, &result);
    testing_settle();
    zoc_group_stop(&waiting);
    assert_int_equal(zoc_group_wait(&waiting), 0);
    assert_int_equal(result, 0);
    assert_int_equal(load(&ended), zoc_crew_size(crew));
}

static int return_failure(void *unused)
{
    (void)unused;
    return -EPROTO;
}

static void a_failure_in_any_loop_is_that_of_the_group(void)
{
    unsigned last = zoc_crew_size(crew) - 1;

    assert_int_equal(zoc_crew_go(group, last, return_failure, NULL, discard), 0);
    assert_int_equal(zoc_crew_go(group, 0, note_loop, NULL, discard), 0);
    assert_int_equal(zoc_crew_group_wait(group), -EPROTO);
}

static void freeing_ends_what_still_runs(void)
{
    go_everywhere(sleep_for_ever);
    wait_for(&started, (int)zoc_crew_size(crew));
}

static void freeing_takes_back_nothing_that_was_started(void)
{
    go_everywhere(sleep_for_ever);
}

static void nothing_to_do_is_fine(void)
{
    assert_int_equal(zoc_crew_group_wait(group), 0);
}

/* --- more ------------------------------------------------------------------------------------------------- */

static int expect_no_deadline(void *unused)
{
    (void)unused;
    return zoc_deadline() == ZOC_NEVER ? 0 : -EPROTO;
}

static int make_and_use(void *unused)
{
    (void)unused;
    assert_int_equal(zoc_crew_new(2, &crew), 0);
    ZOC_WITHIN(ZOC_HOUR)
        assert_int_equal(zoc_crew_group_new(crew, &group), 0);
    ZOC_WITHIN(ZOC_HOUR)
        assert_int_equal(zoc_crew_go(group, 1, expect_no_deadline, NULL, discard), 0);
    assert_int_equal(zoc_crew_group_wait(group), 0);
    zoc_crew_group_free(group);
    zoc_crew_free(crew);
    return 0;
}

static void a_fiber_in_another_loop_begins_without_a_deadline(void **state)
{
    (void)state;
    assert_int_equal(zoc_run(make_and_use, NULL), 0);
}

static void the_deadline_of_who_made_a_group_is_not_that_of_the_group(void)
{
    started = ended = 0;
    crew = NULL;
    ZOC_WITHIN(ZOC_MILLISECOND)
        assert_int_equal(zoc_crew_group_new(NULL, &group), 0);
    assert_int_equal(zoc_crew_go(group, 0, sleep_for_ever, NULL, discard), 0);
    assert_int_equal(zoc_sleep(3 * ZOC_MILLISECOND), 0);
    assert_int_equal(load(&started), 1);
    assert_int_equal(load(&ended), 0);
    zoc_crew_group_free(group);
    assert_int_equal(load(&ended), 1);
}

static pthread_mutex_t closed_gate = PTHREAD_MUTEX_INITIALIZER;

/* Blocks its whole loop, which is the wrong thing to do anywhere else. */
static int block_loop(void *unused)
{
    (void)unused;
    count(&started);
    pthread_mutex_lock(&closed_gate);
    pthread_mutex_unlock(&closed_gate);
    count(&ended);
    return 0;
}

static int end_at_once(void *unused)
{
    (void)unused;
    count(&ended);
    return 0;
}

static void a_loop_s_backlog_is_bounded(void)
{
    started = ended = 0;
    assert_int_equal(zoc_crew_new(2, &crew), 0);
    assert_int_equal(zoc_crew_group_new(crew, &group), 0);
    pthread_mutex_lock(&closed_gate);
    assert_int_equal(zoc_crew_go(group, 1, block_loop, NULL, discard), 0);
    wait_for(&started, 1);
    for (int i = 0; i < ZOC_CREW_BACKLOG; i++)
        assert_int_equal(zoc_crew_go(group, 1, end_at_once, NULL, discard), 0);
    assert_int_equal(zoc_crew_go(group, 1, end_at_once, NULL, discard), -EAGAIN);
    assert_int_equal(zoc_crew_go(group, 0, end_at_once, NULL, discard), 0);
    pthread_mutex_unlock(&closed_gate);
    assert_int_equal(zoc_crew_group_wait(group), 0);
    assert_int_equal(load(&ended), ZOC_CREW_BACKLOG + 2);
    zoc_crew_group_free(group);
    zoc_crew_free(crew);
}

/* Threads beyond the first do not start any more. */
static int threads_left;

static int start_few_threads(void (*body)(void *), void *arg, void **ret_thread)
{
    return threads_left-- > 0 ? zoc_world_kernel.thread_start(body, arg, ret_thread) : -EAGAIN;
}

static int start_too_many(void *unused)
{
    struct zoc_world poor = zoc_world_kernel;

    (void)unused;
    crew = NULL;
    poor.thread_start = start_few_threads;
    threads_left = 2;
    zoc_world = &poor;
    assert_int_equal(zoc_crew_new(5, &crew), -EAGAIN);
    zoc_world = &zoc_world_kernel;
    assert_null(crew);
    return 0;
}

static void a_crew_whose_threads_cannot_start_is_no_crew(void **state)
{
    (void)state;
    assert_int_equal(zoc_run(start_too_many, NULL), 0);
}

/* A poller for this loop, and none for others. */
static int open_no_poller(void **ret_poller)
{
    (void)ret_poller;
    return -EMFILE;
}

static int open_no_loops(void *unused)
{
    struct zoc_world poor = zoc_world_kernel;

    (void)unused;
    crew = NULL;
    poor.poller_open = open_no_poller;
    zoc_world = &poor;
    assert_int_equal(zoc_crew_new(3, &crew), -EMFILE);
    zoc_world = &zoc_world_kernel;
    assert_null(crew);
    return 0;
}

static void a_crew_whose_loops_cannot_open_is_no_crew(void **state)
{
    (void)state;
    assert_int_equal(zoc_run(open_no_loops, NULL), 0);
}

static void a_crew_has_its_most_loops_and_not_one_more(void)
{
    assert_int_equal(zoc_crew_new(ZOC_CREW_MAX + 1, &crew), -EINVAL);
    assert_int_equal(zoc_crew_size(NULL), 1);
    assert_int_equal(zoc_crew_new(1, &crew), 0);
    assert_int_equal(zoc_crew_size(crew), 1);
    zoc_crew_free(crew);
    assert_int_equal(zoc_crew_new(0, &crew), 0);
    assert_true(zoc_crew_size(crew) >= 1);
    zoc_crew_free(crew);
    assert_int_equal(zoc_crew_new(ZOC_CREW_MAX, &crew), 0);
    assert_int_equal(zoc_crew_size(crew), ZOC_CREW_MAX);
    zoc_crew_free(crew);
}

static void freeing_nothing_is_fine(void)
{
    zoc_crew_group_free(NULL);
    zoc_crew_free(NULL);
}

#define CREWED(test)                                                   \
    { #test, in_crew, NULL, NULL, (void *)(test) },                    \
    {                                                                  \
#test "_in_this_loop_alone", alone, NULL, NULL, (void *)(test) \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        CREWED(fibers_run_in_every_loop),
        CREWED(a_cancel_reaches_every_loop),
        CREWED(a_soft_stop_reaches_every_loop),
        CREWED(the_deadline_of_who_waits_cancels_it),
        CREWED(a_soft_stop_of_who_waits_is_passed_on),
        CREWED(a_failure_in_any_loop_is_that_of_the_group),
        CREWED(freeing_ends_what_still_runs),
        CREWED(freeing_takes_back_nothing_that_was_started),
        CREWED(nothing_to_do_is_fine),
        cmocka_unit_test(a_fiber_in_another_loop_begins_without_a_deadline),
        ON_FIBER(the_deadline_of_who_made_a_group_is_not_that_of_the_group),
        HEAVY_ON_FIBER(a_loop_s_backlog_is_bounded),
        cmocka_unit_test(a_crew_whose_threads_cannot_start_is_no_crew),
        cmocka_unit_test(a_crew_whose_loops_cannot_open_is_no_crew),
        HEAVY_ON_FIBER(a_crew_has_its_most_loops_and_not_one_more),
        ON_FIBER(freeing_nothing_is_fine),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "fiber/loop.h"
#include "fiber/testing.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zocalo/error.h>

#define USUAL_MAPPINGS 65530 /* vm.max_map_count of the kernel */

/* Runs `body` in a process of its own, with guards of that kind; returns the status of its end. */
static int status_of(const char *guard, int (*body)(void))
{
    struct rlimit no_core = { 0, 0 };
    int status;

    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        setrlimit(RLIMIT_CORE, &no_core);
        signal(SIGSEGV, SIG_DFL);
        setenv("ZOC_STACK_GUARD", guard, 1);
        _exit(body());
    }
    assert_true(child > 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

/* --- the guard ------------------------------------------------------------------------------------- */

/* The compiler may not leave the memory out. */
static void use(char *memory, size_t size)
{
    memset(memory, 1, size);
    __asm__ volatile("" : : "r"(memory) : "memory");
}

static int recurse(size_t depth)
{
    char frame[1024];

    use(frame, sizeof frame);
    return depth == 0 ? frame[0] : recurse(depth - 1) + frame[0];
}

static int recurse_on_fiber(void *depth)
{
    return recurse(*(size_t *)depth);
}

static int neighbour(void *unused)
{
    (void)unused;
    return zoc_sleep(ZOC_NEVER);
}

static int use_between_neighbours(void *depth)
{
    ZOC_GROUP(sleeping);
    ZOC_GROUP(group);

    zoc_go(&sleeping, neighbour, NULL);
    zoc_go(&group, recurse_on_fiber, depth);
    zoc_go(&sleeping, neighbour, NULL);
    return zoc_group_wait(&group);
}

static int use_nearly_all(void)
{
    size_t depth = (STACK_USABLE - 32 * 1024) / 1200;

    return zoc_run(use_between_neighbours, &depth) == 0 ? 0 : 1;
}

static int use_too_much(void)
{
    size_t depth = 100 * ZOC_STACK_SIZE / 1024;

    return zoc_run(use_between_neighbours, &depth) == 0 ? 0 : 1;
}

static int no_fiber(void *unused)
{
    (void)unused;
    return 0;
}

static int make_one(void)
{
    return zoc_run(no_fiber, NULL) == 0 ? 0 : 1;
}

static void assert_guarded(const char *guard)
{
    int status = status_of(guard, use_nearly_all);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);

    status = status_of(guard, use_too_much);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGSEGV);
}

static void a_stack_that_grows_too_deep_dies_at_a_protected_page(void **state)
{
    (void)state;
    if (testing_is_too_dear())
        return;
    assert_guarded("mprotect");
}

static void a_stack_that_grows_too_deep_dies_at_an_advised_guard(void **state)
{
    (void)state;
    if (testing_is_too_dear())
        return;
    if (status_of("madvise", make_one) != 0) {
        print_message("# this kernel has no MADV_GUARD_INSTALL (Linux 6.13)\n");
        return;
    }
    assert_guarded("madvise");
}

/* --- where there are no more -------------------------------------------------------------------------- */

static long usual_mappings(void)
{
    long count = 0;
    FILE *file = fopen("/proc/sys/vm/max_map_count", "r");

    if (file) {
        if (fscanf(file, "%ld", &count) != 1)
            count = 0;
        fclose(file);
    }
    return count;
}

static int fill(void *ret_count)
{
    int result;
    ZOC_GROUP(group);

    while ((result = zoc_go(&group, neighbour, NULL)) == 0)
        ++*(size_t *)ret_count;
    if (!strstr(zoc_why(), "vm.max_map_count"))
        return -EPROTO;
    zoc_yield();
    return result;
}

/* Each guard splits a mapping in two: half as many stacks as mappings, but for those of the process itself. */
static int meet_the_limit(void)
{
    size_t count = 0;
    int result = zoc_run(fill, &count);

    if (result != -EAGAIN)
        return 1;
    return count > USUAL_MAPPINGS / 2 - 200 && count <= USUAL_MAPPINGS / 2 ? 0 : 2;
}

static void the_kernel_s_limit_of_mappings_is_an_error_with_words(void **state)
{
    (void)state;
    if (testing_is_too_dear())
        return;
    if (usual_mappings() != USUAL_MAPPINGS) {
        print_message("# vm.max_map_count is not %d\n", USUAL_MAPPINGS);
        return;
    }
    assert_int_equal(status_of("mprotect", meet_the_limit), 0);
}

/* --- what they cost ----------------------------------------------------------------------------------- */

static int yield_once(void *unused)
{
    (void)unused;
    return zoc_yield();
}

static void stacks_are_used_again(void)
{
    for (int i = 0; i < 1000; i++) {
        ZOC_GROUP(group);
        for (int j = 0; j < 10; j++)
            assert_int_equal(zoc_go(&group, yield_once, NULL), 0);
        assert_int_equal(zoc_group_wait(&group), 0);
    }
    assert_in_range(loop_here->stacks.made, 11, 12);
}

static void the_stack_that_was_given_last_is_taken_first(void **state)
{
    struct stacks stacks = { 0 };
    char *tops[3], *top;

    (void)state;
    for (int i = 0; i < 3; i++)
        assert_int_equal(stacks_take(&stacks, &tops[i]), 0);
    for (int i = 0; i < 3; i++)
        stacks_give(&stacks, tops[i]);
    for (int i = 2; i >= 0; i--) {
        assert_int_equal(stacks_take(&stacks, &top), 0);
        assert_ptr_equal(top, tops[i]);
    }
    stacks_release(&stacks);
}

static long resident_pages(void)
{
    long all, resident;
    FILE *file = fopen("/proc/self/statm", "r");

    assert_non_null(file);
    assert_int_equal(fscanf(file, "%ld %ld", &all, &resident), 2);
    fclose(file);
    return resident;
}

static int use_and_yield(void *unused)
{
    char deep[32 * 1024];

    (void)unused;
    use(deep, sizeof deep);
    return zoc_yield();
}

/* 1,000 fibers at a time, each of which uses more of its stack than a free one keeps. */
static void spawn_and_join(int rounds)
{
    for (int i = 0; i < rounds; i++) {
        ZOC_GROUP(group);
        for (int j = 0; j < 1000; j++)
            assert_int_equal(zoc_go(&group, use_and_yield, NULL), 0);
        assert_int_equal(zoc_group_wait(&group), 0);
    }
}

static void memory_does_not_grow_with_the_number_of_fibers_that_were(void)
{
    spawn_and_join(10);
    long before = resident_pages();
    spawn_and_join(90);
    assert_true(resident_pages() - before < 256);
    assert_in_range(loop_here->stacks.made, 1001, 1002);
}

static void what_a_deep_use_left_goes_back_to_the_kernel(void)
{
    spawn_and_join(1);
    long kept = resident_pages();
    ZOC_GROUP(group);

    for (int i = 0; i < 1000; i++)
        assert_int_equal(zoc_go(&group, use_and_yield, NULL), 0);
    zoc_yield();
    assert_true(resident_pages() - kept > 1000 * (32 - 16) / 4 - 500);
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_true(resident_pages() - kept < 256);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stack_that_grows_too_deep_dies_at_a_protected_page),
        cmocka_unit_test(a_stack_that_grows_too_deep_dies_at_an_advised_guard),
        cmocka_unit_test(the_kernel_s_limit_of_mappings_is_an_error_with_words),
        cmocka_unit_test(the_stack_that_was_given_last_is_taken_first),
        ON_FIBER(stacks_are_used_again),
        HEAVY_ON_FIBER(memory_does_not_grow_with_the_number_of_fibers_that_were),
        HEAVY_ON_FIBER(what_a_deep_use_left_goes_back_to_the_kernel),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "fiber/testing.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>
#include <zocalo/sync.h>

static bool is_blocked(int signal)
{
    sigset_t mask;

    sigprocmask(SIG_SETMASK, NULL, &mask);
    return sigismember(&mask, signal) == 1;
}

static zoc_signals *open_for(int first, int second)
{
    const int numbers[] = { first, second, 0 };
    zoc_signals *signals;

    assert_int_equal(zoc_signals_open(numbers, &signals), 0);
    return signals;
}

static void a_signal_comes_through(void)
{
    zoc_signals *signals = open_for(SIGUSR1, SIGUSR2);

    kill(getpid(), SIGUSR2);
    assert_int_equal(zoc_signals_wait(signals), SIGUSR2);
    kill(getpid(), SIGUSR1);
    assert_int_equal(zoc_signals_wait(signals), SIGUSR1);
    zoc_signals_close(signals);
}

struct receiver {
    zoc_signals *signals;
    int result; /* 0: not yet */
};

static int wait_for_signal(void *arg)
{
    struct receiver *receiver = arg;

    receiver->result = zoc_signals_wait(receiver->signals);
    return 0;
}

static void a_signal_wakes_who_waits(void)
{
    struct receiver receiver = { .signals = open_for(SIGUSR1, 0) };
    ZOC_GROUP(group);

    zoc_go(&group, wait_for_signal, &receiver);
    testing_settle();
    assert_int_equal(receiver.result, 0);
    kill(getpid(), SIGUSR1);
    zoc_group_wait(&group);
    assert_int_equal(receiver.result, SIGUSR1);
    zoc_signals_close(receiver.signals);
}

static void signals_that_came_before_the_wait_are_all_received(void)
{
    zoc_signals *signals = open_for(SIGUSR1, SIGUSR2);

    kill(getpid(), SIGUSR1);
    kill(getpid(), SIGUSR2);
    assert_int_equal(zoc_signals_wait(signals) + zoc_signals_wait(signals), SIGUSR1 + SIGUSR2);
    ZOC_WITHIN(ZOC_MILLISECOND)
        assert_int_equal(zoc_signals_wait(signals), -ETIMEDOUT);
    zoc_signals_close(signals);
}

static void a_stop_ends_the_wait(void)
{
    struct receiver receiver = { .signals = open_for(SIGUSR1, 0) };
    ZOC_GROUP(group);

    zoc_go(&group, wait_for_signal, &receiver);
    testing_settle();
    zoc_group_stop(&group);
    zoc_group_wait(&group);
    assert_int_equal(receiver.result, -ECANCELED);
    zoc_signals_close(receiver.signals);
}

static int look_at_mask(void *ret_blocked)
{
    *(int *)ret_blocked = is_blocked(SIGUSR1);
    return zoc_yield();
}

static void they_are_blocked_in_every_fiber_until_they_are_closed(void)
{
    int blocked = -1;
    ZOC_GROUP(group);

    zoc_go(&group, look_at_mask, &blocked);
    zoc_signals *signals = open_for(SIGUSR1, SIGUSR2);
    assert_true(is_blocked(SIGUSR1));
    assert_true(is_blocked(SIGUSR2));
    assert_false(is_blocked(SIGTERM));
    assert_int_equal(zoc_sleep(ZOC_MICROSECOND), 0);
    assert_int_equal(blocked, 1);
    assert_true(is_blocked(SIGUSR1));
    zoc_group_wait(&group);
    zoc_signals_close(signals);
    assert_false(is_blocked(SIGUSR1));
    assert_false(is_blocked(SIGUSR2));
}

static void closing_gives_the_previous_mask_back(void)
{
    sigset_t usr2;

    sigemptyset(&usr2);
    sigaddset(&usr2, SIGUSR2);
    sigprocmask(SIG_BLOCK, &usr2, NULL);
    zoc_signals_close(open_for(SIGUSR1, SIGUSR2));
    assert_false(is_blocked(SIGUSR1));
    assert_true(is_blocked(SIGUSR2));
    sigprocmask(SIG_UNBLOCK, &usr2, NULL);
}

static void closing_nothing_is_fine(void)
{
    zoc_signals_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_FIBER(a_signal_comes_through),
        ON_FIBER(a_signal_wakes_who_waits),
        ON_FIBER(signals_that_came_before_the_wait_are_all_received),
        ON_FIBER(a_stop_ends_the_wait),
        ON_FIBER(they_are_blocked_in_every_fiber_until_they_are_closed),
        ON_FIBER(closing_gives_the_previous_mask_back),
        ON_FIBER(closing_nothing_is_fine),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

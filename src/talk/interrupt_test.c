#include "talk/interrupt.h"

#include "stream/testing.h"

#include <signal.h>

static int waited;

static int raise_and_wait(void *arg)
{
    raise(*(int *)arg);
    waited = zoc_sleep(ZOC_HOUR);
    return 0;
}

static void each_of_them_cancels_the_work(void)
{
    int ending[] = { SIGINT, SIGTERM, SIGHUP };

    for (size_t i = 0; i < sizeof ending / sizeof *ending; i++) {
        int came = 0;

        signal(ending[i], SIG_DFL); /* whoever runs the tests may ignore it (nohup(1)) */
        assert_int_equal(interrupt_run(raise_and_wait, &ending[i], &came), 0);
        assert_int_equal(came, ending[i]);
        assert_int_equal(waited, -ECANCELED);
    }
}

/* What each wait of the work was ended by. */
struct stages {
    int stopped, cancelled;
    bool again; /* it raises another signal once it was stopped */
};

static int wait_twice(void *arg)
{
    struct stages *stages = arg;

    raise(SIGTERM);
    stages->stopped = zoc_sleep(ZOC_HOUR);
    if (stages->again)
        raise(SIGTERM);
    ZOC_FINISH
        stages->cancelled = zoc_sleep(ZOC_HOUR);
    return 0;
}

static const struct interrupt_manners patient = { .grace = ZOC_HOUR };
static const struct interrupt_manners hasty = { .grace = ZOC_MILLISECOND };

static void gracefully_the_first_stops_the_work_and_the_second_cancels_it(void)
{
    struct stages stages = { .again = true };
    int came = 0;

    assert_int_equal(interrupt_run_with(&patient, wait_twice, &stages, &came), 0);
    assert_int_equal(came, SIGTERM);
    assert_int_equal(stages.stopped, -ECANCELED);
    assert_int_equal(stages.cancelled, -ECANCELED);
}

static void the_end_of_the_grace_cancels_it(void)
{
    struct stages stages = { 0 };
    int came = 0;

    assert_int_equal(interrupt_run_with(&hasty, wait_twice, &stages, &came), 0);
    assert_int_equal(stages.cancelled, -ECANCELED);
}

struct renewals {
    int count;
    zoc_event first;
};

static int renew(void *arg)
{
    struct renewals *renewals = arg;

    renewals->count++;
    zoc_event_set(&renewals->first);
    return 0;
}

static int hang_up_and_end(void *arg)
{
    struct renewals *renewals = arg;

    raise(SIGHUP);
    assert_int_equal(zoc_event_wait(&renewals->first), 0);
    raise(SIGTERM);
    return zoc_sleep(ZOC_HOUR);
}

static void a_hang_up_renews_where_there_is_something_to_renew(void)
{
    static const struct interrupt_manners manners = { .renew = renew };
    struct renewals renewals = { 0 };
    int came = 0;

    assert_int_equal(interrupt_run_with(&manners, hang_up_and_end, &renewals, &came), 0);
    assert_int_equal(came, SIGTERM);
    assert_int_equal(renewals.count, 1);
}

static int raise_and_return(void *arg)
{
    raise(*(int *)arg);
    testing_settle_io();
    return 0;
}

static void what_was_ignored_stays_ignored(void)
{
    int number = SIGHUP, came = 0;

    signal(SIGHUP, SIG_IGN);
    assert_int_equal(interrupt_run(raise_and_return, &number, &came), 0);
    assert_int_equal(came, 0);
    signal(SIGHUP, SIG_DFL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_NET(each_of_them_cancels_the_work),   ON_NET(gracefully_the_first_stops_the_work_and_the_second_cancels_it),
        ON_NET(the_end_of_the_grace_cancels_it), ON_NET(a_hang_up_renews_where_there_is_something_to_renew),
        ON_NET(what_was_ignored_stays_ignored),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "talk/interrupt.h"

#include "net/testing.h"

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
        ON_NET(each_of_them_cancels_the_work),
        ON_NET(what_was_ignored_stays_ignored),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

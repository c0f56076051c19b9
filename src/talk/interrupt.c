#include "talk/interrupt.h"

#include <errno.h>
#include <signal.h>
#include <zocalo/sync.h>

static void list_signals(int *ret_signals)
{
    static const int ending[] = { SIGINT, SIGTERM, SIGHUP };
    struct sigaction action;

    for (size_t i = 0; i < sizeof ending / sizeof *ending; i++)
        if (sigaction(ending[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN)
            *ret_signals++ = ending[i];
    *ret_signals = 0;
}

struct watchman {
    const struct interrupt_manners *manners;
    zoc_signals *signals;
    zoc_group *working;
    void *arg;
    int *signal;
};

static int await_end(const struct watchman *watchman)
{
    int signal;

    while ((signal = zoc_signals_wait(watchman->signals)) == SIGHUP && watchman->manners->renew)
        watchman->manners->renew(watchman->arg);
    return signal;
}

static int obey(void *arg)
{
    struct watchman *watchman = arg;
    int signal = await_end(watchman);

    if (signal < 0)
        return 0;
    *watchman->signal = signal;
    if (watchman->manners->grace) {
        zoc_group_stop(watchman->working);
        ZOC_WITHIN(watchman->manners->grace)
            signal = await_end(watchman);
    }
    if (signal != -ECANCELED)
        zoc_group_cancel(watchman->working);
    return 0;
}

int interrupt_run_with(const struct interrupt_manners *manners, zoc_fn *work, void *arg, int *signal)
{
    ZOC_GROUP(working);
    ZOC_GROUP(watch);
    struct watchman watchman = { .manners = manners, .working = &working, .arg = arg, .signal = signal };
    int signals[4];

    list_signals(signals);
    int result = zoc_signals_open(signals, &watchman.signals);
    if (result == 0)
        result = zoc_go(&working, work, arg);
    if (result == 0)
        result = zoc_go(&watch, obey, &watchman);
    zoc_group_wait(&working);
    zoc_group_end(&watch);
    zoc_signals_close(watchman.signals);
    return result;
}

int interrupt_run(zoc_fn *work, void *arg, int *signal)
{
    static const struct interrupt_manners none;

    return interrupt_run_with(&none, work, arg, signal);
}

void interrupt_end(int number)
{
    signal(number, SIG_DFL);
    raise(number);
}

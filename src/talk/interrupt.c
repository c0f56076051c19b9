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
    zoc_signals *signals;
    zoc_group *working;
    zoc_duration grace; /* 0: none */
    int *signal;
};

static int await_signal(void *arg)
{
    struct watchman *watchman = arg;
    int signal = zoc_signals_wait(watchman->signals);

    if (signal < 0)
        return 0;
    *watchman->signal = signal;
    if (watchman->grace) {
        zoc_group_stop(watchman->working);
        ZOC_WITHIN(watchman->grace)
            signal = zoc_signals_wait(watchman->signals);
    }
    if (signal != -ECANCELED)
        zoc_group_cancel(watchman->working);
    return 0;
}

int interrupt_run_gracefully(zoc_fn *work, void *arg, zoc_duration grace, int *signal)
{
    ZOC_GROUP(working);
    ZOC_GROUP(watch);
    struct watchman watchman = { .working = &working, .grace = grace, .signal = signal };
    int signals[4];

    list_signals(signals);
    int result = zoc_signals_open(signals, &watchman.signals);
    if (result == 0)
        result = zoc_go(&working, work, arg);
    if (result == 0)
        result = zoc_go(&watch, await_signal, &watchman);
    zoc_group_wait(&working);
    zoc_group_end(&watch);
    zoc_signals_close(watchman.signals);
    return result;
}

int interrupt_run(zoc_fn *work, void *arg, int *signal)
{
    return interrupt_run_gracefully(work, arg, 0, signal);
}

void interrupt_end(int number)
{
    signal(number, SIG_DFL);
    raise(number);
}

#include "fiber/fiber.h"
#include "fiber/loop.h"

#include <errno.h>
#include <stdlib.h>

struct zoc_signals {
    struct watch watch;
    sigset_t previous;
};

int zoc_signals_open(const int *signals, zoc_signals **ret_signals)
{
    sigset_t set;
    zoc_signals *opened = malloc(sizeof *opened);

    if (!opened)
        return -ENOMEM;
    sigemptyset(&set);
    for (; *signals; signals++)
        sigaddset(&set, *signals);

    int fd = zoc_world->signals_open(&set, &opened->previous);
    int result = fd < 0 ? fd : watch_open(&opened->watch, fd, WORLD_EDGE);
    if (result < 0) {
        if (fd >= 0)
            zoc_world->signals_close(fd, &opened->previous);
        free(opened);
        return result;
    }
    *ret_signals = opened;
    return 0;
}

int zoc_signals_wait(zoc_signals *signals)
{
    struct fiber_wait wait = { .what = "signal", .heeds = HEED_ALL, .until = ZOC_NEVER };
    int result = fiber_begin(HEED_ALL);

    while (result == 0) {
        result = zoc_world->signals_read(signals->watch.fd);
        if (result != -EAGAIN)
            return result;
        signals->watch.ready = 0;
        result = watch_readable(&signals->watch, &wait);
    }
    return result;
}

void zoc_signals_close(zoc_signals *signals)
{
    if (!signals)
        return;
    int fd = signals->watch.fd;
    watch_close(&signals->watch, false);
    zoc_world->signals_close(fd, &signals->previous);
    free(signals);
}

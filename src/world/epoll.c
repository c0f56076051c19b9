#include "world/kernel.h"

#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#define EPOLL_BATCH 256 /* events taken from the kernel at a time */

#define WAKE_TOKEN  UINT64_MAX

struct poller {
    int epoll_fd;
    int wake_fd;
    bool coarse; /* epoll_pwait2 is missing or forbidden: milliseconds must do */
    struct epoll_event events[EPOLL_BATCH];
};

static const uint32_t events_of_watch[] = {
    [WORLD_EDGE] = EPOLLIN | EPOLLRDHUP | EPOLLET,
    [WORLD_EDGE_BOTH] = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
    [WORLD_ONESHOT] = EPOLLIN | EPOLLONESHOT,
};

int epoll_poller_open(void **ret_poller)
{
    struct epoll_event wake = { .events = EPOLLIN | EPOLLET, .data.u64 = WAKE_TOKEN };
    struct poller *poller = malloc(sizeof *poller);

    if (!poller)
        return -ENOMEM;
    poller->coarse = false;
    poller->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    poller->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (poller->epoll_fd < 0 || poller->wake_fd < 0 ||
        epoll_ctl(poller->epoll_fd, EPOLL_CTL_ADD, poller->wake_fd, &wake) < 0) {
        int error = -errno;
        epoll_poller_close(poller);
        return error;
    }
    *ret_poller = poller;
    return 0;
}

void epoll_poller_close(void *arg)
{
    struct poller *poller = arg;

    if (poller->epoll_fd >= 0)
        close(poller->epoll_fd);
    if (poller->wake_fd >= 0)
        close(poller->wake_fd);
    free(poller);
}

int epoll_poller_watch(void *arg, int fd, enum world_watch how, uint64_t token)
{
    struct poller *poller = arg;
    struct epoll_event event = { .events = events_of_watch[how], .data.u64 = token };

    if (epoll_ctl(poller->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0)
        return 0;
    if (errno != EEXIST)
        return -errno;
    return epoll_ctl(poller->epoll_fd, EPOLL_CTL_MOD, fd, &event) < 0 ? -errno : 0;
}

int epoll_poller_unwatch(void *arg, int fd)
{
    struct poller *poller = arg;

    return epoll_ctl(poller->epoll_fd, EPOLL_CTL_DEL, fd, NULL) < 0 ? -errno : 0;
}

/* Nanoseconds from now to the deadline, at least 0. */
static int64_t remaining(int64_t deadline)
{
    int64_t rest = deadline - kernel_monotonic();

    return rest > 0 ? rest : 0;
}

static int wait_milliseconds(struct poller *poller, int max, int64_t rest)
{
    int64_t milliseconds = (rest + 999999) / 1000000; /* rounded up: too early would be a busy loop */

    return epoll_wait(poller->epoll_fd, poller->events, max, milliseconds < INT32_MAX ? (int)milliseconds : INT32_MAX);
}

static int wait_exactly(struct poller *poller, int max, int64_t rest)
{
    struct timespec timeout = { .tv_sec = rest / 1000000000, .tv_nsec = rest % 1000000000 };
    int count = epoll_pwait2(poller->epoll_fd, poller->events, max, &timeout, NULL);

    if (count >= 0 || (errno != ENOSYS && errno != EPERM))
        return count;
    poller->coarse = true; /* Linux before 5.11, or a seccomp profile */
    return wait_milliseconds(poller, max, rest);
}

static int wait_until(struct poller *poller, int max, int64_t deadline)
{
    if (deadline == INT64_MAX)
        return epoll_wait(poller->epoll_fd, poller->events, max, -1);

    int64_t rest = deadline > 0 ? remaining(deadline) : 0;
    if (rest == 0)
        return epoll_wait(poller->epoll_fd, poller->events, max, 0);
    return poller->coarse ? wait_milliseconds(poller, max, rest) : wait_exactly(poller, max, rest);
}

static unsigned ready_of(uint32_t events)
{
    unsigned ready = 0;

    if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR))
        ready |= WORLD_READABLE;
    if (events & (EPOLLOUT | EPOLLHUP | EPOLLERR))
        ready |= WORLD_WRITABLE;
    if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR))
        ready |= WORLD_ENDED;
    return ready;
}

int epoll_poller_wait(void *arg, struct world_ready *ret_ready, int max, int64_t deadline)
{
    struct poller *poller = arg;
    int kept = 0;
    int count = wait_until(poller, max < EPOLL_BATCH ? max : EPOLL_BATCH, deadline);

    if (count < 0)
        return errno == EINTR ? 0 : -errno;
    for (int i = 0; i < count; i++) {
        uint64_t token = poller->events[i].data.u64;
        if (token == WAKE_TOKEN)
            continue; /* edge-triggered: it needs no reading, each write is an edge */
        ret_ready[kept++] = (struct world_ready){ .token = token, .ready = ready_of(poller->events[i].events) };
    }
    return kept;
}

void epoll_poller_wake(void *arg)
{
    struct poller *poller = arg;
    uint64_t one = 1;

    /* It fails only when 2^64 - 2 wake-ups were written, and then one is on its way. */
    (void)!write(poller->wake_fd, &one, sizeof one);
}

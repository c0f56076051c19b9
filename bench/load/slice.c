/* Measuring a slice, and what every verb needs. */
#include "load.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>

#define PATIENCE_NS (10000 * MILLISECOND)
#define SETTLE_NS   (MILLISECOND / 5) /* after the last answer the server still has to go to sleep */

static int64_t idle_ns; /* spent on asking in vain since the start */

int64_t monotonic_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 * MILLISECOND + now.tv_nsec;
}

/* One more question in vain: the time since `asked_ns` was idle. What stands behind a relay shares this core, and has it
 * meanwhile. Returns now. */
static int64_t count_idle(int64_t begun_ns, int64_t asked_ns)
{
    sched_yield();
    int64_t now_ns = monotonic_ns();

    if (now_ns - begun_ns > PATIENCE_NS)
        die("no answer for ten seconds");
    idle_ns += now_ns - asked_ns;
    return now_ns;
}

int spin_poll(int poller, struct epoll_event *ret_events, int max)
{
    int64_t begun_ns = monotonic_ns(), asked_ns = begun_ns;
    int count;

    while ((count = epoll_wait(poller, ret_events, max, 0)) == 0)
        asked_ns = count_idle(begun_ns, asked_ns);
    if (count < 0)
        die("epoll_wait: %s", strerror(errno));
    return count;
}

ssize_t spin_receive(int fd, void *data, size_t size)
{
    int64_t begun_ns = monotonic_ns(), asked_ns = begun_ns;
    ssize_t received;

    while ((received = recv(fd, data, size, MSG_DONTWAIT)) < 0 && errno == EAGAIN)
        asked_ns = count_idle(begun_ns, asked_ns);
    if (received <= 0)
        die("receive: %s", received < 0 ? strerror(errno) : "the server closed the connection");
    return received;
}

struct slice slice_begin(const struct server *server)
{
    struct slice slice = { .server = server, .usage = server_usage(server), .idle_ns = idle_ns };

    slice.wall_ns = monotonic_ns();
    return slice;
}

void slice_end(const struct slice *slice, int round, int server_number, int64_t units)
{
    int64_t wall_ns = monotonic_ns() - slice->wall_ns;
    struct usage usage;

    nanosleep(&(struct timespec){ .tv_nsec = SETTLE_NS }, NULL);
    usage = server_usage(slice->server);
    printf("{\"round\":%d,\"server\":%d,\"units\":%" PRId64 ",\"wall_ns\":%" PRId64, round, server_number, units,
           wall_ns);
    printf(",\"server_ns\":%" PRId64 ",\"wait_ns\":%" PRId64 ",\"idle_ns\":%" PRId64 "}\n",
           usage.cpu_ns - slice->usage.cpu_ns, usage.wait_ns - slice->usage.wait_ns, idle_ns - slice->idle_ns);
}

void die(const char *format, ...)
{
    va_list values;

    fputs("load: ", stderr);
    va_start(values, format);
    vfprintf(stderr, format, values);
    va_end(values);
    fputc('\n', stderr);
    exit(2);
}

void *allocate(size_t count, size_t size)
{
    void *memory = calloc(count, size);

    if (!memory)
        die("no memory");
    return memory;
}

int poller_new(void)
{
    int poller = epoll_create1(EPOLL_CLOEXEC);

    if (poller < 0)
        die("epoll_create1: %s", strerror(errno));
    return poller;
}

void poller_add(int poller, int fd, uint32_t events, uint64_t token)
{
    struct epoll_event event = { events, { .u64 = token } };

    if (epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event) < 0)
        die("epoll_ctl: %s", strerror(errno));
}

void poller_change(int poller, int fd, uint32_t events, uint64_t token)
{
    struct epoll_event event = { events, { .u64 = token } };

    if (epoll_ctl(poller, EPOLL_CTL_MOD, fd, &event) < 0)
        die("epoll_ctl: %s", strerror(errno));
}

void set_nonblocking(int fd)
{
    if (fcntl(fd, F_SETFL, O_NONBLOCK) < 0)
        die("fcntl: %s", strerror(errno));
}

/* Fair: how long a ping takes beside a client that sends as fast as it can, against how long it takes in a crowd of
 * pingers. Both phases alternate on the same server, the same poller and the same connections. One thread does
 * everything, in small steps, so that what is measured is the server and not our own scheduling. */
#include "load.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define EVENTS_MAX  64
#define FLOOD_CHUNK (64 * 1024) /* bytes of one send or receive of the flood */
#define SAMPLES_MAX (1 << 20)   /* pings of one phase */
#define FLOOD_TOKEN UINT64_MAX

struct pinger {
    int fd;
    int missing; /* bytes of the answer that have not come yet; 0 when no ping is out */
    int64_t sent_ns;
};

struct scene {
    int poller;
    struct pinger *pingers;
    int64_t *samples; /* round trips of this phase, in nanoseconds */
    int sample_count;
    int flood_fd;
    int64_t flood_sent, flood_received; /* bytes since the start */
};

static void ping(struct pinger *pinger)
{
    static const char message[MESSAGE_SIZE];

    pinger->sent_ns = monotonic_ns();
    if (send(pinger->fd, message, sizeof(message), 0) != MESSAGE_SIZE)
        die("send: %s", strerror(errno));
    pinger->missing = MESSAGE_SIZE;
}

/* Whether the whole answer is in now; its time is kept then. */
static bool take_pong(struct scene *scene, struct pinger *pinger)
{
    char answer[MESSAGE_SIZE];
    ssize_t size = recv(pinger->fd, answer, (size_t)pinger->missing, 0);

    if (size < 0 && errno == EAGAIN)
        return false;
    if (size <= 0)
        die("receive: %s", size < 0 ? strerror(errno) : "the server closed the connection");
    pinger->missing -= (int)size;
    if (pinger->missing > 0)
        return false;
    if (scene->sample_count < SAMPLES_MAX)
        scene->samples[scene->sample_count++] = monotonic_ns() - pinger->sent_ns;
    return true;
}

static ssize_t flood_outcome(const char *what, ssize_t size)
{
    if (size < 0 && errno == EAGAIN)
        return 0;
    if (size <= 0)
        die("flood: %s: %s", what, size < 0 ? strerror(errno) : "the server closed the connection");
    return size;
}

static void flood_send(struct scene *scene)
{
    static const char chunk[FLOOD_CHUNK];

    scene->flood_sent += flood_outcome("send", send(scene->flood_fd, chunk, sizeof(chunk), 0));
}

static void flood_receive(struct scene *scene)
{
    static char chunk[FLOOD_CHUNK];

    scene->flood_received += flood_outcome("receive", recv(scene->flood_fd, chunk, sizeof(chunk), 0));
}

/* Waits for what comes next and answers it. Returns how many pingers rest from now on. */
static int step(struct scene *scene, bool go_on, bool flood)
{
    struct epoll_event events[EVENTS_MAX];
    int count = spin_poll(scene->poller, events, EVENTS_MAX);
    int resting = 0;

    for (int e = 0; e < count; e++) {
        struct pinger *pinger = &scene->pingers[events[e].data.u64];

        if (events[e].data.u64 == FLOOD_TOKEN) {
            if (events[e].events & EPOLLIN)
                flood_receive(scene);
            if (flood && go_on)
                flood_send(scene);
        } else if (take_pong(scene, pinger)) {
            if (go_on)
                ping(pinger);
            else
                resting++;
        }
    }
    return resting;
}

static void watch_flood(struct scene *scene, uint32_t events)
{
    poller_change(scene->poller, scene->flood_fd, events, FLOOD_TOKEN);
}

static void phase(struct scene *scene, int pingers, bool flood, int64_t slice_ns)
{
    int64_t end_ns = monotonic_ns() + slice_ns;
    int active = pingers;

    scene->sample_count = 0;
    watch_flood(scene, flood ? EPOLLIN | EPOLLOUT : EPOLLIN);
    for (int i = 0; i < pingers; i++)
        ping(&scene->pingers[i]);
    while (active > 0)
        active -= step(scene, monotonic_ns() < end_ns, flood);
    watch_flood(scene, EPOLLIN);
    while (scene->flood_received < scene->flood_sent)
        step(scene, false, false);
}

static int by_value(const void *one, const void *other)
{
    int64_t a = *(const int64_t *)one, b = *(const int64_t *)other;

    return (a > b) - (a < b);
}

static void report(struct scene *scene, int round, const char *kind, int64_t flooded)
{
    int count = scene->sample_count;

    qsort(scene->samples, (size_t)count, sizeof(int64_t), by_value);
    printf("{\"round\":%d,\"kind\":\"%s\",\"pings\":%d,\"p50_ns\":%" PRId64 ",\"p99_ns\":%" PRId64
           ",\"flooded\":%" PRId64 "}\n",
           round, kind, count, scene->samples[count / 2], scene->samples[(int)(count * 0.99)], flooded);
}

static void gather(struct scene *scene, const struct server *server, int pingers)
{
    scene->poller = poller_new();
    scene->pingers = allocate((size_t)pingers, sizeof(struct pinger));
    scene->samples = allocate(SAMPLES_MAX, sizeof(int64_t));
    for (int i = 0; i < pingers; i++) {
        scene->pingers[i].fd = server_connect(server);
        set_nonblocking(scene->pingers[i].fd);
        poller_add(scene->poller, scene->pingers[i].fd, EPOLLIN, (uint64_t)i);
    }
    scene->flood_fd = server_connect(server);
    set_nonblocking(scene->flood_fd);
    poller_add(scene->poller, scene->flood_fd, EPOLLIN, FLOOD_TOKEN);
}

void load_fair(const struct plan *plan)
{
    static const struct {
        const char *name;
        bool crowd, flood;
    } kinds[] = { { "crowd", true, false }, { "flood", false, true }, { "crowd again", true, false } };
    struct scene scene = { 0 };

    gather(&scene, &plan->servers[0], plan->connections);
    phase(&scene, plan->connections, false, 0); /* warm-up */
    for (int round = 0; round < plan->rounds; round++)
        for (size_t k = 0; k < sizeof(kinds) / sizeof(*kinds); k++) {
            int64_t sent_before = scene.flood_sent;

            phase(&scene, kinds[k].crowd ? plan->connections : 1, kinds[k].flood, plan->slice_ns);
            report(&scene, round, kinds[k].name, scene.flood_sent - sent_before);
        }
}

/* Broker: speakers say a burst of messages each, and when every other client has them all, the next. The servers are driven
 * in turn, one slice each, in an order that rotates from round to round. A unit is a message that one client received. */
#include "load.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#define EVENTS_MAX 256

struct hall {
    int poller;
    int count, speakers; /* of clients; the first are the speakers */
    int burst;           /* messages of each */
    int *fds;
};

static void say_burst(const struct hall *hall, int speaker)
{
    static const char message[MESSAGE_SIZE];

    for (int i = 0; i < hall->burst; i++)
        if (send(hall->fds[speaker], message, sizeof(message), 0) != MESSAGE_SIZE)
            die("send: %s", strerror(errno));
}

/* All that has come to a client. */
static int64_t take(int fd)
{
    static char words[64 * 1024];
    int64_t taken = 0;
    ssize_t size;

    while ((size = recv(fd, words, sizeof(words), 0)) > 0)
        taken += size;
    if (size == 0 || errno != EAGAIN)
        die("receive: %s", size < 0 ? strerror(errno) : "the server closed the connection");
    return taken;
}

static void await_all(const struct hall *hall, int64_t bytes)
{
    static struct epoll_event events[EVENTS_MAX];

    while (bytes > 0) {
        int count = spin_poll(hall->poller, events, EVENTS_MAX);

        for (int e = 0; e < count; e++)
            bytes -= take(hall->fds[events[e].data.u64]);
    }
    if (bytes < 0)
        die("more came than was said");
}

/* Every client but the speaker gets each message. */
static int64_t drive(const struct hall *hall, int64_t end_ns)
{
    int64_t deliveries = (int64_t)hall->speakers * hall->burst * (hall->count - 1), all = 0;

    do {
        for (int speaker = 0; speaker < hall->speakers; speaker++)
            say_burst(hall, speaker);
        await_all(hall, deliveries * MESSAGE_SIZE);
        all += deliveries;
    } while (monotonic_ns() < end_ns);
    return all;
}

static void gather(struct hall *hall, const struct server *server, const struct plan *plan)
{
    const int on = 1;

    *hall = (struct hall){ poller_new(), plan->connections + plan->speakers, plan->speakers, plan->burst, NULL };
    hall->fds = allocate((size_t)hall->count, sizeof(int));
    for (int i = 0; i < hall->count; i++) {
        int fd = hall->fds[i] = server_connect(server);
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
        set_nonblocking(fd);
        poller_add(hall->poller, fd, EPOLLIN | EPOLLET, (uint64_t)i);
    }
}

/* A client may be connected and not yet in the broker's list: the last to come has heard what the first said. */
static void await_presence(const struct hall *hall)
{
    static const char message[MESSAGE_SIZE];
    char word;

    do {
        if (send(hall->fds[0], message, 1, 0) != 1)
            die("send: %s", strerror(errno));
    } while (recv(hall->fds[hall->count - 1], &word, 1, 0) != 1);
    for (int64_t quiet = monotonic_ns() + 300 * MILLISECOND; monotonic_ns() < quiet;)
        for (int i = 0; i < hall->count; i++)
            take(hall->fds[i]);
}

void load_broker(const struct plan *plan)
{
    struct hall halls[SERVERS_MAX];

    for (int s = 0; s < plan->server_count; s++) {
        gather(&halls[s], &plan->servers[s], plan);
        await_presence(&halls[s]);
        drive(&halls[s], 0); /* warm-up */
    }
    for (int round = 0; round < plan->rounds; round++)
        for (int turn = 0; turn < plan->server_count; turn++) {
            int s = (round + turn) % plan->server_count;
            struct slice slice = slice_begin(&plan->servers[s]);
            int64_t deliveries = drive(&halls[s], slice.wall_ns + plan->slice_ns);

            slice_end(&slice, round, s, deliveries);
        }
}

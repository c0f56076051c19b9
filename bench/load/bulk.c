/* Bulk: each connection asks what stands behind the server (reference/feed.c) for a load of bytes, throws them away inside
 * the kernel (MSG_TRUNC, tcp(7)), and asks again. The servers are driven in turn, one slice each, in an order that rotates
 * from round to round; a slice ends when all that was asked for is there. A unit is a byte. */
#include "load.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#define EVENTS_MAX   64
#define LOAD_SIZE    (16LL << 20) /* bytes that are asked for at a time */
#define RECEIVE_SIZE (4 << 20)

struct queue {
    int poller, count;
    int *fds;
    int64_t *missing; /* bytes of the load that have not come yet */
};

static void ask(struct queue *queue, int i)
{
    char message[MESSAGE_SIZE] = { 0 };
    uint64_t size = LOAD_SIZE;

    memcpy(message, &size, sizeof(size));
    if (send(queue->fds[i], message, sizeof(message), 0) != MESSAGE_SIZE)
        die("send: %s", strerror(errno));
    queue->missing[i] = LOAD_SIZE;
}

static void take(struct queue *queue, int i)
{
    static char untouched[RECEIVE_SIZE];
    ssize_t size;

    while (queue->missing[i] > 0 && (size = recv(queue->fds[i], untouched, RECEIVE_SIZE, MSG_TRUNC)) != 0) {
        if (size < 0 && errno == EAGAIN)
            return;
        if (size < 0)
            die("receive: %s", strerror(errno));
        queue->missing[i] -= size;
    }
    if (queue->missing[i] != 0)
        die(queue->missing[i] > 0 ? "the server closed the connection" : "more came than was asked for");
}

static int64_t drive(struct queue *queue, int64_t end_ns)
{
    static struct epoll_event events[EVENTS_MAX];
    int64_t bytes = 0;
    int asked = queue->count;

    for (int i = 0; i < queue->count; i++)
        ask(queue, i);
    while (asked > 0) {
        int count = spin_poll(queue->poller, events, EVENTS_MAX);

        for (int e = 0; e < count; e++) {
            int i = (int)events[e].data.u64;

            if (queue->missing[i] == 0)
                continue;
            take(queue, i);
            if (queue->missing[i] > 0)
                continue;
            bytes += LOAD_SIZE;
            if (monotonic_ns() < end_ns)
                ask(queue, i);
            else
                asked--;
        }
    }
    return bytes;
}

static void gather(struct queue *queue, const struct server *server, int connections)
{
    *queue = (struct queue){ poller_new(), connections, allocate((size_t)connections, sizeof(int)),
                             allocate((size_t)connections, sizeof(int64_t)) };
    for (int i = 0; i < connections; i++) {
        queue->fds[i] = server_connect(server);
        set_nonblocking(queue->fds[i]);
        poller_add(queue->poller, queue->fds[i], EPOLLIN | EPOLLET, (uint64_t)i);
    }
}

void load_bulk(const struct plan *plan)
{
    struct queue queues[SERVERS_MAX];

    for (int s = 0; s < plan->server_count; s++) {
        gather(&queues[s], &plan->servers[s], plan->connections);
        drive(&queues[s], 0); /* warm-up */
    }
    for (int round = 0; round < plan->rounds; round++)
        for (int turn = 0; turn < plan->server_count; turn++) {
            int s = (round + turn) % plan->server_count;
            struct slice slice = slice_begin(&plan->servers[s]);
            int64_t bytes = drive(&queues[s], slice.wall_ns + plan->slice_ns);

            slice_end(&slice, round, s, bytes);
        }
}

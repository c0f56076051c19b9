/* Busy: connections that stay, each of which sends a message, waits for it to come back, and sends it again, while the
 * service is reloaded and stopped. */
#include "load.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define EVENTS_MAX 256

struct client {
    int fd;
    int missing; /* bytes of the answer that have not come yet */
};

/* Whether there is an answer to wait for now. */
static bool ask(struct siege *siege, struct client *client)
{
    static const char message[MESSAGE_SIZE];

    if (siege->over)
        return false;
    if (send(client->fd, message, sizeof(message), 0) != MESSAGE_SIZE) {
        siege->ended++; /* it was told before it sent */
        return false;
    }
    siege->sent++;
    client->missing = MESSAGE_SIZE;
    return true;
}

/* Whether it goes on. A client that sees the end of the connection behind its answer asks nothing more. */
static bool take_answer(struct siege *siege, struct client *client, bool has_ended)
{
    char answer[MESSAGE_SIZE];
    ssize_t size = recv(client->fd, answer, (size_t)client->missing, 0);

    if (size < 0 && errno == EAGAIN)
        return true;
    if (size <= 0) {
        siege_lost(siege, size < 0 ? errno : 0);
        return false;
    }
    client->missing -= (int)size;
    if (client->missing > 0)
        return true;
    siege_answered(siege);
    siege->ended += has_ended;
    return !has_ended && ask(siege, client);
}

static void gather(struct siege *siege, int poller, struct client *clients)
{
    const struct plan *plan = siege->plan;

    for (int i = 0; i < plan->connections; i++) {
        clients[i].fd = server_connect(&plan->servers[0]);
        set_nonblocking(clients[i].fd);
        poller_add(poller, clients[i].fd, EPOLLIN | EPOLLRDHUP, (uint64_t)i);
    }
}

void load_busy(const struct plan *plan)
{
    static struct epoll_event events[EVENTS_MAX];
    struct siege siege = siege_begin(plan);
    struct client *clients = allocate((size_t)plan->connections, sizeof(*clients));
    int poller = poller_new(), active = 0;

    gather(&siege, poller, clients);
    for (int i = 0; i < plan->connections; i++)
        active += ask(&siege, &clients[i]);
    while (active > 0) {
        int count = siege_poll(poller, events, EVENTS_MAX);

        for (int e = 0; e < count; e++) {
            struct client *client = &clients[events[e].data.u64];

            if (take_answer(&siege, client, events[e].events & EPOLLRDHUP))
                continue;
            close(client->fd);
            active--;
        }
    }
    free(clients);
    siege_report(&siege);
}

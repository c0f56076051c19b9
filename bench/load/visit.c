/* Visit: clients that connect, send a message, read the whole answer and close, again and again, while the service is
 * reloaded and stopped. A refused connect ends a client: it was told. One that succeeded has to be answered. */
#include "load.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define EVENTS_MAX 256

struct visitor {
    int fd;
    bool connected;
    int missing; /* bytes of the answer that have not come yet */
};

/* A close is a reset (socket_new): by then everything has come. */
static void open_visit(const struct siege *siege, int poller, struct visitor *visitor, uint64_t token)
{
    *visitor = (struct visitor){ .fd = socket_new(), .missing = MESSAGE_SIZE };
    set_nonblocking(visitor->fd);
    server_begin_connect(&siege->plan->servers[0], visitor->fd);
    poller_add(poller, visitor->fd, EPOLLOUT, token);
}

enum outcome { GOES_ON, ANSWERED, GONE };

static enum outcome lose(struct siege *siege, int error)
{
    siege_lost(siege, error);
    return GONE;
}

/* A reset is no refusal: there was a connection by then. */
static enum outcome enter(struct siege *siege, int poller, struct visitor *visitor, uint64_t token)
{
    static const char message[MESSAGE_SIZE];
    int error = 0;
    socklen_t size = sizeof(error);

    getsockopt(visitor->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error == ECONNREFUSED) {
        siege->refused++;
        return GONE;
    }
    siege->sent++;
    if (error)
        return lose(siege, error);
    visitor->connected = true;
    poller_change(poller, visitor->fd, EPOLLIN, token);
    return send(visitor->fd, message, sizeof(message), 0) == MESSAGE_SIZE ? GOES_ON : lose(siege, errno);
}

static enum outcome take_answer(struct siege *siege, struct visitor *visitor)
{
    char answer[MESSAGE_SIZE];
    ssize_t size = recv(visitor->fd, answer, (size_t)visitor->missing, 0);

    if (size < 0 && errno == EAGAIN)
        return GOES_ON;
    if (size <= 0)
        return lose(siege, size < 0 ? errno : 0);
    visitor->missing -= (int)size;
    if (visitor->missing > 0)
        return GOES_ON;
    siege_answered(siege);
    return ANSWERED;
}

/* Whether this visitor comes again, or is still here. */
static bool go_on(struct siege *siege, int poller, struct visitor *visitor, uint64_t token)
{
    enum outcome outcome = visitor->connected ? take_answer(siege, visitor) : enter(siege, poller, visitor, token);

    if (outcome == GOES_ON)
        return true;
    close(visitor->fd);
    if (outcome == GONE || siege->over)
        return false;
    open_visit(siege, poller, visitor, token);
    return true;
}

void load_visit(const struct plan *plan)
{
    static struct epoll_event events[EVENTS_MAX];
    struct siege siege = siege_begin(plan);
    struct visitor *visitors = allocate((size_t)plan->connections, sizeof(*visitors));
    int poller = poller_new(), active = plan->connections;

    for (int i = 0; i < plan->connections; i++)
        open_visit(&siege, poller, &visitors[i], (uint64_t)i);
    while (active > 0) {
        int count = siege_poll(poller, events, EVENTS_MAX);

        for (int e = 0; e < count; e++)
            active -= !go_on(&siege, poller, &visitors[events[e].data.u64], events[e].data.u64);
    }
    free(visitors);
    siege_report(&siege);
}

/* A fiber for each connection, in the loop of a crew that has the fewest. */
#include "net/listener.h"

#include <errno.h>
#include <stdlib.h>
#include <zocalo/error.h>

#define BACKLOG_AT_STOP 4096 /* connections that are still taken from the backlog after a stop */

struct serving {
    zoc_listener *listener;
    zoc_handler *handler;
    void *state;
    zoc_crew_group *connections;
    unsigned loops;
    unsigned turn;     /* where the search for the least busy loop begins */
    unsigned active[]; /* connections of each loop; atomic */
};

struct connection {
    struct serving *serving;
    unsigned loop;
    int fd;
    zoc_address peer;
};

static void forget(struct connection *connection)
{
    __atomic_fetch_sub(&connection->serving->active[connection->loop], 1, __ATOMIC_RELAXED);
    free(connection);
}

static void discard(void *arg)
{
    struct connection *connection = arg;

    descriptor_close_fd(connection->fd);
    forget(connection);
}

static int serve_connection(void *arg)
{
    struct connection *connection = arg;
    struct serving *serving = connection->serving;
    zoc_stream *peer;

    if (listener_new_stream(serving->listener, connection->fd, &connection->peer, &peer) < 0) {
        discard(connection);
        return 0;
    }
    serving->handler(peer, serving->state);
    zoc_finish(peer);
    forget(connection);
    return 0;
}

/* The search begins somewhere else each time, so that equals take turns. */
static unsigned least_busy(struct serving *serving)
{
    unsigned best = serving->turn = (serving->turn + 1) % serving->loops;
    unsigned fewest = __atomic_load_n(&serving->active[best], __ATOMIC_RELAXED);

    for (unsigned i = 0; i < serving->loops && fewest > 0; i++) {
        unsigned active = __atomic_load_n(&serving->active[i], __ATOMIC_RELAXED);
        if (active < fewest) {
            best = i;
            fewest = active;
        }
    }
    return best;
}

static int hand_out(struct serving *serving, int fd, const zoc_address *peer)
{
    struct connection *connection = malloc(sizeof *connection);

    if (!connection) {
        descriptor_close_fd(fd);
        return -ENOMEM;
    }
    *connection = (struct connection){ .serving = serving, .loop = least_busy(serving), .fd = fd, .peer = *peer };
    __atomic_fetch_add(&serving->active[connection->loop], 1, __ATOMIC_RELAXED);
    int result =
        zoc_crew_go_named(serving->connections, connection->loop, "connection", serve_connection, connection, discard);
    if (result < 0)
        discard(connection);
    return result;
}

/* Accepts until this fiber is stopped. A connection that there is no memory for is dropped; the rest go on. */
static int accept_all(struct serving *serving)
{
    int fd, result, last = 0;
    zoc_address peer;

    while ((result = listener_accept(serving->listener, &fd, &peer)) == 0) {
        hand_out(serving, fd, &peer);
        if (zoc_stopped() == ZOC_STOPPING && ++last > BACKLOG_AT_STOP)
            return 0;
    }
    return result == -ECANCELED && zoc_stopped() == ZOC_STOPPING ? 0 : result;
}

int zoc_serve_crew(zoc_listener *listener, zoc_crew *crew, zoc_handler *handler, void *state)
{
    unsigned loops = zoc_crew_size(crew);
    struct serving *serving = calloc(1, sizeof *serving + loops * sizeof serving->active[0]);

    if (!serving)
        return -ENOMEM;
    serving->listener = listener;
    serving->handler = handler;
    serving->state = state;
    serving->loops = loops;
    int result = zoc_crew_group_new(crew, &serving->connections);
    if (result == 0)
        result = accept_all(serving);
    if (result == 0)
        listener_end(listener); /* who comes from now on is told so, and another server can take the place */
    if (result < 0 && serving->connections)
        zoc_crew_group_cancel(serving->connections);
    if (serving->connections) {
        int ended = zoc_crew_group_wait(serving->connections);
        result = result < 0 ? result : ended;
    }
    zoc_crew_group_free(serving->connections);
    free(serving);
    return result;
}

int zoc_serve(zoc_listener *listener, zoc_handler *handler, void *state)
{
    return zoc_serve_crew(listener, NULL, handler, state);
}

/* A fiber for each connection, in the loop of a crew that has the fewest. */
#include "net/gate.h"
#include "net/listener.h"

#include <errno.h>
#include <stdlib.h>
#include <zocalo/error.h>

#define BACKLOG_AT_STOP 65536 /* connections that are still taken after a stop: the backlog of others may fill anew */

/* An accepted connection that no fiber has yet. */
struct newcomer {
    int fd; /* -1: there is none */
    zoc_address peer;
};

struct serving {
    zoc_listener *listener;
    zoc_gate *gate; /* NULL: none */
    struct gate_listener at_gate;
    zoc_handler *handler;
    void *state;
    zoc_crew_group *connections;
    struct newcomer newcomer;
    unsigned loops;
    unsigned turn;     /* where the search for the least busy loop begins */
    unsigned active[]; /* connections of each loop; atomic */
};

struct connection {
    struct message left; /* to the gate's loop */
    struct serving *serving;
    zoc_gate *gate;
    zoc_tls_context *tls; /* what it is shown: the listener may have another one by then; NULL: no TLS */
    unsigned loop;
    int fd;
    zoc_address peer;
};

/* --- a connection --------------------------------------------------------------------------------- */

static void deliver_left(struct message *message)
{
    struct connection *connection = (struct connection *)message;

    gate_left(connection->gate);
    free(connection);
}

static void forget(struct connection *connection)
{
    __atomic_fetch_sub(&connection->serving->active[connection->loop], 1, __ATOMIC_RELAXED);
    zoc_tls_context_free(connection->tls);
    if (connection->gate)
        gate_leave(connection->gate, &connection->left);
    else
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

    if (listener_new_stream(serving->listener, connection->tls, connection->fd, &connection->peer, &peer) < 0) {
        forget(connection);
        return 0;
    }
    peer->served = true;
    serving->handler(peer, serving->state);
    zoc_finish(peer);
    forget(connection);
    return 0;
}

/* --- handing out ---------------------------------------------------------------------------------- */

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

static struct connection *new_connection(struct serving *serving)
{
    struct connection *connection = malloc(sizeof *connection);

    if (!connection)
        return NULL;
    zoc_tls_context *tls = serving->listener->tls;
    *connection = (struct connection){ .left.deliver = deliver_left,
                                       .serving = serving,
                                       .gate = serving->gate,
                                       .tls = tls ? zoc_tls_context_share(tls) : NULL,
                                       .loop = least_busy(serving),
                                       .fd = serving->newcomer.fd,
                                       .peer = serving->newcomer.peer };
    __atomic_fetch_add(&serving->active[connection->loop], 1, __ATOMIC_RELAXED);
    return connection;
}

/* A connection that there is no memory for is dropped; the rest go on. */
static void hand_out(struct serving *serving)
{
    struct connection *connection = new_connection(serving);
    int fd = serving->newcomer.fd;

    serving->newcomer.fd = -1;
    if (!connection) {
        descriptor_close_fd(fd);
        if (serving->gate)
            gate_left(serving->gate);
    } else if (zoc_crew_go_named(serving->connections, connection->loop, "connection", serve_connection, connection,
                                 discard) < 0) {
        discard(connection);
    }
}

/* --- accepting ------------------------------------------------------------------------------------ */

/* A newcomer that came while the gate was full is kept, and goes on with the next call. */
static int take_one(struct serving *serving)
{
    struct newcomer *newcomer = &serving->newcomer;
    int result = newcomer->fd < 0 ? gate_wait(serving->gate, serving->listener) : 0;

    if (result == 0 && newcomer->fd < 0)
        result = listener_accept(serving->listener, &newcomer->fd, &newcomer->peer);
    if (result == 0)
        result = gate_enter(serving->gate, serving->listener);
    if (result == 0)
        hand_out(serving);
    return result;
}

/* Those who are served are told first, since they make room for those who wait. */
static int take_last_ones(struct serving *serving)
{
    int result = 0;

    zoc_crew_group_stop(serving->connections);
    zoc_listener_end(serving->listener);
    ZOC_FINISH
        for (int i = 0; i < BACKLOG_AT_STOP && result == 0; i++)
            result = take_one(serving);
    return result;
}

/* Where newcomers come faster than they are taken, accepting never waits, and so never sees a stop: it is looked for.
 * */
static int accept_all(struct serving *serving)
{
    int result = 0;

    while (result == 0) {
        result = take_one(serving);
        if (result == 0)
            result = fiber_cut_off(HEED_ALL);
    }
    if (result == -ECANCELED && zoc_stopped() == ZOC_STOPPING)
        result = take_last_ones(serving);
    if (serving->newcomer.fd >= 0)
        descriptor_close_fd(serving->newcomer.fd);
    return result == -ESHUTDOWN ? 0 : result;
}

/* From now on who comes is told so, and another server can take the place. */
static int wait_connections(struct serving *serving, int result)
{
    listener_leave(serving->listener);
    if (result < 0)
        zoc_crew_group_cancel(serving->connections);
    int ended = zoc_crew_group_wait(serving->connections);
    return result < 0 ? result : ended;
}

int zoc_serve_with(zoc_listener *listener, const zoc_serve_options *options, zoc_handler *handler, void *state)
{
    zoc_crew *crew = options ? options->crew : NULL;
    unsigned loops = zoc_crew_size(crew);
    struct serving *serving = calloc(1, sizeof *serving + loops * sizeof serving->active[0]);

    if (!serving)
        return -ENOMEM;
    serving->listener = listener;
    serving->gate = options ? options->gate : NULL;
    serving->at_gate.listener = listener;
    serving->handler = handler;
    serving->state = state;
    serving->newcomer.fd = -1;
    serving->loops = loops;
    int result = zoc_crew_group_new(crew, &serving->connections);
    if (result == 0) {
        gate_join(serving->gate, &serving->at_gate);
        result = wait_connections(serving, accept_all(serving));
        gate_part(serving->gate, &serving->at_gate);
    }
    zoc_crew_group_free(serving->connections);
    free(serving);
    return result;
}

int zoc_serve(zoc_listener *listener, zoc_handler *handler, void *state)
{
    return zoc_serve_with(listener, NULL, handler, state);
}

/* Handshakes and backlogs. */
#include "fiber/loop.h"
#include "sim/inside.h"

#define SYN_FIRST \
    ZOC_SECOND /* RFC 6298 section 2, and Linux: again after 1, 3, 7, ... 63 seconds, given up after 127 */
#define SYNS_MAX    7
#define BACKLOG_MAX 4096
#define JUST_LATE   1000 /* nanoseconds after the deadline */

static void happen_syn(struct event *event);

static struct socket *socket_of_event(struct event *event)
{
    return (struct socket *)((char *)event - offsetof(struct socket, later));
}

static unsigned host_of(const struct address *address)
{
    return (unsigned)network_host(address);
}

/* --- who connects --------------------------------------------------------------------------------- */

/* The end of the handshake reaches the one who began it. */
static void happen_answer(struct event *event)
{
    struct socket *client = socket_of_event(event);

    if (!client->connection && !client->error)
        client->error = ECONNREFUSED;
    note("connected", client->file.fd, -client->error);
    if (client->error)
        client->state = SOCKET_FRESH;
    else
        client->state = SOCKET_CONNECTED;
    file_changed(&client->file);
}

static void answer(struct socket *client, int64_t at)
{
    client->later.happen = happen_answer;
    agenda_add(&client->later, at);
}

static void send_syn_again(struct socket *client)
{
    if (++client->tries < SYNS_MAX) {
        agenda_add(&client->later, now + (SYN_FIRST << (client->tries - 1)));
        return;
    }
    client->error = ETIMEDOUT;
    answer(client, now + (SYN_FIRST << (SYNS_MAX - 1)));
}

/* A connection that nobody has taken yet: it has no descriptor. */
static void enter_backlog(struct socket *listener, struct socket *client, int64_t open_at)
{
    struct socket *server = socket_new(listener->family, SOCK_STREAM), **last = &listener->backlog;

    server->file = (struct file){ .kind = &stream_kind, .fd = -1 };
    server->local = client->peer;
    server->peer = client->local;
    stream_join(client, server, host_of(&client->local), host_of(&client->peer), open_at);
    client->state = SOCKET_CONNECTING;
    while (*last)
        last = &(*last)->queued;
    *last = server;
    listener->backlog_count++;
    if (listener->backlog_count > BACKLOG_MAX)
        sim_fail("a backlog of more than %d", BACKLOG_MAX);
    file_changed(&listener->file);
}

static bool is_lost(const struct socket *client)
{
    unsigned from = host_of(&client->local), to = host_of(&client->peer);

    return client->hopeless || !network_reaches(from, to) || !network_reaches(to, from) ||
           (client->tries + 1 < SYNS_MAX && fault_strikes(FAULT_CONNECT_LOST)); /* the last one arrives */
}

static void happen_syn(struct event *event)
{
    struct socket *client = socket_of_event(event);
    struct socket *listener = socket_bound(SOCK_STREAM, &client->peer, &client->local);
    int64_t back = now + network_latency(host_of(&client->peer), host_of(&client->local), 0);

    note("syn", client->file.fd, listener ? listener->file.fd : -1);
    if (is_lost(client) || (listener && (listener->turns_away || listener->backlog_count > listener->backlog_max))) {
        send_syn_again(client);
        return;
    }
    if (listener && !fault_strikes(FAULT_CONNECT_REFUSED))
        enter_backlog(listener, client, back);
    answer(client, back);
}

/* Just after the fiber that connects has given up: the answer and the close cross. */
static int64_t arrival_of_syn(const struct socket *client)
{
    unsigned from = host_of(&client->local), to = host_of(&client->peer);
    int64_t deadline = loop_here ? loop_here->current->deadline : ZOC_NEVER;

    if (deadline < ZOC_NEVER && deadline > now && fault_strikes(FAULT_CONNECT_LATE))
        return deadline + JUST_LATE;
    return now + network_latency(from, to, 0);
}

/* One that is bound to no address, or to all of them, comes from where the destination is reached from. */
static int choose_source(struct socket *socket)
{
    int to = network_host(&socket->peer);
    unsigned port = socket->local.size > 0 ? address_port(&socket->local) : 0;

    if (to < 0)
        return -ENETUNREACH;
    if (socket->local.size == 0 || address_is_any(&socket->local)) {
        bool loopback = to == 0;
        socket->local = network_source(loopback ? 0 : 1, &socket->peer);
        address_set_port(&socket->local, port);
    }
    socket_give_port(socket);
    return 0;
}

int socket_connect(struct socket *socket, const struct address *address)
{
    if (socket->state == SOCKET_CONNECTING)
        return -EALREADY;
    if (socket->state == SOCKET_CONNECTED && socket->type == SOCK_STREAM)
        return -EISCONN;
    if (socket->error)
        return -socket->error;
    socket->peer = *address;
    int result = choose_source(socket);
    if (result < 0) {
        socket->peer.size = 0;
        return result;
    }
    socket->state = socket->type == SOCK_STREAM ? SOCKET_CONNECTING : SOCKET_CONNECTED;
    if (socket->type == SOCK_DGRAM)
        return 0;
    socket->tries = 0;
    socket->hopeless = fault_strikes(FAULT_CONNECT_NEVER);
    socket->later.happen = happen_syn;
    agenda_add(&socket->later, arrival_of_syn(socket));
    return -EINPROGRESS;
}

/* --- who listens ---------------------------------------------------------------------------------- */

int socket_listen(struct socket *socket, int backlog)
{
    if (socket->type != SOCK_STREAM || socket->state == SOCKET_CONNECTED || socket->state == SOCKET_CONNECTING)
        return -EINVAL;
    if (socket->local.size == 0)
        return -EINVAL;
    socket->state = SOCKET_LISTENING;
    socket->file.kind = &listener_kind;
    socket->backlog_max = backlog < BACKLOG_MAX ? backlog : BACKLOG_MAX;
    return 0;
}

static struct socket *take_from_backlog(struct socket *listener)
{
    struct socket *server = listener->backlog;

    listener->backlog = server->queued;
    listener->backlog_count--;
    server->queued = NULL;
    return server;
}

/* Nobody will read what it has sent: it is reset. */
static void drop(struct socket *server)
{
    bytes_push(&server->inbox, "", 1);
    server->file.kind->close(&server->file);
}

/* No edge tells of those that wait still. */
int socket_accept(struct socket *listener, struct address *ret_peer)
{
    if (listener->state != SOCKET_LISTENING)
        return -EINVAL;
    if (!listener->backlog)
        return -EAGAIN;
    if (fault_strikes(FAULT_ACCEPT_EMFILE))
        return -EMFILE;
    if (listener->backlog->error || fault_strikes(FAULT_ACCEPT_ABORTED)) {
        drop(take_from_backlog(listener));
        return -ECONNABORTED;
    }
    int fd = file_open(&listener->backlog->file, &stream_kind);
    if (fd < 0)
        return fd;
    *ret_peer = take_from_backlog(listener)->peer;
    return fd;
}

static unsigned ready(const struct file *file)
{
    return ((const struct socket *)file)->backlog ? WORLD_READABLE : 0;
}

static void close_listener(struct file *file)
{
    struct socket *listener = (struct socket *)file;

    while (listener->backlog)
        drop(take_from_backlog(listener));
    socket_free(listener);
}

const struct file_kind listener_kind = { .name = "listener", .ready = ready, .close = close_listener };

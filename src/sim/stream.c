/* Connections: bytes arrive in order, in any pieces, as late as the links are, or not at all. */
#include "sim/inside.h"

#define RESEND_FIRST (200 * ZOC_MILLISECOND) /* RFC 6298, and the least that Linux waits */
#define RESEND_MAX   (60 * ZOC_SECOND)
#define GIVE_UP      (900 * ZOC_SECOND) /* tcp(7), tcp_retries2: about so long */
#define PIECES_MAX   4                  /* segments of one write at most */

enum segment_kind { SEGMENT_DATA, SEGMENT_END, SEGMENT_RESET };

struct segment {
    struct segment *next;
    enum segment_kind kind;
    int64_t at;
    size_t size;
    char data[];
};

/* One direction. */
struct way {
    struct event arrival; /* first: of the first segment */
    struct connection *connection;
    int from; /* side */
    struct segment *first, *last;
    int64_t last_at;
    size_t outstanding; /* bytes that the other side has not received yet */
    size_t window;
    unsigned tries; /* of the first segment */
    int64_t stalled_since;
    bool wants_room;
};

struct connection {
    struct socket *ends[2]; /* NULL: closed */
    unsigned hosts[2];
    struct way ways[2]; /* by the side that sends */
    bool forgotten;     /* a host crashed: what is sent to it is answered with a reset */
    struct connection *next, *previous;
};

static struct connection *all;
static size_t alive;
static size_t window_least, window_most;

static void happen_arrival(struct event *event);

/* --- life ----------------------------------------------------------------------------------------- */

static void clear_way(struct way *way)
{
    while (way->first) {
        struct segment *next = way->first->next;
        free(way->first);
        way->first = next;
    }
    way->last = NULL;
    agenda_remove(&way->arrival);
}

static void free_connection(struct connection *connection)
{
    clear_way(&connection->ways[0]);
    clear_way(&connection->ways[1]);
    if (connection->next)
        connection->next->previous = connection->previous;
    if (connection->previous)
        connection->previous->next = connection->next;
    else
        all = connection->next;
    free(connection);
    alive--;
}

size_t streams_alive(void)
{
    return alive;
}

/* Windows of a few bytes are there to fill them. */
static size_t draw_window(void)
{
    return (size_t)chance_between(&world_chance, window_least, window_most);
}

void sim_windows(size_t least, size_t most)
{
    window_least = least;
    window_most = most;
}

void stream_join(struct socket *one, struct socket *other, unsigned host, unsigned other_host, int64_t open_at)
{
    struct connection *connection = must_have(calloc(1, sizeof *connection));

    connection->next = all;
    if (all)
        all->previous = connection;
    all = connection;
    alive++;
    connection->hosts[0] = host;
    connection->hosts[1] = other_host;
    for (int side = 0; side < 2; side++) {
        struct socket *socket = side ? other : one;
        connection->ends[side] = socket;
        connection->ways[side] = (struct way){ .arrival.happen = happen_arrival,
                                               .connection = connection,
                                               .from = side,
                                               .last_at = open_at,
                                               .window = draw_window() };
        socket->connection = connection;
        socket->side = side;
        socket->state = SOCKET_CONNECTED;
    }
}

static struct way *way_out(const struct socket *socket)
{
    return &socket->connection->ways[socket->side];
}

static struct way *way_in(const struct socket *socket)
{
    return &socket->connection->ways[!socket->side];
}

/* --- on the way ----------------------------------------------------------------------------------- */

static void await_first(struct way *way)
{
    if (way->first)
        agenda_add(&way->arrival, way->first->at > now ? way->first->at : now);
}

static void send_segment(struct way *way, enum segment_kind kind, const void *data, size_t size)
{
    const struct connection *connection = way->connection;
    struct segment *segment = must_have(malloc(sizeof *segment + size));
    int64_t at = now + network_latency(connection->hosts[way->from], connection->hosts[!way->from], size);

    way->last_at = at > way->last_at ? at : way->last_at;
    *segment = (struct segment){ .kind = kind, .at = way->last_at, .size = size };
    if (size > 0)
        memcpy(segment->data, data, size);
    if (way->last)
        way->last->next = segment;
    else
        way->first = segment;
    way->last = segment;
    if (way->first == segment)
        await_first(way);
}

/* Who breaks off, or closes without having read, destroys what it has sent and the network has not brought yet: some of
 * it. */
static void send_reset(struct way *way)
{
    struct segment **at = &way->first;

    way->last = NULL;
    while (*at && !chance_once_in(&world_chance, 2)) {
        way->last = *at;
        at = &(*at)->next;
    }
    while (*at) {
        struct segment *lost = *at;
        *at = lost->next;
        free(lost);
    }
    if (!way->first)
        agenda_remove(&way->arrival);
    send_segment(way, SEGMENT_RESET, NULL, 0);
}

/* The socket hears that its connection is gone. What it has received can still be read. Linux calls a reset EPIPE when
 * the peer has ended before. */
static void break_end(struct socket *socket, int error)
{
    if (!socket || socket->error)
        return;
    if (error == ECONNRESET && socket->ended)
        error = EPIPE;
    socket->ended = socket->shut = true;
    socket_fail(socket, error);
}

/* A reset from nowhere: both ends hear it, and what is on the way is lost. */
static void break_connection(struct connection *connection, int error)
{
    clear_way(&connection->ways[0]);
    clear_way(&connection->ways[1]);
    break_end(connection->ends[0], error);
    break_end(connection->ends[1], error);
}

/* --- arriving ------------------------------------------------------------------------------------- */

static void take_first(struct way *way)
{
    struct segment *segment = way->first;

    way->first = segment->next;
    if (!way->first)
        way->last = NULL;
    free(segment);
    way->tries = 0;
}

static void bring_bytes(struct way *way, struct socket *socket, size_t size)
{
    bytes_push(&socket->inbox, way->first->data, size);
    file_changed(&socket->file);
}

/* The segment is sent again, later each time. */
static bool stalls(struct way *way)
{
    const struct connection *connection = way->connection;
    bool lost = !network_reaches(connection->hosts[way->from], connection->hosts[!way->from]) ||
                fault_strikes(FAULT_STREAM_STALL);

    if (!lost)
        return false;
    if (way->tries == 0)
        way->stalled_since = now;
    if (now - way->stalled_since > GIVE_UP) {
        struct socket *sender = connection->ends[way->from];
        clear_way(way);
        break_end(sender, ETIMEDOUT);
        return true;
    }
    int64_t pause = RESEND_FIRST << (way->tries < 9 ? way->tries : 9);
    way->tries++;
    agenda_add(&way->arrival, now + (pause < RESEND_MAX ? pause : RESEND_MAX));
    return true;
}

/* Nobody is there any more: what comes is answered with a reset, but an end. */
static void arrive_at_nobody(struct way *way)
{
    struct socket *sender = way->connection->ends[way->from];
    enum segment_kind kind = way->first->kind;

    take_first(way);
    if (kind == SEGMENT_DATA || way->connection->forgotten) {
        clear_way(way);
        break_end(sender, ECONNRESET);
    }
}

static void arrive(struct way *way, struct socket *socket)
{
    enum segment_kind kind = way->first->kind;

    if (kind == SEGMENT_DATA) {
        bring_bytes(way, socket, way->first->size);
        take_first(way);
    } else if (kind == SEGMENT_END) {
        take_first(way);
        socket->ended = true;
        file_changed(&socket->file);
    } else {
        take_first(way);
        break_end(socket, ECONNRESET);
    }
}

static void happen_arrival(struct event *event)
{
    struct way *way = (struct way *)event;
    struct connection *connection = way->connection;
    struct socket *socket = connection->ends[!way->from];

    note("arrive", connection->hosts[way->from], (int64_t)way->first->size);
    if (stalls(way))
        return;
    if (socket && fault_strikes(FAULT_STREAM_RESET)) {
        bring_bytes(way, socket, chance_below(&world_chance, way->first->size + 1));
        break_connection(connection, ECONNRESET);
        return;
    }
    if (socket)
        arrive(way, socket);
    else
        arrive_at_nobody(way);
    await_first(way);
}

size_t socket_unsent(const struct socket *socket)
{
    if (!socket->connection)
        return 0;
    const struct socket *peer = socket->connection->ends[!socket->side];

    return way_out(socket)->outstanding - (peer ? peer->inbox.size : 0);
}

/* --- the socket ----------------------------------------------------------------------------------- */

static size_t room_of(const struct socket *socket)
{
    const struct way *way = way_out(socket);

    return way->window > way->outstanding ? way->window - way->outstanding : 0;
}

static unsigned ready(const struct file *file)
{
    const struct socket *socket = (const struct socket *)file;

    if (socket->state == SOCKET_FRESH)
        return WORLD_WRITABLE | WORLD_READABLE | WORLD_ENDED; /* as Linux has it: HUP */
    bool connected = socket->state == SOCKET_CONNECTED;
    bool broken = socket->error != 0;
    bool readable = socket->inbox.size > 0 || socket->ended || broken;
    bool writable = broken || (connected && (socket->shut || room_of(socket) > 0));

    return (readable ? WORLD_READABLE : 0) | (writable ? WORLD_WRITABLE : 0) |
           (socket->ended || broken ? WORLD_ENDED : 0);
}

static int take_error(struct socket *socket)
{
    int error = socket->error;

    socket->error = 0;
    socket->ended |= error != 0;
    socket->shut |= error != 0;
    return -error;
}

static ssize_t available(struct file *file)
{
    struct socket *socket = (struct socket *)file;

    if (socket->state == SOCKET_FRESH)
        return -ENOTCONN;
    if (socket->inbox.size > 0)
        return (ssize_t)socket->inbox.size;
    if (socket->error)
        return take_error(socket);
    return socket->ended ? 0 : -EAGAIN;
}

static void take(struct file *file, void *data, size_t size)
{
    struct socket *socket = (struct socket *)file;

    bytes_pop(&socket->inbox, data, size);
    if (!socket->connection)
        return;
    struct way *way = way_in(socket);
    struct socket *sender = socket->connection->ends[way->from];
    way->outstanding -= size;
    if (sender && way->wants_room) {
        way->wants_room = false;
        file_changed(&sender->file);
    }
}

static ssize_t room(struct file *file)
{
    struct socket *socket = (struct socket *)file;

    if (socket->error)
        return take_error(socket);
    if (socket->state == SOCKET_FRESH || socket->shut)
        return -EPIPE;
    if (socket->state != SOCKET_CONNECTED)
        return -EAGAIN;
    size_t bytes = room_of(socket);
    way_out(socket)->wants_room |= bytes == 0;
    return bytes > 0 ? (ssize_t)bytes : -EAGAIN;
}

static void put(struct file *file, const void *data, size_t size)
{
    struct socket *socket = (struct socket *)file;
    struct way *way = way_out(socket);

    way->outstanding += size;
    for (int i = 1; size > 0; i++) {
        size_t piece = i < PIECES_MAX ? chance_between(&world_chance, 1, size) : size;
        send_segment(way, SEGMENT_DATA, data, piece);
        data = (const char *)data + piece;
        size -= piece;
    }
}

static void happen_room(struct event *event)
{
    struct socket *socket = (struct socket *)((char *)event - offsetof(struct socket, later));

    file_changed(&socket->file);
}

static void full(struct file *file)
{
    struct socket *socket = (struct socket *)file;

    socket->later.happen = happen_room;
    agenda_add(&socket->later, now + (int64_t)chance_between(&world_chance, 1000, ZOC_SECOND));
}

static void close_stream(struct file *file)
{
    struct socket *socket = (struct socket *)file;
    struct connection *connection = socket->connection;

    if (connection) {
        struct way *way = way_out(socket);
        connection->ends[socket->side] = NULL;
        if ((socket->inbox.size > 0 || socket->breaks_off) && !socket->error)
            send_reset(way);
        else if (!socket->shut)
            send_segment(way, SEGMENT_END, NULL, 0);
        if (!connection->ends[!socket->side])
            free_connection(connection);
    }
    socket_free(socket);
}

int socket_shut(struct socket *socket)
{
    if (socket->state != SOCKET_CONNECTED)
        return -ENOTCONN;
    if (socket->shut)
        return socket->error || socket->ended ? -ENOTCONN : 0;
    socket->shut = true;
    if (socket->connection)
        send_segment(way_out(socket), SEGMENT_END, NULL, 0);
    return 0;
}

/* Its own end hears of it at once, for whoever runs there; the other one when it sends something. */
static void forget_side(struct connection *connection, int side)
{
    struct socket *socket = connection->ends[side];

    clear_way(&connection->ways[0]);
    clear_way(&connection->ways[1]);
    connection->forgotten = true;
    connection->ends[side] = NULL;
    if (socket) {
        socket->connection = NULL;
        break_end(socket, ENETDOWN);
    }
    if (!connection->ends[!side])
        free_connection(connection);
}

void streams_crash(unsigned host)
{
    for (struct connection *connection = all, *next; connection; connection = next) {
        next = connection->next;
        if ((connection->hosts[0] == host) != (connection->hosts[1] == host))
            forget_side(connection, connection->hosts[1] == host);
    }
}

const struct file_kind stream_kind = { "stream", ready, available, take, room, put, full, close_stream };

int socket_pair(int family, int type, int ret_fds[2])
{
    struct socket *one = socket_new(family, type), *other = socket_new(family, type);
    int fds[2] = { file_open(&one->file, &stream_kind), -1 };

    if (fds[0] >= 0)
        fds[1] = file_open(&other->file, &stream_kind);
    if (fds[1] < 0) {
        socket_free(other);
        if (fds[0] >= 0)
            file_close(fds[0]);
        else
            socket_free(one);
        return -EMFILE;
    }
    stream_join(one, other, 0, 0, now);
    memcpy(ret_fds, fds, sizeof fds);
    return 0;
}

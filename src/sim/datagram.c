/* Datagrams: they arrive whole, in any order, more than once, or not at all. */
#include "sim/inside.h"

struct flight {
    struct event event; /* first */
    struct address to;
    struct datagram *datagram;
};

static size_t alive;

size_t datagrams_alive(void)
{
    return alive;
}

static void release(struct datagram *datagram)
{
    free(datagram);
    alive--;
}

static struct datagram *make(const struct iovec *pieces, size_t count, const struct address *from)
{
    size_t size = 0, at = 0;

    for (size_t i = 0; i < count; i++)
        size += pieces[i].iov_len;
    struct datagram *datagram = must_have(malloc(sizeof *datagram + size));
    *datagram = (struct datagram){ .from = *from, .size = size };
    for (size_t i = 0; i < count; i++) {
        if (pieces[i].iov_len > 0)
            memcpy(datagram->data + at, pieces[i].iov_base, pieces[i].iov_len);
        at += pieces[i].iov_len;
    }
    alive++;
    return datagram;
}

/* Linux tells a socket that is connected of an ICMP error, with its next call. */
static void bring_icmp(const struct datagram *datagram, const struct address *to)
{
    struct socket *sender = socket_bound(SOCK_DGRAM, &datagram->from, to);

    if (!sender || sender->peer.size == 0)
        return;
    sender->refused = true;
    file_changed(&sender->file);
}

static void happen_arrival(struct event *event)
{
    struct flight *flight = (struct flight *)event;
    struct datagram *datagram = flight->datagram, **last;
    struct socket *socket = socket_bound(SOCK_DGRAM, &flight->to, &datagram->from);
    bool reached = network_reaches((unsigned)network_host(&datagram->from), (unsigned)network_host(&flight->to));
    bool refused = reached && (!socket || fault_strikes(FAULT_DATAGRAM_ICMP));

    note("datagram", socket ? socket->file.fd : -1, (int64_t)datagram->size);
    if (refused)
        bring_icmp(datagram, &flight->to);
    if (!reached || refused || socket->datagrams == SIM_QUEUE_MAX) {
        release(datagram);
    } else {
        for (last = &socket->first_datagram; *last; last = &(*last)->next)
            ;
        *last = datagram;
        socket->datagrams++;
        file_changed(&socket->file);
    }
    free(flight);
}

static void send_once(const struct iovec *pieces, size_t count, const struct address *from, const struct address *to)
{
    struct flight *flight = must_have(calloc(1, sizeof *flight));
    unsigned sender = (unsigned)network_host(from), receiver = (unsigned)network_host(to);

    flight->event.happen = happen_arrival;
    flight->to = *to;
    flight->datagram = make(pieces, count, from);
    flight->datagram->to = *to;
    int64_t at = now + network_latency(sender, receiver, flight->datagram->size);
    if (fault_strikes(FAULT_DATAGRAM_LATE))
        at += (int64_t)chance_between(&world_chance, ZOC_MILLISECOND, 2 * ZOC_SECOND);
    agenda_add(&flight->event, at);
}

static void happen_room(struct event *event)
{
    struct socket *socket = (struct socket *)((char *)event - offsetof(struct socket, later));

    file_changed(&socket->file);
}

static ssize_t size_of(const struct iovec *pieces, size_t count)
{
    size_t size = 0;

    for (size_t i = 0; i < count; i++)
        size += pieces[i].iov_len;
    return size > 65507 ? -EMSGSIZE : (ssize_t)size; /* RFC 768: what fits behind the headers */
}

/* Where it comes from: one that is bound to all addresses takes the one that it is told, or that of its host. */
static struct address choose_source(const struct socket *socket, const struct address *to, const struct address *source)
{
    struct address from = socket->local;

    if (from.size > 0 && !address_is_any(&from))
        return from;
    from = source->size > 0 ? *source : network_source(network_host(to) == 0 ? 0 : 1, to);
    address_set_port(&from, socket->local.size > 0 ? address_port(&socket->local) : 0);
    return from;
}

ssize_t datagram_send(struct socket *socket, const struct iovec *pieces, size_t count, const struct address *to,
                      const struct address *source)
{
    ssize_t size = size_of(pieces, count);

    to = to->size > 0 ? to : &socket->peer;
    if (to->size == 0)
        return -EDESTADDRREQ;
    if (network_host(to) < 0)
        return -ENETUNREACH;
    if (socket->refused) {
        socket->refused = false;
        return -ECONNREFUSED;
    }
    if (size < 0)
        return size;
    if (fault_strikes(FAULT_DATAGRAM_FULL)) {
        socket->later.happen = happen_room;
        agenda_add(&socket->later, now + (int64_t)chance_between(&world_chance, 1000, ZOC_MILLISECOND));
        return -EAGAIN;
    }
    struct address from = choose_source(socket, to, source);
    if (network_host(&from) < 0)
        return -EINVAL;
    for (int copies = 1 + fault_strikes(FAULT_DATAGRAM_TWICE); copies > 0; copies--)
        if (!fault_strikes(FAULT_DATAGRAM_LOST))
            send_once(pieces, count, &from, to);
    return size;
}

ssize_t datagram_receive(struct socket *socket, void *data, size_t size, struct address *ret_from,
                         struct address *ret_to)
{
    struct datagram *datagram = socket->first_datagram;

    if (socket->refused) {
        socket->refused = false;
        return -ECONNREFUSED;
    }
    if (!datagram)
        return -EAGAIN;
    socket->first_datagram = datagram->next;
    socket->datagrams--;
    if (datagram->size < size)
        size = datagram->size;
    memcpy(data, datagram->data, size);
    *ret_from = address_in_family(&datagram->from, socket->family);
    *ret_to = address_in_family(&datagram->to, socket->family);
    release(datagram);
    return (ssize_t)size;
}

/* --- as a file ------------------------------------------------------------------------------------ */

static unsigned ready(const struct file *file)
{
    const struct socket *socket = (const struct socket *)file;

    return (socket->first_datagram || socket->refused ? WORLD_READABLE : 0) | WORLD_WRITABLE |
           (socket->refused ? WORLD_ENDED : 0);
}

static void close_datagrams(struct file *file)
{
    struct socket *socket = (struct socket *)file;

    while (socket->first_datagram) {
        struct datagram *next = socket->first_datagram->next;
        release(socket->first_datagram);
        socket->first_datagram = next;
    }
    socket_free(socket);
}

const struct file_kind datagram_kind = { .name = "datagrams", .ready = ready, .close = close_datagrams };

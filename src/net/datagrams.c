#include "net/endpoint.h"
#include "net/listener.h"
#include "stream/chunk.h"

#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zocalo/error.h>

struct zoc_datagrams {
    struct watch watch;
    zoc_endpoint *endpoint; /* where it is really bound; owned */
    struct made made;       /* a Unix socket's file */
    char *lent;             /* the chunk that the last receive lent: somebody answers what is in it */
    bool leaving;           /* no more is received here */
    bool handed;            /* another socket will have the descriptor */
    unsigned last_ones;     /* that were received after a soft stop */
    zoc_event idle;         /* nothing is lent any more, or it is closed */
};

/* --- the ports of this process --------------------------------------------------------------------- */

static unsigned bound[UINT16_MAX + 1]; /* UDP sockets of this process, by port; atomic */

static void count_bound(const zoc_endpoint *endpoint, int change)
{
    if (endpoint->scheme == ZOC_UDP)
        __atomic_add_fetch(&bound[endpoint->port], (unsigned)change, __ATOMIC_RELAXED);
}

bool zoc_datagrams_is_ours(const zoc_correspondent *from)
{
    uint16_t port = zoc_address_port(&from->peer);
    zoc_address local = from->local;

    if (port == 0 || __atomic_load_n(&bound[port], __ATOMIC_RELAXED) == 0)
        return false;
    zoc_address_set_port(&local, port);
    return zoc_address_is_loopback(&from->peer) || zoc_address_equal(&from->peer, &local);
}

/* --- opening -------------------------------------------------------------------------------------- */

/* Room for the one control message that is asked for, of either family. */
union control {
    struct cmsghdr align;
    char space[CMSG_SPACE(sizeof(struct in6_pktinfo))];
};

static int ask_for_local_address(int fd)
{
    int result6 = descriptor_set_option(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
    int result4 = descriptor_set_option(fd, IPPROTO_IP, IP_PKTINFO, 1);

    return result6 < 0 && result4 < 0 ? result4 : 0;
}

static int open_socket(zoc_datagrams *socket)
{
    struct binding binding = { .fd = -1 };
    int result = endpoint_check_datagrams(socket->endpoint);

    if (result == 0)
        result = listener_bind(socket->endpoint, &binding);
    if (result < 0)
        return result;
    socket->made = binding.made;
    result = socket->endpoint->scheme == ZOC_UDP ? ask_for_local_address(binding.fd) : 0;
    if (result == 0)
        result = watch_open(&socket->watch, binding.fd, WORLD_EDGE);
    if (result < 0) {
        listener_give_up(socket->endpoint, &binding);
        return zoc_fail(result, _("watch the socket"));
    }
    count_bound(socket->endpoint, 1);
    return 0;
}

int zoc_datagrams_open(const zoc_endpoint *endpoint, zoc_datagrams **ret_socket)
{
    zoc_datagrams *socket = calloc(1, sizeof *socket);

    if (!socket)
        return -ENOMEM;
    socket->watch.fd = -1;
    socket->endpoint = listener_copy_endpoint(endpoint);
    int result = socket->endpoint ? open_socket(socket) : -ENOMEM;
    if (result < 0) {
        char *text = zoc_endpoint_text(endpoint);
        result = zoc_wrap(result, "listen %s", text ? text : "");
        free(text);
        zoc_endpoint_free(socket->endpoint);
        free(socket);
        return result;
    }
    *ret_socket = socket;
    return 0;
}

const zoc_endpoint *zoc_datagrams_endpoint(const zoc_datagrams *socket)
{
    return socket->endpoint;
}

/* --- the end -------------------------------------------------------------------------------------- */

static void close_socket(zoc_datagrams *socket)
{
    int fd = socket->watch.fd;

    if (fd < 0)
        return;
    made_remove(&socket->made, socket->endpoint->path);
    count_bound(socket->endpoint, -1);
    watch_close(&socket->watch, true);
    if (!inherited_give_back(fd))
        descriptor_close_fd(fd);
    zoc_event_set(&socket->idle);
}

/* Who waits for a datagram is told; who has one may answer it first, and is told when it asks for the next. */
static void tell_leaving(zoc_datagrams *socket)
{
    socket->leaving = true;
    if (socket->watch.reader)
        fiber_wake(socket->watch.reader);
}

static int wait_idle(zoc_datagrams *socket)
{
    int result = 0;

    socket->handed = true;
    zoc_event_clear(&socket->idle);
    tell_leaving(socket);
    while (socket->lent && socket->watch.fd >= 0 && result == 0)
        result = zoc_event_wait(&socket->idle);
    return result == 0 && socket->watch.fd < 0 ? -ESHUTDOWN : result;
}

static int move_watch(zoc_datagrams *from, zoc_datagrams *to)
{
    int fd = from->watch.fd;

    watch_close(&from->watch, true);
    int result = watch_open(&to->watch, fd, WORLD_EDGE);
    if (result < 0)
        watch_open(&from->watch, fd, WORLD_EDGE);
    else
        from->made.is_there = false;
    return result;
}

int zoc_datagrams_hand_over(zoc_datagrams *from, zoc_datagrams **ret_to)
{
    zoc_endpoint *endpoint = listener_copy_endpoint(from->endpoint);
    zoc_datagrams *to = malloc(sizeof *to);
    int result = !endpoint || !to ? -ENOMEM : wait_idle(from);

    if (result == 0) {
        *to = (zoc_datagrams){ .endpoint = endpoint, .made = from->made };
        result = move_watch(from, to);
    }
    if (result < 0) {
        from->leaving = from->handed = false;
        zoc_endpoint_free(endpoint);
        free(to);
        return result;
    }
    *ret_to = to;
    return 0;
}

void zoc_datagrams_end(zoc_datagrams *socket)
{
    if (socket->handed)
        return; /* it is another's already, or about to be */
    tell_leaving(socket);
    if (!socket->lent)
        close_socket(socket);
}

void zoc_datagrams_close(zoc_datagrams *socket)
{
    if (!socket)
        return;
    close_socket(socket);
    chunk_give(socket->lent);
    zoc_endpoint_free(socket->endpoint);
    free(socket);
}

/* --- receiving ----------------------------------------------------------------------------------- */

static void read_control(struct msghdr *message, zoc_address *ret_local)
{
    *ret_local = (zoc_address){ 0 };
    for (struct cmsghdr *control = CMSG_FIRSTHDR(message); control; control = CMSG_NXTHDR(message, control)) {
        if (control->cmsg_level == IPPROTO_IP && control->cmsg_type == IP_PKTINFO) {
            struct in_pktinfo info;
            memcpy(&info, CMSG_DATA(control), sizeof info);
            ret_local->ip4 = (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr = info.ipi_spec_dst };
            ret_local->size = sizeof ret_local->ip4;
        } else if (control->cmsg_level == IPPROTO_IPV6 && control->cmsg_type == IPV6_PKTINFO) {
            struct in6_pktinfo info;
            memcpy(&info, CMSG_DATA(control), sizeof info);
            bool scoped = IN6_IS_ADDR_LINKLOCAL(&info.ipi6_addr);
            ret_local->ip6 = (struct sockaddr_in6){ .sin6_family = AF_INET6,
                                                    .sin6_addr = info.ipi6_addr,
                                                    .sin6_scope_id = scoped ? info.ipi6_ifindex : 0 };
            ret_local->size = sizeof ret_local->ip6;
        }
    }
}

/* Who has no name cannot be answered: the kernel gives a family at most. */
static socklen_t size_of_name(const struct msghdr *message)
{
    return message->msg_namelen > sizeof(sa_family_t) ? message->msg_namelen : 0;
}

static ssize_t try_receive(zoc_datagrams *socket, zoc_correspondent *ret_from)
{
    union control control;
    struct iovec piece = { chunk_take(), ZOC_CHUNK_MAX };
    zoc_correspondent from = { 0 };
    struct msghdr message = { .msg_name = &from.peer.any,
                              .msg_namelen = sizeof from.peer.local,
                              .msg_iov = &piece,
                              .msg_iovlen = 1,
                              .msg_control = &control,
                              .msg_controllen = sizeof control };

    if (!piece.iov_base)
        return -ENOMEM;
    ssize_t received = zoc_world->recvmsg(socket->watch.fd, &message, 0);
    if (received < 0) {
        chunk_give(piece.iov_base);
        return received;
    }
    socket->lent = piece.iov_base;
    from.peer.size = size_of_name(&message);
    read_control(&message, &from.local);
    *ret_from = from;
    return received;
}

static void describe_socket(const void *object, char *text, size_t size)
{
    const zoc_datagrams *socket = object;
    char *endpoint = zoc_endpoint_text(socket->endpoint);

    zoc_escape(zoc_bytes_of(endpoint ? endpoint : ""), text, size);
    free(endpoint);
}

static int wait_datagram(zoc_datagrams *socket)
{
    struct fiber_wait wait = {
        .what = "datagram at", .heeds = HEED_ALL, .until = ZOC_NEVER, .describe = describe_socket, .object = socket
    };

    socket->watch.ready &= ~(unsigned)WORLD_READABLE;
    return watch_readable(&socket->watch, &wait);
}

/* The call would have to wait, or failed. Returns 0 to try again. */
static int wait_for_another(zoc_datagrams *socket, int error)
{
    if (error == -ECONNREFUSED) /* an ICMP error of an answer that nobody wanted */
        return fiber_begin(HEED_HARD);
    return error == -EAGAIN ? wait_datagram(socket) : zoc_fail(error, "recvmsg");
}

/* What was lent is answered by now. */
static void forget_lent(zoc_datagrams *socket)
{
    chunk_give(socket->lent);
    socket->lent = NULL;
    if (socket->handed)
        zoc_event_set(&socket->idle);
}

static int leave(zoc_datagrams *socket)
{
    if (!socket->handed)
        close_socket(socket);
    return -ESHUTDOWN;
}

static ssize_t lend(zoc_datagrams *socket, size_t size, zoc_bytes *ret_datagram)
{
    *ret_datagram = (zoc_bytes){ socket->lent, size };
    socket->last_ones += zoc_stopped() == ZOC_STOPPING;
    return (ssize_t)size;
}

/* A soft stop lets what has come be received first, though others may go on to send. */
static unsigned heeds(const zoc_datagrams *socket)
{
    return socket->last_ones < ZOC_DATAGRAMS_AT_STOP ? HEED_HARD : HEED_ALL;
}

ssize_t zoc_datagrams_receive(zoc_datagrams *socket, zoc_bytes *ret_datagram, zoc_correspondent *ret_from)
{
    int result = fiber_begin(heeds(socket));
    bool last_try = false;

    forget_lent(socket);
    while (result == 0) {
        if (socket->leaving)
            return leave(socket);
        ssize_t received = try_receive(socket, ret_from);
        if (received >= 0)
            return lend(socket, (size_t)received, ret_datagram);
        if (last_try && received == -EAGAIN)
            return -ECANCELED;
        result = wait_for_another(socket, (int)received);
        last_try = result == -ECANCELED && zoc_stopped() == ZOC_STOPPING;
        if (last_try)
            result = 0;
    }
    return result;
}

/* --- sending ------------------------------------------------------------------------------------- */

/* The answer comes from where the question went to: a socket that is bound to every address has many. */
static void write_control(struct msghdr *message, union control *control, const zoc_address *local)
{
    if (local->size == 0)
        return;
    memset(control, 0, sizeof *control);
    message->msg_control = control;
    message->msg_controllen = sizeof *control;
    struct cmsghdr *header = CMSG_FIRSTHDR(message);

    if (local->any.sa_family == AF_INET) {
        struct in_pktinfo info = { .ipi_spec_dst = local->ip4.sin_addr };
        *header =
            (struct cmsghdr){ .cmsg_level = IPPROTO_IP, .cmsg_type = IP_PKTINFO, .cmsg_len = CMSG_LEN(sizeof info) };
        memcpy(CMSG_DATA(header), &info, sizeof info);
        message->msg_controllen = CMSG_SPACE(sizeof info);
    } else {
        struct in6_pktinfo info = { .ipi6_addr = local->ip6.sin6_addr, .ipi6_ifindex = local->ip6.sin6_scope_id };
        *header = (struct cmsghdr){ .cmsg_level = IPPROTO_IPV6,
                                    .cmsg_type = IPV6_PKTINFO,
                                    .cmsg_len = CMSG_LEN(sizeof info) };
        memcpy(CMSG_DATA(header), &info, sizeof info);
        message->msg_controllen = CMSG_SPACE(sizeof info);
    }
}

ssize_t zoc_datagrams_send(zoc_datagrams *socket, const void *data, size_t size, const zoc_correspondent *to)
{
    union control control;
    struct iovec piece = { (void *)data, size };
    struct msghdr message = {
        .msg_name = (void *)&to->peer.any, .msg_namelen = to->peer.size, .msg_iov = &piece, .msg_iovlen = 1
    };
    struct fiber_wait wait = { .what = "room for a datagram", .heeds = HEED_HARD, .until = ZOC_NEVER };
    int result = fiber_begin(HEED_HARD);

    if (to->peer.size == 0)
        return -EDESTADDRREQ;
    write_control(&message, &control, &to->local);
    while (result == 0) {
        if (socket->watch.fd < 0)
            return -ESHUTDOWN;
        ssize_t sent = zoc_world->sendmsg(socket->watch.fd, &message);
        if (sent >= 0)
            return sent;
        if (sent == -EAGAIN && socket->endpoint->scheme == ZOC_UNIX)
            return -EAGAIN; /* it is the peer's queue that is full: nobody waits for one who does not read */
        if (sent != -EAGAIN)
            return zoc_fail((int)sent, "sendmsg");
        socket->watch.ready &= ~(unsigned)WORLD_WRITABLE;
        result = watch_writable(&socket->watch, &wait);
    }
    return result;
}

/* What all sockets are, and where they are bound. */
#include "sim/inside.h"

#define FIRST_PORT 32768

static struct socket *all;
static unsigned next_port;

struct socket *socket_new(int family, int type)
{
    struct socket *socket = must_have(calloc(1, sizeof *socket));

    socket->family = family;
    socket->type = type;
    socket->next = all;
    if (all)
        all->previous = socket;
    all = socket;
    return socket;
}

void socket_free(struct socket *socket)
{
    if (socket->next)
        socket->next->previous = socket->previous;
    if (socket->previous)
        socket->previous->next = socket->next;
    else
        all = socket->next;
    agenda_remove(&socket->later);
    bytes_release(&socket->inbox);
    free(socket);
}

struct socket *socket_find(int fd)
{
    struct file *file = file_find(fd);
    bool is_one = file && (file->kind == &stream_kind || file->kind == &listener_kind || file->kind == &datagram_kind);

    return is_one ? (struct socket *)file : NULL;
}

/* Only what has no descriptor of its own yet stands in a backlog. */
static bool is_open(const struct socket *socket)
{
    return socket->file.kind != NULL && file_find(socket->file.fd) == &socket->file;
}

static bool takes_part(const struct socket *socket, int type)
{
    return is_open(socket) && socket->type == type &&
           (type == SOCK_DGRAM ? socket->local.size > 0 : socket->state == SOCKET_LISTENING);
}

struct socket *socket_bound(int type, const struct address *to, const struct address *from)
{
    struct socket *found = NULL;

    for (struct socket *socket = all; socket; socket = socket->next) {
        if (!takes_part(socket, type) || !address_matches(&socket->local, to))
            continue;
        if (socket->peer.size > 0 && !address_matches(&socket->peer, from))
            continue;
        if (!found || address_is_any(&found->local) || socket->peer.size > 0)
            found = socket;
    }
    return found;
}

int socket_open(int family, int type)
{
    if (family != AF_INET && family != AF_INET6)
        return -EAFNOSUPPORT;
    if (type != SOCK_STREAM && type != SOCK_DGRAM)
        return -EPROTONOSUPPORT;
    if (fault_strikes(FAULT_SOCKET_EMFILE))
        return -EMFILE;
    struct socket *socket = socket_new(family, type);
    int fd = file_open(&socket->file, type == SOCK_STREAM ? &stream_kind : &datagram_kind);
    if (fd < 0)
        socket_free(socket);
    return fd;
}

void sockets_begin(void)
{
    next_port = 0; /* whatever ran before in this process */
}

/* --- places --------------------------------------------------------------------------------------- */

/* With SO_REUSEADDR, who is connected does not hold the place of who listens; nor when its host has forgotten it. */
static bool holds_place(const struct socket *socket)
{
    return is_open(socket) && !(socket->type == SOCK_STREAM && socket->state == SOCKET_CONNECTED);
}

static bool is_taken(const struct socket *one, const struct address *address)
{
    for (const struct socket *socket = all; socket; socket = socket->next)
        if (socket != one && holds_place(socket) && socket->type == one->type && !socket->connection &&
            (address_matches(&socket->local, address) || address_matches(address, &socket->local)))
            return true;
    return false;
}

void socket_give_port(struct socket *socket)
{
    struct address address = socket->local;

    if (address_port(&address) != 0)
        return;
    do
        address_set_port(&address, FIRST_PORT + next_port++ % (65536 - FIRST_PORT));
    while (is_taken(socket, &address));
    socket->local = address;
}

int socket_bind(struct socket *socket, const struct address *address)
{
    if (socket->local.size > 0 || address->any.sa_family != socket->family)
        return -EINVAL;
    if (!address_is_any(address) && network_host(address) < 0)
        return -EADDRNOTAVAIL;
    if (address_port(address) != 0 && is_taken(socket, address))
        return -EADDRINUSE;
    socket->local = *address;
    socket_give_port(socket);
    return 0;
}

void socket_fail(struct socket *socket, int error)
{
    note("error", socket->file.fd, error);
    socket->error = error;
    file_changed(&socket->file);
}

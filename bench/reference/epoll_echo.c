/* The peer that our server is measured against: an echo server as plain callbacks on epoll, one thread, written for
 * speed. Prints "listening PORT" and serves 127.0.0.1 until it is killed.
 *
 *     epoll_echo [PORT]
 *
 * Edge-triggered, because it measured faster than level-triggered: no descriptor is polled again on the next wait.
 * Every connection is registered once, for both directions. All connections share one buffer; what a peer does not
 * take at once is copied aside, and nothing more is read from that peer until it has gone. */
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define EVENTS_MAX 256         /* events of one wait */
#define TURN_MAX   16          /* full buffers that a connection may send in before the others get their turn */
#define CHUNK_SIZE (64 * 1024) /* bytes */

struct connection {
    int fd;
    size_t rest_size, rest_sent; /* rest_sent < rest_size while there is a rest */
    char *rest;                  /* what could not be sent yet; NULL */
};

static char chunk[CHUNK_SIZE];

static void die(const char *what)
{
    perror(what);
    exit(2);
}

static void drop(struct connection *connection)
{
    close(connection->fd);
    free(connection->rest);
    free(connection);
}

/* Returns how much was sent, 0 when the peer takes nothing now, -1 on an error. */
static ssize_t send_some(int fd, const char *data, size_t size)
{
    ssize_t sent = send(fd, data, size, MSG_NOSIGNAL);

    return sent < 0 && errno == EAGAIN ? 0 : sent;
}

/* Sends the first `size` bytes of the chunk, or keeps what does not go. False on an error. */
static bool echo(struct connection *connection, size_t size)
{
    ssize_t sent = send_some(connection->fd, chunk, size);

    if (sent < 0)
        return false;
    if ((size_t)sent == size)
        return true;
    connection->rest_size = size - (size_t)sent;
    connection->rest_sent = 0;
    connection->rest = malloc(connection->rest_size);
    if (!connection->rest)
        return false;
    memcpy(connection->rest, chunk + sent, connection->rest_size);
    return true;
}

/* Sends more of the rest. False on an error. */
static bool flush(struct connection *connection)
{
    ssize_t sent = send_some(connection->fd, connection->rest + connection->rest_sent,
                             connection->rest_size - connection->rest_sent);

    if (sent < 0)
        return false;
    connection->rest_sent += (size_t)sent;
    if (connection->rest_sent == connection->rest_size) {
        free(connection->rest);
        connection->rest = NULL;
    }
    return true;
}

/* A connection that had its turn but not its end: its edge is asked for again, behind those of the others. */
static bool take_turns(int poller, struct connection *connection)
{
    struct epoll_event event = { EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, { .ptr = connection } };

    return epoll_ctl(poller, EPOLL_CTL_MOD, connection->fd, &event) == 0;
}

/* False when the connection is over. */
static bool serve(int poller, struct connection *connection, uint32_t events)
{
    bool ended = events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR);

    if (events == EPOLLOUT && !connection->rest)
        return true; /* as every new connection says once */
    for (int turn = 0; turn < TURN_MAX; turn++) {
        ssize_t size;

        if (connection->rest && !flush(connection))
            return false;
        if (connection->rest)
            return true;
        size = recv(connection->fd, chunk, sizeof(chunk), 0);
        if (size < 0 && errno == EAGAIN)
            return true;
        if (size <= 0 || !echo(connection, (size_t)size))
            return false;
        if ((size_t)size < sizeof(chunk) && !ended && !connection->rest)
            return true; /* a short read: what comes next makes a new edge */
    }
    return take_turns(poller, connection);
}

static void add_connection(int poller, int fd)
{
    struct connection *connection = calloc(1, sizeof(*connection));
    struct epoll_event event = { EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, { .ptr = connection } };

    if (!connection) {
        close(fd);
        return;
    }
    connection->fd = fd;
    if (epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event) < 0)
        drop(connection);
}

static void accept_all(int poller, int listener)
{
    int fd;

    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0)
        add_connection(poller, fd);
}

static int listen_on(uint16_t port)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port) };
    socklen_t size = sizeof(address);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (listener < 0)
        die("socket");
    if (setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int)) < 0)
        die("setsockopt");
    if (bind(listener, (struct sockaddr *)&address, size) < 0)
        die("bind");
    if (listen(listener, SOMAXCONN) < 0)
        die("listen");
    if (getsockname(listener, (struct sockaddr *)&address, &size) < 0)
        die("getsockname");
    printf("listening %d\n", ntohs(address.sin_port));
    fflush(stdout);
    return listener;
}

static void serve_forever(int poller, int listener)
{
    static struct epoll_event events[EVENTS_MAX];

    for (;;) {
        int count = epoll_wait(poller, events, EVENTS_MAX, -1);

        for (int i = 0; i < count; i++) {
            struct connection *connection = events[i].data.ptr;

            if (!connection)
                accept_all(poller, listener);
            else if (!serve(poller, connection, events[i].events))
                drop(connection);
        }
    }
}

int main(int argc, char **argv)
{
    struct epoll_event event = { EPOLLIN, { .ptr = NULL } };
    int listener = listen_on((uint16_t)(argc > 1 ? atoi(argv[1]) : 0));
    int poller = epoll_create1(EPOLL_CLOEXEC);

    if (poller < 0)
        die("epoll_create1");
    if (epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event) < 0)
        die("epoll_ctl");
    serve_forever(poller, listener);
}

/* What stands behind a relay: each message of 64 bytes begins with a count, in this machine's order of bytes. So many bytes
 * are sent for it, from the page cache (sendfile(2)); for none, the message itself. It costs the core that it shares with the
 * generator as little as can be. Prints "listening tcp://127.0.0.1:PORT". */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#define MESSAGE    64
#define STORE      (1 << 20) /* bytes that are sent again and again */
#define EVENTS_MAX 256

struct peer {
    int fd;
    uint64_t owed; /* bytes that it still gets */
};

static int store, poller;

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static void watch(int fd, uint32_t events, void *data)
{
    struct epoll_event event = { events, { .ptr = data } };

    if (epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event) < 0)
        die("epoll_ctl");
}

static void leave(struct peer *peer)
{
    close(peer->fd);
    free(peer);
}

/* As much as there is room for. Returns whether the peer is still there. */
static int feed(struct peer *peer)
{
    while (peer->owed > 0) {
        off_t start = 0;
        ssize_t sent = sendfile(peer->fd, store, &start, peer->owed < STORE ? peer->owed : STORE);

        if (sent < 0)
            return errno == EAGAIN;
        peer->owed -= (uint64_t)sent;
    }
    return 1;
}

static int obey(struct peer *peer, const char *message)
{
    uint64_t count;

    memcpy(&count, message, sizeof(count));
    peer->owed += count;
    return count > 0 ? feed(peer) : send(peer->fd, message, MESSAGE, 0) == MESSAGE;
}

static void attend(struct peer *peer)
{
    char message[MESSAGE];
    ssize_t size = 0;

    if (!feed(peer)) {
        leave(peer);
        return;
    }
    while (peer->owed == 0 && (size = recv(peer->fd, message, sizeof(message), 0)) == MESSAGE)
        if (!obey(peer, message)) {
            leave(peer);
            return;
        }
    if (peer->owed == 0 && (size >= 0 || errno != EAGAIN))
        leave(peer); /* its end; a message in pieces is none that the generator sends */
}

static void take(int listener)
{
    int fd, on = 1;

    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        struct peer *peer = calloc(1, sizeof(*peer));

        if (!peer)
            die("calloc");
        peer->fd = fd;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
        watch(fd, EPOLLIN | EPOLLOUT | EPOLLET | EPOLLRDHUP, peer);
    }
}

static int listen_somewhere(void)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (bind(fd, (struct sockaddr *)&address, size) < 0 || listen(fd, 4096) < 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) < 0)
        die("listen");
    printf("listening tcp://127.0.0.1:%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return fd;
}

static int open_store(void)
{
    int fd = memfd_create("feed", MFD_CLOEXEC);
    char *bytes = malloc(STORE);

    if (fd < 0 || !bytes)
        die("memfd_create");
    for (size_t i = 0; i < STORE; i++)
        bytes[i] = (char)(i * 31 + i / 251);
    if (write(fd, bytes, STORE) != STORE)
        die("write");
    free(bytes);
    return fd;
}

int main(void)
{
    static struct epoll_event events[EVENTS_MAX];
    struct rlimit limit;

    signal(SIGPIPE, SIG_IGN);
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    store = open_store();
    poller = epoll_create1(EPOLL_CLOEXEC);
    int listener = listen_somewhere();

    watch(listener, EPOLLIN, NULL);
    for (;;) {
        int count = epoll_wait(poller, events, EVENTS_MAX, -1);

        for (int i = 0; i < count; i++) {
            if (events[i].data.ptr)
                attend(events[i].data.ptr);
            else
                take(listener);
        }
    }
}

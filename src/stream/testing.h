/* What the unit tests of streams share: tests that leave no descriptor open, plain sockets to talk to, and an observer
 * that writes down what it is told. */
#ifndef ZOC_STREAM_TESTING_H
#define ZOC_STREAM_TESTING_H

#include "fiber/testing.h"
#include "stream/descriptor.h"
#include "world/world.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zocalo/zocalo.h>

/* --- descriptors --------------------------------------------------------------------------------- */

static inline int testing_descriptors(void)
{
    DIR *folder = opendir("/proc/self/fd");
    int count = 0;

    assert_non_null(folder);
    while (readdir(folder))
        count++;
    closedir(folder);
    return count;
}

static inline void testing_on_fiber_and_all_closed(void **state)
{
    int before = testing_descriptors();

    testing_on_fiber(state);
    assert_int_equal(testing_descriptors(), before);
}

/* As ON_FIBER, and afterwards no descriptor may be open that was not before. */
#define ON_NET(test)                                                       \
    {                                                                      \
#test, testing_on_fiber_and_all_closed, NULL, NULL, (void *)(test) \
    }

/* --- plain sockets ------------------------------------------------------------------------------- */

/* A blocking socket that listens on 127.0.0.1. */
static inline int testing_listen(int backlog, uint16_t *ret_port)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(fd, backlog), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    *ret_port = ntohs(address.sin_port);
    return fd;
}

static inline int testing_connect(uint16_t port)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                   .sin_port = htons(port) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

/* Two ends of a TCP connection: blocking sockets. */
static inline void testing_tcp_pair(int ret_fds[2])
{
    uint16_t port;
    int listening = testing_listen(1, &port);

    ret_fds[0] = testing_connect(port);
    ret_fds[1] = accept4(listening, NULL, NULL, SOCK_CLOEXEC);
    assert_true(ret_fds[1] >= 0);
    close(listening);
}

/* A stream over one end of a TCP connection, and the other end as a blocking socket. */
static inline zoc_stream *testing_tcp_stream(int *ret_peer)
{
    int fds[2];
    zoc_stream *stream;

    testing_tcp_pair(fds);
    assert_int_equal(zoc_stream_of_fd(fds[0], true, true, &stream), 0);
    *ret_peer = fds[1];
    return stream;
}

static inline zoc_stream *testing_stream_of(int fd, bool receives, bool sends)
{
    zoc_stream *stream;

    assert_int_equal(zoc_stream_of_fd(fd, receives, sends, &stream), 0);
    return stream;
}

/* Whether there is IPv6 here; says that a test is skipped when not. */
static inline bool testing_has_ip6(void)
{
    struct sockaddr_in6 address = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
    int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool has = fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0;

    if (fd >= 0)
        close(fd);
    if (!has)
        print_message("not tried: there is no IPv6 on the loopback interface\n");
    return has;
}

/* Lets what has come be seen by the fibers that wait for it, and what follows from that happen. To say that something
 * does not happen; what does happen is waited for. */
static inline void testing_settle_io(void)
{
    for (int i = 0; i < 8 * LOOP_TURNS; i++)
        assert_int_equal(zoc_yield(), 0);
}

/* --- events that nothing is behind ----------------------------------------------------------------- */

static struct {
    uint64_t tokens[32]; /* the last ones that were watched */
    unsigned count;
    bool due;
} testing_alarm;

static inline int testing_watch_alarm(void *poller, int fd, enum world_watch how, uint64_t token)
{
    testing_alarm.tokens[testing_alarm.count++ % 32] = token;
    return zoc_world_kernel.poller_watch(poller, fd, how, token);
}

static inline int testing_wait_alarm(void *poller, struct world_ready *ret_ready, int max, int64_t deadline)
{
    int count = 0;

    if (!testing_alarm.due)
        return zoc_world_kernel.poller_wait(poller, ret_ready, max, deadline);
    testing_alarm.due = false;
    for (; count < max && count < 32 && count < (int)testing_alarm.count; count++)
        ret_ready[count] = (struct world_ready){ testing_alarm.tokens[count], WORLD_READABLE | WORLD_WRITABLE };
    return count;
}

/* A world in which testing_alarm.due makes the poller tell once that all is ready. */
static inline void testing_prepare_alarm(struct zoc_world *world)
{
    world->poller_watch = testing_watch_alarm;
    world->poller_wait = testing_wait_alarm;
}

static inline void testing_raise_alarm(void)
{
    testing_alarm.due = true;
    testing_settle_io();
    assert_false(testing_alarm.due);
}

/* --- bytes --------------------------------------------------------------------------------------- */

/* The byte at that place of an endless stream in which no part is like another. */
static inline char testing_byte(uint64_t offset)
{
    return (char)(offset * UINT64_C(0x9e3779b97f4a7c15) >> 56);
}

static inline void testing_fill(char *data, size_t size, uint64_t offset)
{
    for (size_t i = 0; i < size; i++)
        data[i] = testing_byte(offset + i);
}

static inline bool testing_is_filled(const char *data, size_t size, uint64_t offset)
{
    for (size_t i = 0; i < size; i++)
        if (data[i] != testing_byte(offset + i))
            return false;
    return true;
}

static inline void testing_expect(zoc_stream *stream, const char *text)
{
    size_t left = strlen(text);

    while (left > 0) {
        zoc_bytes chunk;
        ssize_t received = zoc_receive(stream, &chunk);
        assert_in_range(received, 1, left);
        assert_memory_equal(chunk.data, text, chunk.size);
        text += chunk.size;
        left -= chunk.size;
    }
}

static inline void testing_expect_end(zoc_stream *stream)
{
    zoc_bytes chunk = { "", 1 };

    assert_int_equal(zoc_receive(stream, &chunk), 0);
    assert_null(chunk.data);
}

/* --- an observer --------------------------------------------------------------------------------- */

struct recorder {
    zoc_observer observer; /* first */
    char text[2048]; /* "connecting, connected, tls_message > 1, tls_message < alert 40, received 5, failed -104, " */
};

static inline void testing_record(zoc_observer *observer, const zoc_notice *notice)
{
    struct recorder *recorder = (struct recorder *)observer;
    size_t size = strlen(recorder->text);
    char detail[32] = "";

    if (notice->kind == ZOC_RECEIVED || notice->kind == ZOC_SENT)
        snprintf(detail, sizeof detail, " %zu", notice->bytes.size);
    else if (notice->kind == ZOC_TLS_MESSAGE)
        snprintf(detail, sizeof detail, " %c %s%u", notice->outgoing ? '>' : '<',
                 notice->content == ZOC_TLS_ALERT ? "alert " : "",
                 (unsigned char)notice->bytes.data[notice->content == ZOC_TLS_ALERT]);
    else if (notice->error)
        snprintf(detail, sizeof detail, " %d", notice->error);
    snprintf(recorder->text + size, sizeof recorder->text - size, "%s%s, ", zoc_notice_name(notice->kind), detail);
}

#define RECORDER(name) struct recorder name = { .observer.tell = testing_record }

/* A socket option of the descriptor under a stream. */
static inline int testing_option(const zoc_stream *stream, int level, int name)
{
    int value = -1;
    socklen_t size = sizeof value;

    assert_int_equal(getsockopt(((const struct descriptor *)stream)->fd, level, name, &value, &size), 0);
    return value;
}

#endif

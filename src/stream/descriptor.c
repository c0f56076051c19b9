#include "stream/descriptor.h"

#include "stream/chunk.h"
#include "stream/tcp_figures.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zocalo/error.h>
#include <zocalo/net.h>

#define PIECES_MAX 16 /* of one zoc_writev */

_Thread_local zoc_event descriptor_closed;

void descriptor_close_fd(int fd)
{
    zoc_world->close(fd);
    if (descriptor_closed.waiters.first)
        zoc_event_set(&descriptor_closed);
}

int descriptor_set_option(int fd, int level, int name, int value)
{
    return zoc_world->setsockopt(fd, level, name, &value, sizeof value);
}

/* --- waiting ------------------------------------------------------------------------------------- */

static void describe_wait(const void *object, char *text, size_t size)
{
    zoc_describe(object, text, size);
}

/* Both keep their record of the wait out of the frames of those that mostly need not wait. */
__attribute__((noinline)) int descriptor_wait_readable(struct descriptor *descriptor)
{
    zoc_duration timeout = descriptor->stream.timeout;
    struct fiber_wait wait = { .what = "input",
                               .heeds = HEED_ALL,
                               .until = timeout ? zoc_now() + timeout : ZOC_NEVER,
                               .describe = describe_wait,
                               .object = descriptor };

    return watch_readable(&descriptor->watch, &wait);
}

__attribute__((noinline)) int descriptor_wait_writable(struct descriptor *descriptor)
{
    zoc_duration timeout = descriptor->stream.timeout;
    struct fiber_wait wait = { .what = "room for output",
                               .heeds = HEED_HARD,
                               .until = timeout ? zoc_now() + timeout : ZOC_NEVER,
                               .describe = describe_wait,
                               .object = descriptor };

    return watch_writable(&descriptor->watch, &wait);
}

/* --- receiving ----------------------------------------------------------------------------------- */

static void take_back(struct descriptor *descriptor)
{
    chunk_give(descriptor->lent);
    descriptor->lent = NULL;
}

/* One try. Into `data`, or, when that is NULL, into a chunk that is lent if anything comes. */
static ssize_t try_read(struct descriptor *descriptor, void *data, size_t size)
{
    char *chunk = data ? NULL : chunk_take();
    void *space = data ? data : chunk;

    if (!space)
        return -ENOMEM;
    ssize_t result = descriptor->kind->read(descriptor, space, size);
    if (result >= 0 && chunk && (result > 0 || descriptor->stream.messages))
        descriptor->lent = chunk;
    else
        chunk_give(chunk);

    /* A short read emptied it, so the next try can be skipped: not so when an end or an error is behind the bytes. */
    bool emptied = result >= 0 && (size_t)result < size && descriptor->kind->flows;
    if (result == -EAGAIN || (emptied && !(descriptor->watch.ready & WORLD_ENDED)))
        descriptor->watch.ready &= ~(unsigned)WORLD_READABLE;
    return result;
}

/* Whoever was only just taken is given time to say what it came for. */
static int wait_first_words(struct descriptor *descriptor)
{
    zoc_duration rest = descriptor->stream.since + ZOC_LAST_CALL - zoc_now();
    int result = -ECANCELED;

    if (!descriptor->stream.served || descriptor->stream.received > 0 || rest <= 0)
        return result;
    ZOC_FINISH
        ZOC_WITHIN(rest)
            result = descriptor_wait_readable(descriptor);
    return result;
}

/* After a soft stop: what has come by then is received first. */
static ssize_t receive_last(struct descriptor *descriptor, void *data, size_t size)
{
    ssize_t received;
    int result = 0;

    while ((received = try_read(descriptor, data, size)) == -EAGAIN && result == 0)
        result = wait_first_words(descriptor);
    return received == -EAGAIN ? -ECANCELED : received;
}

static ssize_t receive_into(struct descriptor *descriptor, void *data, size_t size)
{
    take_back(descriptor);
    int result = fiber_begin(HEED_HARD);

    while (result == 0) {
        if (descriptor->kind->waits || descriptor->watch.always || descriptor->watch.ready & WORLD_READABLE) {
            ssize_t received = try_read(descriptor, data, size);
            if (received != -EAGAIN)
                return received;
        }
        result = descriptor_wait_readable(descriptor);
        if (result == -ECANCELED && zoc_stopped() == ZOC_STOPPING)
            return receive_last(descriptor, data, size);
    }
    return result;
}

static ssize_t receive(zoc_stream *stream, zoc_bytes *ret_chunk)
{
    struct descriptor *descriptor = (struct descriptor *)stream;
    ssize_t result = receive_into(descriptor, NULL, ZOC_CHUNK_MAX);

    if (result >= 0)
        *ret_chunk = (zoc_bytes){ descriptor->lent, (size_t)result };
    return result;
}

static ssize_t read_some(zoc_stream *stream, void *data, size_t size)
{
    return receive_into((struct descriptor *)stream, data, size);
}

/* --- sending ------------------------------------------------------------------------------------- */

/* One try; waits and says -EAGAIN when there was no room. */
static ssize_t write_some(struct descriptor *descriptor, const struct iovec *pieces, int count)
{
    ssize_t written = descriptor->kind->write(descriptor, pieces, count);

    if (written != -EAGAIN)
        return written;
    descriptor->watch.ready &= ~(unsigned)WORLD_WRITABLE;
    int result = descriptor_wait_writable(descriptor);
    return result < 0 ? result : -EAGAIN;
}

static size_t skip(struct iovec *pieces, int *first, int count, size_t written)
{
    while (*first < count && written >= pieces[*first].iov_len)
        written -= pieces[(*first)++].iov_len;
    if (*first < count) {
        pieces[*first].iov_base = (char *)pieces[*first].iov_base + written;
        pieces[*first].iov_len -= written;
    }
    return written;
}

/* The rest of a write that the socket took only in part. */
static __attribute__((noinline)) int write_rest(struct descriptor *descriptor, const struct iovec *pieces, int count,
                                                size_t *written)
{
    struct iovec rest[PIECES_MAX];
    int first = 0;

    memcpy(rest, pieces, (size_t)count * sizeof *rest);
    skip(rest, &first, count, *written);
    while (first < count) {
        int result = fiber_begin(HEED_HARD);
        if (result < 0)
            return result;
        ssize_t more = write_some(descriptor, rest + first, count - first);
        if (more == -EAGAIN)
            continue;
        if (more < 0)
            return (int)more;
        *written += (size_t)more;
        skip(rest, &first, count, (size_t)more);
    }
    return 0;
}

static int write_pieces(zoc_stream *stream, const struct iovec *pieces, int count, size_t size, size_t *ret_written)
{
    struct descriptor *descriptor = (struct descriptor *)stream;
    int result = fiber_begin(HEED_HARD);

    if (count > PIECES_MAX)
        return -EINVAL;
    while (result == 0) {
        ssize_t written = write_some(descriptor, pieces, count);
        if (written >= 0) {
            *ret_written = (size_t)written;
            return (size_t)written == size ? 0 : write_rest(descriptor, pieces, count, ret_written);
        }
        if (written != -EAGAIN)
            return (int)written;
        result = fiber_cut_off(HEED_HARD);
    }
    return result;
}

/* --- ends ---------------------------------------------------------------------------------------- */

static void close_fds(struct descriptor *descriptor)
{
    if (descriptor->fd < 0)
        return;
    if (descriptor->kind->leave)
        descriptor->kind->leave(descriptor);
    watch_close(&descriptor->watch, descriptor->inherited);
    if (descriptor->shared)
        descriptor_release_shared(descriptor->shared);
    else
        descriptor_close_fd(descriptor->fd);
    if (descriptor->original >= 0)
        descriptor_close_fd(descriptor->original);
    descriptor->fd = -1;
    descriptor->shared = NULL;
}

static int shut(zoc_stream *stream)
{
    struct descriptor *descriptor = (struct descriptor *)stream;

    if (!descriptor->kind->socket) {
        if (!stream->receives)
            close_fds(descriptor); /* a pipe's end is its close */
        return 0;
    }
    if (stream->messages)
        return 0;
    int result = zoc_world->shutdown(descriptor->fd, SHUT_WR);
    return result == -ENOTCONN ? 0 : result; /* the peer reset it: there is nothing to end any more */
}

static void close_stream(zoc_stream *stream)
{
    struct descriptor *descriptor = (struct descriptor *)stream;

    take_back(descriptor);
    close_fds(descriptor);
    if (descriptor->kind->release)
        descriptor->kind->release(descriptor);
    free(descriptor);
}

/* --- words --------------------------------------------------------------------------------------- */

static void describe(const zoc_stream *stream, char *text, size_t size)
{
    const struct descriptor *descriptor = (const struct descriptor *)stream;
    zoc_address local = { 0 };
    char here[ZOC_ADDRESS_TEXT], there[ZOC_ADDRESS_TEXT];

    if (!descriptor->kind->socket || zoc_stream_local(stream, &local) < 0) {
        snprintf(text, size, "%s %d", descriptor->kind->name, descriptor->fd);
        return;
    }
    bool local_family = local.any.sa_family == AF_UNIX;
    snprintf(text, size, "%s %s < %s",
             local_family       ? "unix"
             : stream->messages ? "udp"
                                : "tcp",
             zoc_address_format(&local, here, sizeof here), zoc_address_format(&descriptor->peer, there, sizeof there));
}

static struct descriptor *plain(zoc_stream *stream, bool sends)
{
    (void)sends;
    return (struct descriptor *)stream;
}

static const struct stream_operations operations = {
    .receive = receive,
    .read = read_some,
    .writev = write_pieces,
    .shut = shut,
    .close = close_stream,
    .describe = describe,
    .plain = plain,
};

int descriptor_init(struct descriptor *descriptor, int fd, const struct descriptor_kind *kind, const zoc_address *peer)
{
    stream_init(&descriptor->stream, &operations);
    descriptor->kind = kind;
    descriptor->fd = fd;
    descriptor->original = -1;
    descriptor->watch.fd = -1;
    descriptor->stream.drains = kind->socket;
    if (peer)
        descriptor->peer = *peer;
    return kind->waits ? 0 : watch_open(&descriptor->watch, fd, WORLD_EDGE);
}

int descriptor_new(int fd, const struct descriptor_kind *kind, const zoc_address *peer, struct descriptor **ret_new)
{
    struct descriptor *descriptor = calloc(1, sizeof *descriptor);
    int result = descriptor ? descriptor_init(descriptor, fd, kind, peer) : -ENOMEM;

    if (result < 0) {
        free(descriptor);
        return result;
    }
    *ret_new = descriptor;
    return 0;
}

void descriptor_set_direction(struct descriptor *descriptor, bool receives, bool sends)
{
    descriptor->stream.receives = receives;
    descriptor->stream.sends = sends;
    descriptor->stream.one_end = receives && sends && !descriptor->kind->socket;
}

/* --- what sockets know --------------------------------------------------------------------------- */

static zoc_stream *below(const zoc_stream *stream)
{
    return stream->operations->below ? stream->operations->below(stream) : NULL;
}

/* Under layers as well. */
static const struct descriptor *socket_of(const zoc_stream *stream)
{
    for (zoc_stream *next; (next = below(stream)); stream = next)
        continue;
    const struct descriptor *descriptor = stream->operations == &operations ? (const struct descriptor *)stream : NULL;

    return descriptor && descriptor->kind->socket ? descriptor : NULL;
}

const zoc_address *zoc_stream_peer(const zoc_stream *stream)
{
    static const zoc_address none;
    const struct descriptor *descriptor = socket_of(stream);

    return descriptor ? &descriptor->peer : &none;
}

int zoc_stream_local(const zoc_stream *stream, zoc_address *ret_address)
{
    const struct descriptor *descriptor = socket_of(stream);
    zoc_address address = { .size = sizeof address.local };

    if (!descriptor)
        return -EOPNOTSUPP;
    int result = zoc_world->getsockname(descriptor->fd, &address.any, &address.size);
    if (result == 0)
        *ret_address = address;
    return result;
}

static const struct descriptor *tcp_of(const zoc_stream *stream)
{
    const struct descriptor *descriptor = socket_of(stream);

    return descriptor && !descriptor->stream.messages && descriptor->peer.any.sa_family != AF_UNIX ? descriptor : NULL;
}

size_t stream_unsent(const zoc_stream *stream)
{
    const struct descriptor *tcp = tcp_of(stream);
    int size = tcp ? zoc_world->unsent(tcp->fd) : 0;

    return size > 0 ? (size_t)size : 0;
}

void stream_break_off(zoc_stream *stream)
{
    static const struct linger at_once = { .l_onoff = 1 };
    const struct descriptor *tcp = tcp_of(stream);

    if (stream->broken_off)
        return;
    stream->broken_off = true;
    for (zoc_stream *layer = tcp ? stream : NULL; layer; layer = below(layer))
        layer->poisoned = true; /* no layer says goodbye: the peer would take it for an end */
    if (tcp && zoc_world->setsockopt(tcp->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) == 0)
        observer_tell(stream->observer, (zoc_notice){ .kind = ZOC_WE_RESET, .stream = stream });
}

void zoc_reset(zoc_stream *stream)
{
    if (stream)
        stream_break_off(stream);
    zoc_close(stream);
}

/* An older kernel fills in less of it. */
int stream_tcp_figures(const zoc_stream *stream, struct tcp_figures *ret_figures)
{
    const struct descriptor *descriptor = tcp_of(stream);
    struct tcp_figures figures = { 0 };
    socklen_t size = sizeof figures;

    _Static_assert(offsetof(struct tcp_figures, pacing_rate) == 104, "where linux/tcp.h has it");
    if (!descriptor)
        return -EOPNOTSUPP;
    int result = zoc_world->getsockopt(descriptor->fd, IPPROTO_TCP, TCP_INFO, &figures, &size);
    if (result == 0)
        *ret_figures = figures;
    return result;
}

int zoc_stream_tcp_info(const zoc_stream *stream, struct tcp_info *ret_info)
{
    struct tcp_figures figures;
    int result = stream_tcp_figures(stream, &figures);

    if (result == 0)
        *ret_info = figures.info;
    return result;
}

#include "net/splice.h"

#include "net/descriptor.h"

#include <errno.h>

/* A pipe, and how full it is: EAGAIN of a splice does not say which side it comes from, so we count. A pipe is always
 * emptied before it is filled again, and then EAGAIN while filling can only mean that the source has nothing. */
struct conduit {
    int read_fd, write_fd;
    size_t size;
    size_t fill;
};

static _Thread_local struct {
    struct conduit kept[SPLICE_PIPES_KEPT];
    unsigned count;
    bool ends_with_loop;
    struct loop_end end;
} pool;

static void conduit_close(struct conduit *conduit)
{
    descriptor_close_fd(conduit->read_fd);
    descriptor_close_fd(conduit->write_fd);
}

static void release_pool(void)
{
    while (pool.count > 0)
        conduit_close(&pool.kept[--pool.count]);
    pool.ends_with_loop = false;
}

static int conduit_take(struct conduit *ret_conduit)
{
    int fds[2];

    if (pool.count > 0) {
        *ret_conduit = pool.kept[--pool.count];
        return 0;
    }
    if (!pool.ends_with_loop) {
        pool.end.release = release_pool;
        pool.ends_with_loop = true;
        loop_at_end(&pool.end);
    }
    int result = zoc_world->pipe(fds);
    if (result < 0)
        return result;
    int size = zoc_world->pipe_size(fds[1], SPLICE_PIPE_SIZE);
    *ret_conduit = (struct conduit){ fds[0], fds[1], size > 0 ? (size_t)size : ZOC_CHUNK_MAX, 0 };
    return 0;
}

static void conduit_give(struct conduit *conduit)
{
    if (conduit->fill == 0 && pool.count < SPLICE_PIPES_KEPT)
        pool.kept[pool.count++] = *conduit;
    else
        conduit_close(conduit);
}

/* Waits for the source and takes what it has. Returns how much, 0 at its end. */
static ssize_t fill(struct descriptor *source, struct conduit *conduit)
{
    int result = fiber_begin(HEED_HARD);

    while (result == 0) {
        ssize_t moved = zoc_world->splice(source->fd, conduit->write_fd, conduit->size);
        if (moved != -EAGAIN)
            return descriptor_check_end(source, moved);
        source->watch.ready &= ~(unsigned)WORLD_READABLE;
        result = descriptor_wait_readable(source);
    }
    return result;
}

static int empty(struct conduit *conduit, struct descriptor *sink, uint64_t *bytes)
{
    while (conduit->fill > 0) {
        int result = fiber_begin(HEED_HARD);
        if (result < 0)
            return result;
        ssize_t moved = zoc_world->splice(conduit->read_fd, sink->fd, conduit->fill);
        if (moved == -EAGAIN) {
            sink->watch.ready &= ~(unsigned)WORLD_WRITABLE;
            result = descriptor_wait_writable(sink);
            if (result < 0)
                return result;
            continue;
        }
        if (moved < 0)
            return (int)descriptor_note_loss(sink, moved);
        conduit->fill -= (size_t)moved;
        *bytes += (uint64_t)moved;
        stream_account_sent(&sink->stream, (zoc_bytes){ NULL, (size_t)moved });
    }
    return 0;
}

/* The accounts of the descriptors are kept here; those of streams that stand for two descriptors (stdio) too. */
static void account_outer(zoc_stream *outer, const struct descriptor *inner, bool sends, size_t size)
{
    if (outer == &inner->stream)
        return;
    if (sends)
        outer->sent += size;
    else
        outer->received += size;
}

static int splice_once(zoc_stream *source, zoc_stream *sink, struct conduit *conduit, uint64_t *bytes)
{
    struct descriptor *from = source->operations->plain(source, false);
    struct descriptor *to = sink->operations->plain(sink, true);
    ssize_t filled = fill(from, conduit);

    if (filled == -ECANCELED && zoc_stopped() == ZOC_STOPPING)
        return 1; /* copies receive what has come by now */
    if (filled < 0) {
        stream_account_failure(&from->stream, (int)filled);
        return (int)filled;
    }
    if (filled == 0) {
        stream_account_end(&from->stream);
        stream_account_end(source);
        return 0;
    }
    conduit->fill = (size_t)filled;
    stream_account_received(&from->stream, (zoc_bytes){ NULL, (size_t)filled });
    account_outer(source, from, false, (size_t)filled);

    uint64_t before = *bytes;
    int result = empty(conduit, to, bytes);
    account_outer(sink, to, true, (size_t)(*bytes - before));
    if (result < 0) {
        to->stream.poisoned = sink->poisoned = true;
        stream_account_failure(&to->stream, result);
        return result;
    }
    return filled < SPLICE_SMALL ? 1 : 2;
}

int splice_bulk(zoc_stream *source, zoc_stream *sink, uint64_t *bytes, uint64_t *spliced)
{
    struct conduit conduit;
    uint64_t before = *bytes;
    int result = conduit_take(&conduit);

    if (result < 0)
        return 1; /* no descriptors left for a pipe: copies do */
    do
        result = splice_once(source, sink, &conduit, bytes);
    while (result == 2);
    conduit_give(&conduit);
    *spliced += *bytes - before;
    return result;
}

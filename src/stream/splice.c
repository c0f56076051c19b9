#include "stream/splice.h"

#include "stream/chunk.h"
#include "stream/descriptor.h"

#include <errno.h>
#include <stdlib.h>

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
    if (conduit->read_fd < 0)
        return; /* a worker has it */
    if (conduit->fill == 0 && pool.count < SPLICE_PIPES_KEPT)
        pool.kept[pool.count++] = *conduit;
    else
        conduit_close(conduit);
}

/* --- files: a worker waits for the disk ----------------------------------------------------------- */

/* A step of a worker, which may still be at it when the fiber was cut off: it has a hold of its own on the file, and the
 * conduit is its then. */
struct errand {
    struct shared_fd *file;
    struct conduit conduit;
    size_t size;
};

static void errand_free(struct errand *errand)
{
    descriptor_release_shared(errand->file);
    free(errand);
}

static void abandon(void *arg)
{
    struct errand *errand = arg;

    conduit_close(&errand->conduit);
    errand_free(errand);
}

static int fill_there(void *arg)
{
    const struct errand *errand = arg;

    return (int)zoc_world->splice(errand->file->fd, errand->conduit.write_fd, errand->size);
}

static int empty_there(void *arg)
{
    const struct errand *errand = arg;

    return (int)zoc_world->splice(errand->conduit.read_fd, errand->file->fd, errand->size);
}

/* Where there is no worker to be had, this thread does it: a file is never waited for without end. */
static ssize_t send_worker(int (*work)(void *), struct descriptor *file, struct conduit *conduit, size_t size)
{
    struct errand *errand = malloc(sizeof *errand);
    struct shared_fd *shared = errand ? descriptor_hold(file) : NULL;

    if (!shared) {
        free(errand);
        return -ENOMEM;
    }
    *errand = (struct errand){ shared, *conduit, size };
    int result = zoc_offload_abandonable(work, errand, abandon);
    if (result == -ECANCELED || result == -ETIMEDOUT) {
        *conduit = (struct conduit){ -1, -1, 0, 0 };
        return result;
    }
    if (result == -EAGAIN)
        result = work(errand);
    errand_free(errand);
    return result;
}

/* --- in and out ----------------------------------------------------------------------------------- */

/* Waits for the source and takes what it has. Returns how much, 0 at its end. */
static ssize_t fill(struct descriptor *source, struct conduit *conduit)
{
    int result = fiber_begin(HEED_HARD);

    if (result == 0 && source->kind->waits)
        return send_worker(fill_there, source, conduit, conduit->size);
    while (result == 0) {
        ssize_t moved = zoc_world->splice(source->fd, conduit->write_fd, conduit->size);
        if (moved != -EAGAIN)
            return descriptor_check_end(source, moved);
        source->watch.ready &= ~(unsigned)WORLD_READABLE;
        result = descriptor_wait_readable(source);
    }
    return result;
}

/* At most so much of it goes on. -EAGAIN: there was no room, and now there is. */
static ssize_t pour(struct conduit *conduit, struct descriptor *sink, size_t size)
{
    ssize_t moved = fiber_begin(HEED_HARD);

    if (moved == 0 && sink->kind->waits) {
        ZOC_FINISH
            moved = send_worker(empty_there, sink, conduit, size);
        return moved;
    }
    if (moved == 0)
        moved = descriptor_note_loss(sink, zoc_world->splice(conduit->read_fd, sink->fd, size));
    if (moved != -EAGAIN)
        return moved;
    sink->watch.ready &= ~(unsigned)WORLD_WRITABLE;
    int result = descriptor_wait_writable(sink);
    return result < 0 ? result : -EAGAIN;
}

/* For a file system that takes nothing from a pipe. */
static ssize_t pour_copy(struct conduit *conduit, struct descriptor *sink, size_t size)
{
    char *chunk = chunk_take();
    ssize_t result =
        chunk ? zoc_world->read(conduit->read_fd, chunk, size < ZOC_CHUNK_MAX ? size : ZOC_CHUNK_MAX) : -ENOMEM;

    if (result > 0)
        result = zoc_write(&sink->stream, chunk, (size_t)result);
    chunk_give(chunk);
    return result;
}

static int empty(struct conduit *conduit, struct descriptor *sink, size_t size, uint64_t *bytes)
{
    while (size > 0) {
        bool splices = sink->kind->splices;
        ssize_t moved = splices ? pour(conduit, sink, size) : pour_copy(conduit, sink, size);
        if (moved == -EAGAIN)
            continue;
        if (moved == -EINVAL && splices && sink->kind->waits) {
            sink->kind = &descriptor_blocking;
            continue;
        }
        if (moved < 0)
            return (int)moved;
        size -= (size_t)moved;
        conduit->fill -= (size_t)moved;
        *bytes += (uint64_t)moved;
        if (splices)
            stream_account_sent(&sink->stream, (zoc_bytes){ NULL, (size_t)moved });
    }
    return 0;
}

/* So much as the tap has seen at a time. */
static int empty_past(struct conduit *conduit, struct descriptor *sink, struct tap *tap, uint64_t *bytes)
{
    int result = 0;

    while (conduit->fill > 0 && result == 0) {
        ssize_t seen = tap_see_pipe(tap, conduit->read_fd, conduit->fill);
        result = seen < 0 ? (int)seen : empty(conduit, sink, (size_t)seen, bytes);
    }
    return result;
}

/* --- the whole way -------------------------------------------------------------------------------- */

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

static int splice_once(zoc_stream *source, zoc_stream *sink, struct tap *tap, struct conduit *conduit, uint64_t *bytes)
{
    struct descriptor *from = source->operations->plain(source, false);
    struct descriptor *to = sink->operations->plain(sink, true);
    ssize_t filled = fill(from, conduit);

    if (filled == -ECANCELED && zoc_stopped() == ZOC_STOPPING)
        return 1; /* copies receive what has come by now */
    if (filled == -EINVAL && from->kind->waits) {
        from->kind = &descriptor_blocking; /* its file system gives nothing to a pipe */
        return 1;
    }
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
    int result = empty_past(conduit, to, tap, bytes);
    account_outer(sink, to, true, (size_t)(*bytes - before));
    if (result < 0) {
        to->stream.poisoned = sink->poisoned = true;
        stream_account_failure(&to->stream, result);
        return result;
    }
    return filled < SPLICE_SMALL ? 1 : 2;
}

int splice_bulk(zoc_stream *source, zoc_stream *sink, struct tap *tap, uint64_t *bytes, uint64_t *spliced)
{
    struct conduit conduit;
    uint64_t before = *bytes;
    int result = conduit_take(&conduit);

    if (result < 0)
        return 1; /* no descriptors left for a pipe: copies do */
    do
        result = splice_once(source, sink, tap, &conduit, bytes);
    while (result == 2 && conduit.read_fd >= 0);
    conduit_give(&conduit);
    *spliced += *bytes - before;
    return result;
}

/* How bytes go through sockets, through pipes, and through what blocks. */
#include "stream/descriptor.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* --- sockets ------------------------------------------------------------------------------------- */

static ssize_t socket_read(struct descriptor *descriptor, void *data, size_t size)
{
    return zoc_world->recv(descriptor->fd, data, size, 0);
}

static ssize_t socket_write(struct descriptor *descriptor, const struct iovec *pieces, int count)
{
    if (count == 1)
        return zoc_world->send(descriptor->fd, pieces[0].iov_base, pieces[0].iov_len);

    struct msghdr message = { .msg_iov = (struct iovec *)pieces, .msg_iovlen = (size_t)count };
    return zoc_world->sendmsg(descriptor->fd, &message);
}

ssize_t descriptor_note_loss(struct descriptor *descriptor, ssize_t written)
{
    if (written < 0 && written != -EAGAIN && written != -EPIPE) /* EPIPE: the end that the peer sent before is one */
        descriptor->loss = (int)written;
    return written;
}

ssize_t descriptor_check_end(const struct descriptor *descriptor, ssize_t received)
{
    return received == 0 ? descriptor->loss : received;
}

static ssize_t connection_read(struct descriptor *descriptor, void *data, size_t size)
{
    return descriptor_check_end(descriptor, socket_read(descriptor, data, size));
}

static ssize_t connection_write(struct descriptor *descriptor, const struct iovec *pieces, int count)
{
    return descriptor_note_loss(descriptor, socket_write(descriptor, pieces, count));
}

const struct descriptor_kind descriptor_socket = {
    .name = "socket", .read = connection_read, .write = connection_write, .splices = true, .socket = true, .flows = true
};

const struct descriptor_kind descriptor_packets = {
    .name = "socket", .read = socket_read, .write = socket_write, .socket = true
};

/* --- pipes and terminals that do not block -------------------------------------------------------- */

static ssize_t pipe_read(struct descriptor *descriptor, void *data, size_t size)
{
    ssize_t result = zoc_world->read(descriptor->fd, data, size);

    return result == -EIO ? 0 : result; /* a terminal whose other side hung up */
}

static ssize_t pipe_write(struct descriptor *descriptor, const struct iovec *pieces, int count)
{
    return zoc_world->writev(descriptor->fd, pieces, count);
}

/* A short read proves nothing here: a terminal gives a line at a time, and a FIFO whose writers were gone when it was
 * reopened tells its end to a read alone (pipe(7), O_NONBLOCK). */
const struct descriptor_kind descriptor_pipe = {
    .name = "pipe", .read = pipe_read, .write = pipe_write, .splices = true
};

const struct descriptor_kind descriptor_device = { .name = "device", .read = pipe_read, .write = pipe_write };

/* --- what blocks: a worker thread waits instead ----------------------------------------------------- */

/* Lives on the heap, with its bytes: a read of a terminal may never end, and is abandoned then. */
struct transfer {
    struct shared_fd *shared;
    size_t size;
    char data[];
};

void descriptor_release_shared(struct shared_fd *shared)
{
    if (__atomic_sub_fetch(&shared->holders, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    descriptor_close_fd(shared->fd);
    free(shared);
}

static void transfer_free(void *arg)
{
    struct transfer *transfer = arg;

    descriptor_release_shared(transfer->shared);
    free(transfer);
}

static int read_there(void *arg)
{
    struct transfer *transfer = arg;

    return (int)zoc_world->read(transfer->shared->fd, transfer->data, transfer->size);
}

static int write_there(void *arg)
{
    struct transfer *transfer = arg;
    struct iovec piece = { transfer->data, transfer->size };

    return (int)zoc_world->writev(transfer->shared->fd, &piece, 1);
}

/* What was abandoned is the worker's, and no longer here to be freed. */
static bool was_abandoned(int result)
{
    return result == -ECANCELED || result == -ETIMEDOUT;
}

struct shared_fd *descriptor_hold(struct descriptor *descriptor)
{
    if (!descriptor->shared) {
        descriptor->shared = malloc(sizeof *descriptor->shared);
        if (!descriptor->shared)
            return NULL;
        *descriptor->shared = (struct shared_fd){ .fd = descriptor->fd, .holders = 1 };
    }
    __atomic_fetch_add(&descriptor->shared->holders, 1, __ATOMIC_RELAXED);
    return descriptor->shared;
}

static struct transfer *transfer_new(struct descriptor *descriptor, size_t size)
{
    struct transfer *transfer = malloc(sizeof *transfer + size);
    struct shared_fd *shared = transfer ? descriptor_hold(descriptor) : NULL;

    if (!shared) {
        free(transfer);
        return NULL;
    }
    *transfer = (struct transfer){ .shared = shared, .size = size };
    return transfer;
}

static ssize_t blocking_read(struct descriptor *descriptor, void *data, size_t size)
{
    struct transfer *transfer = transfer_new(descriptor, size);

    if (!transfer)
        return -ENOMEM;
    zoc_duration timeout = descriptor->stream.timeout;
    int result = 0;
    ZOC_WITHIN(timeout ? timeout : ZOC_NEVER)
        result = zoc_offload_abandonable(read_there, transfer, transfer_free);
    if (result > 0)
        memcpy(data, transfer->data, (size_t)result);
    if (!was_abandoned(result))
        transfer_free(transfer);
    return result;
}

static ssize_t blocking_write(struct descriptor *descriptor, const struct iovec *pieces, int count)
{
    size_t size = pieces[0].iov_len < ZOC_CHUNK_MAX ? pieces[0].iov_len : ZOC_CHUNK_MAX;
    struct transfer *transfer = transfer_new(descriptor, size);
    int result;

    (void)count; /* the rest comes with the next call */
    if (!transfer)
        return -ENOMEM;
    memcpy(transfer->data, pieces[0].iov_base, size);
    ZOC_FINISH
        result = zoc_offload_abandonable(write_there, transfer, transfer_free);
    if (was_abandoned(result))
        descriptor->stream.poisoned = true; /* nobody knows how much of it still goes out */
    else
        transfer_free(transfer);
    return result;
}

const struct descriptor_kind descriptor_blocking = {
    .name = "file", .read = blocking_read, .write = blocking_write, .waits = true
};

const struct descriptor_kind descriptor_file = {
    .name = "file", .read = blocking_read, .write = blocking_write, .waits = true, .splices = true
};

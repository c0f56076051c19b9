/* Named pipes (fifo(7)). */
#include "base/text.h"
#include "net/endpoint.h"
#include "net/open.h"
#include "stream/descriptor.h"
#include "stream/made.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <zocalo/error.h>

#define OPEN_RETRY (10 * ZOC_MILLISECOND) /* between two looks for a reader */
#define OPEN_MODE  0666                   /* of a pipe that is made, when nobody says */

struct fifo {
    struct descriptor descriptor; /* first */
    struct made_file file;        /* of a pipe that we made */
};

/* --- a stream ------------------------------------------------------------------------------------- */

/* A pipe that no writer has opened yet reads as one whose writers are gone. Only then there is a hang-up to be told of,
 * which comes once for every time that the last writer goes. */
static ssize_t fifo_read(struct descriptor *descriptor, void *data, size_t size)
{
    ssize_t result = descriptor_pipe.read(descriptor, data, size);

    return result == 0 && !(descriptor->watch.ready & WORLD_ENDED) ? -EAGAIN : result;
}

static ssize_t fifo_write(struct descriptor *descriptor, const struct iovec *pieces, int count)
{
    return descriptor_pipe.write(descriptor, pieces, count);
}

/* Who made it removes it. */
static void release(struct descriptor *descriptor)
{
    made_file_remove(&((struct fifo *)descriptor)->file);
}

static const struct descriptor_kind kind = {
    .name = "fifo", .read = fifo_read, .write = fifo_write, .splices = true, .release = release
};

/* --- opening -------------------------------------------------------------------------------------- */

static int judge(int result, const struct stat *status, const char *path)
{
    if (result < 0)
        return zoc_fail(result, "stat");
    return S_ISFIFO(status->st_mode) ? 0 : zoc_refuse(-EINVAL, _("'%s' exists, and is no named pipe"), path);
}

static int check_is_pipe(const char *path)
{
    struct stat status;
    int result = zoc_world->stat(path, &status);

    return judge(result, &status, path);
}

/* What was looked at by its path may have been replaced before it was opened. */
static int check_opened(int fd, const char *path)
{
    struct stat status;
    int result = zoc_world->fstat(fd, &status);

    result = judge(result, &status, path);
    if (result < 0)
        descriptor_close_fd(fd);
    return result < 0 ? result : fd;
}

/* The umask can only take from a mode, so what is missing is added after. */
static int make(struct fifo *fifo, const zoc_endpoint *endpoint)
{
    int mode = endpoint->options.mode;
    int result = zoc_world->mkfifo(endpoint->path, mode < 0 ? OPEN_MODE : (mode_t)mode);

    if (result == -EEXIST)
        return check_is_pipe(endpoint->path);
    if (result < 0)
        return zoc_fail(result, "mkfifo");
    result = made_file_hold(&fifo->file, endpoint->path);
    if (result < 0)
        return result;
    result = mode < 0 ? 0 : zoc_world->chmod(endpoint->path, (mode_t)mode);
    return result < 0 ? zoc_fail(result, "chmod") : 0;
}

/* For writing, nobody reads it yet: ENXIO, and no event says when somebody does. */
static int open_pipe(const zoc_endpoint *endpoint)
{
    int flags = (endpoint_is_out(endpoint) ? O_WRONLY : O_RDONLY) | O_NONBLOCK | O_NOCTTY;
    int result = zoc_world->open(endpoint->path, flags, 0);

    while (result == -ENXIO) {
        result = zoc_sleep(OPEN_RETRY);
        if (result < 0)
            return zoc_fail(result, _("wait for a reader"));
        result = check_is_pipe(endpoint->path);
        if (result < 0)
            return result;
        result = zoc_world->open(endpoint->path, flags, 0);
    }
    return result < 0 ? zoc_fail(result, "open") : check_opened(result, endpoint->path);
}

static int start(struct fifo *fifo, const zoc_endpoint *endpoint)
{
    bool out = endpoint_is_out(endpoint);
    int result = make(fifo, endpoint);

    if (result < 0)
        return result;
    int fd = open_pipe(endpoint);
    if (fd < 0)
        return fd;
    result = descriptor_init(&fifo->descriptor, fd, &kind, NULL);
    if (result < 0) {
        descriptor_close_fd(fd);
        return zoc_fail(result, "watch");
    }
    descriptor_set_direction(&fifo->descriptor, !out, out);
    return 0;
}

int fifo_open(const zoc_endpoint *endpoint, zoc_stream **ret_stream)
{
    struct fifo *fifo = calloc(1, sizeof *fifo);

    if (!fifo)
        return -ENOMEM;
    int result = start(fifo, endpoint);
    if (result < 0) {
        made_file_remove(&fifo->file);
        free(fifo);
        return result;
    }
    *ret_stream = &fifo->descriptor.stream;
    return 0;
}

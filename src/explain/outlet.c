#include "explain/outlet.h"

#include "world/world.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

void outlet_open(struct outlet *outlet, int fd)
{
    struct stat status = { 0 };
    char path[32];

    *outlet = (struct outlet){ .fd = fd, .own = -1, .waiting.size_max = OUTLET_MAX };
    if (zoc_world->fstat(fd, &status) < 0)
        return;
    outlet->socket = S_ISSOCK(status.st_mode);
    if (!S_ISFIFO(status.st_mode) && !S_ISCHR(status.st_mode))
        return; /* a file that is opened once more would be written from its beginning */
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    outlet->own = zoc_world->open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0);
}

static ssize_t write_some(const struct outlet *outlet)
{
    const zoc_buffer *waiting = &outlet->waiting;
    struct iovec piece = { waiting->data, waiting->size };

    if (outlet->socket)
        return zoc_world->send(outlet->fd, waiting->data, waiting->size);
    return zoc_world->writev(outlet->own < 0 ? outlet->fd : outlet->own, &piece, 1);
}

bool outlet_flush(struct outlet *outlet)
{
    zoc_buffer *waiting = &outlet->waiting;

    while (waiting->size > 0) {
        ssize_t result = write_some(outlet);
        if (result == -EAGAIN)
            return false;
        zoc_buffer_consume(waiting, result > 0 ? (size_t)result : waiting->size);
    }
    return true;
}

bool outlet_put(struct outlet *outlet, zoc_bytes lines)
{
    bool taken = zoc_buffer_append(&outlet->waiting, lines.data, lines.size) == 0;

    outlet_flush(outlet);
    return taken;
}

void outlet_close(struct outlet *outlet)
{
    if (outlet->own >= 0)
        zoc_world->close(outlet->own);
    zoc_buffer_release(&outlet->waiting);
    outlet->own = -1;
}

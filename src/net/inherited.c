/* Sockets that a service manager left for this process (sd_listen_fds(3)). */
#include "base/text.h"
#include "net/listener.h"

#include <errno.h>
#include <stdlib.h>
#include <zocalo/error.h>

#define FIRST_FD 3 /* sd_listen_fds(3): they follow standard input, output and error */

struct inherited {
    int fd, type;
    zoc_address local;
    bool taken;
};

static struct inherited sockets[ZOC_INHERITED_MAX];
static int count;

/* A number from 0 to max, or -EINVAL. */
static long read_number(const char *text, long max)
{
    char *end;
    long number = strtol(text, &end, 10);

    return *text < '0' || *text > '9' || *end || number > max ? -EINVAL : number;
}

/* What is no socket is left alone: `fd:N` still takes it. */
static int note_socket(int fd)
{
    struct inherited socket = { .fd = fd, .local.size = sizeof socket.local.local };
    socklen_t size = sizeof socket.type;

    if (zoc_world->getsockname(fd, &socket.local.any, &socket.local.size) < 0 ||
        zoc_world->getsockopt(fd, SOL_SOCKET, SO_TYPE, &socket.type, &size) < 0)
        return 0;
    int result = zoc_world->adopt(fd);
    if (result < 0)
        return zoc_fail(result, "descriptor %d", fd);
    sockets[count++] = socket;
    return 0;
}

int zoc_inherit(void)
{
    const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");
    bool ours = pid && fds && read_number(pid, INT32_MAX) == zoc_world->process_id();
    long number = ours ? read_number(fds, ZOC_INHERITED_MAX) : 0;
    int result = 0;

    if (number < 0)
        return zoc_refuse(-EINVAL, _("LISTEN_FDS is '%s', and not a number from 0 to %d"), fds, ZOC_INHERITED_MAX);
    unsetenv("LISTEN_PID");
    unsetenv("LISTEN_FDS");
    unsetenv("LISTEN_FDNAMES");
    count = 0;
    for (int i = 0; i < number && result == 0; i++)
        result = note_socket(FIRST_FD + i);
    return result < 0 ? result : (int)number;
}

static bool is_same(const zoc_address *one, const zoc_address *other)
{
    if (one->any.sa_family != AF_UNIX || other->any.sa_family != AF_UNIX)
        return zoc_address_equal(one, other);
    const char *here = one->local.sun_path, *there = other->local.sun_path;
    if (*here)
        return strcmp(here, there) == 0; /* sizes may differ by the NUL */
    return !*there && one->size == other->size &&
           memcmp(here, there, one->size - offsetof(struct sockaddr_un, sun_path)) == 0;
}

int inherited_take(const zoc_address *address, int type)
{
    for (struct inherited *socket = sockets; socket < sockets + count; socket++)
        if (!socket->taken && socket->type == type && is_same(&socket->local, address)) {
            socket->taken = true;
            return socket->fd;
        }
    return -ENOENT;
}

void inherited_note(int fd)
{
    for (struct inherited *socket = sockets; socket < sockets + count; socket++)
        socket->taken |= socket->fd == fd;
}

bool inherited_give_back(int fd)
{
    for (struct inherited *socket = sockets; socket < sockets + count; socket++)
        if (socket->fd == fd) {
            socket->taken = false;
            return true;
        }
    return false;
}

int zoc_inherited_unused(zoc_buffer *text)
{
    char address[ZOC_ADDRESS_TEXT];
    int unused = 0;

    for (const struct inherited *socket = sockets; socket < sockets + count; socket++)
        if (!socket->taken)
            zoc_buffer_printf(text, "%s%s", unused++ ? " " : "",
                              zoc_address_format(&socket->local, address, sizeof address));
    return unused;
}

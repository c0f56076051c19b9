/* Streams over descriptors that were open before: which kind each is is found out here. */
#include "stream/descriptor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <zocalo/error.h>

/* The same pipe or terminal with a description of its own, where O_NONBLOCK disturbs nobody. Fails where /proc is
 * not mounted or the file belongs to somebody else. */
static int reopen(int fd, int flags)
{
    char path[32];

    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return zoc_world->open(path, (flags & O_ACCMODE) | O_NONBLOCK | O_NOCTTY, 0);
}

static int new_reopened(int fd, const struct descriptor_kind *kind, struct descriptor **ret_new)
{
    int flags = zoc_world->status_flags(fd);
    if (flags < 0)
        return flags;
    if (flags & O_NONBLOCK)
        return descriptor_new(fd, kind, NULL, ret_new);

    int reopened = reopen(fd, flags);
    if (reopened < 0)
        return descriptor_new(fd, &descriptor_blocking, NULL, ret_new);
    int result = descriptor_new(reopened, kind, NULL, ret_new);
    if (result < 0)
        descriptor_close_fd(reopened);
    else
        (*ret_new)->original = fd;
    return result;
}

static int new_socket(int fd, struct descriptor **ret_new)
{
    zoc_address peer = { .size = sizeof peer.local };
    int type = SOCK_STREAM;
    socklen_t size = sizeof type;

    if (zoc_world->getpeername(fd, &peer.any, &peer.size) < 0)
        peer = (zoc_address){ 0 };
    zoc_world->getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size);
    int result = descriptor_new(fd, type == SOCK_STREAM ? &descriptor_socket : &descriptor_packets, &peer, ret_new);
    if (result == 0)
        (*ret_new)->stream.messages = type == SOCK_DGRAM;
    return result;
}

static int new_of_its_kind(int fd, struct descriptor **ret_new)
{
    struct stat status;
    int result = zoc_world->fstat(fd, &status);

    if (result < 0)
        return result;
    if (S_ISSOCK(status.st_mode))
        return new_socket(fd, ret_new);
    if (S_ISFIFO(status.st_mode))
        return new_reopened(fd, &descriptor_pipe, ret_new);
    if (S_ISCHR(status.st_mode))
        return new_reopened(fd, &descriptor_device, ret_new);
    return descriptor_new(fd, S_ISREG(status.st_mode) ? &descriptor_file : &descriptor_blocking, NULL, ret_new);
}

/* What is not a socket goes one way: a stream for the other would be a mistake that shows only later. */
static int check_direction(int fd, bool receives, bool sends)
{
    int flags = zoc_world->status_flags(fd);

    if (flags < 0)
        return flags;
    if (receives && (flags & O_ACCMODE) == O_WRONLY)
        return -EBADF;
    if (sends && (flags & O_ACCMODE) == O_RDONLY)
        return -EBADF;
    return 0;
}

int zoc_stream_of_fd(int fd, bool receives, bool sends, zoc_stream **ret_stream)
{
    struct descriptor *descriptor;
    int result = check_direction(fd, receives, sends);

    if (result == 0)
        result = new_of_its_kind(fd, &descriptor);
    if (result < 0)
        return zoc_fail(result, "descriptor %d", fd);
    descriptor->inherited = true;
    descriptor_set_direction(descriptor, receives, sends);
    *ret_stream = &descriptor->stream;
    return 0;
}

int zoc_stream_pair(zoc_stream **ret_one, zoc_stream **ret_other)
{
    int fds[2];
    struct descriptor *one, *other;
    int result = zoc_world->socketpair(AF_UNIX, SOCK_STREAM, fds);

    if (result < 0)
        return zoc_fail(result, "socketpair");
    result = new_socket(fds[0], &one);
    if (result < 0)
        goto close_both;
    result = new_socket(fds[1], &other);
    if (result < 0)
        goto close_one;
    *ret_one = &one->stream;
    *ret_other = &other->stream;
    return 0;

close_one:
    zoc_close(&one->stream);
    fds[0] = -1;
close_both:
    if (fds[0] >= 0)
        descriptor_close_fd(fds[0]);
    descriptor_close_fd(fds[1]);
    return zoc_fail(result, "socketpair");
}

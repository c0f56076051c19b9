/* The table of operations. */
#include "sim/inside.h"

#include <fcntl.h>
#include <zocalo/units.h>

struct chance entropy; /* for who asks for random bytes */

static long tell(const char *what, int fd, long result)
{
    note(what, fd, result);
    return result;
}

static int do_socket(int family, int type, int protocol)
{
    (void)protocol;
    return (int)tell("socket", family, socket_open(family, type));
}

static int do_socketpair(int family, int type, int ret_fds[2])
{
    return (int)tell("socketpair", family, socket_pair(family, type, ret_fds));
}

static int do_bind(int fd, const struct sockaddr *any, socklen_t size)
{
    struct socket *socket = socket_find(fd);
    struct address address = address_of(any, size);

    return (int)tell("bind", fd, socket ? socket_bind(socket, &address) : -EBADF);
}

static int do_listen(int fd, int backlog)
{
    struct socket *socket = socket_find(fd);

    return (int)tell("listen", fd, socket ? socket_listen(socket, backlog) : -EBADF);
}

static int do_connect(int fd, const struct sockaddr *any, socklen_t size)
{
    struct socket *socket = socket_find(fd);
    struct address address = address_of(any, size);

    return (int)tell("connect", fd, socket ? socket_connect(socket, &address) : -EBADF);
}

static int do_accept(int fd, struct sockaddr *ret_any, socklen_t *size)
{
    struct socket *socket = socket_find(fd);
    struct address peer = { 0 };
    int accepted = socket ? socket_accept(socket, &peer) : -EBADF;

    if (accepted >= 0)
        address_give(&peer, ret_any, size);
    return (int)tell("accept", fd, accepted);
}

static bool is_datagram(const struct socket *socket)
{
    return socket && socket->file.kind == &datagram_kind;
}

static ssize_t do_recv(int fd, void *data, size_t size, int flags)
{
    struct socket *socket = socket_find(fd);
    struct address from, to;

    (void)flags;
    return tell("recv", fd,
                is_datagram(socket) ? datagram_receive(socket, data, size, &from, &to) : file_read(fd, data, size));
}

static ssize_t do_recvmsg(int fd, struct msghdr *message, int flags)
{
    struct socket *socket = socket_find(fd);
    struct address from = { 0 }, to = { 0 };
    ssize_t result = -EOPNOTSUPP;

    if (flags == 0 && is_datagram(socket)) /* there is no queue of errors, and no peeking */
        result = datagram_receive(socket, message->msg_iov[0].iov_base, message->msg_iov[0].iov_len, &from, &to);
    if (result >= 0) {
        address_give(&from, message->msg_name, &message->msg_namelen);
        control_give(message, &to);
    }
    return tell("recvmsg", fd, result);
}

static ssize_t do_sendmsg(int fd, const struct msghdr *message)
{
    struct socket *socket = socket_find(fd);
    struct address to = { 0 }, source = control_source(message);

    if (message->msg_namelen > 0)
        to = address_of(message->msg_name, message->msg_namelen);
    return tell("sendmsg", fd,
                is_datagram(socket) ? datagram_send(socket, message->msg_iov, message->msg_iovlen, &to, &source)
                                    : file_write(fd, message->msg_iov, (int)message->msg_iovlen));
}

static ssize_t do_send(int fd, const void *data, size_t size)
{
    struct iovec piece = { (void *)data, size };
    const struct msghdr message = { .msg_iov = &piece, .msg_iovlen = 1 };

    return do_sendmsg(fd, &message);
}

static int do_shutdown(int fd, int how)
{
    struct socket *socket = socket_find(fd);

    if (how != SHUT_WR)
        sim_fail("shutdown of the input is not simulated");
    return (int)tell("shutdown", fd, !socket ? -EBADF : is_datagram(socket) ? -ENOTCONN : socket_shut(socket));
}

static int do_getsockname(int fd, struct sockaddr *ret_any, socklen_t *size)
{
    struct socket *socket = socket_find(fd);

    if (!socket)
        return -ENOTSOCK;
    if (socket->local.size == 0) {
        socket->local = (struct address){ .size = sizeof(sa_family_t) };
        socket->local.any.sa_family = (sa_family_t)socket->family;
        address_give(&socket->local, ret_any, size);
        socket->local.size = 0;
    } else {
        address_give(&socket->local, ret_any, size);
    }
    return 0;
}

static int do_getpeername(int fd, struct sockaddr *ret_any, socklen_t *size)
{
    struct socket *socket = socket_find(fd);

    if (!socket)
        return -ENOTSOCK;
    if (socket->state != SOCKET_CONNECTED)
        return -ENOTCONN;
    address_give(&socket->peer, ret_any, size);
    return 0;
}

static int do_getsockopt(int fd, int level, int name, void *ret_value, socklen_t *size)
{
    struct socket *socket = socket_find(fd);

    if (!socket)
        return -ENOTSOCK;
    if (level != SOL_SOCKET || (name != SO_ERROR && name != SO_TYPE) || *size < sizeof(int))
        return -ENOPROTOOPT;
    *(int *)ret_value = name == SO_TYPE ? socket->type : socket->error;
    if (name == SO_ERROR)
        socket->error = 0;
    return (int)tell("getsockopt", fd, 0);
}

static bool is_no_time(const struct linger *linger)
{
    return linger->l_onoff && linger->l_linger == 0;
}

static int do_unsent(int fd)
{
    const struct socket *socket = socket_find(fd);

    return (int)tell("unsent", fd, !socket ? -ENOTSOCK : (long)socket_unsent(socket));
}

/* Options change nothing here, but the filter of a listener that turns newcomers away, and the wish to break off. */
static int do_setsockopt(int fd, int level, int name, const void *value, socklen_t size)
{
    struct socket *socket = socket_find(fd);

    if (!socket)
        return -ENOTSOCK;
    if (level == SOL_SOCKET && name == SO_ATTACH_FILTER)
        socket->turns_away = true;
    if (level == SOL_SOCKET && name == SO_LINGER && size == sizeof(struct linger))
        socket->breaks_off = is_no_time(value);
    return (int)tell("setsockopt", fd, 0);
}

static ssize_t do_read(int fd, void *data, size_t size)
{
    return tell("read", fd, file_read(fd, data, size));
}

static ssize_t do_writev(int fd, const struct iovec *pieces, int count)
{
    return tell("writev", fd, file_write(fd, pieces, count));
}

static ssize_t do_splice(int from, int to, size_t size)
{
    return tell("splice", from, file_splice(from, to, size));
}

static ssize_t do_tee(int from, int to, size_t size)
{
    return tell("tee", from, pipe_tee(from, to, size));
}

static int do_pipe(int ret_fds[2])
{
    return (int)tell("pipe", 0, pipe_open(ret_fds));
}

static int do_close(int fd)
{
    return (int)tell("close", fd, file_close(fd));
}

static int do_status_flags(int fd)
{
    return file_find(fd) ? O_RDWR | O_NONBLOCK : -EBADF;
}

static int do_adopt(int fd)
{
    return file_find(fd) ? 0 : -EBADF;
}

static int do_fstat(int fd, struct stat *ret_status)
{
    if (!file_find(fd))
        return -EBADF;
    *ret_status = (struct stat){ .st_mode = socket_find(fd) ? S_IFSOCK : S_IFIFO };
    return 0;
}

static void do_random(void *data, size_t size)
{
    for (size_t i = 0; i < size; i++)
        ((unsigned char *)data)[i] = (unsigned char)chance_bits(&entropy);
}

static int64_t do_monotonic(void)
{
    return now;
}

/* Noon of a day in 2026, and what has gone by since. */
static int64_t do_wall(void)
{
    return 1793448000 * ZOC_SECOND + now;
}

static int do_thread_start(void (*body)(void *), void *arg, void **ret_thread)
{
    (void)body, (void)arg, (void)ret_thread;
    return -ENOTSUP;
}

static int do_process_id(void)
{
    return 1;
}

/* What is not here (files, programs, signals, rights) is not simulated: a call of it crashes. */
const struct zoc_world sim_operations = {
    .name = "sim",
    .socket = do_socket,
    .socketpair = do_socketpair,
    .bind = do_bind,
    .listen = do_listen,
    .connect = do_connect,
    .accept = do_accept,
    .recv = do_recv,
    .send = do_send,
    .recvmsg = do_recvmsg,
    .sendmsg = do_sendmsg,
    .shutdown = do_shutdown,
    .getsockname = do_getsockname,
    .getpeername = do_getpeername,
    .getsockopt = do_getsockopt,
    .setsockopt = do_setsockopt,
    .unsent = do_unsent,
    .read = do_read,
    .writev = do_writev,
    .splice = do_splice,
    .tee = do_tee,
    .pipe = do_pipe,
    .pipe_size = pipe_set_size,
    .status_flags = do_status_flags,
    .adopt = do_adopt,
    .fstat = do_fstat,
    .close = do_close,
    .poller_open = poller_open,
    .poller_close = poller_close,
    .poller_watch = poller_watch,
    .poller_unwatch = poller_unwatch,
    .poller_wait = poller_wait,
    .poller_wake = poller_wake,
    .random = do_random,
    .process_id = do_process_id,
    .monotonic = do_monotonic,
    .wall = do_wall,
    .offload = work_begin,
    .thread_start = do_thread_start,
};

#include "world/kernel.h"

#include <fcntl.h>
#include <linux/sockios.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

static int kernel_socket(int family, int type, int protocol)
{
    return (int)KERNEL_CALL(socket(family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol));
}

static int kernel_socketpair(int family, int type, int ret_fds[2])
{
    return (int)KERNEL_CALL(socketpair(family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ret_fds));
}

static int kernel_bind(int fd, const struct sockaddr *address, socklen_t size)
{
    return (int)KERNEL_CALL(bind(fd, address, size));
}

static int kernel_listen(int fd, int backlog)
{
    return (int)KERNEL_CALL(listen(fd, backlog));
}

static int kernel_connect(int fd, const struct sockaddr *address, socklen_t size)
{
    if (connect(fd, address, size) == 0)
        return 0;
    return errno == EINTR ? -EINPROGRESS : -errno; /* connect(2): it goes on behind our back */
}

static int kernel_accept(int fd, struct sockaddr *ret_address, socklen_t *size)
{
    return (int)KERNEL_CALL(accept4(fd, ret_address, size, SOCK_CLOEXEC | SOCK_NONBLOCK));
}

static ssize_t kernel_recv(int fd, void *data, size_t size, int flags)
{
    return KERNEL_CALL(recv(fd, data, size, flags | MSG_DONTWAIT));
}

static ssize_t kernel_send(int fd, const void *data, size_t size)
{
    return KERNEL_CALL(send(fd, data, size, MSG_DONTWAIT | MSG_NOSIGNAL));
}

static ssize_t kernel_recvmsg(int fd, struct msghdr *message, int flags)
{
    return KERNEL_CALL(recvmsg(fd, message, flags | MSG_DONTWAIT | MSG_CMSG_CLOEXEC));
}

static ssize_t kernel_sendmsg(int fd, const struct msghdr *message)
{
    return KERNEL_CALL(sendmsg(fd, message, MSG_DONTWAIT | MSG_NOSIGNAL));
}

static int kernel_shutdown(int fd, int how)
{
    return (int)KERNEL_CALL(shutdown(fd, how));
}

static int kernel_getsockname(int fd, struct sockaddr *ret_address, socklen_t *size)
{
    return (int)KERNEL_CALL(getsockname(fd, ret_address, size));
}

static int kernel_getpeername(int fd, struct sockaddr *ret_address, socklen_t *size)
{
    return (int)KERNEL_CALL(getpeername(fd, ret_address, size));
}

static int kernel_getsockopt(int fd, int level, int name, void *ret_value, socklen_t *size)
{
    return (int)KERNEL_CALL(getsockopt(fd, level, name, ret_value, size));
}

static int kernel_setsockopt(int fd, int level, int name, const void *value, socklen_t size)
{
    return (int)KERNEL_CALL(setsockopt(fd, level, name, value, size));
}

static int kernel_unsent(int fd)
{
    int size = 0;
    int result = (int)KERNEL_CALL(ioctl(fd, SIOCOUTQ, &size));

    return result < 0 ? result : size;
}

static ssize_t kernel_read(int fd, void *data, size_t size)
{
    return KERNEL_CALL(read(fd, data, size));
}

static ssize_t kernel_writev(int fd, const struct iovec *pieces, int count)
{
    return KERNEL_CALL(writev(fd, pieces, count));
}

static ssize_t kernel_splice(int from, int to, size_t size)
{
    return KERNEL_CALL(splice(from, NULL, to, NULL, size, SPLICE_F_MOVE | SPLICE_F_NONBLOCK));
}

static ssize_t kernel_tee(int from, int to, size_t size)
{
    return KERNEL_CALL(tee(from, to, size, SPLICE_F_NONBLOCK));
}

static int kernel_pipe(int ret_fds[2])
{
    return (int)KERNEL_CALL(pipe2(ret_fds, O_CLOEXEC | O_NONBLOCK));
}

static int kernel_pipe_size(int fd, int bytes)
{
    return (int)KERNEL_CALL(fcntl(fd, F_SETPIPE_SZ, bytes));
}

static int kernel_open(const char *path, int flags, mode_t mode)
{
    return (int)KERNEL_CALL(open(path, flags | O_CLOEXEC, mode));
}

static int kernel_adopt(int fd)
{
    long flags = KERNEL_CALL(fcntl(fd, F_GETFL));

    if (flags >= 0)
        flags = KERNEL_CALL(fcntl(fd, F_SETFL, flags | O_NONBLOCK));
    return flags < 0 ? (int)flags : (int)KERNEL_CALL(fcntl(fd, F_SETFD, FD_CLOEXEC));
}

static int kernel_block(int fd)
{
    long flags = KERNEL_CALL(fcntl(fd, F_GETFL));

    return flags < 0 ? (int)flags : (int)KERNEL_CALL(fcntl(fd, F_SETFL, flags & ~O_NONBLOCK));
}

static int kernel_status_flags(int fd)
{
    return (int)KERNEL_CALL(fcntl(fd, F_GETFL));
}

static int kernel_fstat(int fd, struct stat *ret_status)
{
    return (int)KERNEL_CALL(fstat(fd, ret_status));
}

static int kernel_stat(const char *path, struct stat *ret_status)
{
    return (int)KERNEL_CALL(stat(path, ret_status));
}

static int kernel_lstat(const char *path, struct stat *ret_status)
{
    return (int)KERNEL_CALL(lstat(path, ret_status));
}

static int kernel_mkfifo(const char *path, mode_t mode)
{
    return (int)KERNEL_CALL(mkfifo(path, mode));
}

static int kernel_chmod(const char *path, mode_t mode)
{
    return (int)KERNEL_CALL(chmod(path, mode));
}

static int kernel_fchmod(int fd, mode_t mode)
{
    return (int)KERNEL_CALL(fchmod(fd, mode));
}

static int kernel_unlink(const char *path)
{
    return (int)KERNEL_CALL(unlink(path));
}

static int kernel_symlink(const char *target, const char *path)
{
    return (int)KERNEL_CALL(symlink(target, path));
}

static ssize_t kernel_readlink(const char *path, char *ret_target, size_t size)
{
    return KERNEL_CALL(readlink(path, ret_target, size));
}

static int kernel_rename(const char *from, const char *to)
{
    return (int)KERNEL_CALL(rename(from, to));
}

static int kernel_mkdir(const char *path, mode_t mode)
{
    return (int)KERNEL_CALL(mkdir(path, mode));
}

static int kernel_lock(int fd)
{
    return (int)KERNEL_CALL(flock(fd, LOCK_EX));
}

static int kernel_close(int fd)
{
    return close(fd) < 0 && errno != EINTR ? -errno : 0; /* close(2): after EINTR it is closed all the same */
}

static int kernel_signals_open(const sigset_t *signals, sigset_t *ret_previous)
{
    sigset_t previous;
    int error = pthread_sigmask(SIG_BLOCK, signals, &previous);

    if (error)
        return -error;

    int fd = signalfd(-1, signals, SFD_CLOEXEC | SFD_NONBLOCK);
    if (fd < 0) {
        error = errno;
        pthread_sigmask(SIG_SETMASK, &previous, NULL);
        return -error;
    }
    *ret_previous = previous;
    return fd;
}

static int kernel_signals_read(int fd)
{
    struct signalfd_siginfo info;
    long result = KERNEL_CALL(read(fd, &info, sizeof info));

    return result < 0 ? (int)result : (int)info.ssi_signo;
}

static void kernel_signals_close(int fd, const sigset_t *previous)
{
    kernel_close(fd);
    pthread_sigmask(SIG_SETMASK, previous, NULL);
}

static void kernel_random(void *data, size_t size)
{
    while (size > 0) {
        ssize_t got = getrandom(data, size, 0); /* waits for nothing once the machine has started */
        if (got > 0) {
            data = (char *)data + got;
            size -= (size_t)got;
        }
    }
}

static int kernel_process_id(void)
{
    return getpid();
}

static int64_t kernel_clock(clockid_t clock)
{
    struct timespec time;

    clock_gettime(clock, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

int64_t kernel_monotonic(void)
{
    return kernel_clock(CLOCK_MONOTONIC);
}

static int64_t kernel_wall(void)
{
    return kernel_clock(CLOCK_REALTIME);
}

const struct zoc_world zoc_world_kernel = {
    .name = "kernel",
    .socket = kernel_socket,
    .socketpair = kernel_socketpair,
    .bind = kernel_bind,
    .listen = kernel_listen,
    .connect = kernel_connect,
    .accept = kernel_accept,
    .recv = kernel_recv,
    .send = kernel_send,
    .recvmsg = kernel_recvmsg,
    .sendmsg = kernel_sendmsg,
    .shutdown = kernel_shutdown,
    .getsockname = kernel_getsockname,
    .getpeername = kernel_getpeername,
    .getsockopt = kernel_getsockopt,
    .setsockopt = kernel_setsockopt,
    .unsent = kernel_unsent,
    .read = kernel_read,
    .writev = kernel_writev,
    .splice = kernel_splice,
    .tee = kernel_tee,
    .pipe = kernel_pipe,
    .pipe_size = kernel_pipe_size,
    .open = kernel_open,
    .adopt = kernel_adopt,
    .block = kernel_block,
    .status_flags = kernel_status_flags,
    .fstat = kernel_fstat,
    .stat = kernel_stat,
    .lstat = kernel_lstat,
    .mkfifo = kernel_mkfifo,
    .chmod = kernel_chmod,
    .fchmod = kernel_fchmod,
    .unlink = kernel_unlink,
    .symlink = kernel_symlink,
    .readlink = kernel_readlink,
    .rename = kernel_rename,
    .mkdir = kernel_mkdir,
    .lock = kernel_lock,
    .close = kernel_close,
    .terminal_get = tty_get,
    .terminal_set = tty_set,
    .terminal_size = tty_size,
    .terminal_resize = tty_resize,
    .terminal_is_ours = tty_is_ours,
    .terminal_controls = tty_controls,
    .terminal_unsent = tty_unsent,
    .terminal_unread = tty_unread,
    .terminal_pair = tty_pair,
    .terminal_name = tty_name,
    .poller_open = epoll_poller_open,
    .poller_close = epoll_poller_close,
    .poller_watch = epoll_poller_watch,
    .poller_unwatch = epoll_poller_unwatch,
    .poller_wait = epoll_poller_wait,
    .poller_wake = epoll_poller_wake,
    .signals_open = kernel_signals_open,
    .signals_read = kernel_signals_read,
    .signals_close = kernel_signals_close,
    .stop = tty_stop,
    .spawn = spawn_program,
    .child_wait = spawn_wait,
    .child_signal = spawn_signal,
    .random = kernel_random,
    .process_id = kernel_process_id,
    .become = kernel_become,
    .monotonic = kernel_monotonic,
    .wall = kernel_wall,
    .offload = threads_offload,
    .thread_start = threads_start,
    .thread_join = threads_join,
};

const struct zoc_world *zoc_world = &zoc_world_kernel;

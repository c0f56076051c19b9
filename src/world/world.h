/* The world: the only way to the kernel's I/O and to time.
 *
 * Everything above this room reaches the outside through one table of operations, so that the same
 * services run unchanged in a simulated world. scripts/check-seam proves from the object files that
 * nobody else imports such a symbol.
 *
 * Every operation returns 0, a count or a descriptor, or a negative errno: errno itself is read
 * here and nowhere else, because it does not survive a switch of fibers. Operations do what the
 * manual page of their name says (section 2), with these differences: sockets, pipes and opened files
 * are close-on-exec, sockets are non-blocking, calls on them never wait, and a call that a signal
 * interrupted is begun again. */
#ifndef ZOC_WORLD_H
#define ZOC_WORLD_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>

struct termios;
struct winsize;

/* What a descriptor is ready for. Bits of a ready event, and of what a watch asks for. */
enum {
    WORLD_READABLE = 1, /* a read would not wait */
    WORLD_WRITABLE = 2, /* a write would not wait */
    WORLD_ENDED = 4     /* the other side ended, reset, or an error stands: a short read proves nothing */
};

/* How a descriptor is watched. */
enum world_watch {
    WORLD_EDGE,      /* for input and ends, told once per change: our own sockets and pipes */
    WORLD_EDGE_BOTH, /* the same, and for room to write */
    WORLD_ONESHOT    /* told once while it is readable, then silent until watched again: descriptors of a library */
};

struct world_ready {
    uint64_t token; /* as given to poller_watch */
    unsigned ready; /* WORLD_ bits */
};

/* A program that was started, until it was waited for. */
struct world_child {
    int pid; /* its process group too; 0: there is none */
    int fd;  /* becomes readable when it has ended; whoever started it closes it */
};

struct zoc_world {
    const char *name;

    /* Sockets. send never raises SIGPIPE. */
    int (*socket)(int family, int type, int protocol);
    int (*socketpair)(int family, int type, int ret_fds[2]);
    int (*bind)(int fd, const struct sockaddr *address, socklen_t size);
    int (*listen)(int fd, int backlog);
    int (*connect)(int fd, const struct sockaddr *address, socklen_t size);
    int (*accept)(int fd, struct sockaddr *ret_address, socklen_t *size);
    ssize_t (*recv)(int fd, void *data, size_t size, int flags);
    ssize_t (*send)(int fd, const void *data, size_t size);
    ssize_t (*recvmsg)(int fd, struct msghdr *message, int flags); /* MSG_PEEK, MSG_ERRQUEUE; 0 */
    ssize_t (*sendmsg)(int fd, const struct msghdr *message);
    int (*shutdown)(int fd, int how);
    int (*getsockname)(int fd, struct sockaddr *ret_address, socklen_t *size);
    int (*getpeername)(int fd, struct sockaddr *ret_address, socklen_t *size);
    int (*getsockopt)(int fd, int level, int name, void *ret_value, socklen_t *size);
    int (*setsockopt)(int fd, int level, int name, const void *value, socklen_t size);
    int (*unsent)(int fd); /* SIOCOUTQ: bytes of a TCP connection that the peer has not acknowledged (tcp(7)) */

    /* Descriptors of any kind, and files. */
    ssize_t (*read)(int fd, void *data, size_t size);
    ssize_t (*writev)(int fd, const struct iovec *pieces, int count);
    ssize_t (*splice)(int from, int to, size_t size); /* SPLICE_F_MOVE | SPLICE_F_NONBLOCK */
    ssize_t (*tee)(int from, int to, size_t size);    /* SPLICE_F_NONBLOCK */
    int (*pipe)(int ret_fds[2]);                      /* non-blocking */
    int (*pipe_size)(int fd, int bytes);              /* F_SETPIPE_SZ; the size it has then */
    int (*open)(const char *path, int flags, mode_t mode);
    int (*adopt)(int fd); /* an inherited socket: non-blocking and close-on-exec from now on */
    int (*block)(int fd); /* calls on it wait from now on: before it goes to another program, which expects that */
    int (*status_flags)(int fd); /* F_GETFL */
    int (*fstat)(int fd, struct stat *ret_status);
    int (*stat)(const char *path, struct stat *ret_status);
    int (*lstat)(const char *path, struct stat *ret_status);
    int (*mkfifo)(const char *path, mode_t mode);
    int (*chmod)(const char *path, mode_t mode);
    int (*fchmod)(int fd, mode_t mode);
    int (*unlink)(const char *path);
    int (*symlink)(const char *target, const char *path);
    ssize_t (*readlink)(const char *path, char *ret_target, size_t size); /* no NUL; cut where there is no room */
    int (*rename)(const char *from, const char *to);
    int (*mkdir)(const char *path, mode_t mode);
    int (*lock)(int fd); /* flock(2), LOCK_EX: blocks until it is ours; its close unlocks */
    int (*close)(int fd);

    /* Terminals (termios(3), tty_ioctl(4)). terminal_set takes effect at once and keeps what was typed; from the
     * background it stops the process, as job control has it. */
    int (*terminal_get)(int fd, struct termios *ret_settings); /* -ENOTTY: it is none */
    int (*terminal_set)(int fd, const struct termios *settings);
    int (*terminal_size)(int fd, struct winsize *ret_size);
    int (*terminal_resize)(int fd, const struct winsize *size);
    bool (*terminal_is_ours)(int fd);     /* whether this process is not in its background */
    bool (*terminal_controls)(int fd);    /* whether it is the one that controls this process */
    int (*terminal_unsent)(int fd);       /* bytes that were written and have not left yet (TIOCOUTQ) */
    int (*terminal_unread)(int fd);       /* bytes that came and nobody read yet (FIONREAD) */
    int (*terminal_pair)(int ret_fds[2]); /* the two sides of a new one (pty(7)), which no session gets */
    int (*terminal_name)(int fd, char *ret_path,
                         size_t size); /* of the first side: by which path others open the other */

    /* Readiness. A poller belongs to one thread, but for poller_wake. Tokens are the caller's; UINT64_MAX
     * is the poller's own. A watch ends when its descriptor is closed. */
    int (*poller_open)(void **ret_poller);
    void (*poller_close)(void *poller);
    int (*poller_watch)(void *poller, int fd, enum world_watch how, uint64_t token); /* -EPERM: always ready */
    int (*poller_unwatch)(void *poller, int fd);
    /* Waits until something is ready, poller_wake was called, or `deadline` (monotonic) has come; does not wait
     * at all when the deadline has passed. Returns how many were put into ret_ready. */
    int (*poller_wait)(void *poller, struct world_ready *ret_ready, int max, int64_t deadline);
    void (*poller_wake)(void *poller); /* from any thread */

    /* Signals, read from a descriptor. Opening blocks them in this thread, and so in those that it starts later;
     * closing gives the previous mask back. */
    int (*signals_open)(const sigset_t *signals, sigset_t *ret_previous);
    int (*signals_read)(int fd); /* the number of the next one */
    void (*signals_close)(int fd, const sigset_t *previous);

    /* Stops this process as Ctrl-Z does (SIGTSTP), also where that signal is blocked. Returns when it was continued, or
     * at once where there is no job control. */
    void (*stop)(void);

    /* Programs. spawn runs argv[0] with these two as its standard input and output, which it finds blocking; of our
     * other descriptors it gets standard error alone. It leads a process group of its own, its signals do what they do
     * by default, and it is told to end when this process does. Where SIGCHLD was ignored, it is not any more: there
     * would be no exit status. May block for as long as loading it takes. */
    int (*spawn)(char *const argv[], int input, int output, struct world_child *ret_child);
    /* Waits on this thread until it has ended, at most so many nanoseconds, and reaps it. *ret_status is as waitpid(2)
     * has it. Returns 0; -EAGAIN when it still runs. */
    int (*child_wait)(const struct world_child *child, int64_t timeout, int *ret_status);
    int (*child_signal)(const struct world_child *child, int signal); /* to all of its group; before it was reaped */

    /* Chance: fills data with bytes that nobody can foresee. */
    void (*random)(void *data, size_t size);

    /* This process and its rights. */
    int (*process_id)(void);
    /* Becomes a user and a group for good, supplementary groups included; a name or a number, or NULL to keep what is.
     * Every thread of the process does, and no capability stays usable in any unless the user is root. -ENOENT: there
     * is no such user or group; -EPERM: there is no right to, or groups or capabilities would stay. */
    int (*become)(const char *user, const char *group);

    /* Time. */
    int64_t (*monotonic)(void); /* nanoseconds, CLOCK_MONOTONIC */
    int64_t (*wall)(void);      /* nanoseconds since 1970, CLOCK_REALTIME */

    /* Work that may block: runs work(arg) on a worker thread. -EAGAIN when there is none and none can be had. */
    int (*offload)(void (*work)(void *), void *arg);

    /* Another thread that runs body(arg); the simulated world has none and answers -ENOTSUP. */
    int (*thread_start)(void (*body)(void *), void *arg, void **ret_thread);
    void (*thread_join)(void *thread);
};

extern const struct zoc_world zoc_world_kernel;

/* The world that this process lives in. Set before the first loop runs, never after. */
extern const struct zoc_world *zoc_world;

#endif

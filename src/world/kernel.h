/* Parts of the real world, put together into one table in kernel.c. */
#ifndef ZOC_WORLD_KERNEL_H
#define ZOC_WORLD_KERNEL_H

#include "world/world.h"

#include <errno.h>

/* Makes a system call again when a signal interrupted it; gives its result, or its errno as a negative number. */
#define KERNEL_CALL(call)                                   \
    ({                                                      \
        long kernel_result_;                                \
        do                                                  \
            kernel_result_ = (long)(call);                  \
        while (kernel_result_ < 0 && errno == EINTR);       \
        kernel_result_ < 0 ? -(long)errno : kernel_result_; \
    })

/* epoll.c: epoll(7), with an eventfd(2) for wake-ups. */
int epoll_poller_open(void **ret_poller);
void epoll_poller_close(void *poller);
int epoll_poller_watch(void *poller, int fd, enum world_watch how, uint64_t token);
int epoll_poller_unwatch(void *poller, int fd);
int epoll_poller_wait(void *poller, struct world_ready *ret_ready, int max, int64_t deadline);
void epoll_poller_wake(void *poller);

/* threads.c: worker threads that are started when work comes, and threads with a body of their own. */
#define THREADS_WORKERS_MAX 64 /* work beyond that many at a time queues up */

int threads_offload(void (*work)(void *), void *arg);
int threads_start(void (*body)(void *), void *arg, void **ret_thread);
void threads_join(void *thread);

/* rights.c: users, groups and capabilities. */
int kernel_become(const char *user, const char *group);
void kernel_bequeath_nothing(void); /* in a child: when rights were given up, its program inherits no capability */

/* spawn.c: programs. */
int spawn_program(char *const argv[], int input, int output, struct world_child *ret_child);
int spawn_wait(const struct world_child *child, int64_t timeout, int *ret_status);
int spawn_signal(const struct world_child *child, int signal);

/* tty.c: terminals and job control. */
int tty_get(int fd, struct termios *ret_settings);
int tty_set(int fd, const struct termios *settings);
int tty_size(int fd, struct winsize *ret_size);
int tty_resize(int fd, const struct winsize *size);
bool tty_is_ours(int fd);
bool tty_controls(int fd);
int tty_unsent(int fd);
int tty_unread(int fd);
int tty_pair(int ret_fds[2]);
int tty_name(int fd, char *ret_path, size_t size);
void tty_stop(void);

/* kernel.c */
int64_t kernel_monotonic(void);

#endif

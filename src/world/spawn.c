/* Programs: starting them, waiting for their end, and signals to them. */
#include "world/kernel.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define FIRST_FREE 3 /* the lowest descriptor that is none of the three standard ones */

struct start {
    char *const *argv;
    int input, output;
    volatile int error; /* why there was no program; set in the child, whose memory is ours */
};

/* --- in the child --------------------------------------------------------------------------------- */

/* O_NONBLOCK belongs to the description, of which this end is the program's alone. */
static int make_blocking(int fd)
{
    int flags = fcntl(fd, F_GETFL);

    return flags < 0 ? -1 : fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
}

/* Either may be in the place of the other, so both are lifted out of the way first. Copies are not close-on-exec. */
static int take_descriptors(const struct start *start)
{
    int input = fcntl(start->input, F_DUPFD_CLOEXEC, FIRST_FREE);
    int output = fcntl(start->output, F_DUPFD_CLOEXEC, FIRST_FREE);

    if (dup2(input, STDIN_FILENO) < 0 || dup2(output, STDOUT_FILENO) < 0)
        return -1;
    if (make_blocking(STDIN_FILENO) < 0 || make_blocking(STDOUT_FILENO) < 0)
        return -1;
    syscall(SYS_close_range, FIRST_FREE, ~0U, 1U << 2); /* CLOSE_RANGE_CLOEXEC: what this process was given, too */
    return 0;
}

static void reset_signals(void)
{
    const struct sigaction standard = { .sa_handler = SIG_DFL };
    sigset_t none;

    for (int signal = 1; signal < NSIG; signal++)
        sigaction(signal, &standard, NULL);
    sigemptyset(&none);
    pthread_sigmask(SIG_SETMASK, &none, NULL);
}

static __attribute__((noreturn)) void become_program(struct start *start)
{
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    kernel_bequeath_nothing();
    if (take_descriptors(start) == 0) {
        reset_signals();
        execv(start->argv[0], start->argv);
    }
    start->error = errno;
    _exit(127);
}

/* --- in the parent -------------------------------------------------------------------------------- */

/* Where SIGCHLD is ignored, which this process may have inherited, children leave no exit status (sigaction(2)). */
static void keep_statuses(void)
{
    struct sigaction action;

    sigaction(SIGCHLD, NULL, &action);
    if (action.sa_handler != SIG_IGN && !(action.sa_flags & SA_NOCLDWAIT))
        return;
    if (action.sa_handler == SIG_IGN)
        action.sa_handler = SIG_DFL;
    action.sa_flags &= ~SA_NOCLDWAIT;
    sigaction(SIGCHLD, &action, NULL);
}

/* The child borrows our memory until it has become the program (vfork(2)), which is as quick for a large process as for
 * a small one. No handler of ours may run there, so signals wait. */
static pid_t start_child(struct start *start)
{
    sigset_t all, previous;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &previous);
    pid_t pid = vfork();
    if (pid == 0)
        become_program(start);
    int error = errno;
    pthread_sigmask(SIG_SETMASK, &previous, NULL);
    return pid < 0 ? -error : pid;
}

static void reap(pid_t pid)
{
    KERNEL_CALL(waitpid(pid, NULL, 0));
}

int spawn_program(char *const argv[], int input, int output, struct world_child *ret_child)
{
    struct start start = { .argv = argv, .input = input, .output = output };
    keep_statuses();
    pid_t pid = start_child(&start);
    if (pid < 0)
        return pid;
    setpgid(pid, pid); /* where vfork is fork, the child may not have come to it */
    if (start.error) {
        reap(pid);
        return -start.error;
    }
    int fd = (int)KERNEL_CALL(syscall(SYS_pidfd_open, pid, 0)); /* close-on-exec by itself */
    if (fd < 0) {
        kill(-pid, SIGKILL);
        reap(pid);
        return fd;
    }
    *ret_child = (struct world_child){ pid, fd };
    return 0;
}

int spawn_wait(const struct world_child *child, int64_t timeout, int *ret_status)
{
    struct pollfd ended = { child->fd, POLLIN, 0 };
    const struct timespec most = { timeout / 1000000000, timeout % 1000000000 };
    int status;

    long result = KERNEL_CALL(ppoll(&ended, 1, &most, NULL));
    if (result > 0)
        result = KERNEL_CALL(waitpid(child->pid, &status, WNOHANG));
    if (result <= 0)
        return result < 0 ? (int)result : -EAGAIN;
    *ret_status = status;
    return 0;
}

int spawn_signal(const struct world_child *child, int signal)
{
    return (int)KERNEL_CALL(kill(-child->pid, signal));
}

#include "world/kernel.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

int tty_get(int fd, struct termios *ret_settings)
{
    return (int)KERNEL_CALL(tcgetattr(fd, ret_settings));
}

int tty_set(int fd, const struct termios *settings)
{
    return (int)KERNEL_CALL(tcsetattr(fd, TCSANOW, settings));
}

int tty_size(int fd, struct winsize *ret_size)
{
    return (int)KERNEL_CALL(ioctl(fd, TIOCGWINSZ, ret_size));
}

int tty_resize(int fd, const struct winsize *size)
{
    return (int)KERNEL_CALL(ioctl(fd, TIOCSWINSZ, size));
}

bool tty_is_ours(int fd)
{
    pid_t group = tcgetpgrp(fd);

    return group < 0 || group == getpgrp(); /* the terminal of another session, or of none, has no background for us */
}

bool tty_controls(int fd)
{
    return tcgetsid(fd) == getsid(0);
}

static int count_bytes(int fd, unsigned long which)
{
    int count = 0;
    int result = (int)KERNEL_CALL(ioctl(fd, which, &count));

    return result < 0 ? result : count;
}

int tty_unsent(int fd)
{
    return count_bytes(fd, TIOCOUTQ);
}

int tty_unread(int fd)
{
    return count_bytes(fd, FIONREAD);
}

int tty_name(int fd, char *ret_path, size_t size)
{
    return -ptsname_r(fd, ret_path, size);
}

int tty_pair(int ret_fds[2])
{
    int near = (int)KERNEL_CALL(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
    int unlock = 0;

    if (near < 0)
        return near;
    int far = (int)KERNEL_CALL(ioctl(near, TIOCSPTLCK, &unlock));
    if (far == 0)
        far = (int)KERNEL_CALL(ioctl(near, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC));
    if (far < 0) {
        close(near);
        return far;
    }
    ret_fds[0] = near;
    ret_fds[1] = far;
    return 0;
}

void tty_stop(void)
{
    sigset_t stop, previous;

    sigemptyset(&stop);
    sigaddset(&stop, SIGTSTP);
    raise(SIGTSTP);
    pthread_sigmask(SIG_UNBLOCK, &stop, &previous); /* here it stops, if it was blocked */
    pthread_sigmask(SIG_SETMASK, &previous, NULL);
}

#include "anatomy/kernel.h"
#include "world/world.h"

#include <errno.h>
#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <netinet/in.h>
#include <string.h>
#include <time.h>

#define CONTROL_MAX 512 /* bytes of what comes with a message: two records of some 60 */

union control {
    struct cmsghdr header; /* for its alignment */
    char bytes[CONTROL_MAX];
};

void kernel_ask_times(int fd)
{
    int wanted = SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_TX_ACK | SOF_TIMESTAMPING_RX_SOFTWARE |
                 SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_OPT_ID | SOF_TIMESTAMPING_OPT_TSONLY;

    zoc_world->setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &wanted, sizeof wanted);
}

/* The kernel's times are those of the wall clock. */
static zoc_time monotonic_of(const struct timespec *time)
{
    return time->tv_sec * ZOC_SECOND + time->tv_nsec + zoc_world->monotonic() - zoc_world->wall();
}

/* A control message of that kind with so many bytes; NULL. */
static const void *find_control(struct msghdr *message, int level, int type, size_t size)
{
    for (struct cmsghdr *control = CMSG_FIRSTHDR(message); control; control = CMSG_NXTHDR(message, control))
        if (control->cmsg_level == level && control->cmsg_type == type && control->cmsg_len >= CMSG_LEN(size))
            return CMSG_DATA(control);
    return NULL;
}

static zoc_time time_in(struct msghdr *message)
{
    struct scm_timestamping times;
    const void *found = find_control(message, SOL_SOCKET, SCM_TIMESTAMPING, sizeof times);

    if (!found)
        return 0;
    memcpy(&times, found, sizeof times);
    const struct timespec *software = &times.ts[0];
    return software->tv_sec || software->tv_nsec ? monotonic_of(software) : 0;
}

int kernel_when_came(int fd, zoc_time *ret_time)
{
    char byte;
    union control control;
    struct iovec piece = { &byte, sizeof byte };
    struct msghdr message = {
        .msg_iov = &piece, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control
    };
    ssize_t result = zoc_world->recvmsg(fd, &message, MSG_PEEK);

    if (result < 0)
        return (int)result;
    *ret_time = time_in(&message);
    return 0;
}

static const void *find_error(struct msghdr *message)
{
    const size_t size = sizeof(struct sock_extended_err);
    const void *found = find_control(message, IPPROTO_IP, IP_RECVERR, size);

    return found ? found : find_control(message, IPPROTO_IPV6, IPV6_RECVERR, size);
}

/* One record of the queue of errors (recvmsg(2), MSG_ERRQUEUE). */
static void read_left(struct msghdr *message, uint32_t byte, zoc_time *left, zoc_time *acknowledged)
{
    struct sock_extended_err error;
    const void *found = find_error(message);

    if (!found)
        return;
    memcpy(&error, found, sizeof error);
    if (error.ee_origin != SO_EE_ORIGIN_TIMESTAMPING || error.ee_data != byte)
        return;
    if (error.ee_info == SCM_TSTAMP_SND)
        *left = time_in(message);
    else if (error.ee_info == SCM_TSTAMP_ACK)
        *acknowledged = time_in(message);
}

void kernel_when_left(int fd, uint32_t byte, zoc_time *ret_left, zoc_time *ret_acknowledged)
{
    for (;;) {
        union control control;
        struct msghdr message = { .msg_control = &control, .msg_controllen = sizeof control };
        if (zoc_world->recvmsg(fd, &message, MSG_ERRQUEUE) < 0)
            return;
        read_left(&message, byte, ret_left, ret_acknowledged);
    }
}

#include "talk/pass.h"

#include "base/text.h"
#include "stream/descriptor.h"

#include <errno.h>
#include <string.h>
#include <zocalo/error.h>

int pass_stream(zoc_stream *stream)
{
    struct descriptor *descriptor = stream->operations->plain ? stream->operations->plain(stream, true) : NULL;
    union {
        struct cmsghdr align;
        char space[CMSG_SPACE(sizeof(int))];
    } control = { .space = { 0 } };
    struct iovec byte = { (char[]){ '\0' }, 1 };
    struct msghdr message = {
        .msg_iov = &byte, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control.space
    };

    if (!descriptor)
        return zoc_refuse(-EOPNOTSUPP, "%s", _("this connection is more than a descriptor"));
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    *header = (struct cmsghdr){ .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof(int)) };
    memcpy(CMSG_DATA(header), &descriptor->fd, sizeof(int));
    ssize_t sent = zoc_world->block(descriptor->fd);
    if (sent == 0)
        sent = zoc_world->sendmsg(1, &message);
    return sent < 0 ? zoc_fail((int)sent, "%s", _("pass the connection to standard output")) : 0;
}

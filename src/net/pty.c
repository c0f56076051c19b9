/* Pseudo terminals (pty(7)) that others open by a link. */
#include "base/text.h"
#include "net/open.h"
#include "net/tty.h"
#include "stream/descriptor.h"
#include "stream/made.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <zocalo/error.h>
#include <zocalo/fiber.h>

#define PTY_FOLDER   "/dev/pts/"      /* where the kernel names them */
#define PTY_NAME     64               /* bytes of such a name at most, NUL included */
#define PTY_PATIENCE (1 * ZOC_SECOND) /* for who reads what was sent, at the close, which would destroy it */

struct pty {
    struct descriptor descriptor; /* first */
    struct made_file link;
    int far; /* the other side, until something came from there; -1 then */
};

/* --- a stream ------------------------------------------------------------------------------------- */

static void let_go(struct pty *pty)
{
    if (pty->far >= 0)
        descriptor_close_fd(pty->far);
    pty->far = -1;
}

/* Its last user ends it. Who only looked at it or set it up (stty(1)) is none: while we hold it nobody is the last. */
static ssize_t pty_read(struct descriptor *descriptor, void *data, size_t size)
{
    ssize_t result = descriptor_device.read(descriptor, data, size);

    if (result > 0)
        let_go((struct pty *)descriptor);
    return result;
}

static ssize_t pty_write(struct descriptor *descriptor, const struct iovec *pieces, int count)
{
    return descriptor_device.write(descriptor, pieces, count);
}

/* What was written comes to the other side a little later, and in parts: that nothing is unread is true when it was
 * seen twice. */
static void await_reader(int far)
{
    int seen = 0;

    ZOC_SHIELD(PTY_PATIENCE)
        while (seen < 2 && zoc_sleep(TTY_LOOK) == 0)
            seen = zoc_world->terminal_unread(far) > 0 ? 0 : seen + 1;
}

static int open_far(const struct pty *pty)
{
    char name[PTY_NAME];
    int result = zoc_world->terminal_name(pty->descriptor.fd, name, sizeof name);

    return result < 0 ? result : zoc_world->open(name, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);
}

/* Nobody new comes. Where somebody may still read, that is waited for. */
static void leave(struct descriptor *descriptor)
{
    struct pty *pty = (struct pty *)descriptor;

    made_file_remove(&pty->link);
    if (descriptor->stream.sent == 0 || descriptor->watch.ready & WORLD_ENDED)
        return;
    if (pty->far < 0)
        pty->far = open_far(pty);
    if (pty->far >= 0)
        await_reader(pty->far);
}

static void release(struct descriptor *descriptor)
{
    let_go((struct pty *)descriptor);
}

static const struct descriptor_kind kind = {
    .name = "pty", .read = pty_read, .write = pty_write, .leave = leave, .release = release
};

/* --- opening -------------------------------------------------------------------------------------- */

static int fail_link(int error, const char *path)
{
    if (error == -EEXIST)
        return zoc_refuse(error, _("'%s' exists, and is no link to a terminal that has ended"), path);
    return zoc_fail(error, "symlink");
}

/* Who was killed left its link, to a terminal that is gone, or whose name was given to ours. */
static bool is_left_over(const char *path, const char *name)
{
    char target[PTY_NAME] = "";
    struct stat status;

    if (zoc_world->readlink(path, target, sizeof target - 1) < 0)
        return false;
    return strcmp(target, name) == 0 ||
           (strncmp(target, PTY_FOLDER, strlen(PTY_FOLDER)) == 0 && zoc_world->stat(path, &status) == -ENOENT);
}

static int make_link(struct pty *pty, const char *path, const char *name)
{
    int result = zoc_world->symlink(name, path);

    if (result == -EEXIST && is_left_over(path, name)) {
        zoc_world->unlink(path);
        result = zoc_world->symlink(name, path);
    }
    return result < 0 ? fail_link(result, path) : made_file_hold(&pty->link, path);
}

/* Both sides have the same settings. */
static int prepare(int near, int far, const zoc_endpoint *endpoint)
{
    int mode = endpoint->options.mode;
    struct termios settings;
    int result = zoc_world->adopt(near);

    if (result == 0)
        result = zoc_world->terminal_get(near, &settings);
    if (result < 0)
        return zoc_fail(result, "tcgetattr");
    tty_make_raw(&settings);
    result = zoc_world->terminal_set(near, &settings);
    if (result < 0)
        return zoc_fail(result, "tcsetattr");
    result = mode < 0 ? 0 : zoc_world->fchmod(far, (mode_t)mode);
    return result < 0 ? zoc_fail(result, "chmod") : 0;
}

static int start(struct pty *pty, int near, const zoc_endpoint *endpoint)
{
    char name[PTY_NAME];
    int result = prepare(near, pty->far, endpoint);

    if (result < 0)
        return result;
    result = zoc_world->terminal_name(near, name, sizeof name);
    if (result < 0)
        return zoc_fail(result, "ptsname");
    result = make_link(pty, endpoint->path, name);
    if (result < 0)
        return result;
    result = descriptor_init(&pty->descriptor, near, &kind, NULL);
    return result < 0 ? zoc_fail(result, "watch") : 0;
}

/* As start, but it closes what it opened when it fails. */
static int open_pair(struct pty *pty, const zoc_endpoint *endpoint)
{
    int fds[2];
    int result = zoc_world->terminal_pair(fds);

    if (result < 0)
        return zoc_fail(result, "posix_openpt");
    pty->far = fds[1];
    result = start(pty, fds[0], endpoint);
    if (result < 0) {
        made_file_remove(&pty->link);
        descriptor_close_fd(fds[0]);
        let_go(pty);
    }
    return result;
}

int pty_open(const zoc_endpoint *endpoint, zoc_stream **ret_stream)
{
    struct pty *pty = calloc(1, sizeof *pty);
    int result = pty ? open_pair(pty, endpoint) : -ENOMEM;

    if (result < 0) {
        free(pty);
        return result;
    }
    descriptor_set_direction(&pty->descriptor, true, true);
    *ret_stream = &pty->descriptor.stream;
    return 0;
}

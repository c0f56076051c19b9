/* Files and devices. */
#include "base/text.h"
#include "net/descriptor.h"
#include "net/endpoint.h"
#include "net/open.h"

#include <errno.h>
#include <fcntl.h>
#include <zocalo/error.h>

#define CREATE_MODE 0666 /* of a file that is made, when nobody says */

struct job {
    const zoc_endpoint *endpoint;
    struct stat status; /* of what was opened, or is there and is no file */
    int fd;
};

/* Those that are there and are no files, and what they are. */
static const struct {
    mode_t type;
    const char *words;
} others[] = {
    { S_IFIFO, N_("a named pipe: 'fifo:' opens it") },
    { S_IFSOCK, N_("a socket: 'unix:' connects to it") },
    { S_IFDIR, N_("a directory") },
};

#define OTHERS (sizeof others / sizeof *others)

static size_t find_other(mode_t mode)
{
    size_t i = 0;

    while (i < OTHERS && others[i].type != (mode & S_IFMT))
        i++;
    return i;
}

/* --- on a worker thread --------------------------------------------------------------------------- */

static int open_flags(const zoc_endpoint *endpoint)
{
    int flags = !endpoint_is_out(endpoint) ? O_RDONLY
                : endpoint->options.append ? O_WRONLY | O_CREAT | O_APPEND
                                           : O_WRONLY | O_CREAT | O_TRUNC;

    return flags | O_NONBLOCK | O_NOCTTY; /* a device may wait for its other side otherwise */
}

static int create_mode(const zoc_endpoint *endpoint)
{
    return endpoint->options.mode < 0 ? CREATE_MODE : endpoint->options.mode;
}

/* The umask can only take from a mode, so what is missing is added after. */
static int finish_opening(struct job *job, bool was_there)
{
    int mode = job->endpoint->options.mode;
    int result = zoc_world->fstat(job->fd, &job->status);

    if (result == 0 && find_other(job->status.st_mode) < OTHERS)
        result = -EINVAL; /* it took the place of what was looked at */
    if (result == 0 && mode >= 0 && !was_there)
        result = zoc_world->fchmod(job->fd, (mode_t)mode);
    if (result < 0)
        zoc_world->close(job->fd);
    return result;
}

static int open_there(void *arg)
{
    struct job *job = arg;
    const zoc_endpoint *endpoint = job->endpoint;
    bool is_there = zoc_world->stat(endpoint->path, &job->status) == 0;

    if (is_there && find_other(job->status.st_mode) < OTHERS)
        return -EINVAL;
    job->fd = zoc_world->open(endpoint->path, open_flags(endpoint), (mode_t)create_mode(endpoint));
    return job->fd < 0 ? job->fd : finish_opening(job, is_there);
}

/* --- a stream ------------------------------------------------------------------------------------- */

static int fail_open(int error, const struct job *job)
{
    size_t other = find_other(job->status.st_mode);

    if (error == -EINVAL && other < OTHERS)
        return zoc_refuse(error, _("'%s' is %s"), job->endpoint->path, _(others[other].words));
    return zoc_fail(error, "open");
}

int file_open(const zoc_endpoint *endpoint, zoc_stream **ret_stream)
{
    struct job job = { .endpoint = endpoint };
    struct descriptor *descriptor;
    bool out = endpoint_is_out(endpoint);
    int result = zoc_offload(open_there, &job);

    if (result < 0)
        return fail_open(result, &job);
    const struct descriptor_kind *kind = S_ISCHR(job.status.st_mode)   ? &descriptor_device
                                         : S_ISREG(job.status.st_mode) ? &descriptor_file
                                                                       : &descriptor_blocking;
    result = descriptor_new(job.fd, kind, NULL, &descriptor);
    if (result < 0) {
        descriptor_close_fd(job.fd);
        return zoc_fail(result, "watch");
    }
    descriptor_set_direction(descriptor, !out, out);
    *ret_stream = &descriptor->stream;
    return 0;
}

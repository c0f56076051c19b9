/* Files and devices. */
#include "base/text.h"
#include "net/endpoint.h"
#include "net/open.h"
#include "net/tty.h"
#include "stream/descriptor.h"

#include <errno.h>
#include <fcntl.h>
#include <termios.h>
#include <zocalo/error.h>

#define CREATE_MODE 0666 /* of a file that is made, when nobody says */

struct job {
    const zoc_endpoint *endpoint;
    zoc_direction direction; /* what it is opened for */
    struct stat status;      /* of what was opened, or is there and was not */
    int fd;
    bool terminal;
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

static int open_flags(const struct job *job)
{
    static const int flags[] = { [ZOC_IN] = O_RDONLY, [ZOC_OUT] = O_WRONLY | O_CREAT | O_TRUNC, [ZOC_BOTH] = O_RDWR };
    const zoc_endpoint_options *options = &job->endpoint->options;
    int how = options->append ? O_WRONLY | O_CREAT | O_APPEND : flags[job->direction];

    if (tty_is_meant(options))
        how &= ~(O_CREAT | O_TRUNC); /* a terminal is there */
    /* A device may wait for its other side, or a serial line for its carrier, without O_NONBLOCK. */
    return how | O_NONBLOCK | O_NOCTTY;
}

static int create_mode(const zoc_endpoint *endpoint)
{
    return endpoint->options.mode < 0 ? CREATE_MODE : endpoint->options.mode;
}

/* What is there, or has been opened in its place. */
static int judge(const struct job *job)
{
    mode_t mode = job->status.st_mode;

    if (find_other(mode) < OTHERS)
        return -EINVAL;
    if (!S_ISCHR(mode) && tty_is_meant(&job->endpoint->options))
        return -ENOTTY;
    return !S_ISCHR(mode) && job->direction == ZOC_BOTH ? -EINVAL : 0;
}

static int look(struct job *job)
{
    struct termios settings;
    int result = zoc_world->fstat(job->fd, &job->status);

    if (result == 0)
        result = judge(job);
    if (result < 0)
        return result;
    job->terminal = S_ISCHR(job->status.st_mode) && zoc_world->terminal_get(job->fd, &settings) == 0;
    return !job->terminal && tty_is_meant(&job->endpoint->options) ? -ENOTTY : 0;
}

static int open_and_look(struct job *job)
{
    const zoc_endpoint *endpoint = job->endpoint;

    job->fd = zoc_world->open(endpoint->path, open_flags(job), (mode_t)create_mode(endpoint));
    if (job->fd < 0)
        return job->fd;
    int result = look(job);
    if (result < 0)
        zoc_world->close(job->fd);
    return result;
}

/* Nobody said a direction, and a terminal has both. It is open already: its line is not raised twice. */
static int widen(struct job *job)
{
    int first = job->fd;

    job->direction = ZOC_BOTH;
    int result = open_and_look(job);
    zoc_world->close(first);
    return result;
}

/* The umask can only take from a mode, so what is missing is added after. */
static int add_mode(const struct job *job)
{
    int result = zoc_world->fchmod(job->fd, (mode_t)job->endpoint->options.mode);

    if (result < 0)
        zoc_world->close(job->fd);
    return result;
}

static int open_there(void *arg)
{
    struct job *job = arg;
    const zoc_endpoint_options *options = &job->endpoint->options;
    bool is_there = zoc_world->stat(job->endpoint->path, &job->status) == 0;
    int result = is_there ? judge(job) : 0;

    if (result == 0)
        result = open_and_look(job);
    if (result == 0 && job->terminal && job->direction == ZOC_IN && options->direction == ZOC_DIRECTION_DEFAULT)
        result = widen(job);
    return result == 0 && options->mode >= 0 && !is_there ? add_mode(job) : result;
}

/* --- a stream ------------------------------------------------------------------------------------- */

static int fail_open(int error, const struct job *job)
{
    size_t other = find_other(job->status.st_mode);

    if (error == -EINVAL && other < OTHERS)
        return zoc_refuse(error, _("'%s' is %s"), job->endpoint->path, _(others[other].words));
    if (error == -EINVAL && job->direction == ZOC_BOTH && !S_ISCHR(job->status.st_mode))
        return zoc_refuse(error, _("'%s' is no device: 'dir=in' reads it, and 'dir=out' writes it"),
                          job->endpoint->path);
    if (error == -ENOTTY)
        return zoc_refuse(error, _("'%s' is no terminal, which 'raw', 'cooked' and 'speed=' are for"),
                          job->endpoint->path);
    return zoc_fail(error, "open");
}

static int new_stream(const struct job *job, zoc_stream **ret_stream)
{
    const struct descriptor_kind *kind = S_ISCHR(job->status.st_mode)   ? &descriptor_device
                                         : S_ISREG(job->status.st_mode) ? &descriptor_file
                                                                        : &descriptor_blocking;
    struct descriptor *descriptor;
    int result = descriptor_new(job->fd, kind, NULL, &descriptor);

    if (result < 0)
        return zoc_fail(result, "watch");
    descriptor_set_direction(descriptor, job->direction != ZOC_OUT, job->direction != ZOC_IN);
    *ret_stream = &descriptor->stream;
    return 0;
}

static zoc_direction direction_of(const zoc_endpoint *endpoint)
{
    return endpoint->options.direction == ZOC_BOTH ? ZOC_BOTH : endpoint_is_out(endpoint) ? ZOC_OUT : ZOC_IN;
}

int file_open(const zoc_endpoint *endpoint, zoc_stream **ret_stream)
{
    struct job job = { .endpoint = endpoint, .direction = direction_of(endpoint) };
    int result = zoc_offload(open_there, &job);

    if (result < 0)
        return fail_open(result, &job);
    result = job.terminal ? tty_new(job.fd, endpoint, job.direction, ret_stream) : new_stream(&job, ret_stream);
    if (result < 0)
        descriptor_close_fd(job.fd);
    return result;
}

#include "transcript/transcript.h"

#include "base/text.h"
#include "world/world.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <zocalo/error.h>

/* --- lines ---------------------------------------------------------------------------------------- */

static int write_line(struct transcript *transcript)
{
    zoc_buffer *line = &transcript->line;

    while (line->size > 0) {
        struct iovec piece = { line->data, line->size };
        ssize_t written = zoc_world->writev(transcript->fd, &piece, 1);
        if (written <= 0)
            return written < 0 ? (int)written : -EIO;
        zoc_buffer_consume(line, (size_t)written);
    }
    return 0;
}

static void give_up(struct transcript *transcript, int error)
{
    char name[256];

    transcript->error = error;
    fprintf(stderr, _("%s: transcript '%s': %s\n"), transcript->by,
            zoc_escape(zoc_bytes_of(transcript->path), name, sizeof name), zoc_error_text(error));
}

/* `formed`: what putting the line together returned. */
static void finish_line(struct transcript *transcript, int formed)
{
    int result = formed < 0 ? formed : write_line(transcript);

    if (result < 0)
        give_up(transcript, result);
}

/* --- its beginning and end ------------------------------------------------------------------------ */

/* A pipe or a socket could keep the whole program waiting for its reader. */
static int check_kind(int fd)
{
    struct stat status;
    int result = zoc_world->fstat(fd, &status);

    if (result == 0 && (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode)))
        return zoc_refuse(-EINVAL, _("it is a pipe or a socket, and no file"));
    if (result == 0 && S_ISREG(status.st_mode))
        result = zoc_world->fchmod(fd, 0600);
    return result < 0 ? zoc_refuse(result, "%s", zoc_error_text(result)) : 0;
}

static int wrap_open(int error, const char *path)
{
    char name[256];

    return zoc_wrap(error, _("transcript '%s'"), zoc_escape(zoc_bytes_of(path), name, sizeof name));
}

int transcript_open(struct transcript *transcript, const char *path, const char *by)
{
    if (strcmp(path, "-") == 0)
        return zoc_refuse(-EINVAL, _("a transcript goes to a file, not to standard output"));
    int fd = zoc_world->open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK | O_NOCTTY, 0600);
    if (fd < 0)
        return wrap_open(zoc_refuse(fd, "%s", zoc_error_text(fd)), path);
    int result = check_kind(fd);
    if (result < 0) {
        zoc_world->close(fd);
        return wrap_open(result, path);
    }
    *transcript = (struct transcript){ .path = path,
                                       .by = by,
                                       .open = true,
                                       .fd = fd,
                                       .start = zoc_world->monotonic(),
                                       .line.size_max = TRANSCRIPT_LINE_MAX };
    finish_line(transcript, form_header(&transcript->line, zoc_world->wall(), by));
    return 0;
}

void transcript_write(struct transcript *transcript, zoc_time time, struct form_event event)
{
    event.time = time - transcript->start;
    if (!transcript->error)
        finish_line(transcript, form_event(&transcript->line, &event));
}

int transcript_close(struct transcript *transcript)
{
    if (!transcript->open)
        return 0;
    int result = zoc_world->close(transcript->fd);
    if (result < 0 && !transcript->error)
        give_up(transcript, result);
    zoc_buffer_release(&transcript->line);
    transcript->open = false;
    return transcript->error;
}

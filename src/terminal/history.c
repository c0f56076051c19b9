#include "terminal/history.h"

#include "world/world.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <zocalo/fiber.h>

#define FILE_MAX (HISTORY_LINES_MAX * (HISTORY_LINE_MAX + 1)) /* bytes; a longer file is none of ours */

/* What a worker does for a fiber, which may be gone when it is done. */
struct errand {
    char *path;
    zoc_buffer line;  /* to add, with its newline; none: read */
    zoc_buffer lines; /* of the file */
};

bool history_wants(zoc_bytes line)
{
    return line.size > 0 && line.data[0] != ' ' && !memchr(line.data, '\n', line.size);
}

/* --- on a worker thread ---------------------------------------------------------------------------- */

static int read_all(int fd, zoc_buffer *lines)
{
    char *space;
    ssize_t size;

    do {
        int result = zoc_buffer_reserve(lines, 4096, &space);
        if (result < 0)
            return result;
        size = zoc_world->read(fd, space, 4096);
        if (size > 0)
            zoc_buffer_commit(lines, (size_t)size);
    } while (size > 0);
    return (int)size;
}

/* Drops all but so many of the newest lines. */
static void trim(zoc_buffer *lines, size_t count)
{
    size_t begin = lines->size;

    while (begin > 0) {
        const char *newline = begin > 1 ? memrchr(lines->data, '\n', begin - 1) : NULL;
        if (count-- == 0)
            break;
        begin = newline ? (size_t)(newline + 1 - lines->data) : 0;
    }
    zoc_buffer_consume(lines, begin);
}

static size_t count_lines(const zoc_buffer *lines)
{
    size_t count = 0;

    for (size_t i = 0; i < lines->size; i++)
        count += lines->data[i] == '\n';
    return count;
}

static bool ends_with(const zoc_buffer *lines, const zoc_buffer *line)
{
    size_t before = lines->size - line->size;

    return lines->size >= line->size && memcmp(lines->data + before, line->data, line->size) == 0 &&
           (before == 0 || lines->data[before - 1] == '\n');
}

static void make_folders(const char *path)
{
    char *folder = strdup(path);

    for (char *slash = folder ? strchr(folder + 1, '/') : NULL; slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        zoc_world->mkdir(folder, 0700); /* where that fails, opening the file says so */
        *slash = '/';
    }
    free(folder);
}

static bool is_at(const char *path, int fd)
{
    struct stat here, there;

    return zoc_world->fstat(fd, &here) == 0 && zoc_world->stat(path, &there) == 0 && here.st_ino == there.st_ino &&
           here.st_dev == there.st_dev;
}

/* Opens a regular file; anything else (a pipe that nobody writes) might be waited for. */
static int open_file(const char *path, int flags)
{
    struct stat status;
    int fd = zoc_world->open(path, flags | O_NONBLOCK, 0600);

    if (fd < 0 || (zoc_world->fstat(fd, &status) == 0 && S_ISREG(status.st_mode)))
        return fd;
    zoc_world->close(fd);
    return -EINVAL;
}

/* The file, locked. Whoever made it shorter while we waited for the lock has put another in its place. */
static int open_locked(const char *path)
{
    for (;;) {
        int fd = open_file(path, O_RDWR | O_APPEND | O_CREAT);
        if (fd < 0)
            return fd;
        int result = zoc_world->lock(fd);
        if (result == 0 && is_at(path, fd))
            return fd;
        zoc_world->close(fd);
        if (result < 0)
            return result;
    }
}

static int write_whole(int fd, const zoc_buffer *text)
{
    struct iovec piece = { text->data, text->size };
    ssize_t written = zoc_world->writev(fd, &piece, 1);

    return written < 0 ? (int)written : (size_t)written < text->size ? -ENOSPC : 0;
}

/* A file that is full is written anew beside it. */
static int replace(const char *path, const zoc_buffer *lines)
{
    char *beside = NULL;

    if (asprintf(&beside, "%s.new", path) < 0)
        return -ENOMEM;
    int fd = zoc_world->open(beside, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    int result = fd < 0 ? fd : write_whole(fd, lines);
    if (fd >= 0)
        zoc_world->close(fd);
    if (result == 0)
        result = zoc_world->rename(beside, path);
    else
        zoc_world->unlink(beside);
    free(beside);
    return result;
}

static int add(const char *path, int fd, zoc_buffer *lines, const zoc_buffer *line)
{
    int result = zoc_world->fchmod(fd, 0600);

    if (result == 0)
        result = read_all(fd, lines);
    if (result < 0 || ends_with(lines, line))
        return result;
    if (count_lines(lines) < HISTORY_LINES_MAX)
        return write_whole(fd, line);
    trim(lines, HISTORY_LINES_MAX - 1);
    result = zoc_buffer_append(lines, line->data, line->size);
    return result < 0 ? result : replace(path, lines);
}

static int run_errand(void *arg)
{
    struct errand *errand = arg;
    bool adds = errand->line.size > 0;

    if (adds)
        make_folders(errand->path);
    int fd = adds ? open_locked(errand->path) : open_file(errand->path, O_RDONLY);
    if (fd < 0)
        return fd == -ENOENT && !adds ? 0 : fd;
    int result = adds ? add(errand->path, fd, &errand->lines, &errand->line) : read_all(fd, &errand->lines);
    zoc_world->close(fd);
    trim(&errand->lines, HISTORY_LINES_MAX);
    return result;
}

/* --- on a fiber ------------------------------------------------------------------------------------ */

static void free_errand(void *arg)
{
    struct errand *errand = arg;

    zoc_buffer_release(&errand->line);
    zoc_buffer_release(&errand->lines);
    free(errand->path);
    free(errand);
}

static struct errand *new_errand(const char *path, zoc_bytes line)
{
    struct errand *errand = calloc(1, sizeof *errand);

    if (!errand)
        return NULL;
    errand->path = strdup(path);
    errand->lines.size_max = FILE_MAX;
    int result = line.size > 0 ? zoc_buffer_append(&errand->line, line.data, line.size) : 0;
    if (result == 0 && line.size > 0)
        result = zoc_buffer_append(&errand->line, "\n", 1);
    if (errand->path && result == 0)
        return errand;
    free_errand(errand);
    return NULL;
}

/* Another process may hold the lock for ever, when it is stopped: a cancel ends the wait. */
static int run(const char *path, zoc_bytes line, zoc_buffer *ret_lines)
{
    struct errand *errand = new_errand(path, line);

    if (!errand)
        return -ENOMEM;
    int result = zoc_offload_abandonable(run_errand, errand, free_errand);
    if (result == -ECANCELED || result == -ETIMEDOUT)
        return result; /* it is the worker's now */
    if (result == 0 && ret_lines) {
        *ret_lines = errand->lines;
        errand->lines = (zoc_buffer){ 0 };
    }
    free_errand(errand);
    return result;
}

int history_read(const char *path, zoc_buffer *ret_lines)
{
    return run(path, (zoc_bytes){ 0 }, ret_lines);
}

int history_add(const char *path, zoc_bytes line)
{
    return line.size == 0 || line.size > HISTORY_LINE_MAX ? 0 : run(path, line, NULL);
}

#include "tls/tls_files.h"

#include "base/text.h"
#include "world/world.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <zocalo/error.h>

#define READ_SIZE 4096

static int fail(int error, const char *path)
{
    char shown[256];

    return zoc_fail(error, _("file '%s'"), zoc_escape(zoc_bytes_of(path), shown, sizeof shown));
}

/* --- reading --------------------------------------------------------------------------------------- */

static int read_all(int fd, zoc_buffer *text)
{
    char *space;
    ssize_t size;

    do {
        int result = zoc_buffer_reserve(text, READ_SIZE, &space);
        if (result < 0)
            return result == -EMSGSIZE ? -EFBIG : result;
        size = zoc_world->read(fd, space, READ_SIZE);
        if (size > 0)
            zoc_buffer_commit(text, (size_t)size);
    } while (size > 0);
    return (int)size;
}

int tls_file_read(const char *path, zoc_buffer *ret_text, mode_t *ret_mode)
{
    zoc_buffer text = { .size_max = TLS_FILE_MAX };
    struct stat status;
    int fd = zoc_world->open(path, O_RDONLY, 0);

    if (fd < 0)
        return fail(fd, path);
    int result = zoc_world->fstat(fd, &status);
    if (result == 0)
        result = read_all(fd, &text);
    zoc_world->close(fd);
    if (result < 0) {
        tls_file_forget(&text);
        return fail(result, path);
    }
    *ret_text = text;
    *ret_mode = status.st_mode;
    return 0;
}

void tls_file_forget(zoc_buffer *text)
{
    if (text->data)
        explicit_bzero(text->data, text->size);
    zoc_buffer_release(text);
}

/* --- writing --------------------------------------------------------------------------------------- */

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

static int write_whole(int fd, zoc_bytes text)
{
    struct iovec piece = { (void *)text.data, text.size };
    ssize_t written = zoc_world->writev(fd, &piece, 1);

    return written < 0 ? (int)written : (size_t)written < text.size ? -ENOSPC : 0;
}

static int write_beside(const char *path, const char *beside, zoc_bytes text)
{
    int fd = zoc_world->open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600);

    if (fd < 0)
        return fd;
    int result = zoc_world->fchmod(fd, 0600);
    if (result == 0)
        result = write_whole(fd, text);
    zoc_world->close(fd);
    if (result == 0)
        result = zoc_world->rename(beside, path);
    if (result < 0)
        zoc_world->unlink(beside);
    return result;
}

int tls_file_write(const char *path, zoc_bytes text)
{
    char *beside = NULL;

    make_folders(path);
    if (asprintf(&beside, "%s.new", path) < 0)
        return fail(-ENOMEM, path);
    int result = write_beside(path, beside, text);
    free(beside);
    return result < 0 ? fail(result, path) : 0;
}

int tls_file_lock(const char *path)
{
    make_folders(path);
    int fd = zoc_world->open(path, O_RDWR | O_CREAT | O_NOFOLLOW, 0600);
    int result = fd < 0 ? fd : zoc_world->lock(fd);

    if (result < 0 && fd >= 0)
        zoc_world->close(fd);
    return result < 0 ? fail(result, path) : fd;
}

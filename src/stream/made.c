#include "stream/made.h"

#include "stream/descriptor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <zocalo/error.h>

void made_note(struct made *made, const char *path)
{
    struct stat status;

    if (zoc_world->lstat(path, &status) == 0)
        *made = (struct made){ true, status.st_dev, status.st_ino };
}

void made_remove(struct made *made, const char *path)
{
    struct stat status;

    if (made->is_there && zoc_world->lstat(path, &status) == 0 && status.st_dev == made->device &&
        status.st_ino == made->number)
        zoc_world->unlink(path);
    made->is_there = false;
}

int made_file_hold(struct made_file *file, const char *path)
{
    made_note(&file->made, path);
    file->path = strdup(path);
    if (!file->path) {
        made_remove(&file->made, path);
        return -ENOMEM;
    }
    file->held = zoc_world->open(path, O_PATH | O_NOFOLLOW, 0);
    if (file->held >= 0)
        return 0;
    int result = file->held;
    made_file_remove(file);
    return zoc_fail(result, "open");
}

void made_file_remove(struct made_file *file)
{
    if (!file->path)
        return;
    made_remove(&file->made, file->path);
    if (file->held >= 0)
        descriptor_close_fd(file->held);
    free(file->path);
    file->path = NULL;
}

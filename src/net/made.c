#include "net/made.h"

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

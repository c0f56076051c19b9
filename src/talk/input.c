#include "talk/input.h"

#include "world/world.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#define NULL_DEVICE makedev(1, 3) /* null(4) */

bool input_is_there(void)
{
    struct stat status;

    return zoc_world->fstat(0, &status) < 0 || !S_ISCHR(status.st_mode) || status.st_rdev != NULL_DEVICE;
}

bool input_is_file(void)
{
    struct stat status;

    return zoc_world->fstat(0, &status) == 0 && S_ISREG(status.st_mode);
}

bool input_is_program(void)
{
    struct stat status;

    return zoc_world->fstat(0, &status) == 0 && (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode));
}

#include "serve/file.h"

#include "world/world.h"

#include <fcntl.h>
#include <string.h>
#include <zocalo/error.h>

#define FILE_STEP 4096 /* bytes read at a time */

static int read_all(int fd, zoc_buffer *buffer)
{
    char *space;
    ssize_t got;

    do {
        int result = zoc_buffer_reserve(buffer, FILE_STEP, &space);
        if (result < 0)
            return result;
        got = zoc_world->read(fd, space, FILE_STEP);
        if (got > 0)
            zoc_buffer_commit(buffer, (size_t)got);
    } while (got > 0);
    return (int)got;
}

int file_read(const char *path, zoc_buffer *buffer)
{
    bool standard_input = strcmp(path, "-") == 0;
    int fd = standard_input ? 0 : zoc_world->open(path, O_RDONLY, 0);

    if (fd < 0)
        return zoc_fail(fd, "%s", path);
    int result = read_all(fd, buffer);
    if (!standard_input)
        zoc_world->close(fd);
    return result < 0 ? zoc_fail(result, "%s", path) : 0;
}

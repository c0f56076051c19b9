#include "serve/file.h"

#include "world/world.h"

#include <fcntl.h>
#include <string.h>
#include <zocalo/error.h>

#define FILE_STEP 1024 /* bytes read at a time */

static int read_all(int fd, zoc_buffer *buffer)
{
    char step[FILE_STEP];
    ssize_t got = 1;
    int result = 0;

    while (got > 0 && result == 0) {
        got = zoc_world->read(fd, step, sizeof step);
        result = got > 0 ? zoc_buffer_append(buffer, step, (size_t)got) : (int)got;
    }
    return result;
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

#include "prose/paper.h"

#include "world/world.h"

#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static unsigned columns_of(int fd)
{
    struct winsize size = { 0 };

    if (zoc_world->terminal_size(fd, &size) < 0 || size.ws_col == 0)
        return PAPER_COLUMNS;
    return size.ws_col < PAPER_COLUMNS_MIN ? PAPER_COLUMNS_MIN : size.ws_col;
}

struct paper paper_of(FILE *file, bool plain)
{
    int fd = fileno(file);
    bool terminal = isatty(fd);
    const char *no_colour = getenv("NO_COLOR");

    return (struct paper){ .columns = terminal ? columns_of(fd) : 0,
                           .colour = terminal && !plain && !(no_colour && *no_colour),
                           .utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0 };
}

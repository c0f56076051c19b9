#include "local.h"

#include "stream/duplex.h"
#include "world/world.h"

static void close_all(int *fds, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        zoc_world->close(fds[i]);
}

static int open_streams(struct local *local, const int fds[4])
{
    int result = stdio_of_fds(fds[0], fds[3], &local->stream);

    if (result == 0)
        result = zoc_stream_of_fd(fds[1], false, true, &local->writer);
    if (result == 0)
        result = zoc_stream_of_fd(fds[2], true, false, &local->reader);
    return result;
}

int local_open(struct local *local)
{
    int fds[4]; /* input's reader and writer, output's */
    int result = zoc_world->pipe(fds);

    *local = (struct local){ 0 };
    if (result < 0)
        return result;
    result = zoc_world->pipe(fds + 2);
    if (result < 0) {
        close_all(fds, 2);
        return result;
    }
    return open_streams(local, fds); /* there is memory */
}

void local_end(struct local *local)
{
    zoc_close(local->stream);
    local->stream = NULL;
}

void local_close(struct local *local)
{
    local_end(local);
    zoc_close(local->writer);
    zoc_close(local->reader);
    *local = (struct local){ 0 };
}

/* What a path is, that was written without a scheme. */
#include "base/text.h"
#include "net/endpoint.h"
#include "world/world.h"

#include <errno.h>
#include <zocalo/error.h>

bool endpoint_is_out(const zoc_endpoint *endpoint)
{
    return endpoint->options.direction == ZOC_OUT || endpoint->options.append;
}

int endpoint_settle(zoc_endpoint *endpoint, zoc_scheme scheme)
{
    size_t size = strlen(endpoint->path);

    endpoint->scheme = scheme;
    if (scheme == ZOC_UNIX && size > ENDPOINT_SOCKET_PATH)
        return zoc_refuse(-EINVAL, _("%zu bytes of path, and a socket has room for %zu"), size, ENDPOINT_SOCKET_PATH);
    return endpoint_check_options(endpoint);
}

int endpoint_settle_by_looking(zoc_endpoint *endpoint)
{
    zoc_scheme nothing = endpoint->type == SOCK_STREAM ? ZOC_FILE : ZOC_UNIX;
    struct stat status;

    if (zoc_world->stat(endpoint->path, &status) < 0)
        return endpoint_settle(endpoint, nothing); /* opening it says what is wrong */
    return endpoint_settle(endpoint, S_ISSOCK(status.st_mode)   ? ZOC_UNIX
                                     : S_ISFIFO(status.st_mode) ? ZOC_FIFO
                                                                : ZOC_FILE);
}

#include "net/return_path.h"

#include "net/endpoint.h"
#include "stream/made.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zocalo/error.h>

struct returning {
    struct descriptor descriptor; /* first */
    struct made made;
    char path[ENDPOINT_SOCKET_PATH + 1];
};

static ssize_t read_packet(struct descriptor *descriptor, void *data, size_t size)
{
    return descriptor_packets.read(descriptor, data, size);
}

static ssize_t write_packet(struct descriptor *descriptor, const struct iovec *pieces, int count)
{
    return descriptor_packets.write(descriptor, pieces, count);
}

static void release(struct descriptor *descriptor)
{
    struct returning *returning = (struct returning *)descriptor;

    made_remove(&returning->made, returning->path);
}

static const struct descriptor_kind kind = {
    .name = "packets", .read = read_packet, .write = write_packet, .socket = true, .release = release
};

static int bind_path(int fd, struct returning *returning)
{
    zoc_address address = { .size = sizeof address.local, .local.sun_family = AF_UNIX };

    strcpy(address.local.sun_path, returning->path);
    int result = zoc_world->bind(fd, &address.any, address.size);
    if (result == 0)
        made_note(&returning->made, returning->path);
    return result;
}

int return_path_new(int fd, const char *path, const zoc_address *peer, struct descriptor **ret_new)
{
    struct returning *returning = calloc(1, sizeof *returning);
    int result = !returning ? -ENOMEM : strlen(path) > ENDPOINT_SOCKET_PATH ? -ENAMETOOLONG : 0;

    if (result == 0) {
        strcpy(returning->path, path);
        result = bind_path(fd, returning);
    }
    if (result == 0)
        result = descriptor_init(&returning->descriptor, fd, &kind, peer);
    if (result < 0) {
        if (returning)
            made_remove(&returning->made, returning->path);
        free(returning);
        return zoc_fail(result, "bind %s", path);
    }
    *ret_new = &returning->descriptor;
    return 0;
}

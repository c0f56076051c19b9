#include "net/endpoint.h"

#include <stdlib.h>

typedef int print_fn(const zoc_endpoint *endpoint, zoc_buffer *buffer);

static int print_host_port(const zoc_endpoint *endpoint, zoc_buffer *buffer)
{
    bool digits = strchr(endpoint->host, ':') != NULL;

    return zoc_buffer_printf(buffer, digits ? "[%s]:%u" : "%s:%u", endpoint->host, endpoint->port);
}

static int print_path(const zoc_endpoint *endpoint, zoc_buffer *buffer)
{
    int error = endpoint->abstract ? zoc_buffer_append(buffer, "@", 1) : 0;

    return error == 0 ? endpoint_escape(endpoint->path, buffer) : error;
}

static int print_command(const zoc_endpoint *endpoint, zoc_buffer *buffer)
{
    return zoc_buffer_append(buffer, endpoint->command, strlen(endpoint->command));
}

static int print_fd(const zoc_endpoint *endpoint, zoc_buffer *buffer)
{
    return zoc_buffer_printf(buffer, "%d", endpoint->fd);
}

static int print_nothing(const zoc_endpoint *endpoint, zoc_buffer *buffer)
{
    (void)endpoint, (void)buffer;
    return 0;
}

/* What stands between a scheme and the options. */
static print_fn *const print_address[] = {
    [ZOC_TCP] = print_host_port, [ZOC_UDP] = print_host_port, [ZOC_TLS] = print_host_port, [ZOC_UNIX] = print_path,
    [ZOC_FIFO] = print_path,     [ZOC_FILE] = print_path,     [ZOC_PTY] = print_path,      [ZOC_EXEC] = print_command,
    [ZOC_FD] = print_fd,         [ZOC_STDIO] = print_nothing, [ZOC_PATH] = print_path,
};

int zoc_endpoint_print(const zoc_endpoint *endpoint, zoc_buffer *buffer)
{
    int error =
        zoc_buffer_printf(buffer, "%s%s", endpoint->listens ? "listen:" : "", endpoint_scheme_name(endpoint->scheme));

    if (error == 0)
        error = print_address[endpoint->scheme](endpoint, buffer);
    if (error == 0)
        error = endpoint_print_options(endpoint, buffer);
    return error;
}

char *zoc_endpoint_text(const zoc_endpoint *endpoint)
{
    ENDPOINT_BUFFER buffer = { 0 };

    if (zoc_endpoint_print(endpoint, &buffer) < 0)
        return NULL;
    return strndup(buffer.data, buffer.size);
}

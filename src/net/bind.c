/* Binding a socket to an endpoint, streams and datagrams alike. */
#include "base/text.h"
#include "net/dial.h"
#include "net/endpoint.h"
#include "net/listener.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zocalo/error.h>

zoc_endpoint *listener_copy_endpoint(const zoc_endpoint *endpoint)
{
    char *text = zoc_endpoint_text(endpoint);
    zoc_endpoint *copy = NULL;

    if (text)
        zoc_endpoint_parse(text, &copy);
    if (copy)
        copy->listens = false; /* that it does is clear by now */
    free(text);
    return copy;
}

static int fail_bind(int error, const zoc_address *address)
{
    char text[ZOC_ADDRESS_TEXT];

    return zoc_fail(error, "bind %s", zoc_address_format(address, text, sizeof text));
}

/* --- internet sockets ---------------------------------------------------------------------------- */

static int bind_fd(int fd, const zoc_address *address, bool or_free)
{
    zoc_address free_port = *address;
    int result = zoc_world->bind(fd, &address->any, address->size);

    if (result != -EADDRINUSE || !or_free)
        return result;
    zoc_address_set_port(&free_port, 0);
    return zoc_world->bind(fd, &free_port.any, free_port.size);
}

/* A datagram socket that others could share would split its datagrams with them: SO_REUSEADDR is for streams. */
static int prepare_inet(int fd, const zoc_endpoint *endpoint, int family)
{
    int result = 0;

    if (endpoint_is_tcp(endpoint))
        result = descriptor_set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
    if (result == 0 && family == AF_INET6)
        result = descriptor_set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, endpoint->options.only6 || *endpoint->host);
    return result;
}

static int inherit_address(const zoc_endpoint *endpoint, const zoc_address *address, struct binding *ret_binding)
{
    int fd = inherited_take(address, endpoint_is_tcp(endpoint) ? SOCK_STREAM : SOCK_DGRAM);

    if (fd < 0)
        return fd;
    *ret_binding = (struct binding){ .fd = fd, .inherited = true };
    return 0;
}

static int bind_address(const zoc_endpoint *endpoint, const zoc_address *address, struct binding *ret_binding)
{
    int family = address->any.sa_family;

    if (inherit_address(endpoint, address, ret_binding) == 0)
        return 0;
    int fd = dial_open_socket(endpoint, family);
    if (fd < 0)
        return fd;
    int result = prepare_inet(fd, endpoint, family);
    if (result == 0)
        result = bind_fd(fd, address, endpoint->options.or_free);
    if (result < 0) {
        descriptor_close_fd(fd);
        return fail_bind(result, address);
    }
    *ret_binding = (struct binding){ .fd = fd };
    return 0;
}

/* Every interface: one dual-stack socket, or IPv4 alone where there is no IPv6, or was inherited. */
static int bind_any(const zoc_endpoint *endpoint, struct binding *ret_binding)
{
    zoc_address any4, any6;
    int result = -EAFNOSUPPORT;

    zoc_address_parse_ip("::", endpoint->port, &any6);
    zoc_address_parse_ip("0.0.0.0", endpoint->port, &any4);
    if (!endpoint->options.only6 && inherit_address(endpoint, &any4, ret_binding) == 0)
        return 0;
    if (!endpoint->options.only4)
        result = bind_address(endpoint, &any6, ret_binding);
    if ((result == -EAFNOSUPPORT || result == -EADDRNOTAVAIL) && !endpoint->options.only6)
        result = bind_address(endpoint, &any4, ret_binding);
    return result;
}

static int family_of(const zoc_endpoint *endpoint)
{
    return endpoint->options.only4 ? AF_INET : endpoint->options.only6 ? AF_INET6 : AF_UNSPEC;
}

/* A name is bound at the first of its addresses that is one of ours; IPv4 comes first, since one descriptor has
 * to be chosen, and who names localhost mostly means 127.0.0.1. */
static int bind_name(const zoc_endpoint *endpoint, struct binding *ret_binding)
{
    zoc_address addresses[ZOC_ADDRESSES_MAX / 4];
    int count = zoc_resolve(endpoint->host, endpoint->port, family_of(endpoint), addresses, ZOC_ADDRESSES_MAX / 4);
    int result = count;

    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < count; i++) {
            if ((addresses[i].any.sa_family == AF_INET) != (pass == 0))
                continue;
            result = bind_address(endpoint, &addresses[i], ret_binding);
            if (result != -EADDRNOTAVAIL && result != -EAFNOSUPPORT)
                return result;
        }
    return result;
}

static int note_port(int fd, zoc_endpoint *endpoint)
{
    zoc_address local = { .size = sizeof local.local };
    int result = zoc_world->getsockname(fd, &local.any, &local.size);

    if (result == 0)
        endpoint->port = zoc_address_port(&local);
    return result;
}

static int bind_inet(zoc_endpoint *endpoint, struct binding *ret_binding)
{
    struct binding binding = { .fd = -1 };
    int result = *endpoint->host ? bind_name(endpoint, &binding) : bind_any(endpoint, &binding);

    if (result < 0)
        return result;
    result = note_port(binding.fd, endpoint);
    if (result < 0) {
        descriptor_close_fd(binding.fd);
        return zoc_fail(result, "getsockname");
    }
    *ret_binding = binding;
    return 0;
}

/* --- Unix sockets -------------------------------------------------------------------------------- */

/* Whether somebody holds the socket of a file. One that nobody holds any more refuses. Datagrams have no connections,
 * so nobody notices the question: a socket of another type answers it with EPROTOTYPE. */
static bool somebody_holds(const zoc_address *address)
{
    int fd = zoc_world->socket(AF_UNIX, SOCK_DGRAM, 0);
    if (fd < 0)
        return true;
    int result = zoc_world->connect(fd, &address->any, address->size);
    descriptor_close_fd(fd);
    return result != -ECONNREFUSED && result != -ENOENT;
}

static bool is_stale(const zoc_endpoint *endpoint, const zoc_address *address)
{
    struct stat status;

    return !endpoint->abstract && zoc_world->lstat(endpoint->path, &status) == 0 && S_ISSOCK(status.st_mode) &&
           !somebody_holds(address);
}

/* The file is there now. */
static int finish_path(const zoc_endpoint *endpoint, struct made *made)
{
    int mode = endpoint->options.mode;

    if (!endpoint->abstract)
        made_note(made, endpoint->path);
    int result = mode >= 0 ? zoc_world->chmod(endpoint->path, (mode_t)mode) : 0;
    if (result < 0)
        made_remove(made, endpoint->path);
    return result;
}

/* The mode is on the socket before its file appears; umask can only take from it, so what is missing is added after. */
static int bind_path(const zoc_endpoint *endpoint, int fd, struct made *made)
{
    zoc_address address;
    int mode = endpoint->options.mode, result = dial_local_address(endpoint, &address);

    if (result < 0)
        return result;
    if (mode >= 0)
        result = zoc_world->fchmod(fd, (mode_t)mode);
    if (result == 0)
        result = zoc_world->bind(fd, &address.any, address.size);
    if (result == -EADDRINUSE && is_stale(endpoint, &address)) {
        zoc_world->unlink(endpoint->path);
        result = zoc_world->bind(fd, &address.any, address.size);
    }
    if (result == 0)
        result = finish_path(endpoint, made);
    return result < 0 ? fail_bind(result, &address) : 0;
}

static int move_path(zoc_endpoint *endpoint, const char *path, int number)
{
    char *moved;

    if (strlen(path) + strlen(".1") > ENDPOINT_SOCKET_PATH || asprintf(&moved, "%s.%d", path, number) < 0)
        return -ENAMETOOLONG;
    free(endpoint->path);
    endpoint->path = moved;
    return 0;
}

static int bind_some_path(zoc_endpoint *endpoint, int fd, struct made *made)
{
    int moves = endpoint->options.or_free ? LISTENER_MOVES : 0;
    int result = bind_path(endpoint, fd, made);
    char *path = result == -EADDRINUSE && moves > 0 ? strdup(endpoint->path) : NULL;

    for (int i = 1; path && i <= moves && result == -EADDRINUSE; i++) {
        result = move_path(endpoint, path, i);
        if (result == 0)
            result = bind_path(endpoint, fd, made);
    }
    free(path);
    return result;
}

static int bind_unix(zoc_endpoint *endpoint, struct binding *ret_binding)
{
    struct binding binding = { .fd = -1 };
    zoc_address address;
    int result = dial_local_address(endpoint, &address);

    if (result < 0)
        return result;
    int fd = inherited_take(&address, endpoint->type);
    if (fd >= 0) {
        *ret_binding = (struct binding){ .fd = fd, .inherited = true };
        return 0;
    }
    fd = dial_open_socket(endpoint, AF_UNIX);
    if (fd < 0)
        return fd;
    result = bind_some_path(endpoint, fd, &binding.made);
    if (result < 0) {
        descriptor_close_fd(fd);
        return result;
    }
    binding.fd = fd;
    *ret_binding = binding;
    return 0;
}

static int take_descriptor(const zoc_endpoint *endpoint, struct binding *ret_binding)
{
    int result = zoc_world->adopt(endpoint->fd);

    if (result < 0)
        return zoc_fail(result, "descriptor %d", endpoint->fd);
    inherited_note(endpoint->fd);
    *ret_binding = (struct binding){ .fd = endpoint->fd, .inherited = true };
    return 0;
}

/* What listens at a path is a socket. */
static int bind_bare_path(zoc_endpoint *endpoint, struct binding *ret_binding)
{
    int result = endpoint_settle(endpoint, ZOC_UNIX);

    return result < 0 ? result : bind_unix(endpoint, ret_binding);
}

void listener_give_up(const zoc_endpoint *endpoint, struct binding *binding)
{
    made_remove(&binding->made, endpoint->path);
    if (!binding->inherited) /* an inherited one is taken over on success only */
        descriptor_close_fd(binding->fd);
    else
        inherited_give_back(binding->fd);
}

int listener_bind(zoc_endpoint *endpoint, struct binding *ret_binding)
{
    switch (endpoint->scheme) {
    case ZOC_TCP:
    case ZOC_UDP:
    case ZOC_TLS:
        return bind_inet(endpoint, ret_binding);
    case ZOC_UNIX:
        return bind_unix(endpoint, ret_binding);
    case ZOC_FD:
        return take_descriptor(endpoint, ret_binding);
    case ZOC_PATH:
        return bind_bare_path(endpoint, ret_binding);
    default:
        return -EINVAL; /* endpoint_check_listen has refused it */
    }
}

#include "net/dial.h"
#include "base/text.h"
#include "net/endpoint.h"
#include "net/open.h"
#include "net/resolver.h"
#include "net/return_path.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zocalo/error.h>
#include <zocalo/net.h>

#define CONNECT_RETRY (10 * ZOC_MILLISECOND) /* between two tries at a Unix socket whose backlog is full */

/* --- one socket ---------------------------------------------------------------------------------- */

static int apply_options(int fd, int family, const zoc_endpoint *endpoint)
{
    const zoc_endpoint_options *options = &endpoint->options;
    bool ip6 = family == AF_INET6, tcp = endpoint_is_tcp(endpoint);
    const struct {
        bool given;
        int level, name, value;
    } wanted[] = {
        { tcp && options->nodelay, IPPROTO_TCP, TCP_NODELAY, 1 },
        { tcp && options->keepalive, SOL_SOCKET, SO_KEEPALIVE, 1 },
        { options->reuseport, SOL_SOCKET, SO_REUSEPORT, 1 },
        { options->broadcast, SOL_SOCKET, SO_BROADCAST, 1 },
        { options->debug, SOL_SOCKET, SO_DEBUG, 1 },
        { options->rcvbuf > 0, SOL_SOCKET, SO_RCVBUF, options->rcvbuf },
        { options->sndbuf > 0, SOL_SOCKET, SO_SNDBUF, options->sndbuf },
        /* A dual-stack socket speaks both: the level of IPv4 counts for peers that are mapped. */
        { options->ttl > 0, IPPROTO_IP, IP_TTL, options->ttl },
        { options->ttl > 0 && ip6, IPPROTO_IPV6, IPV6_UNICAST_HOPS, options->ttl },
        { options->min_ttl > 0, IPPROTO_IP, IP_MINTTL, options->min_ttl },
        { options->min_ttl > 0 && ip6, IPPROTO_IPV6, IPV6_MINHOPCOUNT, options->min_ttl },
        { options->tos >= 0, IPPROTO_IP, IP_TOS, options->tos },
        { options->tos >= 0 && ip6, IPPROTO_IPV6, IPV6_TCLASS, options->tos },
    };
    int result = 0;

    for (size_t i = 0; i < sizeof wanted / sizeof *wanted && result == 0; i++)
        if (wanted[i].given)
            result = descriptor_set_option(fd, wanted[i].level, wanted[i].name, wanted[i].value);
    return result;
}

static const int type_of_scheme[] = { [ZOC_TCP] = SOCK_STREAM, [ZOC_UDP] = SOCK_DGRAM, [ZOC_TLS] = SOCK_STREAM };

static int socket_type(const zoc_endpoint *endpoint)
{
    return endpoint->scheme == ZOC_UNIX ? endpoint->type : type_of_scheme[endpoint->scheme];
}

static const struct descriptor_kind *kind_of(const zoc_endpoint *endpoint)
{
    return socket_type(endpoint) == SOCK_STREAM ? &descriptor_socket : &descriptor_packets;
}

int dial_open_socket(const zoc_endpoint *endpoint, int family)
{
    int fd = zoc_world->socket(family, socket_type(endpoint), 0);

    if (fd < 0)
        return zoc_fail(fd, "socket");
    int result = family == AF_UNIX ? 0 : apply_options(fd, family, endpoint);
    if (result < 0) {
        descriptor_close_fd(fd);
        return zoc_fail(result, "setsockopt");
    }
    return fd;
}

int dial_local_address(const zoc_endpoint *endpoint, zoc_address *ret_address)
{
    size_t size = strlen(endpoint->path);
    zoc_address address = { .local.sun_family = AF_UNIX };

    if (size > ENDPOINT_SOCKET_PATH)
        return zoc_refuse(-ENAMETOOLONG, _("%zu bytes of path, and a socket has room for %zu"), size,
                          ENDPOINT_SOCKET_PATH);
    memcpy(address.local.sun_path + endpoint->abstract, endpoint->path, size);
    address.size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + size + 1);
    *ret_address = address;
    return 0;
}

/* bind=: the address to come from. A name gives its first address of the family that is dialled. */
static int bind_source(int fd, const zoc_endpoint *endpoint, int family)
{
    char *host;
    uint16_t port;
    zoc_address address;
    char text[ZOC_ADDRESS_TEXT];

    if (!endpoint->options.bind)
        return 0;
    int result = endpoint_split_bind(endpoint, &host, &port);
    if (result < 0)
        return result;
    const char *any = family == AF_INET6 ? "::" : "0.0.0.0";
    result = zoc_resolve(*host ? host : any, port, family, &address, 1);
    free(host);
    if (result < 0)
        return zoc_wrap(result, "bind");
    descriptor_set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
    result = zoc_world->bind(fd, &address.any, address.size);
    return result < 0 ? zoc_fail(result, "bind %s", zoc_address_format(&address, text, sizeof text)) : 0;
}

/* Returns 0, why it failed, or -EAGAIN: an event came, and nothing was behind it. */
static int outcome_of_connect(int fd)
{
    zoc_address peer = { .size = sizeof peer.local };
    int error = 0;
    socklen_t size = sizeof error;
    int result = zoc_world->getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);

    if (result < 0 || error != 0)
        return result < 0 ? result : -error;
    return zoc_world->getpeername(fd, &peer.any, &peer.size) == -ENOTCONN ? -EAGAIN : 0;
}

static int wait_connected(struct watch *watch)
{
    struct fiber_wait wait = { .what = "connection", .heeds = HEED_HARD, .until = ZOC_NEVER };
    int result;

    do {
        watch->ready = 0; /* a socket that was never connected is "ready" */
        result = watch_writable(watch, &wait);
        if (result == 0)
            result = outcome_of_connect(watch->fd);
    } while (result == -EAGAIN);
    return result;
}

/* A Unix datagram socket needs an address of its own to be answered: the kernel makes one up (unix(7), autobind). */
static int prepare(int fd, const zoc_endpoint *endpoint, const zoc_address *address)
{
    static const struct sockaddr autobind = { .sa_family = AF_UNIX };

    if (address->any.sa_family != AF_UNIX)
        return bind_source(fd, endpoint, address->any.sa_family);
    if (endpoint->type != SOCK_DGRAM || endpoint->options.bind)
        return 0;
    int result = zoc_world->bind(fd, &autobind, sizeof autobind.sa_family);
    return result < 0 ? zoc_fail(result, "bind") : 0;
}

static int new_descriptor(const zoc_endpoint *endpoint, int fd, const zoc_address *peer, struct descriptor **ret_new)
{
    if (endpoint->scheme == ZOC_UNIX && endpoint->options.bind)
        return return_path_new(fd, endpoint->options.bind, peer, ret_new);
    return descriptor_new(fd, kind_of(endpoint), peer, ret_new);
}

static int fail_connect(int error, const zoc_address *address)
{
    char text[ZOC_ADDRESS_TEXT];

    return zoc_fail(error, "connect %s", zoc_address_format(address, text, sizeof text));
}

/* A Unix socket whose backlog is full refuses a connect that would have to wait, and no event says when there is room.
 * Connecting goes on after a soft stop. */
static int connect_again(int fd, const zoc_address *address)
{
    int result = 0;

    do {
        ZOC_FINISH
            result = zoc_sleep(CONNECT_RETRY);
        if (result == 0)
            result = zoc_world->connect(fd, &address->any, address->size);
    } while (result == -EAGAIN);
    return result;
}

static int connect_descriptor(struct descriptor *descriptor, const zoc_address *address)
{
    int result = zoc_world->connect(descriptor->fd, &address->any, address->size);

    if (result == -EINPROGRESS)
        result = wait_connected(&descriptor->watch);
    else if (result == -EAGAIN && address->any.sa_family == AF_UNIX)
        result = connect_again(descriptor->fd, address);
    return result < 0 ? fail_connect(result, address) : 0;
}

/* A datagram socket connects to anything, and says only after the first datagram that nobody is there: too late to try
 * another address of localhost. On this machine it can be known before: a port that can be bound is nobody's. */
static bool is_nobodys(const zoc_endpoint *endpoint, const zoc_address *address)
{
    if (endpoint->scheme != ZOC_UDP || !zoc_address_is_loopback(address))
        return false;
    int fd = zoc_world->socket(address->any.sa_family, SOCK_DGRAM, 0);
    if (fd < 0)
        return false;
    int result = zoc_world->bind(fd, &address->any, address->size);
    descriptor_close_fd(fd);
    return result == 0 && zoc_address_port(address) != 0;
}

int dial_address(const zoc_endpoint *endpoint, const zoc_address *address, struct descriptor **ret_descriptor)
{
    struct descriptor *descriptor = NULL;

    if (is_nobodys(endpoint, address))
        return fail_connect(-ECONNREFUSED, address);
    int fd = dial_open_socket(endpoint, address->any.sa_family);
    if (fd < 0)
        return fd;
    int result = prepare(fd, endpoint, address);
    if (result == 0)
        result = new_descriptor(endpoint, fd, address, &descriptor);
    if (result != 0) {
        descriptor_close_fd(fd);
        return result;
    }
    descriptor->stream.messages = zoc_endpoint_has_datagrams(endpoint);
    result = connect_descriptor(descriptor, address);
    if (result < 0) {
        zoc_close(&descriptor->stream);
        return result;
    }
    *ret_descriptor = descriptor;
    return 0;
}

/* --- every kind of endpoint ---------------------------------------------------------------------- */

static void tell_connected(zoc_observer *observer, struct descriptor *descriptor, zoc_duration took)
{
    zoc_address local = { 0 };

    if (!observer)
        return;
    zoc_stream_local(&descriptor->stream, &local);
    observer_tell(observer, (zoc_notice){ .kind = ZOC_CONNECTED,
                                          .stream = &descriptor->stream,
                                          .address = &descriptor->peer,
                                          .local = &local,
                                          .took = took });
}

static int dial_inet(const zoc_endpoint *endpoint, const zoc_dial_options *options, zoc_stream **ret_stream)
{
    struct descriptor *descriptor = NULL;
    zoc_duration took = 0;
    int result = dial_race(endpoint, options->observer, &descriptor, &took);

    if (result < 0)
        return result;
    tell_connected(options->observer, descriptor, took);
    *ret_stream = &descriptor->stream;
    return 0;
}

/* Closes the stream when that fails. */
static int introduce(const zoc_dial_options *options, zoc_stream *stream)
{
    int result = options->introduce ? options->introduce(options->arg, stream) : 0;

    if (result < 0)
        zoc_close(stream);
    return result;
}

static int dial_tls(const zoc_endpoint *endpoint, const zoc_dial_options *options, zoc_stream **ret_stream)
{
    zoc_tls_context *context = NULL;
    zoc_stream *below;
    int result = dial_tls_context(endpoint, &context);

    if (result == 0)
        result = dial_inet(endpoint, options, &below);
    if (result == 0)
        result = introduce(options, below);
    if (result == 0)
        result = dial_tls_over(endpoint, context, options->observer, below, ret_stream);
    zoc_tls_context_free(context);
    return result;
}

static int dial_unix(const zoc_endpoint *endpoint, const zoc_dial_options *options, zoc_stream **ret_stream)
{
    struct descriptor *descriptor = NULL;
    zoc_address address;
    zoc_time start = zoc_now();
    int result = dial_local_address(endpoint, &address);

    if (result < 0)
        return result;
    observer_tell(options->observer, (zoc_notice){ .kind = ZOC_CONNECTING, .address = &address });
    result = dial_address(endpoint, &address, &descriptor);
    zoc_duration took = zoc_now() - start;
    if (result < 0) {
        observer_tell(options->observer,
                      (zoc_notice){ .kind = ZOC_CONNECT_FAILED, .address = &address, .error = result, .took = took });
        return result;
    }
    tell_connected(options->observer, descriptor, took);
    *ret_stream = &descriptor->stream;
    return 0;
}

static int dial_fd(const zoc_endpoint *endpoint, const zoc_dial_options *options, zoc_stream **ret_stream)
{
    (void)options;
    return zoc_stream_of_fd(endpoint->fd, true, true, ret_stream);
}

static int dial_stdio(const zoc_endpoint *endpoint, const zoc_dial_options *options, zoc_stream **ret_stream)
{
    (void)endpoint, (void)options;
    return zoc_stream_of_stdio(ret_stream);
}

/* What has no addresses is told of by its name. */
static int dial_by_name(const zoc_endpoint *endpoint, const zoc_dial_options *options, zoc_stream **ret_stream)
{
    static int (*const open_scheme[])(const zoc_endpoint *, zoc_stream **) = {
        [ZOC_FIFO] = fifo_open,
        [ZOC_FILE] = file_open,
        [ZOC_PTY] = pty_open,
        [ZOC_EXEC] = exec_open,
    };
    zoc_time start = zoc_now();
    char *name = zoc_endpoint_text(endpoint);

    if (!name)
        return -ENOMEM;
    observer_tell(options->observer, (zoc_notice){ .kind = ZOC_CONNECTING, .name = name });
    int result = open_scheme[endpoint->scheme](endpoint, ret_stream);
    observer_tell(options->observer, (zoc_notice){ .kind = result < 0 ? ZOC_CONNECT_FAILED : ZOC_CONNECTED,
                                                   .stream = result < 0 ? NULL : *ret_stream,
                                                   .name = name,
                                                   .error = result,
                                                   .took = zoc_now() - start });
    free(name);
    return result;
}

static int dial_path(const zoc_endpoint *endpoint, const zoc_dial_options *options, zoc_stream **ret_stream);

static int (*const dial_scheme[])(const zoc_endpoint *, const zoc_dial_options *, zoc_stream **) = {
    [ZOC_TCP] = dial_inet,     [ZOC_UDP] = dial_inet,     [ZOC_TLS] = dial_tls,     [ZOC_UNIX] = dial_unix,
    [ZOC_FIFO] = dial_by_name, [ZOC_FILE] = dial_by_name, [ZOC_PTY] = dial_by_name, [ZOC_EXEC] = dial_by_name,
    [ZOC_FD] = dial_fd,        [ZOC_STDIO] = dial_stdio,  [ZOC_PATH] = dial_path,
};

/* As what it is found to be. The strings of the copy stay the caller's. */
static int dial_path(const zoc_endpoint *endpoint, const zoc_dial_options *options, zoc_stream **ret_stream)
{
    zoc_endpoint found = *endpoint;
    int result = endpoint_settle_by_looking(&found);

    if (result == 0)
        result = endpoint_check_dial(&found);
    return result < 0 ? result : dial_scheme[found.scheme](&found, options, ret_stream);
}

/* The handshake of a client that came to listen:tls://. */
static int accept_one(zoc_listener *listener, zoc_stream **ret_stream)
{
    zoc_stream *stream;
    int result = zoc_accept(listener, &stream);

    if (result < 0)
        return result;
    result = zoc_tls_handshake(stream);
    if (result < 0) {
        zoc_close(stream);
        return result;
    }
    *ret_stream = stream;
    return 0;
}

/* listen: takes the first connection that comes, and no other. connect-timeout= is how long it waits for that. */
static int meet(const zoc_endpoint *endpoint, const zoc_dial_options *options, zoc_stream **ret_stream)
{
    const zoc_listen_options how = { .observer = options->observer };
    zoc_endpoint place = *endpoint;
    zoc_listener *listener;

    place.options.connect_timeout = 0;
    if (zoc_endpoint_has_datagrams(endpoint))
        return zoc_refuse(-EINVAL, _("'listen:' is for streams; datagrams have no connections to take"));
    int result = zoc_listen_endpoint(&place, &how, &listener);
    if (result < 0)
        return result;
    result = accept_one(listener, ret_stream);
    zoc_listener_close(listener);
    return result;
}

int dial_wrap(int error, const zoc_endpoint *endpoint)
{
    char *text = zoc_endpoint_text(endpoint);

    error = zoc_wrap(error, "dial %s", text ? text : "");
    free(text);
    return error;
}

/* What is said first is said before TLS. */
static int dial_one(const zoc_endpoint *endpoint, const zoc_dial_options *options, zoc_stream **ret_stream)
{
    if (endpoint->listens)
        return meet(endpoint, options, ret_stream);
    int result = dial_scheme[endpoint->scheme](endpoint, options, ret_stream);
    return result == 0 && endpoint->scheme != ZOC_TLS ? introduce(options, *ret_stream) : result;
}

int zoc_dial_endpoint(const zoc_endpoint *endpoint, const zoc_dial_options *options, zoc_stream **ret_stream)
{
    static const zoc_dial_options none;
    zoc_duration timeout = endpoint->options.connect_timeout;
    zoc_stream *stream = NULL;
    int result = endpoint->listens ? 0 : endpoint_check_dial(endpoint);

    if (result < 0)
        return dial_wrap(result, endpoint);
    ZOC_WITHIN(timeout ? timeout : ZOC_NEVER)
        result = dial_one(endpoint, options ? options : &none, &stream);
    if (result < 0)
        return endpoint->listens ? result : dial_wrap(result, endpoint);
    zoc_observe(stream, options ? options->observer : NULL);
    zoc_set_timeout(stream, endpoint->options.timeout);
    *ret_stream = stream;
    return 0;
}

int zoc_dial(const char *text, const zoc_dial_options *options, zoc_stream **ret_stream)
{
    zoc_endpoint *endpoint;
    int result = zoc_endpoint_parse(text, &endpoint);

    if (result < 0)
        return result;
    result = zoc_dial_endpoint(endpoint, options, ret_stream);
    zoc_endpoint_free(endpoint);
    return result;
}

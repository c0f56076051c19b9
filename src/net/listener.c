#include "net/listener.h"

#include "base/text.h"
#include "net/dial.h"
#include "net/endpoint.h"
#include "net/gate.h"

#include <errno.h>
#include <stdlib.h>
#include <zocalo/error.h>

/* --- opening ------------------------------------------------------------------------------------- */

static int wrap_listen(int error, const zoc_endpoint *endpoint)
{
    char *text = zoc_endpoint_text(endpoint);

    error = zoc_wrap(error, "listen %s", text ? text : "");
    free(text);
    return error;
}

static void tell_listening(const zoc_listener *listener)
{
    zoc_address local = { .size = sizeof local.local };
    bool made = listener->tls && zoc_tls_context_is_self_made(listener->tls);

    if (listener->observer && zoc_world->getsockname(listener->watch.fd, &local.any, &local.size) == 0)
        observer_tell(listener->observer, (zoc_notice){ .kind = ZOC_LISTENING,
                                                        .local = &local,
                                                        .pin = made ? zoc_tls_context_pin(listener->tls) : NULL });
}

static const struct descriptor_kind *kind_of(int fd)
{
    int type = SOCK_STREAM;
    socklen_t size = sizeof type;

    zoc_world->getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size);
    return type == SOCK_STREAM ? &descriptor_socket : &descriptor_packets;
}

/* An inherited descriptor listens already, and a second listen(2) only sets its backlog. */
static int start_listening(zoc_listener *listener, int fd)
{
    int backlog = listener->endpoint->options.backlog;
    int result = zoc_world->listen(fd, backlog ? backlog : SOMAXCONN);

    if (result < 0)
        return zoc_fail(result, "listen");
    result = watch_open(&listener->watch, fd, WORLD_EDGE);
    if (result < 0)
        return zoc_fail(result, _("watch the listening socket"));
    listener->kind = kind_of(fd);
    tell_listening(listener);
    return 0;
}

static int read_tls(zoc_listener *listener)
{
    const zoc_endpoint *endpoint = listener->endpoint;

    return dial_blame_files(
        zoc_tls_context_new(&endpoint->options.tls, ZOC_TLS_SERVER, endpoint->host, &listener->tls));
}

static int open_listener(zoc_listener *listener)
{
    struct binding binding = { .fd = -1 };
    int result = endpoint_check_listen(listener->endpoint);

    if (result == 0 && listener->endpoint->scheme == ZOC_TLS)
        result = read_tls(listener);
    if (result == 0)
        result = listener_bind(listener->endpoint, &binding);
    if (result < 0)
        return result;
    listener->made = binding.made;
    listener->inherited = binding.inherited;
    result = start_listening(listener, binding.fd);
    if (result < 0)
        listener_give_up(listener->endpoint, &binding);
    return result;
}

static void forget(zoc_listener *listener)
{
    zoc_tls_context_free(listener->tls);
    zoc_endpoint_free(listener->endpoint);
    free(listener);
}

int zoc_listen_endpoint(const zoc_endpoint *endpoint, const zoc_listen_options *options, zoc_listener **ret_listener)
{
    zoc_listener *listener = calloc(1, sizeof *listener);

    if (!listener)
        return -ENOMEM;
    listener->watch.fd = -1;
    listener->observer = options ? options->observer : NULL;
    listener->endpoint = listener_copy_endpoint(endpoint);
    int result = listener->endpoint ? open_listener(listener) : -ENOMEM;
    if (result < 0) {
        forget(listener);
        return wrap_listen(result, endpoint);
    }
    *ret_listener = listener;
    return 0;
}

int zoc_listen(const char *text, const zoc_listen_options *options, zoc_listener **ret_listener)
{
    zoc_endpoint *endpoint;
    int result = zoc_endpoint_parse(text, &endpoint);

    if (result < 0)
        return result;
    result = zoc_listen_endpoint(endpoint, options, ret_listener);
    zoc_endpoint_free(endpoint);
    return result;
}

const zoc_endpoint *zoc_listener_endpoint(const zoc_listener *listener)
{
    return listener->endpoint;
}

zoc_tls_context *zoc_listener_tls(const zoc_listener *listener)
{
    return listener->tls;
}

void zoc_listener_set_tls(zoc_listener *listener, zoc_tls_context *context)
{
    zoc_tls_context_free(listener->tls);
    listener->tls = zoc_tls_context_share(context);
}

int zoc_listener_renew_tls(zoc_listener *listener)
{
    zoc_tls_context *before = listener->tls;
    int result = before ? read_tls(listener) : 0;

    if (result < 0)
        return wrap_listen(result, listener->endpoint);
    zoc_tls_context_free(before);
    return 0;
}

/* --- the end -------------------------------------------------------------------------------------- */

/* Who accepts finds the listener as it is now. */
static void wake_acceptor(zoc_listener *listener)
{
    if (listener->watch.reader)
        fiber_wake(listener->watch.reader);
    gate_look_again(listener->gate);
}

void zoc_listener_end(zoc_listener *listener)
{
    if (listener->watch.fd < 0 || listener->ending)
        return;
    listener->ending = true;
    listener_turn_away(listener);
    wake_acceptor(listener);
}

void listener_leave(zoc_listener *listener)
{
    int fd = listener->watch.fd;

    if (fd < 0)
        return;
    made_remove(&listener->made, listener->endpoint->path);
    wake_acceptor(listener);
    watch_close(&listener->watch, true); /* an inherited descriptor may have other holders */
    if (!inherited_give_back(fd))
        descriptor_close_fd(fd);
}

int zoc_listener_hand_over(zoc_listener *from, zoc_listener **ret_to)
{
    int fd = from->watch.fd;
    zoc_endpoint *endpoint = listener_copy_endpoint(from->endpoint);
    zoc_listener *to = malloc(sizeof *to);
    int result = endpoint && to ? 0 : -ENOMEM;

    if (result == 0 && (fd < 0 || from->ending))
        result = -ESHUTDOWN;
    if (result == 0) {
        *to = *from;
        to->endpoint = endpoint;
        to->gate = NULL;
        wake_acceptor(from);
        watch_close(&from->watch, true);
        result = watch_open(&to->watch, fd, WORLD_EDGE);
        if (result == 0) {
            from->made.is_there = false;
            to->tls = from->tls ? zoc_tls_context_share(from->tls) : NULL;
            *ret_to = to;
            return 0;
        }
        watch_open(&from->watch, fd, WORLD_EDGE);
    }
    zoc_endpoint_free(endpoint);
    free(to);
    return result;
}

void zoc_listener_close(zoc_listener *listener)
{
    if (!listener)
        return;
    listener_leave(listener);
    forget(listener);
}

/* --- accepting ----------------------------------------------------------------------------------- */

/* Failures of a connection that was waiting, not of the listener (accept(2), "Error handling"). */
static bool concerns_one_connection(int error)
{
    static const int errors[] = { -ECONNABORTED, -ENETDOWN,     -EPROTO,     -ENOPROTOOPT, -EHOSTDOWN,
                                  -ENONET,       -EHOSTUNREACH, -EOPNOTSUPP, -ENETUNREACH };

    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (errors[i] == error)
            return true;
    return false;
}

static bool ran_out(int error)
{
    return error == -EMFILE || error == -ENFILE || error == -ENOMEM || error == -ENOBUFS;
}

static void describe_listener(const void *object, char *text, size_t size)
{
    const zoc_listener *listener = object;
    zoc_address local = { .size = sizeof local.local };
    char address[ZOC_ADDRESS_TEXT] = "";

    if (zoc_world->getsockname(listener->watch.fd, &local.any, &local.size) == 0)
        zoc_address_format(&local, address, sizeof address);
    zoc_escape(zoc_bytes_of(address), text, size);
}

static int wait_connection(zoc_listener *listener)
{
    struct fiber_wait wait = { .what = "connection at",
                               .heeds = HEED_ALL,
                               .until = ZOC_NEVER,
                               .describe = describe_listener,
                               .object = listener };

    listener->watch.ready &= ~(unsigned)WORLD_READABLE;
    return watch_readable(&listener->watch, &wait);
}

/* No edge comes for connections that wait already: they are tried again when a descriptor of this loop is closed, and
 * now and then, since other loops and other processes free some too. */
static int wait_resources(void)
{
    struct fiber_wait wait = { .what = "a free descriptor",
                               .heeds = HEED_ALL,
                               .until = zoc_now() + ZOC_ACCEPT_RETRY,
                               .queue = &descriptor_closed.waiters };
    int result = fiber_park(&wait);

    return result == -ETIMEDOUT && zoc_deadline() > wait.until ? 0 : result;
}

/* What has come when newcomers are turned away was all, but for handshakes that had begun by then. */
static int wait_handshakes(zoc_listener *listener)
{
    zoc_duration time = listener->lingered ? 0 : listener_handshake_time(listener);

    if (time == 0)
        return -ESHUTDOWN;
    listener->lingered = true;
    return zoc_sleep(time);
}

/* The call would have to wait, or failed. Returns 0 to try again. */
static int wait_for_another(zoc_listener *listener, int error)
{
    if (concerns_one_connection(error))
        return fiber_begin(HEED_HARD);
    if (error == -EAGAIN)
        return listener->ending ? wait_handshakes(listener) : wait_connection(listener);
    return ran_out(error) ? wait_resources() : zoc_fail(error, "accept");
}

int listener_accept(zoc_listener *listener, int *ret_fd, zoc_address *ret_peer)
{
    int result = fiber_begin(HEED_HARD); /* a soft stop lets what waits be accepted first */
    bool last_try = false;

    while (result == 0) {
        if (listener->watch.fd < 0)
            return -ESHUTDOWN;
        zoc_address peer = { .size = sizeof peer.local };
        int fd = zoc_world->accept(listener->watch.fd, &peer.any, &peer.size);
        if (fd >= 0) {
            *ret_fd = fd;
            *ret_peer = peer;
            return 0;
        }
        if (last_try && !concerns_one_connection(fd))
            return -ECANCELED;
        result = wait_for_another(listener, fd);
        last_try = result == -ECANCELED && zoc_stopped() == ZOC_STOPPING;
        if (last_try)
            result = 0;
    }
    return result;
}

static void tell_accepted(zoc_observer *observer, zoc_stream *stream, const zoc_address *peer)
{
    zoc_address local = { 0 };

    if (!observer)
        return;
    zoc_stream_local(stream, &local);
    observer_tell(observer, (zoc_notice){ .kind = ZOC_ACCEPTED, .stream = stream, .address = peer, .local = &local });
}

/* Nobody is waited for: the handshake is the business of whoever serves the connection. */
static int put_tls_over(zoc_tls_context *tls, zoc_stream **stream)
{
    zoc_stream *below = *stream;

    if (!tls)
        return 0;
    int result = zoc_tls_server(below, tls, stream);
    if (result < 0)
        zoc_close(below);
    return result;
}

int listener_new_stream(const zoc_listener *listener, zoc_tls_context *tls, int fd, const zoc_address *peer,
                        zoc_stream **ret_stream)
{
    struct descriptor *descriptor;
    int result = descriptor_new(fd, listener->kind, peer, &descriptor);

    if (result < 0) {
        descriptor_close_fd(fd);
        return zoc_fail(result, _("watch a connection"));
    }
    zoc_stream *stream = &descriptor->stream;
    result = put_tls_over(tls, &stream);
    if (result < 0)
        return result;
    zoc_observe(stream, listener->observer);
    zoc_set_timeout(stream, listener->endpoint->options.timeout);
    tell_accepted(listener->observer, stream, peer);
    *ret_stream = stream;
    return 0;
}

int zoc_accept(zoc_listener *listener, zoc_stream **ret_stream)
{
    int fd = -1;
    zoc_address peer;
    int result = listener_accept(listener, &fd, &peer);

    return result < 0 ? result : listener_new_stream(listener, listener->tls, fd, &peer, ret_stream);
}

/* A second peer: an echo server on libuv, as its guide writes one, with what its manual advises for speed: one buffer
 * for all reads (lent by the allocation callback), and uv_try_write before a request is queued. Prints
 * "listening PORT" and serves 127.0.0.1 until it is killed.
 *
 *     uv_echo [PORT] */
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <uv.h>

#define CHUNK_SIZE (64 * 1024) /* bytes */

/* A write that did not go at once, with the bytes that it still has to send. */
struct rest {
    uv_write_t request;
    char data[];
};

static char chunk[CHUNK_SIZE];

static void check(int status, const char *what)
{
    if (status < 0) {
        fprintf(stderr, "uv_echo: %s: %s\n", what, uv_strerror(status));
        exit(2);
    }
}

static void on_closed(uv_handle_t *handle)
{
    free(handle);
}

static void drop(uv_stream_t *peer)
{
    if (!uv_is_closing((uv_handle_t *)peer))
        uv_close((uv_handle_t *)peer, on_closed);
}

static void lend_chunk(uv_handle_t *handle, size_t suggested, uv_buf_t *ret_buffer)
{
    (void)handle;
    (void)suggested;
    *ret_buffer = uv_buf_init(chunk, sizeof(chunk));
}

static void on_read(uv_stream_t *peer, ssize_t size, const uv_buf_t *buffer);

/* Nothing is read from a peer that does not take what it is owed. */
static void on_written(uv_write_t *request, int status)
{
    uv_stream_t *peer = request->handle;

    free(request->data);
    if (status < 0)
        drop(peer);
    else if (!uv_is_closing((uv_handle_t *)peer))
        uv_read_start(peer, lend_chunk, on_read);
}

static void write_later(uv_stream_t *peer, const char *data, size_t size)
{
    struct rest *rest = malloc(sizeof(*rest) + size);
    uv_buf_t buffer;

    if (!rest) {
        drop(peer);
        return;
    }
    memcpy(rest->data, data, size);
    rest->request.data = rest;
    buffer = uv_buf_init(rest->data, (unsigned)size);
    uv_read_stop(peer);
    if (uv_write(&rest->request, peer, &buffer, 1, on_written) < 0) {
        free(rest);
        drop(peer);
    }
}

static void on_read(uv_stream_t *peer, ssize_t size, const uv_buf_t *buffer)
{
    uv_buf_t echo;
    int sent;

    if (size < 0) {
        drop(peer);
        return;
    }
    if (size == 0)
        return;
    echo = uv_buf_init(buffer->base, (unsigned)size);
    sent = uv_try_write(peer, &echo, 1);
    if (sent == UV_EAGAIN)
        sent = 0;
    if (sent < 0)
        drop(peer);
    else if (sent < size)
        write_later(peer, buffer->base + sent, (size_t)(size - sent));
}

static void on_connection(uv_stream_t *listener, int status)
{
    uv_tcp_t *peer = status < 0 ? NULL : malloc(sizeof(*peer));

    if (!peer)
        return;
    uv_tcp_init(listener->loop, peer);
    if (uv_accept(listener, (uv_stream_t *)peer) < 0)
        drop((uv_stream_t *)peer);
    else
        uv_read_start((uv_stream_t *)peer, lend_chunk, on_read);
}

static void announce(const uv_tcp_t *listener)
{
    struct sockaddr_in address;
    int size = sizeof(address);

    check(uv_tcp_getsockname(listener, (struct sockaddr *)&address, &size), "getsockname");
    printf("listening %d\n", ntohs(address.sin_port));
    fflush(stdout);
}

int main(int argc, char **argv)
{
    uv_loop_t *loop = uv_default_loop();
    struct sockaddr_in address;
    uv_tcp_t listener;

    signal(SIGPIPE, SIG_IGN);
    uv_ip4_addr("127.0.0.1", argc > 1 ? atoi(argv[1]) : 0, &address);
    check(uv_tcp_init(loop, &listener), "tcp");
    check(uv_tcp_bind(&listener, (struct sockaddr *)&address, 0), "bind");
    check(uv_listen((uv_stream_t *)&listener, SOMAXCONN, on_connection), "listen");
    announce(&listener);
    return uv_run(loop, UV_RUN_DEFAULT);
}

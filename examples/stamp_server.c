/* Answers what it reads with the time before it, on a Unix socket, until Ctrl-C; then the socket's file goes away.
 *
 *     stamp_server [ENDPOINT]           unix:/tmp/demo_unix_socket when there is none
 *     stamp_client [ENDPOINT]           talks to it; or: socat - UNIX-CONNECT:/tmp/demo_unix_socket */
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <zocalo/zocalo.h>

static void stamp(zoc_stream *peer, void *state)
{
    zoc_bytes chunk;
    ssize_t result;

    (void)state;
    while ((result = zoc_receive(peer, &chunk)) > 0) {
        char prefix[64];
        time_t now = time(NULL);
        size_t size = strftime(prefix, sizeof prefix, "[%Y-%m-%d %H:%M:%S] Echo: ", localtime(&now));
        struct iovec answer[] = { { prefix, size }, { (void *)chunk.data, chunk.size } };
        if ((result = zoc_writev(peer, answer, 2)) < 0)
            break;
    }
    if (result < 0)
        fprintf(stderr, "stamp_server: %s\n", zoc_why());
}

static int serve(void *listener)
{
    return zoc_serve(listener, stamp, NULL);
}

static int serve_until_signal(void *endpoint)
{
    static const int stop[] = { SIGINT, SIGTERM, 0 };
    zoc_group service = { 0 };
    zoc_signals *signals = NULL;
    zoc_listener *listener = NULL;
    int result = zoc_signals_open(stop, &signals);

    if (result == 0)
        result = zoc_listen(endpoint, NULL, &listener);
    if (result == 0)
        result = zoc_go(&service, serve, listener);
    if (result == 0) {
        printf("listening %s\n", (const char *)endpoint);
        zoc_signals_wait(signals); /* others run meanwhile */
        zoc_group_stop(&service);
        result = zoc_group_wait(&service);
    }
    zoc_listener_close(listener); /* takes its file away */
    zoc_signals_close(signals);
    return result;
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0); /* each line at once, also into a pipe */
    if (zoc_run(serve_until_signal, argc > 1 ? argv[1] : "unix:/tmp/demo_unix_socket") == 0)
        return 0;
    fprintf(stderr, "stamp_server: %s\n", zoc_why());
    return 1;
}

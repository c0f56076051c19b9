/* Sends back what it receives (RFC 862), until Ctrl-C:   echo_server [ENDPOINT]   (tcp://127.0.0.1:50007) */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <zocalo/zocalo.h>

static void echo(zoc_stream *peer, void *state)
{
    zoc_bytes chunk; /* lent by the loop while there is something in it */

    (void)state;
    while (zoc_receive(peer, &chunk) > 0)
        if (zoc_write(peer, chunk.data, chunk.size) < 0)
            break;
}

static int serve(void *listener)
{
    return zoc_serve(listener, echo, NULL);
}

static int run(void *endpoint)
{
    static const int stop[] = { SIGINT, SIGTERM, 0 };
    zoc_signals *signals = NULL;
    zoc_listener *listener;

    if (zoc_signals_open(stop, &signals) < 0 || zoc_listen(endpoint, NULL, &listener) < 0) {
        fprintf(stderr, "echo_server: %s\n", zoc_why());
        zoc_signals_close(signals);
        return 1;
    }
    char *where = zoc_endpoint_text(zoc_listener_endpoint(listener));
    printf("listening %s\n", where);
    fflush(stdout);
    free(where);

    zoc_group service = { 0 };
    zoc_go(&service, serve, listener);
    zoc_signals_wait(signals); /* others run meanwhile */
    /* Finish what you are doing, at the latest in ten seconds. */
    zoc_group_stop(&service);
    ZOC_WITHIN(10 * ZOC_SECOND)
        zoc_group_wait(&service);
    zoc_listener_close(listener);
    zoc_signals_close(signals);
    return 0;
}

int main(int argc, char **argv)
{
    return zoc_run(run, argc > 1 ? argv[1] : "tcp://127.0.0.1:50007") != 0;
}

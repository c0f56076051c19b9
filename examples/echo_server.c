/* Sends back what it receives (RFC 862), until Ctrl-C; then it lets those who are there finish.
 *
 *     echo_server [ENDPOINT]            tcp://127.0.0.1:50007 when there is none
 *     echo_prompt [ENDPOINT]            talks to it; or: nc -N 127.0.0.1 50007 */
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
    char *where = zoc_endpoint_text(zoc_listener_endpoint(listener)); /* with the port that the system chose for 0 */
    printf("listening %s\n", where ? where : "");
    free(where);
    return zoc_serve(listener, echo, NULL); /* a fiber for each connection */
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
        zoc_signals_wait(signals); /* others run meanwhile */
        zoc_group_stop(&service);  /* each finishes what it is doing, at the latest in ten seconds */
        ZOC_WITHIN(10 * ZOC_SECOND)
            result = zoc_group_wait(&service);
    }
    zoc_listener_close(listener);
    zoc_signals_close(signals);
    return result;
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0); /* each line at once, also into a pipe */
    if (zoc_run(serve_until_signal, argc > 1 ? argv[1] : "tcp://127.0.0.1:50007") == 0)
        return 0;
    fprintf(stderr, "echo_server: %s\n", zoc_why());
    return 1;
}

/* An echo server that ends a connection when nothing happened on it for a while.
 *
 *     echo_timeout [ENDPOINT [TIME]]    tcp://127.0.0.1:50007 and 30s when there are none
 *     nc 127.0.0.1 50007                type a line, then wait; or: echo_prompt */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <zocalo/zocalo.h>

static zoc_duration idle_max = 30 * ZOC_SECOND;

/* One read and its answer, both within the time. Returns 0 at the end. */
static ssize_t echo_once(zoc_stream *peer)
{
    ssize_t result = 0;
    zoc_bytes chunk;

    ZOC_WITHIN(idle_max) {
        result = zoc_receive(peer, &chunk);
        if (result > 0)
            result = zoc_write(peer, chunk.data, chunk.size);
    }
    return result;
}

static void echo(zoc_stream *peer, void *state)
{
    char who[ZOC_ADDRESS_TEXT];
    ssize_t result;

    (void)state;
    zoc_address_format(zoc_stream_peer(peer), who, sizeof who);
    printf("connection from %s\n", who);
    do
        result = echo_once(peer);
    while (result > 0);
    printf("%s: %s\n", who, result == 0 ? "ended" : result == -ETIMEDOUT ? "idle for too long" : zoc_why());
}

static int serve(void *endpoint)
{
    zoc_listener *listener;
    int result = zoc_listen(endpoint, NULL, &listener);

    if (result < 0)
        return result;
    char *where = zoc_endpoint_text(zoc_listener_endpoint(listener)); /* with the port that the system chose for 0 */
    printf("listening %s\n", where ? where : "");
    free(where);
    result = zoc_serve(listener, echo, NULL); /* a fiber for each connection */
    zoc_listener_close(listener);
    return result;
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0); /* each line at once, also into a pipe */
    if (argc > 2 && zoc_duration_parse(argv[2], &idle_max) < 0)
        fprintf(stderr, "echo_timeout: '%s' is no time such as 30s or 500ms\n", argv[2]);
    else if (zoc_run(serve, argc > 1 ? argv[1] : "tcp://127.0.0.1:50007") < 0)
        fprintf(stderr, "echo_timeout: %s\n", zoc_why());
    else
        return 0;
    return 1;
}

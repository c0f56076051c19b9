/* Reads from each client, and says how the connection ended: in order, by a reset, or because nothing came.
 *
 *     endings_server [ENDPOINT]         tcp://127.0.0.1:50007,timeout=30s when there is none
 *     nc 127.0.0.1 50007                end it with Ctrl-C, which is a clean end, or wait; for a reset:
 *     echo hola | socat -u - TCP:127.0.0.1:50007,linger=0,shut-close */
#include <stdio.h>
#include <stdlib.h>
#include <zocalo/zocalo.h>

static const char *const endings[] = {
    [ZOC_OPEN] = "has not ended",
    [ZOC_ENDED_BY_PEER] = "clean end",
    [ZOC_ENDED_BY_US] = "we ended it",
    [ZOC_ENDED_BY_RESET] = "reset, the client broke off",
    [ZOC_ENDED_BY_TIME] = "time-out, the client says nothing",
    [ZOC_ENDED_BY_ERROR] = "another failure",
};

/* The stream keeps an account of itself, in which its first ending stays. */
static void watch(zoc_stream *peer, void *state)
{
    char who[ZOC_ADDRESS_TEXT];
    zoc_bytes chunk;

    (void)state;
    zoc_address_format(zoc_stream_peer(peer), who, sizeof who);
    printf("connection from %s\n", who);
    while (zoc_receive(peer, &chunk) > 0)
        continue;
    printf("%s: %s\n", who, endings[zoc_stream_account(peer).ending]);
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
    result = zoc_serve(listener, watch, NULL); /* a fiber for each connection */
    zoc_listener_close(listener);
    return result;
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0); /* each line at once, also into a pipe */
    if (zoc_run(serve, argc > 1 ? argv[1] : "tcp://127.0.0.1:50007,timeout=30s") == 0)
        return 0;
    fprintf(stderr, "endings_server: %s\n", zoc_why());
    return 1;
}

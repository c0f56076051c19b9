/* Prints what a server says until it closes.
 *
 *     hello_client [ENDPOINT]           tcp://127.0.0.1:9000 when there is none */
#include <stdio.h>
#include <zocalo/zocalo.h>

static int listen_to(void *endpoint)
{
    zoc_stream *server;
    zoc_bytes chunk;
    ssize_t received = zoc_dial(endpoint, NULL, &server);

    if (received < 0)
        return (int)received;
    /* Five seconds in all: whatever waits in here ends then. */
    ZOC_WITHIN(5 * ZOC_SECOND)
        while ((received = zoc_receive(server, &chunk)) > 0)
            fwrite(chunk.data, 1, chunk.size, stdout);
    zoc_close(server);
    return (int)received;
}

int main(int argc, char **argv)
{
    if (zoc_run(listen_to, argc > 1 ? argv[1] : "tcp://127.0.0.1:9000") == 0)
        return 0;
    fprintf(stderr, "hello_client: %s\n", zoc_why());
    return 1;
}

/* Shows what each read brought. TCP carries bytes, not messages: how they were sent says little of how they come.
 *
 *     fragment_server [ENDPOINT]        tcp://127.0.0.1:50007 when there is none
 *     fragment_client [ENDPOINT]        sends a message in pieces; or: nc -N 127.0.0.1 50007 */
#include <stdio.h>
#include <stdlib.h>
#include <zocalo/zocalo.h>

static void show(zoc_stream *peer, void *state)
{
    char text[256];
    zoc_bytes chunk;
    ssize_t received;
    unsigned reads = 0;

    (void)state;
    while ((received = zoc_receive(peer, &chunk)) > 0)
        printf("read %u: %zd bytes: '%s'\n", ++reads, received, zoc_escape(chunk, text, sizeof text));
    if (received < 0)
        printf("failed: %s\n", zoc_why());
    printf("end: %u reads, %lu bytes\n", reads, (unsigned long)zoc_stream_account(peer).received);
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
    result = zoc_serve(listener, show, NULL); /* a fiber for each connection */
    zoc_listener_close(listener);
    return result;
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0); /* each line at once, also into a pipe */
    if (zoc_run(serve, argc > 1 ? argv[1] : "tcp://127.0.0.1:50007") == 0)
        return 0;
    fprintf(stderr, "fragment_server: %s\n", zoc_why());
    return 1;
}

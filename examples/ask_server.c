/* Reads what a client says, then answers `Hola desde el servidor`. The endpoint alone says what kind of socket it is.
 *
 *     ask_server [ENDPOINT]             tcp://127.0.0.1:8080 when there is none; or unix:/tmp/ask.sock
 *     ask_client [ENDPOINT [MESSAGE]]   asks it; or: echo hola | nc -N 127.0.0.1 8080 */
#include <stdio.h>
#include <stdlib.h>
#include <zocalo/zocalo.h>

/* One connection: when this returns, the library says goodbye so that nothing in flight is lost. */
static void answer(zoc_stream *peer, void *state)
{
    static const char greeting[] = "Hola desde el servidor";
    char who[ZOC_ADDRESS_TEXT], text[256];
    zoc_bytes chunk = { 0 }; /* lent by the loop until the next call on this stream */

    (void)state;
    zoc_address_format(zoc_stream_peer(peer), who, sizeof who);
    printf("connection from %s\n", who);
    if (zoc_receive(peer, &chunk) < 0) {
        fprintf(stderr, "ask_server: %s: %s\n", who, zoc_why());
        return;
    }
    printf("received: %s\n", zoc_escape(chunk, text, sizeof text));
    if (zoc_write(peer, greeting, sizeof greeting - 1) < 0)
        fprintf(stderr, "ask_server: %s: %s\n", who, zoc_why());
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
    result = zoc_serve(listener, answer, NULL); /* a fiber for each connection */
    zoc_listener_close(listener);
    return result;
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0); /* each line at once, also into a pipe */
    if (zoc_run(serve, argc > 1 ? argv[1] : "tcp://127.0.0.1:8080") == 0)
        return 0;
    fprintf(stderr, "ask_server: %s\n", zoc_why());
    return 1;
}

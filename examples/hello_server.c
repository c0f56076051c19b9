/* Says hello to whoever comes, to all at once.
 *
 *     hello_server [ENDPOINT]           tcp://127.0.0.1:9000 when there is none
 *     hello_client [ENDPOINT]           listens to it; or: nc 127.0.0.1 9000 */
#include <stdio.h>
#include <stdlib.h>
#include <zocalo/zocalo.h>

/* One connection: when this returns, the library says goodbye so that nothing in flight is lost. */
static void hello(zoc_stream *peer, void *state)
{
    static const char greeting[] = "Hola Mundo\r\n";

    (void)state;
    if (zoc_write(peer, greeting, sizeof greeting - 1) < 0)
        fprintf(stderr, "hello_server: %s\n", zoc_why());
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
    result = zoc_serve(listener, hello, NULL); /* a fiber for each connection */
    zoc_listener_close(listener);
    return result;
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0); /* each line at once, also into a pipe */
    if (zoc_run(serve, argc > 1 ? argv[1] : "tcp://127.0.0.1:9000") == 0)
        return 0;
    fprintf(stderr, "hello_server: %s\n", zoc_why());
    return 1;
}

/* Says hello to whoever comes:   hello_server [ENDPOINT]   (tcp://127.0.0.1:9000)
 * Try it:                        nc 127.0.0.1 9000 */
#include <stdio.h>
#include <stdlib.h>
#include <zocalo/zocalo.h>

/* One connection: when this returns, the library says goodbye so that nothing in flight is lost. */
static void hello(zoc_stream *peer, void *state)
{
    (void)state;
    zoc_write(peer, "Hola Mundo\r\n", 12);
}

static int serve(void *endpoint)
{
    zoc_listener *listener;

    if (zoc_listen(endpoint, NULL, &listener) < 0) {
        fprintf(stderr, "hello_server: %s\n", zoc_why());
        return 1;
    }
    char *where = zoc_endpoint_text(zoc_listener_endpoint(listener)); /* with the port that the system chose for 0 */
    printf("listening %s\n", where);
    fflush(stdout);
    free(where);

    int result = zoc_serve(listener, hello, NULL); /* a fiber for each connection */
    zoc_listener_close(listener);
    return result;
}

int main(int argc, char **argv)
{
    return zoc_run(serve, argc > 1 ? argv[1] : "tcp://127.0.0.1:9000") != 0;
}

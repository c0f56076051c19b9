/* Says hello, reads an answer, and survives what clients do: whoever is slow or breaks off loses one connection.
 *
 *     robust_server [ENDPOINT [TIME]]   tcp://127.0.0.1:9000 and 30s when there are none
 *     ask_client tcp://127.0.0.1:9000   answers it; or: nc 127.0.0.1 9000, and a line, or none */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <zocalo/zocalo.h>

static zoc_duration patience = 30 * ZOC_SECOND; /* with one client, all in all */

static void hello(zoc_stream *peer, void *state)
{
    static const char greeting[] = "Hola Mundo\r\n";
    char who[ZOC_ADDRESS_TEXT], text[256];
    zoc_bytes answer = { 0 };
    ssize_t result = 0;

    (void)state;
    ZOC_WITHIN(patience) {
        result = zoc_write(peer, greeting, sizeof greeting - 1);
        if (result >= 0)
            result = zoc_receive(peer, &answer);
    }
    zoc_address_format(zoc_stream_peer(peer), who, sizeof who);
    if (result > 0)
        printf("%s says: %s\n", who, zoc_escape(answer, text, sizeof text));
    else if (result == 0)
        printf("%s says nothing\n", who);
    else if (result == -ETIMEDOUT)
        printf("%s takes too long\n", who);
    else if (result == -ECONNRESET || result == -EPIPE)
        printf("%s broke off\n", who);
    else
        printf("%s: %s\n", who, zoc_why());
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
    result = zoc_serve(listener, hello, NULL); /* goes on also when descriptors or memory run out */
    zoc_listener_close(listener);
    return result;
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0); /* each line at once, also into a pipe */
    if (argc > 2 && zoc_duration_parse(argv[2], &patience) < 0)
        fprintf(stderr, "robust_server: '%s' is no time such as 30s or 500ms\n", argv[2]);
    else if (zoc_run(serve, argc > 1 ? argv[1] : "tcp://127.0.0.1:9000") < 0)
        fprintf(stderr, "robust_server: %s\n", zoc_why());
    else
        return 0;
    return 1;
}

/* Answers each datagram with `Hola desde el servidor`. Nobody connects: one socket hears all clients.
 *
 *     udp_server [ENDPOINT]             udp://127.0.0.1:8080 when there is none
 *     udp_client [ENDPOINT [MESSAGE]]   asks it; or: echo hola | nc -u -w1 127.0.0.1 8080 */
#include <stdio.h>
#include <stdlib.h>
#include <zocalo/zocalo.h>

static int answer_all(zoc_datagrams *socket)
{
    static const char greeting[] = "Hola desde el servidor";
    char who[ZOC_ADDRESS_TEXT], text[256];
    zoc_correspondent client;
    zoc_bytes datagram;
    ssize_t size;

    while ((size = zoc_datagrams_receive(socket, &datagram, &client)) >= 0) {
        zoc_address_format(&client.peer, who, sizeof who);
        printf("%zd bytes from %s: %s\n", size, who, zoc_escape(datagram, text, sizeof text));
        if (zoc_datagrams_send(socket, greeting, sizeof greeting - 1, &client) < 0) /* the others are still served */
            fprintf(stderr, "udp_server: %s: %s\n", who, zoc_why());
    }
    return (int)size;
}

static int serve(void *text)
{
    zoc_endpoint *endpoint;
    zoc_datagrams *socket;
    int result = zoc_endpoint_parse(text, &endpoint);

    if (result < 0)
        return result;
    result = zoc_datagrams_open(endpoint, &socket);
    zoc_endpoint_free(endpoint);
    if (result < 0)
        return result;
    char *where = zoc_endpoint_text(zoc_datagrams_endpoint(socket)); /* with the port that the system chose for 0 */
    printf("listening %s\n", where ? where : "");
    free(where);
    result = answer_all(socket);
    zoc_datagrams_close(socket);
    return result;
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0); /* each line at once, also into a pipe */
    if (zoc_run(serve, argc > 1 ? argv[1] : "udp://127.0.0.1:8080") == 0)
        return 0;
    fprintf(stderr, "udp_server: %s\n", zoc_why());
    return 1;
}

/* Sends a datagram and prints the one that comes back. Either may be lost, so it asks again after a second.
 *
 *     udp_client [ENDPOINT [MESSAGE]]   udp://127.0.0.1:8080 and `Hola servidor` when there are none */
#include <errno.h>
#include <stdio.h>
#include <zocalo/zocalo.h>

#define ATTEMPTS 3

struct question {
    const char *endpoint;
    const char *message;
};

/* One datagram each way: there is nothing to put together, and no end to wait for. */
static ssize_t try_once(zoc_stream *server, const char *message)
{
    zoc_bytes datagram = { 0 };
    ssize_t result = zoc_write(server, message, strlen(message));

    if (result >= 0)
        ZOC_WITHIN(ZOC_SECOND)
            result = zoc_receive(server, &datagram);
    if (result >= 0)
        printf("%.*s\n", (int)datagram.size, datagram.data);
    return result;
}

static int ask(void *arg)
{
    const struct question *question = arg;
    zoc_stream *server;
    ssize_t result = zoc_dial(question->endpoint, NULL, &server);

    if (result < 0)
        return (int)result;
    result = -ETIMEDOUT;
    for (int i = 0; i < ATTEMPTS && result == -ETIMEDOUT; i++)
        result = try_once(server, question->message);
    zoc_close(server);
    return result < 0 ? (int)result : 0;
}

int main(int argc, char **argv)
{
    struct question question = { argc > 1 ? argv[1] : "udp://127.0.0.1:8080", argc > 2 ? argv[2] : "Hola servidor" };

    if (zoc_run(ask, &question) == 0)
        return 0;
    fprintf(stderr, "udp_client: %s\n", zoc_why());
    return 1;
}

/* Connects, says something, and prints the answer. The same program asks over TCP and over Unix sockets.
 *
 *     ask_client [ENDPOINT [MESSAGE]]   tcp://127.0.0.1:8080 and `Hola servidor` when there are none */
#include <stdio.h>
#include <zocalo/zocalo.h>

struct question {
    const char *endpoint;
    const char *message;
};

/* An answer may come in any number of pieces. The end of the stream is the end of the answer. */
static int print_answer(zoc_stream *server)
{
    zoc_bytes chunk;
    ssize_t received;

    while ((received = zoc_receive(server, &chunk)) > 0)
        fwrite(chunk.data, 1, chunk.size, stdout);
    putchar('\n');
    return (int)received;
}

static int ask(void *arg)
{
    const struct question *question = arg;
    zoc_stream *server;
    int result = zoc_dial(question->endpoint, NULL, &server);

    if (result < 0)
        return result;
    /* Five seconds in all: whatever waits in here ends then. */
    ZOC_WITHIN(5 * ZOC_SECOND) {
        ssize_t sent = zoc_write(server, question->message, strlen(question->message));
        result = sent < 0 ? (int)sent : print_answer(server);
    }
    zoc_close(server);
    return result;
}

int main(int argc, char **argv)
{
    struct question question = { argc > 1 ? argv[1] : "tcp://127.0.0.1:8080", argc > 2 ? argv[2] : "Hola servidor" };

    if (zoc_run(ask, &question) == 0)
        return 0;
    fprintf(stderr, "ask_client: %s\n", zoc_why());
    return 1;
}

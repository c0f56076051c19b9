/* Sends one message to an echo server and prints what comes back.
 *
 *     echo_client [ENDPOINT [MESSAGE]]  tcp://127.0.0.1:50007 and a greeting when there are none */
#include <stdio.h>
#include <zocalo/zocalo.h>

struct question {
    const char *endpoint;
    const char *message;
};

/* The answer may come in any number of pieces; a reader puts them together. */
static int exchange(zoc_stream *server, zoc_bytes message)
{
    zoc_reader reader;
    zoc_bytes answer;
    ssize_t result = zoc_write(server, message.data, message.size);

    if (result < 0)
        return (int)result;
    zoc_reader_init(&reader, server, message.size + 1);
    result = zoc_reader_exactly(&reader, message.size, &answer);
    if (result == (ssize_t)message.size)
        printf("Received: %.*s\n", (int)answer.size, answer.data);
    else if (result == 0 || result == -ZOC_ETRUNCATED)
        result = zoc_refuse(-ZOC_ETRUNCATED, "the server closed before the whole answer had come");
    zoc_reader_release(&reader);
    return result < 0 ? (int)result : 0;
}

static int ask(void *arg)
{
    const struct question *question = arg;
    zoc_stream *server;
    int result = zoc_dial(question->endpoint, NULL, &server);

    if (result < 0)
        return result;
    result = exchange(server, zoc_bytes_of(question->message));
    zoc_finish(server);
    return result;
}

int main(int argc, char **argv)
{
    struct question question = { argc > 1 ? argv[1] : "tcp://127.0.0.1:50007",
                                 argc > 2 ? argv[2] : "Hello world! This is an echo server made with fibers." };

    if (zoc_run(ask, &question) == 0)
        return 0;
    fprintf(stderr, "echo_client: %s\n", zoc_why());
    return 1;
}

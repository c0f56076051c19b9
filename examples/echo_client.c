/* Sends one message to an echo server and prints what comes back:   echo_client [ENDPOINT [MESSAGE]] */
#include <stdio.h>
#include <string.h>
#include <zocalo/zocalo.h>

struct question {
    const char *endpoint;
    const char *message;
};

static int fail(const char *what)
{
    fprintf(stderr, "echo_client: %s: %s\n", what, zoc_why());
    return 1;
}

static int ask(void *arg)
{
    const struct question *question = arg;
    size_t size = strlen(question->message);
    zoc_stream *server;
    zoc_reader reader;
    zoc_bytes answer;
    int status = 0;

    if (zoc_dial(question->endpoint, NULL, &server) < 0)
        return fail("no connection");
    zoc_reader_init(&reader, server, size);
    if (zoc_write(server, question->message, size) < 0)
        status = fail("send");
    else if (zoc_reader_exactly(&reader, size, &answer) <= 0)
        status = fail("no whole answer");
    else
        printf("Received: %.*s\n", (int)answer.size, answer.data);
    zoc_reader_release(&reader);
    zoc_finish(server);
    return status;
}

int main(int argc, char **argv)
{
    struct question question = { argc > 1 ? argv[1] : "tcp://127.0.0.1:50007",
                                 argc > 2 ? argv[2] : "Hello world! This is an echo server made with fibers." };

    return zoc_run(ask, &question) != 0;
}

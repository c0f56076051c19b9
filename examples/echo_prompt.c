/* Sends each line that you type to an echo server and prints what comes back. quit, exit, q or Ctrl-D ends it.
 *
 *     echo_prompt [ENDPOINT]            tcp://127.0.0.1:50007 when there is none */
#include <stdio.h>
#include <strings.h>
#include <zocalo/zocalo.h>

/* False when there is nothing more to say. fgets blocks the thread, which has nothing else to run here. */
static bool prompt(char *line, int size)
{
    printf("> ");
    fflush(stdout);
    if (!fgets(line, size, stdin)) {
        putchar('\n');
        return false;
    }
    line[strcspn(line, "\n")] = '\0';
    return strcasecmp(line, "quit") != 0 && strcasecmp(line, "exit") != 0 && strcasecmp(line, "q") != 0;
}

/* An echo may come in any number of pieces; the reader puts them together. */
static int talk(zoc_reader *server)
{
    char line[1024];
    zoc_bytes echo;

    while (prompt(line, sizeof line)) {
        size_t size = strlen(line);
        if (size == 0) /* nothing to send, nothing to come back */
            continue;
        ssize_t result = zoc_write(server->stream, line, size);
        if (result >= 0)
            result = zoc_reader_exactly(server, size, &echo);
        if (result == 0 || result == -ZOC_ETRUNCATED)
            return zoc_refuse(-ZOC_ETRUNCATED, "the server closed the connection");
        if (result < 0)
            return (int)result;
        printf("Echo: %.*s\n", (int)echo.size, echo.data);
    }
    return 0;
}

static int run(void *endpoint)
{
    zoc_stream *connection;
    zoc_reader server;
    int result = zoc_dial(endpoint, NULL, &connection);

    if (result < 0)
        return result;
    printf("connected; type messages, or quit\n");
    zoc_reader_init(&server, connection, 1024);
    result = talk(&server);
    zoc_reader_release(&server);
    zoc_finish(connection);
    return result;
}

int main(int argc, char **argv)
{
    if (zoc_run(run, argc > 1 ? argv[1] : "tcp://127.0.0.1:50007") == 0)
        return 0;
    fprintf(stderr, "echo_prompt: %s\n", zoc_why());
    return 1;
}

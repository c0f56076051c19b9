/* Sends each line that you type over a connection of its own, and prints the answer. quit, exit or Ctrl-D ends it.
 *
 *     stamp_client [ENDPOINT]           unix:/tmp/demo_unix_socket when there is none */
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
    return strcasecmp(line, "quit") != 0 && strcasecmp(line, "exit") != 0;
}

static int send_message(const char *endpoint, const char *message)
{
    zoc_stream *server;
    zoc_bytes chunk;
    ssize_t result = zoc_dial(endpoint, NULL, &server);

    if (result < 0)
        return (int)result;
    result = zoc_write(server, message, strlen(message));
    if (result >= 0)
        result = zoc_shut(server); /* that was all; when the server has answered, it ends too */
    while (result >= 0 && (result = zoc_receive(server, &chunk)) > 0)
        fwrite(chunk.data, 1, chunk.size, stdout);
    putchar('\n');
    zoc_close(server);
    return (int)result;
}

static int talk(void *endpoint)
{
    char line[1024];
    int result = 0;

    while (result == 0 && prompt(line, sizeof line))
        result = send_message(endpoint, line);
    return result;
}

int main(int argc, char **argv)
{
    if (zoc_run(talk, argc > 1 ? argv[1] : "unix:/tmp/demo_unix_socket") == 0)
        return 0;
    fprintf(stderr, "stamp_client: %s\n", zoc_why());
    return 1;
}

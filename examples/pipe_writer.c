/* Writes messages into a named pipe, one a line, once somebody reads it. It makes the pipe when there is none.
 *
 *     pipe_writer [ENDPOINT [MESSAGE...]]   fifo:/tmp/demo_named_pipe,dir=out and three messages
 *     pipe_reader                           reads them; or: cat /tmp/demo_named_pipe */
#include <stdio.h>
#include <zocalo/zocalo.h>

struct plan {
    const char *endpoint;
    const char *const *messages; /* the last is followed by NULL */
};

static int write_messages(zoc_stream *pipe, const char *const *messages)
{
    for (; *messages; messages++) {
        struct iovec line[] = { { (void *)*messages, strlen(*messages) }, { "\n", 1 } };
        ssize_t written = zoc_writev(pipe, line, 2);

        if (written < 0)
            return (int)written;
        printf("written: %s\n", *messages);
    }
    return 0;
}

static int run(void *arg)
{
    const struct plan *plan = arg;
    zoc_stream *pipe;
    int result = zoc_dial(plan->endpoint, NULL, &pipe);

    if (result < 0)
        return result;
    result = write_messages(pipe, plan->messages);
    zoc_close(pipe);
    return result;
}

int main(int argc, char **argv)
{
    static const char *const messages[] = { "Primer mensaje", "Segundo mensaje", "Mensaje final", NULL };
    struct plan plan = { argc > 1 ? argv[1] : "fifo:/tmp/demo_named_pipe,dir=out",
                         argc > 2 ? (const char *const *)argv + 2 : messages };

    setvbuf(stdout, NULL, _IOLBF, 0); /* each line at once, also into a pipe */
    if (zoc_run(run, &plan) == 0)
        return 0;
    fprintf(stderr, "pipe_writer: %s\n", zoc_why());
    return 1;
}

/* Prints each line that comes through a named pipe, and ends with the writer. It makes the pipe when there is none.
 *
 *     pipe_reader [ENDPOINT]            fifo:/tmp/demo_named_pipe when there is none
 *     pipe_writer                       writes into it; or: echo hola > /tmp/demo_named_pipe */
#include <stdio.h>
#include <zocalo/zocalo.h>

#define LINE_SIZE_MAX 4096 /* bytes */

/* The next line; the last one may have no end. Returns 0 when there is no more. */
static ssize_t next_line(zoc_reader *reader, zoc_bytes *ret_line)
{
    ssize_t result = zoc_reader_line(reader, ret_line);

    return result == -ZOC_ETRUNCATED ? (ssize_t)zoc_reader_rest(reader, ret_line) : result;
}

static int print_lines(zoc_stream *pipe)
{
    zoc_reader reader;
    zoc_bytes line;
    ssize_t result;

    zoc_reader_init(&reader, pipe, LINE_SIZE_MAX);
    while ((result = next_line(&reader, &line)) > 0)
        printf("received: %.*s\n", (int)line.size, line.data);
    zoc_reader_release(&reader);
    return result < 0 ? zoc_fail((int)result, "read a line") : 0;
}

static int run(void *endpoint)
{
    zoc_stream *pipe;
    int result = zoc_dial(endpoint, NULL, &pipe);

    if (result < 0)
        return result;
    printf("reading %s\n", (const char *)endpoint);
    result = print_lines(pipe);
    zoc_close(pipe);
    return result;
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0); /* each line at once, also into a pipe */
    if (zoc_run(run, argc > 1 ? argv[1] : "fifo:/tmp/demo_named_pipe") == 0)
        return 0;
    fprintf(stderr, "pipe_reader: %s\n", zoc_why());
    return 1;
}

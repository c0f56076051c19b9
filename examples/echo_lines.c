/* Answers each line with `ECHO: ` and the line, however it was cut on the way: the end of a line ends a message.
 *
 *     echo_lines [ENDPOINT]             tcp://127.0.0.1:50007 when there is none
 *     nc -N 127.0.0.1 50007             type lines */
#include <stdio.h>
#include <stdlib.h>
#include <zocalo/zocalo.h>

#define LINE_SIZE_MAX 4096 /* bytes; who sends more without an end of line is sent away */

/* The next line with its end; the last one may have none. Returns 0 when there is no more. */
static ssize_t next_line(zoc_reader *reader, zoc_bytes *ret_line)
{
    ssize_t result = zoc_reader_until(reader, zoc_bytes_of("\n"), ret_line);

    return result == -ZOC_ETRUNCATED ? (ssize_t)zoc_reader_rest(reader, ret_line) : result;
}

static void echo(zoc_stream *peer, void *state)
{
    char text[256];
    zoc_reader reader;
    zoc_bytes line;
    ssize_t result;

    (void)state;
    zoc_reader_init(&reader, peer, LINE_SIZE_MAX);
    while ((result = next_line(&reader, &line)) > 0) {
        printf("line: %s\n", zoc_escape(line, text, sizeof text));
        struct iovec answer[] = { { "ECHO: ", 6 }, { (void *)line.data, line.size } };
        if ((result = zoc_writev(peer, answer, 2)) < 0)
            break;
    }
    if (result < 0)
        fprintf(stderr, "echo_lines: %s\n", zoc_error_text((int)result));
    zoc_reader_release(&reader);
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
    result = zoc_serve(listener, echo, NULL); /* a fiber for each connection */
    zoc_listener_close(listener);
    return result;
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0); /* each line at once, also into a pipe */
    if (zoc_run(serve, argc > 1 ? argv[1] : "tcp://127.0.0.1:50007") == 0)
        return 0;
    fprintf(stderr, "echo_lines: %s\n", zoc_why());
    return 1;
}

/* An echo server that logs each connection: number, peer, duration, bytes. With `debug`, each read as well.
 *
 *     echo_log [ENDPOINT [debug]]       tcp://127.0.0.1:50007 when there is none
 *     nc -N 127.0.0.1 50007             something to log; or: echo_prompt */
#include <stdio.h>
#include <stdlib.h>
#include <zocalo/zocalo.h>

/* The facts of a record are its fields, so that a program can read them too. */
static void log_end(zoc_stream *peer, int64_t number, const char *who)
{
    zoc_account account = zoc_stream_account(peer);
    bool failed = account.error != 0;
    char duration[ZOC_UNIT_TEXT];
    zoc_log_field fields[] = {
        { .key = "number", .number = number },
        { .key = "peer", .text = who },
        { .key = "duration", .text = zoc_duration_format(zoc_now() - account.since, duration, sizeof duration) },
        { .key = "bytes", .number = (int64_t)account.received },
        { .key = "error", .text = zoc_error_text(account.error) },
    };

    zoc_log_record(failed ? ZOC_LOG_ERROR : ZOC_LOG_INFO, "connection ended", fields, failed ? 5 : 4);
}

static void echo(zoc_stream *peer, void *state)
{
    int64_t *count = state; /* all connections run on one thread: nothing to lock */
    int64_t number = ++*count;
    char who[ZOC_ADDRESS_TEXT], text[64];
    zoc_bytes chunk;

    zoc_address_format(zoc_stream_peer(peer), who, sizeof who);
    zoc_log(ZOC_LOG_INFO, "connection %ld from %s", (long)number, who);
    while (zoc_receive(peer, &chunk) > 0) {
        zoc_log(ZOC_LOG_DEBUG, "received %zu bytes: %s", chunk.size, zoc_escape(chunk, text, sizeof text));
        if (zoc_write(peer, chunk.data, chunk.size) < 0)
            break;
    }
    log_end(peer, number, who);
}

static int serve(void *endpoint)
{
    int64_t count = 0;
    zoc_listener *listener;
    int result = zoc_listen(endpoint, NULL, &listener);

    if (result < 0)
        return result;
    char *where = zoc_endpoint_text(zoc_listener_endpoint(listener)); /* with the port that the system chose for 0 */
    printf("listening %s\n", where ? where : "");
    free(where);
    result = zoc_serve(listener, echo, &count); /* a fiber for each connection */
    zoc_listener_close(listener);
    return result;
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0); /* each line at once, also into a pipe */
    zoc_log_set_level(argc > 2 && strcmp(argv[2], "debug") == 0 ? ZOC_LOG_DEBUG : ZOC_LOG_INFO);
    if (zoc_run(serve, argc > 1 ? argv[1] : "tcp://127.0.0.1:50007") == 0)
        return 0;
    fprintf(stderr, "echo_log: %s\n", zoc_why());
    return 1;
}

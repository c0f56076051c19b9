/* A tunnel: each connection here gets one of its own there, and what comes from either goes to the other. What the endpoints
 * are does not matter to it: with tls:// on one side it puts TLS on, or takes it off.
 *
 *     tunnel [HERE [THERE]]             tcp://127.0.0.1:8080 and tcp://127.0.0.1:9000 when there are none
 *     hello_client tcp://127.0.0.1:8080 asks hello_server through it */
#include <stdio.h>
#include <stdlib.h>
#include <zocalo/zocalo.h>

static const char *there = "tcp://127.0.0.1:9000";

static void pass(zoc_stream *client, void *state)
{
    zoc_stream *target;
    zoc_pump_result passed;

    (void)state;
    if (zoc_dial(there, NULL, &target) < 0) {
        printf("not reached: %s\n", zoc_why());
        return;
    }
    int result = zoc_pump(client, target, &passed); /* each half-close is passed on by itself */
    printf("%llu bytes there, %llu back: %s\n", (unsigned long long)passed.forth, (unsigned long long)passed.back,
           result == 0 ? "both ended" : zoc_why());
    if (result < 0)
        zoc_reset(target); /* nobody is to take for whole what was cut off */
    else
        zoc_finish(target);
}

static int serve(void *here)
{
    zoc_listener *listener;
    int result = zoc_listen(here, NULL, &listener);

    if (result < 0)
        return result;
    char *where = zoc_endpoint_text(zoc_listener_endpoint(listener));
    printf("listening %s\n", where ? where : "");
    free(where);
    result = zoc_serve(listener, pass, NULL);
    zoc_listener_close(listener);
    return result;
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0); /* each line at once, also into a pipe */
    if (argc > 2)
        there = argv[2];
    if (zoc_run(serve, argc > 1 ? argv[1] : "tcp://127.0.0.1:8080") == 0)
        return 0;
    fprintf(stderr, "tunnel: %s\n", zoc_why());
    return 1;
}

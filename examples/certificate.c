/* Says what a server with TLS agrees on, and which certificate it shows. A certificate that is not to be believed is an error,
 * in words; behind the endpoint ",insecure" shows it all the same, and ",ca=FILE" says whom to believe.
 *
 *     certificate [ENDPOINT]            tls://127.0.0.1:50008 when there is none
 *     zocalo serve echo tls://127.0.0.1:50008 is such a server; certificate tls://127.0.0.1:50008,insecure */
#include <stdio.h>
#include <time.h>
#include <zocalo/zocalo.h>

static const char *day(int64_t seconds, char text[16])
{
    time_t time = (time_t)seconds;
    struct tm broken;

    strftime(text, 16, "%Y-%m-%d", gmtime_r(&time, &broken));
    return text;
}

static int look(void *endpoint)
{
    zoc_stream *server;
    zoc_tls_info info;
    char from[16], until[16];
    int result = zoc_dial(endpoint, NULL, &server); /* the handshake included */

    if (result < 0)
        return result;
    result = zoc_tls_get_info(server, &info);
    if (result == 0) {
        printf("%s, %s\n", info.version, info.cipher);
        printf("for     %s\nby      %s\n", info.subject, info.issuer); /* escaped: they come from the network */
        printf("valid   %s to %s\n", day(info.not_before, from), day(info.not_after, until));
        printf("key     %s\n%s\n", info.pin, info.verified ? "believed" : "not looked at");
    } else {
        zoc_refuse(result, "there is no TLS at this endpoint");
    }
    zoc_finish(server);
    return result;
}

int main(int argc, char **argv)
{
    if (zoc_run(look, argc > 1 ? argv[1] : "tls://127.0.0.1:50008") == 0)
        return 0;
    fprintf(stderr, "certificate: %s\n", zoc_why());
    return 1;
}

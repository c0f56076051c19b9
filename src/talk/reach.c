#include "talk/reach.h"

#include "base/text.h"
#include "net/endpoint.h"
#include "proxy/proxy.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zocalo/error.h>
#include <zocalo/fiber.h>

/* Whether it may be otherwise in a moment. */
static bool is_early(int error)
{
    static const int early[] = { ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, EHOSTDOWN, ENOENT, ETIMEDOUT };

    for (size_t i = 0; i < sizeof early / sizeof *early; i++)
        if (early[i] == -error)
            return true;
    return false;
}

/* When it is over: the nearer of those that were given. */
static zoc_time limit_of(const struct reach *reach, zoc_time start)
{
    zoc_duration shorter = reach->timeout;

    if (reach->wait && (!shorter || reach->wait < shorter))
        shorter = reach->wait;
    return shorter && shorter < ZOC_NEVER - start ? start + shorter : ZOC_NEVER;
}

static int try_once(const struct reach *reach, zoc_stream **ret_peer)
{
    const zoc_dial_options options = { .observer = reach->observer, .introduce = reach->introduce, .arg = reach->arg };

    return reach->proxy ? proxy_dial(reach->proxy, reach->endpoint, &options, ret_peer)
                        : zoc_dial_endpoint(reach->endpoint, &options, ret_peer);
}

/* The words of a failure stay those of the last try. */
int reach_peer(const struct reach *reach, zoc_stream **ret_peer)
{
    zoc_time limit = limit_of(reach, zoc_now());
    zoc_duration delay = REACH_DELAY;
    int result = 0;

    for (;;) {
        ZOC_WITHIN(limit == ZOC_NEVER ? ZOC_NEVER : limit - zoc_now())
            result = try_once(reach, ret_peer);
        zoc_duration rest = limit - zoc_now();
        if (result == 0 || !reach->wait || !is_early(result) || rest < REACH_REST)
            return result;
        if (zoc_sleep(delay < rest / 2 ? delay : rest / 2) < 0)
            return result;
        delay = delay * 2 < REACH_DELAY_MAX ? delay * 2 : REACH_DELAY_MAX;
    }
}

int reach_set_source(zoc_endpoint *endpoint, const char *source)
{
    char *host = NULL;
    uint16_t port;

    if (!endpoint->host || endpoint->listens)
        return zoc_refuse(-EINVAL, _("only what connects by tcp://, udp:// or tls:// has an address to come from"));
    char *copy = strdup(source);
    if (!copy)
        return -ENOMEM;
    free(endpoint->options.bind);
    endpoint->options.bind = copy;
    int result = endpoint_split_bind(endpoint, &host, &port);
    if (result == 0)
        free(host);
    return result;
}

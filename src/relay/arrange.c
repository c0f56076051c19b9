/* Which endpoints can be joined, and how. */
#include "base/text.h"
#include "relay/relay.h"

#include <errno.h>
#include <stdlib.h>
#include <zocalo/error.h>

static int refuse(const char *format, const zoc_endpoint *endpoint)
{
    char *text = zoc_endpoint_text(endpoint);
    int result = zoc_refuse(-EINVAL, "%s: %s", text ? text : "", format);

    free(text);
    return result;
}

/* What there is once cannot be the other side of many. */
static bool is_single(const zoc_endpoint *endpoint)
{
    return !endpoint->listens && (endpoint->scheme == ZOC_STDIO || endpoint->scheme == ZOC_FD);
}

static int check_place(const zoc_endpoint *place)
{
    if (!place->listens)
        return refuse(_("all endpoints but the last have to listen ('listen:' before it), unless there are only two"),
                      place);
    if (!zoc_endpoint_can_listen(place))
        return refuse(_("nobody can listen there: expects tcp://, udp://, tls://, unix: or fd:"), place);
    return 0;
}

static int check_target(const zoc_endpoint *target)
{
    if (is_single(target))
        return refuse(_("there is only one, and each connection needs one of its own"), target);
    if (target->listens && !zoc_endpoint_can_listen(target))
        return check_place(target);
    if (target->listens && zoc_endpoint_has_datagrams(target))
        return refuse(_("datagrams have no connections that a connection could wait for"), target);
    return 0;
}

static int check(const struct relay *relay)
{
    int result = 0;

    if (relay->source && relay->source->scheme == ZOC_STDIO && relay->target->scheme == ZOC_STDIO)
        return refuse(_("it cannot be both sides"), relay->source);
    for (size_t i = 0; i < relay->place_count && result == 0; i++)
        result = check_place(relay->places[i]);
    return result == 0 && relay->place_count > 0 ? check_target(relay->target) : result;
}

static void swap(zoc_endpoint **one, zoc_endpoint **other)
{
    zoc_endpoint *kept = *one;

    *one = *other;
    *other = kept;
}

int relay_arrange(struct relay *relay, zoc_endpoint **endpoints, size_t count)
{
    if (count == 2 && !endpoints[0]->listens && endpoints[1]->listens)
        swap(&endpoints[0], &endpoints[1]);
    relay->target = endpoints[--count];
    if (count == 1 && !endpoints[0]->listens) {
        relay->source = endpoints[0];
        free(endpoints);
    } else {
        relay->places = endpoints;
        relay->place_count = count;
    }
    return check(relay);
}

bool relay_serves(const struct relay *relay)
{
    return relay->place_count > 0;
}

void relay_release(struct relay *relay)
{
    for (size_t i = 0; i < relay->place_count; i++)
        zoc_endpoint_free(relay->places[i]);
    free(relay->places);
    zoc_endpoint_free(relay->source);
    zoc_endpoint_free(relay->target);
    access_release(&relay->access);
    access_list_release(&relay->proxies);
}

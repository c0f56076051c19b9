#include "serve/place.h"

#include "serve/conversation.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zocalo/error.h>
#include <zocalo/log.h>

int place_open(struct place *place)
{
    return zoc_endpoint_has_datagrams(place->wanted) ? zoc_datagrams_open(place->wanted, &place->datagrams)
                                                     : zoc_listen_endpoint(place->wanted, NULL, &place->listener);
}

int place_renew(struct place *place)
{
    const zoc_endpoint *endpoint = place->wanted;

    if (endpoint->scheme != ZOC_TLS)
        return 0;
    int result = zoc_tls_context_new(&endpoint->options.tls, ZOC_TLS_SERVER, endpoint->host, &place->renewed);
    return result < 0 ? zoc_wrap(result, "listen %s", place->text) : 0;
}

int place_take_over(struct place *place)
{
    struct place *from = place->heir_of;
    int result = from->listener ? zoc_listener_hand_over(from->listener, &place->listener)
                                : zoc_datagrams_hand_over(from->datagrams, &place->datagrams);

    if (result == 0 && place->renewed)
        zoc_listener_set_tls(place->listener, place->renewed);
    if (result == 0)
        return 0;
    place->heir_of = NULL;
    return place_open(place);
}

void place_end(struct place *place)
{
    if (place->listener)
        zoc_listener_end(place->listener);
    if (place->datagrams)
        zoc_datagrams_end(place->datagrams);
}

void place_close(struct place *place)
{
    zoc_listener_close(place->listener);
    zoc_datagrams_close(place->datagrams);
    zoc_tls_context_free(place->renewed);
    place->renewed = NULL;
    place->listener = NULL;
    place->datagrams = NULL;
}

const zoc_endpoint *place_endpoint(const struct place *place)
{
    return place->listener ? zoc_listener_endpoint(place->listener) : zoc_datagrams_endpoint(place->datagrams);
}

const zoc_tls_context *place_tls(const struct place *place)
{
    return place->listener ? zoc_listener_tls(place->listener) : NULL;
}

bool place_moved(const struct place *place)
{
    const zoc_endpoint *real = place_endpoint(place);

    if (real->scheme == ZOC_UNIX)
        return strcmp(real->path, place->wanted->path) != 0;
    return place->wanted->port != 0 && real->port != place->wanted->port;
}

static int serve(struct place *place)
{
    const zoc_serve_options options = { .crew = place->crew, .gate = place->gate };

    if (place->datagrams)
        return place->spec->service->datagrams(place->datagrams, place->spec->settings);
    return zoc_serve_with(place->listener, &options, conversation_run, (void *)place->spec);
}

static bool is_failure(int result)
{
    return result < 0 && result != -ECANCELED && result != -ETIMEDOUT && result != -ESHUTDOWN;
}

int place_serve(void *arg)
{
    struct place *place = arg;

    zoc_set_name(place->spec->service->name);
    int result = serve(place);

    if (is_failure(result)) {
        char *endpoint = zoc_endpoint_text(place_endpoint(place));
        zoc_log(ZOC_LOG_ERROR, "%s at %s cannot go on: %s", place->spec->service->name, endpoint ? endpoint : "",
                zoc_why());
        free(endpoint);
    }
    if (place->datagrams)
        zoc_datagrams_end(place->datagrams); /* the place is free for others, as a listener's is by now */
    return is_failure(result) ? result : 0;
}

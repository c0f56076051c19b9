#include "serve/place.h"

#include "serve/conversation.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zocalo/error.h>
#include <zocalo/log.h>

int place_open(struct place *place, const struct spec *spec, const zoc_endpoint *wanted, zoc_crew *crew)
{
    *place = (struct place){ .spec = spec, .wanted = wanted, .crew = crew };
    return zoc_endpoint_has_datagrams(wanted) ? zoc_datagrams_open(wanted, &place->datagrams)
                                              : zoc_listen_endpoint(wanted, NULL, &place->listener);
}

void place_close(struct place *place)
{
    zoc_listener_close(place->listener);
    zoc_datagrams_close(place->datagrams);
    *place = (struct place){ 0 };
}

const zoc_endpoint *place_endpoint(const struct place *place)
{
    return place->listener ? zoc_listener_endpoint(place->listener) : zoc_datagrams_endpoint(place->datagrams);
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
    if (place->datagrams)
        return place->spec->service->datagrams(place->datagrams, NULL);
    return zoc_serve_crew(place->listener, place->crew, conversation_run, (void *)place->spec);
}

int place_serve(void *arg)
{
    struct place *place = arg;

    zoc_set_name(place->spec->service->name);
    int result = serve(place);

    if (result < 0 && result != -ECANCELED && result != -ETIMEDOUT) {
        char *endpoint = zoc_endpoint_text(place_endpoint(place));
        zoc_log(ZOC_LOG_ERROR, "%s at %s cannot go on: %s", place->spec->service->name, endpoint ? endpoint : "",
                zoc_why());
        free(endpoint);
    }
    zoc_datagrams_close(place->datagrams); /* the place is free for others, as a listener's is by now */
    place->datagrams = NULL;
    return result;
}

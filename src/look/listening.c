#include "look/listening.h"

#include "look/sockets.h"

#include <string.h>

#define UNCONNECTED (1u << TCP_CLOSE) /* the state of a socket of UDP that is bound, and no more */

struct places {
    zoc_address *items; /* in their order, each once */
    unsigned count, max;
};

/* By port, and then in any order that is always the same. */
static int compare(const zoc_address *one, const zoc_address *other)
{
    int by_port = zoc_address_port(one) - zoc_address_port(other);

    if (by_port != 0 || zoc_address_equal(one, other))
        return by_port;
    if (one->any.sa_family != other->any.sa_family)
        return one->any.sa_family - other->any.sa_family;
    return memcmp(&one->any, &other->any, one->size);
}

/* Where there is no room, the last gives way. */
static int put(const struct look_socket *socket, void *arg)
{
    struct places *places = arg;
    const zoc_address *place = &socket->local.address;
    unsigned at = places->count;

    while (at > 0 && compare(place, &places->items[at - 1]) < 0)
        at--;
    if (at == places->max || (at > 0 && compare(place, &places->items[at - 1]) == 0))
        return 0;
    if (places->count < places->max)
        places->count++;
    memmove(&places->items[at + 1], &places->items[at], (places->count - at - 1) * sizeof(*places->items));
    places->items[at] = *place;
    return 0;
}

int look_listening(int protocol, zoc_address *ret_places, unsigned max)
{
    static const int families[] = { AF_INET, AF_INET6 };
    struct places places = { .items = ret_places, .max = max };
    int result = 0;

    for (size_t i = 0; i < 2 && result == 0; i++) {
        const struct look_query query = { .family = families[i],
                                          .protocol = protocol,
                                          .states = protocol == IPPROTO_UDP ? UNCONNECTED : LOOK_LISTENING };
        result = look_sockets(&query, put, &places);
    }
    return result < 0 ? result : (int)places.count;
}

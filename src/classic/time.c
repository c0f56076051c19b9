#include "classic/time.h"

#include "classic/answer.h"
#include "world/world.h"

#include <arpa/inet.h>

#define SECONDS_FROM_1900_TO_1970 UINT32_C(2208988800)

uint32_t time_since_1900(int64_t wall)
{
    return (uint32_t)(wall / 1000000000) + SECONDS_FROM_1900_TO_1970;
}

static zoc_bytes answer(zoc_bytes datagram, zoc_buffer *room, const void *settings)
{
    uint32_t seconds = htonl(time_since_1900(zoc_world->wall()));

    (void)datagram, (void)settings;
    if (zoc_buffer_append(room, &seconds, sizeof seconds) < 0)
        return (zoc_bytes){ 0 };
    return (zoc_bytes){ room->data, room->size };
}

void time_converse(zoc_stream *peer, void *state)
{
    answer_connection(peer, answer, state);
}

int time_datagrams(zoc_datagrams *socket, void *state)
{
    return answer_datagrams(socket, answer, state, ANSWER_ECHO_PORT);
}

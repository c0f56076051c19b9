#include "classic/discard.h"

#include "classic/answer.h"

#include <zocalo/fiber.h>

void discard_converse(zoc_stream *peer, void *state)
{
    zoc_bytes chunk;

    (void)state;
    while (zoc_receive(peer, &chunk) > 0 && zoc_stopped() == ZOC_RUNNING)
        continue;
}

static zoc_bytes answer(zoc_bytes datagram, zoc_buffer *room, const void *settings)
{
    (void)datagram, (void)room, (void)settings;
    return (zoc_bytes){ 0 };
}

int discard_datagrams(zoc_datagrams *socket, void *state)
{
    return answer_datagrams(socket, answer, state, 0);
}

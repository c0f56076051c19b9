#include "classic/answer.h"

#include <errno.h>
#include <zocalo/fiber.h>

/* Where daytime, qotd, chargen, time and echo listen, and our own by default. Our echo is not among them: its port is
 * one that systems give to clients, and an echo answers those. Two services that answer each other for ever need both
 * to do it, and echo does not answer these. */
static const uint16_t answering[] = { 7, 13, 17, 19, 37, 10013, 10017, 10019, 10037 };

bool answer_would_not_end(uint16_t peer_port, uint16_t own_port)
{
    for (size_t i = 0; i < sizeof answering / sizeof *answering; i++)
        if (peer_port == answering[i])
            return true;
    return peer_port != 0 && peer_port == own_port; /* the same service on another host */
}

static ssize_t answer(zoc_datagrams *socket, zoc_bytes answer, const zoc_correspondent *to)
{
    return answer.data ? zoc_datagrams_send(socket, answer.data, answer.size, to) : 0;
}

int answer_datagrams(zoc_datagrams *socket, answer_maker *make, const void *settings, uint16_t unanswered)
{
    uint16_t own_port = zoc_datagrams_endpoint(socket)->port;
    __attribute__((cleanup(zoc_buffer_release))) zoc_buffer room = { 0 };
    zoc_bytes datagram;
    zoc_correspondent from;
    ssize_t received;

    while ((received = zoc_datagrams_receive(socket, &datagram, &from)) >= 0) {
        uint16_t port = zoc_address_port(&from.peer);
        if (answer_would_not_end(port, own_port) || (port != 0 && port == unanswered) || zoc_datagrams_is_ours(&from))
            continue;
        if (answer(socket, make(datagram, &room, settings), &from) == -ECANCELED)
            return -ECANCELED;
        zoc_buffer_consume(&room, room.size);
    }
    return received == -ECANCELED && zoc_stopped() == ZOC_STOPPING ? 0 : (int)received;
}

void answer_connection(zoc_stream *peer, answer_maker *make, const void *settings)
{
    __attribute__((cleanup(zoc_buffer_release))) zoc_buffer room = { 0 };
    zoc_bytes bytes = make((zoc_bytes){ "", 0 }, &room, settings);

    if (bytes.data)
        zoc_write(peer, bytes.data, bytes.size); /* whether it came there is for the stream's account to say */
}

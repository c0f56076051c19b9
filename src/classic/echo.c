#include "classic/echo.h"

#include <errno.h>

void echo_converse(zoc_stream *peer, void *state)
{
    zoc_bytes chunk;

    (void)state;
    while (zoc_receive(peer, &chunk) > 0)
        if (zoc_write(peer, chunk.data, chunk.size) < 0)
            break;
}

bool echo_would_not_end(uint16_t peer_port, uint16_t own_port)
{
    static const uint16_t answering[] = { 7, 13, 17, 19, 37 }; /* echo, daytime, qotd, chargen, time */

    for (size_t i = 0; i < sizeof answering / sizeof *answering; i++)
        if (peer_port == answering[i])
            return true;
    return peer_port != 0 && peer_port == own_port; /* the same service on another host */
}

int echo_datagrams(zoc_datagrams *socket, void *state)
{
    uint16_t own_port = zoc_datagrams_endpoint(socket)->port;
    zoc_bytes datagram;
    zoc_correspondent from;
    ssize_t received;

    (void)state;
    while ((received = zoc_datagrams_receive(socket, &datagram, &from)) >= 0) {
        if (echo_would_not_end(zoc_address_port(&from.peer), own_port))
            continue;
        if (zoc_datagrams_send(socket, datagram.data, datagram.size, &from) == -ECANCELED)
            return -ECANCELED; /* any other failure concerns that one peer */
    }
    return received == -ECANCELED && zoc_stopped() == ZOC_STOPPING ? 0 : (int)received;
}

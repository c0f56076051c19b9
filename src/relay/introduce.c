/* Who a line belongs to: what a proxy says to us of it, and what we say to the target. */
#include "proxy/header.h"
#include "relay/line.h"

/* In a frame of its own, which is gone when the conversation begins. */
__attribute__((noinline)) int line_hear_proxy(struct line *line)
{
    zoc_stream *client = line->joint.sides[LINE_CLIENT];
    struct proxy_header header;

    if (!access_lists(&line->relay->proxies, zoc_stream_peer(client)))
        return 0;
    int result = proxy_header_receive(client, &header);
    if (result == 0 && header.names) {
        line->peer = header.source;
        line->local = header.destination;
    }
    return result;
}

/* What is no socket has no name. */
static struct proxy_header header_of(const struct line *line)
{
    struct proxy_header header = {
        .version = line->relay->send_proxy, .type = SOCK_STREAM, .source = line->peer, .destination = line->local
    };
    bool told = line->local.size > 0;

    header.names = told || zoc_stream_local(line->joint.sides[LINE_CLIENT], &header.destination) == 0;
    return header;
}

__attribute__((noinline)) int line_introduce(void *arg, zoc_stream *target)
{
    const struct line *line = arg;

    if (line->relay->send_proxy == 0)
        return 0;
    const struct proxy_header header = header_of(line);
    return proxy_header_send(target, &header);
}

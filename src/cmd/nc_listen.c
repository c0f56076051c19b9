/* nc -l. */
#include "cmd/nc.h"
#include "talk/post.h"

#include <errno.h>
#include <zocalo/error.h>

/* --- connections ----------------------------------------------------------------------------------- */

/* Standard output that nobody reads any more, or that fails, is the end of it. */
static bool goes_on(const struct nc *nc)
{
    return nc->keeps && !(nc->console && zoc_stream_account(nc->console).error);
}

/* One after the other: standard input is one, and goes to who is there. Nobody else is let in after the last. */
static int serve_in_turn(struct nc *nc, zoc_listener **listener)
{
    zoc_stream *peer;
    int result;

    do {
        result = zoc_accept(*listener, &peer);
        if (result < 0)
            return result;
        if (!nc->keeps) {
            zoc_listener_close(*listener);
            *listener = NULL;
        }
        nc_tell_received(nc, zoc_stream_peer(peer));
        nc->status = nc_talk(nc, peer);
        explaining_end(&nc->explaining);
    } while (goes_on(nc));
    return 0;
}

static int serve_connections(struct nc *nc, const zoc_endpoint *place)
{
    bool together = nc->keeps && nc->attendant && !nc->telnet;
    const zoc_listen_options options = {
        .observer = together ? explaining_places(&nc->explaining, place, NULL)
                             : explaining_observer(&nc->explaining, SIDE_CLIENT, place, NULL),
    };
    zoc_listener *listener;
    int result = zoc_listen_endpoint(place, &options, &listener);

    if (result < 0) {
        explaining_fail(&nc->explaining, result);
        return result;
    }
    nc_tell_listening(nc, zoc_listener_endpoint(listener));
    if (together)
        result = zoc_serve(listener, nc_attend, nc);
    else
        result = serve_in_turn(nc, &listener);
    zoc_listener_close(listener);
    return result;
}

/* --- datagrams ------------------------------------------------------------------------------------- */

/* The original tells of a peer only where it takes one alone. */
static int serve_datagrams(struct nc *nc, const zoc_endpoint *place)
{
    zoc_datagrams *socket;
    zoc_stream *post;
    int result = zoc_datagrams_open(place, &socket);

    if (result < 0)
        return result;
    nc_tell_bound(nc, zoc_datagrams_endpoint(socket));
    result = post_open(socket, &post);
    if (result == 0) {
        if (!nc->keeps)
            nc_tell_received(nc, &post_first(post)->peer);
        explaining_meet(&nc->explaining, post, &post_first(post)->peer);
        nc->status = nc_talk(nc, post);
        explaining_end(&nc->explaining);
    }
    zoc_datagrams_close(socket);
    return result;
}

int nc_listen(struct nc *nc)
{
    const zoc_endpoint *place = nc_place(nc, nc->port);
    int result = -ENOMEM;

    if (place)
        result = nc->datagrams ? serve_datagrams(nc, place) : serve_connections(nc, place);
    if (result == -ECANCELED && nc->signal)
        return STATUS_OK;
    return result < 0 ? nc_fail(nc) : nc->status;
}

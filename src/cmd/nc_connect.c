/* nc without -l: connecting to a host, port by port. */
#include "cmd/nc.h"
#include "talk/pass.h"
#include "talk/reach.h"

#include <errno.h>
#include <zocalo/error.h>
#include <zocalo/fiber.h>

/* --- looking whether UDP is there ------------------------------------------------------------------- */

#define PROBE_SECONDS 3 /* without -w */

/* Whether nobody says that nobody is there. An answer ends it early. */
static int probe(const struct nc *nc, zoc_stream *peer)
{
    zoc_duration most = nc->timeout ? nc->timeout : PROBE_SECONDS * ZOC_SECOND;
    ssize_t result = -ETIMEDOUT;
    zoc_bytes answer;

    for (zoc_duration waited = 0; waited < most && result == -ETIMEDOUT; waited += ZOC_SECOND) {
        result = zoc_write(peer, "X", 1);
        if (result > 0)
            ZOC_WITHIN(ZOC_SECOND)
                result = zoc_receive(peer, &answer);
    }
    return result == -ETIMEDOUT || result >= 0 ? 0 : (int)result;
}

/* --- one port --------------------------------------------------------------------------------------- */

/* What observes a stream sees every byte of it: where nothing is explained, from here on nobody does, and the kernel may move
 * them. */
static int reach(struct nc *nc, struct nc_attempts *attempts, zoc_stream **ret_peer)
{
    const zoc_endpoint *place = nc_place(nc, attempts->port);
    const struct reach reach = {
        .endpoint = place,
        .proxy = nc->proxy_address ? &nc->proxy : NULL,
        .observer = explaining_observer(&nc->explaining, SIDE_SERVER, place, &attempts->observer),
        .timeout = nc->timeout,
    };
    zoc_stream *peer;
    int result = reach.endpoint ? reach_peer(&reach, &peer) : -ENOMEM;

    if (result < 0)
        return result;
    if (!nc->explain.given)
        zoc_observe(peer, NULL);
    result = nc->scans && nc->datagrams && !nc->local ? probe(nc, peer) : 0;
    if (result < 0) {
        attempts->error = result;
        zoc_close(peer);
        return result;
    }
    *ret_peer = peer;
    return 0;
}

static int give_away(const struct nc *nc, zoc_stream *peer)
{
    int result = pass_stream(peer);

    zoc_close(peer);
    return result < 0 ? nc_fail(nc) : STATUS_OK;
}

static int use(struct nc *nc, zoc_stream *peer)
{
    if (nc->passes)
        return give_away(nc, peer);
    if (!nc->scans)
        return nc_talk(nc, peer);
    zoc_close(peer);
    return STATUS_OK;
}

static int try_port(struct nc *nc, uint16_t port)
{
    struct nc_attempts attempts = nc_attempts_at(nc, port);
    zoc_stream *peer;
    int result = reach(nc, &attempts, &peer);

    if (result < 0) {
        explaining_fail(&nc->explaining, result);
        nc_tell_unreached(&attempts, result);
        return NC_FAILURE;
    }
    nc_tell_reached(&attempts);
    int status = use(nc, peer);
    explaining_end(&nc->explaining);
    return status;
}

/* --- all of them ------------------------------------------------------------------------------------ */

static bool is_over(const struct nc *nc)
{
    return nc->signal || (nc->console && zoc_stream_account(nc->console).error);
}

/* What is not so of one port is not so of the list: the status tells. */
int nc_connect(struct nc *nc)
{
    size_t count = nc->local ? 1 : nc->ports.count;
    int status = STATUS_OK;

    for (size_t i = 0; i < count && !is_over(nc); i++) {
        if (i > 0 && nc->interval && zoc_sleep(nc->interval) < 0)
            break;
        if (try_port(nc, nc->local ? 0 : nc->ports.numbers[i]) != STATUS_OK)
            status = NC_FAILURE;
    }
    return status;
}

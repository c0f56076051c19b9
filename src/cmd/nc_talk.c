/* A conversation of nc's, once there is a peer. */
#include "cmd/nc.h"
#include "cmd/text.h"
#include "talk/attend.h"
#include "talk/input.h"
#include "talk/join.h"
#include "telnet/telnet.h"

#include <errno.h>
#include <zocalo/error.h>
#include <zocalo/fiber.h>

/* --- a program ------------------------------------------------------------------------------------- */

static int attend_peer(const struct nc *nc, zoc_stream *peer)
{
    int result = attend(peer, nc->attendant);

    return result < 0 ? nc_fail(nc) : STATUS_OK;
}

/* A client that is lost is nothing to complain of here; a program that fails is. */
void nc_attend(zoc_stream *peer, void *state)
{
    struct nc *nc = state;

    nc_tell_received(nc, zoc_stream_peer(peer));
    explaining_follow(&nc->explaining, &(struct follow){ .peer = SIDE_CLIENT, .stream = peer });
    int result = attend(peer, nc->attendant);
    if (result < 0 && result != -ECANCELED && !zoc_stream_account(peer).error)
        nc_fail(nc);
}

/* --- standard input and output --------------------------------------------------------------------- */

/* -o: sees one direction and writes it down. */
struct recorder {
    struct tap tap; /* first */
    struct hexdump *dump;
    bool received;
};

static int record(struct tap *tap, zoc_bytes bytes)
{
    struct recorder *recorder = (struct recorder *)tap;
    int result = hexdump_show(recorder->dump, recorder->received, bytes);

    return result < 0 ? zoc_fail(result, "%s", _("option '-o'")) : 0;
}

static int open_dump(struct nc *nc)
{
    zoc_endpoint *place;

    if (!nc->dump || nc->dumped)
        return 0;
    int result = zoc_endpoint_parse("file:x,dir=out", &place);
    if (result < 0)
        return result;
    char *skeleton = place->path;
    place->path = (char *)nc->dump;
    result = zoc_dial_endpoint(place, NULL, &nc->dumped);
    place->path = skeleton;
    zoc_endpoint_free(place);
    return result < 0 ? zoc_wrap(result, _("option '-o'")) : 0;
}

/* Where there is nobody to say anything (cron, a service), or all of it was said to an earlier client, an end that is passed on
 * at once would only turn away a client that ends with its peer, before it has said what it came for. */
static bool has_nothing_to_say(const struct nc *nc)
{
    return nc->no_input || (nc->listens && (nc->input_ended || !input_is_there()));
}

static struct join join_of(struct nc *nc, zoc_stream *peer)
{
    bool waits_for_ever = nc->quit.given || (nc->listens && nc->datagrams); /* others may still send */

    return (struct join){
        .local = nc->console,
        .peer = peer,
        .linger = waits_for_ever ? ZOC_NEVER : JOIN_LINGER,
        .hangs_up = nc->quit.given && nc->quit.seconds >= 0,
        .patience = nc->quit.seconds * ZOC_SECOND,
        .idle = nc->timeout,
        .crlf = nc->crlf,
        .mute = has_nothing_to_say(nc),
        .finite = input_is_file(),
        .rest = input_is_program() && !nc->keeps ? JOIN_REST : 0, /* the next client waits for it, too */
        .by_lines = nc->interval > 0,
        .pause = nc->interval,
        .receive_max = nc->receive_max,
        .keeps_output = nc->keeps || nc->ports.count > 1,
    };
}

/* Silence that was asked for (-w) is no failure. */
static int judge(const struct nc *nc, const struct join *join, int result)
{
    return result < 0 && !join->idled ? nc_fail(nc) : STATUS_OK;
}

static int join_peer(struct nc *nc, zoc_stream *peer)
{
    int result = nc->console ? 0 : zoc_stream_of_stdio(&nc->console);

    if (result == 0)
        result = open_dump(nc);
    if (result < 0)
        return nc_fail(nc);
    struct join join = join_of(nc, peer);
    struct hexdump dump = hexdump_to(nc->dumped);
    struct recorder sent = { .tap.see = record, .dump = &dump },
                    received = { .tap.see = record, .dump = &dump, .received = true };
    if (nc->dump) {
        join.sent = &sent.tap;
        join.received = &received.tap;
    }
    result = join_run(&join);
    nc->input_ended |= join.input_ended;
    return judge(nc, &join, result);
}

/* --- both ------------------------------------------------------------------------------------------ */

#define LOOK_AGAIN (5 * ZOC_MILLISECOND)

static bool all_has_arrived(const zoc_stream *peer)
{
    struct tcp_info info;

    return zoc_stream_tcp_info(peer, &info) < 0 || (info.tcpi_unacked == 0);
}

/* Where we end it, and the peer has not: what is still on its way would be lost by a close, if the peer has sent more than was
 * read. */
static void leave(const struct nc *nc, zoc_stream *peer)
{
    bool by_us = nc->quit.given || nc->timeout || nc->receive_max;

    ZOC_WITHIN(ZOC_FAREWELL_TIME)
        while (by_us && !zoc_stream_account(peer).error && !all_has_arrived(peer))
            if (zoc_sleep(LOOK_AGAIN) < 0)
                break;
    zoc_close(peer);
}

int nc_talk(struct nc *nc, zoc_stream *peer)
{
    const struct telnet_options telnet = { .refuses = true };
    int result = nc->telnet ? telnet_open(peer, &telnet, &peer) : 0;

    if (result < 0) {
        zoc_close(peer);
        return nc_fail(nc);
    }
    int status = nc->attendant ? attend_peer(nc, peer) : join_peer(nc, peer);
    leave(nc, peer);
    return status;
}

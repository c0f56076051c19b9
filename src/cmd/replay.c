/* zocalo replay: plays one side of a recorded conversation, and says where the other one answers differently. */
#include "cmd/narrate.h"
#include "cmd/text.h"
#include "cmd/verb.h"
#include "talk/interrupt.h"
#include "talk/post.h"
#include "talk/reach.h"
#include "transcript/report.h"

#include <errno.h>
#include <stdlib.h>
#include <zocalo/error.h>

struct playing {
    const struct verb *verb;
    bool verbose, json;
    int as;              /* enum side, or SIDE_COUNT: what the endpoint says */
    unsigned connection; /* 0: the first */
    zoc_duration wait;
    zoc_endpoint *endpoint;
    zoc_datagrams *socket; /* under the peer, where datagrams are awaited; NULL */
    struct script script;
    struct replay replay;
    int status;
    int signal; /* that ended it; 0 */
};

/* --- options -------------------------------------------------------------------------------------- */

static int read_side(const char *value, void *field)
{
    for (enum side side = SIDE_CLIENT; side < SIDE_COUNT; side++)
        if (strcmp(value, side_name(side)) == 0) {
            *(int *)field = (int)side;
            return 0;
        }
    return -EINVAL;
}

static const struct option_kind side = { read_side, N_("one of client, server") };

#define FIELD(member) offsetof(struct playing, member)

static const struct verb_option options[] = {
    { "verbose", 'v', &option_flag, FIELD(verbose), NULL, N_("tells every step on standard error") },
    { "as", 0, &side, FIELD(as), "client|server",
      N_("plays that side: client, which connects (default), or server, which listens") },
    { "connection", 0, &option_count, FIELD(connection), N_("NUMBER"),
      N_("plays that connection of the transcript; otherwise the first") },
    { "fast", 0, &option_flag, FIELD(replay.fast), NULL, N_("without the pauses that were recorded") },
    { "timeout", 0, &option_duration, FIELD(replay.timeout), N_("DURATION"),
      N_("waits so long for an answer that does not come (default 10s; 0: for ever)") },
    { "wait", 'w', &option_duration, FIELD(wait), N_("DURATION"),
      N_("tries again for so long while nobody listens there") },
    { "json", 0, &option_flag, FIELD(json), NULL, N_("prints the result as JSON, one object a line") },
    { 0 },
};

/* --- the peer ------------------------------------------------------------------------------------- */

/* Nobody else is let in once the first has come. */
static int await_client(const struct playing *playing, zoc_observer *observer, zoc_stream **ret_peer)
{
    const zoc_listen_options listening = { .observer = observer };
    zoc_endpoint place = *playing->endpoint;
    zoc_listener *listener;

    place.listens = false;
    int result = zoc_listen_endpoint(&place, &listening, &listener);
    if (result < 0)
        return result;
    verb_tell_place(zoc_listener_endpoint(listener), zoc_listener_tls(listener));
    result = zoc_accept(listener, ret_peer);
    zoc_listener_close(listener);
    return result;
}

/* Whoever sends first is the client. */
static int await_letter(struct playing *playing, zoc_stream **ret_peer)
{
    zoc_endpoint place = *playing->endpoint;

    place.listens = false;
    int result = zoc_datagrams_open(&place, &playing->socket);
    if (result < 0)
        return result;
    verb_tell_place(zoc_datagrams_endpoint(playing->socket), NULL);
    return post_open(playing->socket, ret_peer);
}

static int meet(struct playing *playing, zoc_observer *observer, zoc_stream **ret_peer)
{
    const struct reach reach = { .endpoint = playing->endpoint, .observer = observer, .wait = playing->wait };

    if (!playing->endpoint->listens)
        return reach_peer(&reach, ret_peer);
    return zoc_endpoint_has_datagrams(playing->endpoint) ? await_letter(playing, ret_peer)
                                                         : await_client(playing, observer, ret_peer);
}

/* Datagrams are no stream, and a stream is none. */
static int check_peer(const struct playing *playing, const zoc_stream *peer)
{
    if (zoc_stream_has_messages(peer) == playing->script.datagrams || playing->script.count == 0)
        return 0;
    return zoc_refuse(-EINVAL, playing->script.datagrams ? _("datagrams were recorded, and the endpoint has a stream")
                                                         : _("a stream was recorded, and the endpoint has datagrams"));
}

/* --- playing -------------------------------------------------------------------------------------- */

static int print_report(const struct replay *replay, bool json)
{
    zoc_buffer text = { 0 };
    int result = json ? report_json(replay, &text) : report_text(replay, &text);

    if (result == 0)
        fwrite(text.data, 1, text.size, stdout);
    zoc_buffer_release(&text);
    return result;
}

static int play_with(struct playing *playing, zoc_stream *peer)
{
    int result = check_peer(playing, peer);

    if (result < 0) {
        zoc_close(peer);
        return result;
    }
    result = replay_run(&playing->replay, peer);
    if (result == 0)
        result = print_report(&playing->replay, playing->json);
    playing->status = replay_is_same(&playing->replay) ? STATUS_OK : STATUS_NETWORK;
    return result;
}

static int play(void *arg)
{
    struct playing *playing = arg;
    struct narrator narrator = narrator_of(stderr);
    zoc_stream *peer;
    int result = meet(playing, playing->verbose ? &narrator.observer : NULL, &peer);

    if (result == 0)
        result = play_with(playing, peer);
    zoc_datagrams_close(playing->socket);
    if (result < 0 && !playing->signal)
        playing->status = verb_fail(playing->verb, result);
    return 0;
}

static int run_fiber(void *arg)
{
    struct playing *playing = arg;

    return interrupt_run(play, playing, &playing->signal);
}

/* --- the verb ------------------------------------------------------------------------------------- */

/* A side that was not named follows from the endpoint; a server that is to connect has to be asked for by name. */
static int choose_side(struct playing *playing)
{
    zoc_endpoint *endpoint = playing->endpoint;

    if (playing->as == SIDE_COUNT)
        playing->as = endpoint->listens ? SIDE_SERVER : SIDE_CLIENT;
    if (playing->as == SIDE_SERVER)
        endpoint->listens = true;
    if (endpoint->listens && !zoc_endpoint_can_listen(endpoint))
        return zoc_refuse(-EINVAL, _("nobody can listen there: expects tcp://, udp://, unix: or fd:"));
    if (endpoint->listens && playing->wait)
        return zoc_refuse(-EINVAL, _("option '--wait' is for connecting, not for listening"));
    playing->replay.side = (enum side)playing->as;
    return 0;
}

static int prepare(struct playing *playing, int count, char **arguments)
{
    if (count < 2)
        return zoc_refuse(-EINVAL,
                          _("expects FILE and ENDPOINT, or FILE, HOST and PORT; 'zocalo help replay' says more"));
    int result = verb_read_endpoint(playing->verb, count - 1, arguments + 1, &playing->endpoint);

    if (result == 0)
        result = choose_side(playing);
    if (playing->replay.timeout == 0)
        playing->replay.timeout = ZOC_NEVER;
    playing->script.connection = playing->connection;
    playing->replay.script = &playing->script;
    return result == 0 ? script_load(&playing->script, arguments[0]) : result;
}

static int run(const struct verb *verb, int argc, char **argv)
{
    struct playing playing = { .verb = verb, .as = SIDE_COUNT, .replay.timeout = REPLAY_TIMEOUT };
    int first;
    int status = verb_read_options(verb, argc, argv, &playing, &first);

    if (status >= 0)
        return status;
    int result = prepare(&playing, argc - first, argv + first);
    if (result == 0)
        result = zoc_run(run_fiber, &playing);
    status = result < 0 ? verb_fail(verb, result) : playing.status;
    script_release(&playing.script);
    zoc_endpoint_free(playing.endpoint);
    if (playing.signal)
        interrupt_end(playing.signal);
    return status;
}

const struct verb verb_replay = {
    .name = "replay",
    .summary = N_("plays a recorded conversation again, and says where answers differ"),
    .usage = N_("[OPTIONS] FILE ENDPOINT | FILE HOST PORT"),
    .text =
        N_("  zocalo connect --transcript talk.jsonl :50007     records one\n"
           "  zocalo replay talk.jsonl :50007                   says what the client had said, compares the answers\n"
           "  zocalo replay --fast talk.jsonl example.org 80    at once\n"
           "  zocalo replay talk.jsonl listen::9000             answers as the server had\n"
           "Exit status: 0 all was the same, 1 it was not, or the network said no, 2 everything else.\n"),
    .options = options,
    .run = run,
};

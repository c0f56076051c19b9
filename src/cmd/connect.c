/* zocalo connect: joins standard input and output to an endpoint. */
#include "cmd/explaining.h"
#include "cmd/narrate.h"
#include "cmd/shown.h"
#include "cmd/text.h"
#include "cmd/verb.h"
#include "proxy/proxy.h"
#include "talk/input.h"
#include "talk/interrupt.h"
#include "talk/join.h"
#include "talk/reach.h"
#include "talk/session.h"
#include "talk/stats.h"
#include "transcript/recording.h"

#include <errno.h>
#include <stdlib.h>
#include <zocalo/error.h>

struct settings {
    const struct verb *verb;
    bool verbose, stats, telnet;
    struct shown shown;
    struct explain_options explain;
    struct explaining explaining;
    const char *source;
    const char *transcript_path; /* NULL: none is written */
    struct transcript transcript;
    zoc_endpoint *endpoint;
    struct proxy proxy; /* zeroed: none */
    struct reach reach;
    struct join join;
    int status;
    int signal; /* that ended it; 0 */
};

/* --- options -------------------------------------------------------------------------------------- */

static int read_proxy(const char *value, void *field)
{
    proxy_release(field);
    return proxy_parse(value, field);
}

static const struct option_kind proxy = { read_proxy, NULL };

#define FIELD(member) offsetof(struct settings, member)

static const struct verb_option options[] = {
    { "verbose", 'v', &option_flag, FIELD(verbose), NULL, N_("tells every step on standard error") },
    EXPLAIN_OPTIONS(struct settings, explain),
    { "timeout", 0, &option_duration, FIELD(reach.timeout), N_("DURATION"),
      N_("the connection must have come about by then") },
    { "wait", 'w', &option_duration, FIELD(reach.wait), N_("DURATION"),
      N_("tries again for so long while nobody listens there") },
    { "proxy", 'x', &proxy, FIELD(proxy), N_("URL"),
      N_("goes through a proxy: socks5://, socks4:// or http://[USER:PASSWORD@]HOST[:PORT]") },
    { "source", 0, &option_text, FIELD(source), N_("ADDR[:PORT]"), N_("the address to come from") },
    { "idle", 0, &option_duration, FIELD(join.idle), N_("DURATION"),
      N_("ends when nothing came and nothing went for so long") },
    { "linger", 0, &option_duration, FIELD(join.linger), N_("DURATION"),
      N_("after the end of input, waits so long for more datagrams, or more of a device (default 1s)") },
    { "crlf", 0, &option_flag, FIELD(join.crlf), NULL, N_("ends the lines of the input with CR LF") },
    { "telnet", 't', &option_flag, FIELD(telnet), NULL,
      N_("negotiates as telnet does; at a terminal it does when the peer begins") },
    { "chunk", 0, &option_size, FIELD(join.piece), N_("BYTES"), N_("sends the input in pieces of so many bytes") },
    { "pause", 0, &option_duration, FIELD(join.pause), N_("DURATION"), N_("waits so long between two pieces") },
    { "reset", 0, &option_flag, FIELD(join.breaks_off), NULL, N_("ends with a reset instead of an orderly end") },
    { "hex", 0, &option_flag, FIELD(join.hex), NULL, N_("prints a dump of both directions instead of what comes") },
    { "stats", 0, &option_flag, FIELD(stats), NULL,
      N_("at the end, prints bytes, time and what the kernel measured on standard error") },
    { "progress", 0, &option_flag, FIELD(shown.progress), NULL,
      N_("shows bytes and rate on standard error, where that is a terminal") },
    { "transcript", 0, &option_word, FIELD(transcript_path), N_("FILE"),
      N_("writes what is said, with times, for 'zocalo replay'") },
    { "sha256", 0, &option_flag, FIELD(shown.sha256), NULL,
      N_("at the end, prints the SHA-256 of what went and what came on standard error") },
    { 0 },
};

/* --- the conversation ----------------------------------------------------------------------------- */

static bool is_dialogue(const zoc_stream *peer)
{
    return zoc_stream_receives(peer) && zoc_stream_sends(peer);
}

static int join_session(struct settings *settings, struct session *session)
{
    struct join *join = &settings->join;
    int result = session_open(session);

    explaining_show_at(&settings->explaining, session->terminal);
    if (result == 0)
        result = session_meet(session);
    if (result == 0)
        result = shown_join(&settings->shown, join);
    explaining_leave(&settings->explaining);
    session_close(session);
    int status = result < 0 ? verb_fail(settings->verb, result) : STATUS_OK;
    if (settings->stats)
        stats_print(join->peer, stderr);
    return join->local_failed ? STATUS_OTHER : status;
}

static int talk(struct settings *settings)
{
    char *name = zoc_endpoint_text(settings->endpoint);
    struct session session = {
        .join = &settings->join,
        .prompt = "zocalo> ",
        .name = name ? name : "",
        .escape = TERMINAL_ESCAPE,
        .unedited = settings->shown.progress || !is_dialogue(settings->join.peer),
        .telnet = settings->telnet ? SESSION_TELNET_ASKED : SESSION_TELNET_HEARD,
    };
    int status = join_session(settings, &session);

    free(name);
    return status;
}

/* Waits. The narrator, the story and the recording live longer than the connection. */
static void meet_and_talk(struct settings *settings)
{
    int result = reach_peer(&settings->reach, &settings->join.peer);

    if (result < 0) {
        if (settings->signal)
            return;
        explaining_fail(&settings->explaining, result);
        settings->status = verb_fail(settings->verb, result);
        return;
    }
    settings->status = talk(settings);
    if (settings->join.breaks_off)
        zoc_reset(settings->join.peer);
    else
        zoc_close(settings->join.peer);
    explaining_end(&settings->explaining);
}

static int converse(void *arg)
{
    struct settings *settings = arg;
    struct narrator narrator = narrator_of(stderr);
    zoc_observer *narrating = settings->verbose ? &narrator.observer : NULL;
    struct recording *recording = NULL;
    int result = settings->transcript.open ? recording_new(&settings->transcript, false, &recording) : 0;

    if (result < 0) {
        settings->status = verb_fail(settings->verb, result);
        return 0;
    }
    enum side peer = settings->endpoint->listens ? SIDE_CLIENT : SIDE_SERVER;
    explaining_open(&settings->explaining, &settings->explain);
    zoc_observer *told = explaining_observer(&settings->explaining, peer, settings->endpoint, narrating);
    settings->reach.observer = recording ? recording_observer(recording, peer, told) : told;
    meet_and_talk(settings);
    recording_free(recording);
    explaining_close(&settings->explaining);
    return 0;
}

static int run_fiber(void *arg)
{
    struct settings *settings = arg;

    return interrupt_run(converse, settings, &settings->signal);
}

/* --- the verb ------------------------------------------------------------------------------------- */

/* What options ask of the endpoint. */
static int apply_options(struct settings *settings)
{
    if (settings->join.breaks_off && settings->endpoint->scheme != ZOC_TCP && settings->endpoint->scheme != ZOC_TLS)
        return zoc_refuse(-EINVAL, _("option '--reset': only a connection by tcp:// or tls:// can be reset"));
    int result = explain_check(&settings->explain);
    if (result < 0)
        return result;
    result = settings->source ? reach_set_source(settings->endpoint, settings->source) : 0;
    settings->reach.endpoint = settings->endpoint;
    settings->reach.proxy = settings->proxy.host ? &settings->proxy : NULL;
    if (result < 0)
        return zoc_wrap(result, _("option '--source'"));
    if (settings->transcript_path)
        result = transcript_open(&settings->transcript, settings->transcript_path, "zocalo connect");
    return result;
}

static int run(const struct verb *verb, int argc, char **argv)
{
    struct settings settings = { .verb = verb, .join = { .linger = JOIN_LINGER, .finite = input_is_file() } };
    int first;
    int status = verb_read_options(verb, argc, argv, &settings, &first);

    if (status >= 0)
        return status;
    int result = verb_read_endpoint(verb, argc - first, argv + first, &settings.endpoint);
    if (result == 0)
        result = apply_options(&settings);
    if (result == 0)
        result = zoc_run(run_fiber, &settings);
    status = result < 0 ? verb_fail(verb, result) : settings.status;
    if (transcript_close(&settings.transcript) < 0)
        status = STATUS_OTHER;
    zoc_endpoint_free(settings.endpoint);
    proxy_release(&settings.proxy);
    if (settings.signal)
        interrupt_end(settings.signal);
    return status;
}

const struct verb verb_connect = {
    .name = "connect",
    .summary = N_("joins standard input and output to an endpoint"),
    .usage = N_("[OPTIONS] ENDPOINT | HOST PORT"),
    .text = N_("  zocalo connect :50007                 TCP to this machine, both families\n"
               "  zocalo connect example.org 80\n"
               "  zocalo connect udp://:50007           a datagram for each read of the input\n"
               "  zocalo connect tls://example.org:443  TLS; ',ca=FILE' and ',pin=...' say whom to trust\n"
               "  zocalo connect unix:/tmp/echo.sock\n"
               "  zocalo connect fifo:/tmp/pipe         prints what is written to a named pipe\n"
               "  zocalo connect fifo:/tmp/pipe,dir=out writes to it\n"
               "  zocalo connect file:log.txt,append\n"
               "  zocalo connect exec:'sort -n'         a program, by its input and output\n"
               "  zocalo connect listen::9000           waits for the first who comes\n"
               "The end of input is passed on, and what still comes is awaited; the peer's end is the end.\n"
               "Exit status: 0 it worked, 1 the network said no, 2 everything else.\n"),
    .options = options,
    .run = run,
};

/* zocalo listen: waits for clients, and joins them with standard input and output, with a program, or with one another. */
#include "cmd/explaining.h"
#include "cmd/narrate.h"
#include "cmd/shown.h"
#include "cmd/text.h"
#include "cmd/verb.h"
#include "talk/access.h"
#include "talk/attend.h"
#include "talk/broker.h"
#include "talk/gather.h"
#include "talk/input.h"
#include "talk/interrupt.h"
#include "talk/letters.h"
#include "talk/session.h"
#include "transcript/recording.h"

#include <errno.h>
#include <zocalo/error.h>
#include <zocalo/net.h>

struct listening {
    const struct verb *verb;
    bool verbose, keep, brokers, hex;
    struct shown shown;
    struct explain_options explain;
    struct explaining explaining;
    zoc_observer *narrating;     /* with --verbose; NULL */
    const char *command;         /* --exec; NULL: none */
    unsigned max;                /* clients at once; 0: any number */
    const char *transcript_path; /* NULL: none is written */
    struct transcript transcript;
    struct access access;
    zoc_endpoint *endpoint;
    zoc_endpoint *program; /* of the command; NULL */
    zoc_listener *listener;
    zoc_handler *converse; /* with each client that may come, where many are served */
    void *state;           /* of that */
    int status;
    int signal; /* that ended it; 0 */
};

/* --- options -------------------------------------------------------------------------------------- */

static int read_block(const char *value, void *field)
{
    return access_add(field, value);
}

static const struct option_kind block = { read_block, NULL };

#define FIELD(member) offsetof(struct listening, member)

static const struct verb_option options[] = {
    { "verbose", 'v', &option_flag, FIELD(verbose), NULL, N_("tells every step on standard error") },
    EXPLAIN_OPTIONS(struct listening, explain),
    { "keep", 'k', &option_flag, FIELD(keep), NULL, N_("serves one client after the other, and many at once") },
    { "exec", 'e', &option_word, FIELD(command), N_("COMMAND"), N_("gives each client a program of its own") },
    { "broker", 0, &option_flag, FIELD(brokers), NULL, N_("what one client says every other one hears") },
    { "max", 'm', &option_count, FIELD(max), N_("NUMBER"), N_("serves so many clients at once; others wait") },
    { "allow", 0, &block, FIELD(access.allow), N_("BLOCK"),
      N_("lets nobody else in, such as 10.0.0.0/8 or ::1; may be repeated") },
    { "deny", 0, &block, FIELD(access.deny), N_("BLOCK"), N_("lets these not in, although allowed; may be repeated") },
    { "hex", 0, &option_flag, FIELD(hex), NULL, N_("prints a dump of both directions instead of what comes") },
    { "transcript", 0, &option_word, FIELD(transcript_path), N_("FILE"),
      N_("writes what is said, with times, for 'zocalo replay'") },
    { "progress", 0, &option_flag, FIELD(shown.progress), NULL,
      N_("shows bytes and rate on standard error, where that is a terminal") },
    { "sha256", 0, &option_flag, FIELD(shown.sha256), NULL,
      N_("at the end, prints the SHA-256 of what went and what came on standard error") },
    { 0 },
};

/* --- what is said on standard error --------------------------------------------------------------- */

static void tell_dropped(void *state, zoc_stream *peer)
{
    char text[ZOC_ADDRESS_TEXT];

    (void)state;
    fprintf(stderr, _("zocalo listen: %s is dropped: it does not read\n"),
            zoc_address_format(zoc_stream_peer(peer), text, sizeof text));
}

/* `told` is who observes the peer. */
static bool agrees(const struct listening *listening, zoc_stream *peer, zoc_observer *told)
{
    char text[ZOC_ADDRESS_TEXT];
    int result = zoc_tls_handshake(peer);

    explaining_settle(told, result);
    if (result < 0 && listening->verbose)
        fprintf(stderr, "%s: %s\n", zoc_address_format(zoc_stream_peer(peer), text, sizeof text), zoc_why());
    return result == 0;
}

static bool admits(const struct listening *listening, zoc_stream *peer)
{
    bool admitted = access_admits(&listening->access, zoc_stream_peer(peer));
    char text[ZOC_ADDRESS_TEXT];

    if (!admitted && listening->verbose)
        fprintf(stderr, _("%s may not come\n"), zoc_address_format(zoc_stream_peer(peer), text, sizeof text));
    return admitted;
}

/* The recording stays with the stream. */
static int record(struct listening *listening, zoc_stream *peer)
{
    struct recording *recording;
    int result = listening->transcript.open ? recording_new(&listening->transcript, false, &recording) : 0;

    if (result == 0 && listening->transcript.open) {
        recording_follow(recording, SIDE_CLIENT, peer);
        recording_free(recording);
    }
    return result;
}

/* --- one client ----------------------------------------------------------------------------------- */

/* Who may not come is not the one that is waited for. */
static int await_client(struct listening *listening, zoc_stream **ret_peer)
{
    zoc_stream *peer;
    int result;

    while ((result = zoc_accept(listening->listener, &peer)) == 0) {
        if (admits(listening, peer)) {
            *ret_peer = peer;
            return 0;
        }
        zoc_close(peer);
    }
    return result;
}

static int attend_one(struct listening *listening, zoc_stream *peer)
{
    int result = attend(peer, listening->program);
    int status = result < 0 && !listening->signal ? verb_fail(listening->verb, result) : STATUS_OK;

    zoc_finish(peer);
    explaining_end(&listening->explaining);
    return status;
}

/* Where there is nobody to say anything (cron, a service), an end that is passed on at once would only turn away a client that
 * ends with its peer, before it has said what it came for. */
static int join_one(struct listening *listening, zoc_stream *peer)
{
    char name[ZOC_ADDRESS_TEXT];
    struct join join = { .peer = peer,
                         .linger = JOIN_LINGER,
                         .finite = input_is_file(),
                         .rest = input_is_program() ? JOIN_REST : 0,
                         .mute = !input_is_there(),
                         .hex = listening->hex };
    struct session session = { .join = &join,
                               .prompt = "zocalo> ",
                               .name = zoc_address_format(zoc_stream_peer(peer), name, sizeof name),
                               .escape = TERMINAL_ESCAPE,
                               .unedited = listening->shown.progress };
    int result = session_open(&session);

    explaining_show_at(&listening->explaining, session.terminal);
    if (result == 0)
        result = session_meet(&session);
    if (result == 0)
        result = shown_join(&listening->shown, &join);
    explaining_leave(&listening->explaining);
    session_close(&session);
    zoc_close(peer);
    int status = result < 0 ? verb_fail(listening->verb, result) : STATUS_OK;
    explaining_end(&listening->explaining);
    return join.local_failed ? STATUS_OTHER : status;
}

/* Nobody else is let in once it has come. */
static int serve_one(struct listening *listening)
{
    zoc_stream *peer = NULL;
    int result = await_client(listening, &peer);

    if (result < 0)
        return result;
    zoc_listener_close(listening->listener);
    listening->listener = NULL;
    result = record(listening, peer);
    if (result == 0)
        result = zoc_tls_handshake(peer);
    if (result < 0) {
        zoc_close(peer);
        explaining_fail(&listening->explaining, result);
        return result;
    }
    listening->status = listening->program ? attend_one(listening, peer) : join_one(listening, peer);
    return 0;
}

/* --- many clients --------------------------------------------------------------------------------- */

static void welcome(zoc_stream *peer, void *state)
{
    struct listening *listening = state;

    if (!admits(listening, peer))
        return;
    const struct follow follow = { .peer = SIDE_CLIENT, .stream = peer, .also = listening->narrating };
    zoc_observer *told = explaining_follow(&listening->explaining, &follow);
    if (record(listening, peer) < 0)
        verb_refuse(listening->verb, "%s", zoc_error_text(-ENOMEM));
    else if (agrees(listening, peer, told))
        listening->converse(peer, listening->state);
}

static int serve_many(void *arg)
{
    struct listening *listening = arg;
    zoc_serve_options options = { 0 };
    int result = listening->max ? zoc_gate_new(listening->max, 0, &options.gate) : 0;

    if (result == 0)
        result = zoc_serve_with(listening->listener, &options, welcome, listening);
    zoc_gate_free(options.gate);
    return result;
}

/* A client that is lost is nothing to complain of here; a program that fails is. */
static void attend_each(zoc_stream *peer, void *state)
{
    struct listening *listening = state;
    int result = attend(peer, listening->program);

    if (result < 0 && result != -ECANCELED && !zoc_stream_account(peer).error)
        verb_fail(listening->verb, result);
}

static int serve_programs(struct listening *listening)
{
    listening->converse = attend_each;
    listening->state = listening;
    return serve_many(listening);
}

static struct broker_options broker_options_of(const struct listening *listening)
{
    return (struct broker_options){ .tell_dropped = tell_dropped,
                                    .one_by_one = listening->endpoint->type == SOCK_SEQPACKET };
}

static int serve_broker(struct listening *listening)
{
    const struct broker_options options = broker_options_of(listening);
    struct broker *broker;
    int result = broker_new(&options, &broker);

    if (result < 0)
        return result;
    listening->converse = broker_converse;
    listening->state = broker;
    result = serve_many(listening);
    broker_free(broker);
    return result;
}

static int gather_at(struct listening *listening, zoc_stream *local)
{
    const struct broker_options options = broker_options_of(listening);
    struct gather *gather;
    int result = gather_new(local, &options, &gather);

    if (result < 0)
        return result;
    listening->converse = gather_converse;
    listening->state = gather;
    result = gather_run(gather, serve_many, listening);
    gather_free(gather);
    return result;
}

/* --- standard input and output for many ----------------------------------------------------------- */

/* Output that nobody reads any more is a quiet end. */
static int judge(int result)
{
    return result == -EPIPE ? 0 : result;
}

static int serve_gathered(struct listening *listening)
{
    zoc_stream *local;
    int result = zoc_stream_of_stdio(&local);

    if (result < 0)
        return result;
    result = judge(gather_at(listening, local));
    zoc_close(local);
    return result;
}

static int serve_letters(struct listening *listening)
{
    zoc_datagrams *socket;
    zoc_stream *local;
    int result = zoc_datagrams_open(listening->endpoint, &socket);

    if (result < 0)
        return result;
    result = zoc_stream_of_stdio(&local);
    if (result == 0) {
        verb_tell_place(zoc_datagrams_endpoint(socket), NULL);
        result =
            judge(letters_run(local, socket, &listening->access,
                              explaining_observer(&listening->explaining, SIDE_CLIENT, listening->endpoint, NULL)));
        zoc_close(local);
    }
    zoc_datagrams_close(socket);
    return result;
}

/* --- the verb ------------------------------------------------------------------------------------- */

/* One client has the story of the listener, and of many each has one of its own. */
static zoc_observer *observer_of(struct listening *listening)
{
    bool many = listening->brokers || listening->keep;

    return many ? explaining_places(&listening->explaining, listening->endpoint, listening->narrating)
                : explaining_observer(&listening->explaining, SIDE_CLIENT, listening->endpoint, listening->narrating);
}

static int serve_connections(struct listening *listening)
{
    const zoc_listen_options options = { .observer = observer_of(listening) };
    int result = zoc_listen_endpoint(listening->endpoint, &options, &listening->listener);

    if (result < 0) {
        explaining_fail(&listening->explaining, result);
        return result;
    }
    verb_tell_place(zoc_listener_endpoint(listening->listener), zoc_listener_tls(listening->listener));
    if (listening->brokers)
        result = serve_broker(listening);
    else if (!listening->keep)
        result = serve_one(listening);
    else
        result = listening->program ? serve_programs(listening) : serve_gathered(listening);
    zoc_listener_close(listening->listener);
    return result;
}

static int listen_there(void *arg)
{
    struct listening *listening = arg;
    struct narrator narrator = narrator_of(stderr);
    bool datagrams = zoc_endpoint_has_datagrams(listening->endpoint);

    listening->narrating = listening->verbose ? &narrator.observer : NULL;
    explaining_open(&listening->explaining, &listening->explain);
    int result = datagrams ? serve_letters(listening) : serve_connections(listening);
    if (result < 0 && !listening->signal)
        listening->status = verb_fail(listening->verb, result);
    explaining_close(&listening->explaining);
    return 0;
}

static int run_fiber(void *arg)
{
    struct listening *listening = arg;

    return interrupt_run(listen_there, listening, &listening->signal);
}

/* Options that contradict one another, or the endpoint. */
static int check(const struct listening *listening)
{
    bool datagrams = zoc_endpoint_has_datagrams(listening->endpoint);
    bool shows = listening->hex || listening->shown.progress || listening->shown.sha256;
    bool joins_one = !datagrams && !listening->keep && !listening->brokers && !listening->command;

    if (!zoc_endpoint_can_listen(listening->endpoint))
        return zoc_refuse(-EINVAL, _("nobody can listen there: expects tcp://, udp://, tls://, unix: or fd:"));
    if (listening->brokers && listening->command)
        return zoc_refuse(-EINVAL, _("options '--broker' and '--exec' exclude one another"));
    if (datagrams && (listening->brokers || listening->command || listening->max))
        return zoc_refuse(-EINVAL,
                          _("options '--broker', '--exec' and '--max' are for connections, not for datagrams"));
    if (datagrams && listening->transcript_path)
        return zoc_refuse(-EINVAL, _("option '--transcript' is for connections, not for datagrams"));
    if (shows && !joins_one)
        return zoc_refuse(-EINVAL, _("options '--hex', '--progress' and '--sha256' are for one connection that is "
                                     "joined with standard input and output"));
    return 0;
}

static int read_command(struct listening *listening)
{
    zoc_buffer text = { 0 };

    if (!listening->command)
        return 0;
    int result = zoc_buffer_printf(&text, "exec:%s", listening->command);
    if (result == 0)
        result = zoc_buffer_append(&text, "", 1);
    if (result == 0)
        result = zoc_endpoint_parse(text.data, &listening->program);
    zoc_buffer_release(&text);
    return result;
}

static int prepare(struct listening *listening, int count, char **arguments)
{
    int result = verb_read_endpoint(listening->verb, count, arguments, &listening->endpoint);

    if (result == 0)
        result = explain_check(&listening->explain);
    if (result == 0)
        result = check(listening);
    if (result == 0)
        result = read_command(listening);
    if (result == 0 && listening->transcript_path)
        result = transcript_open(&listening->transcript, listening->transcript_path, "zocalo listen");
    return result;
}

static int run(const struct verb *verb, int argc, char **argv)
{
    struct listening listening = { .verb = verb };
    int first;
    int status = verb_read_options(verb, argc, argv, &listening, &first);

    if (status < 0) {
        int result = prepare(&listening, argc - first, argv + first);
        if (result == 0)
            result = zoc_run(run_fiber, &listening);
        status = result < 0 ? verb_fail(verb, result) : listening.status;
    }
    if (transcript_close(&listening.transcript) < 0)
        status = STATUS_OTHER;
    zoc_endpoint_free(listening.endpoint);
    zoc_endpoint_free(listening.program);
    access_release(&listening.access);
    if (listening.signal)
        interrupt_end(listening.signal);
    return status;
}

const struct verb verb_listen = {
    .name = "listen",
    .summary = N_("waits for clients, and joins them with standard input and output"),
    .usage = N_("[OPTIONS] ENDPOINT | HOST PORT"),
    .text = N_("  zocalo listen :9000                   one client, on every interface, and then the end\n"
               "  zocalo listen localhost 0             a port that the system chooses, and that is told\n"
               "  zocalo listen :9000 > copy            takes a file; 'zocalo listen :9000 < file' gives one\n"
               "  zocalo listen --keep :9000 >> log     many clients, whose words go to one place\n"
               "  zocalo listen --keep --exec='sort -n' :9000\n"
               "  zocalo listen --broker :7373          everyone hears everyone else\n"
               "  zocalo listen --allow=10.0.0.0/8 --deny=10.0.0.7 :9000\n"
               "  zocalo listen udp://:9000             input goes to the peer that was heard last\n"
               "  zocalo listen tls://:9000             with a certificate that is made here\n"
               "  zocalo listen unix:/tmp/desk.sock\n"
               "'listening ENDPOINT' on standard error tells where, with the real port.\n"
               "Exit status: 0 it worked, 1 the network said no, 2 everything else.\n"),
    .options = options,
    .run = run,
};

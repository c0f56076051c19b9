/* zocalo relay: joins two endpoints, or whoever comes at some with one. */
#include "relay/relay.h"
#include "cmd/explaining.h"
#include "cmd/narrate.h"
#include "cmd/text.h"
#include "cmd/verb.h"
#include "talk/interrupt.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zocalo/error.h>
#include <zocalo/log.h>

struct seed {
    uint64_t number;
    bool given;
};

struct settings {
    const struct verb *verb;
    struct relay relay;
    struct seed seed;
    bool verbose;
    struct explain_options explain;
    struct explaining explaining;
    struct relay_watcher watcher;
    const char *transcript_path; /* NULL: none is written */
    zoc_duration grace;
    int status;
    int signal; /* that ended it; 0 */
};

/* --- options -------------------------------------------------------------------------------------- */

static int read_block(const char *value, void *field)
{
    return access_add(field, value);
}

static const struct option_kind block = { read_block, NULL };

static int read_loss(const char *value, void *field)
{
    return impairment_parse_loss(value, field);
}

static const struct option_kind loss = { read_loss, N_("a percentage such as 1% or 0.5%") };

static int read_seed(const char *value, void *field)
{
    struct seed *seed = field;
    char *end;

    errno = 0;
    seed->number = strtoull(value, &end, 10);
    seed->given = true;
    return errno || *value < '0' || *value > '9' || *end ? -EINVAL : 0;
}

static const struct option_kind seed = { read_seed, N_("a number from 0 to 18446744073709551615") };

static int read_version(const char *value, void *field)
{
    if ((*value != '1' && *value != '2') || value[1])
        return -EINVAL;
    *(int *)field = *value - '0';
    return 0;
}

static const struct option_kind version = { read_version, N_("1 or 2") };

#define FIELD(member) offsetof(struct settings, member)

static const struct verb_option options[] = {
    { "verbose", 'v', &option_flag, FIELD(verbose), NULL, N_("tells every step on standard error") },
    EXPLAIN_OPTIONS(struct settings, explain),
    { "wait", 'w', &option_duration, FIELD(relay.wait), N_("DURATION"),
      N_("tries so long again to reach what is not there yet") },
    { "timeout", 0, &option_duration, FIELD(relay.timeout), N_("DURATION"),
      N_("gives up reaching it after so long, or waiting for who comes at the last endpoint") },
    { "idle", 0, &option_duration, FIELD(relay.idle), N_("DURATION"),
      N_("ends what has been silent both ways for so long (datagrams: 60s; 0: never)") },
    { "max", 'm', &option_count, FIELD(relay.max), N_("NUMBER"),
      N_("relays so many connections at once, others wait; and so many peers of datagrams (1024)") },
    { "allow", 0, &block, FIELD(relay.access.allow), N_("BLOCK"),
      N_("lets nobody else in, such as 10.0.0.0/8 or ::1; may be repeated") },
    { "deny", 0, &block, FIELD(relay.access.deny), N_("BLOCK"),
      N_("lets these not in, although allowed; may be repeated") },
    { "accept-proxy", 0, &block, FIELD(relay.proxies), N_("BLOCK"),
      N_("who comes from there says first whose connection it is (PROXY protocol); may be repeated") },
    { "send-proxy", 0, &version, FIELD(relay.send_proxy), "1|2",
      N_("tells the target first whose connection it is, in that version of the PROXY protocol") },
    { "rate", 0, &option_size, FIELD(relay.impairment.rate), N_("SIZE"),
      N_("lets so many bytes a second pass, in each direction of each connection") },
    { "delay", 0, &option_duration, FIELD(relay.impairment.delay), N_("DURATION"),
      N_("delays all that passes, in each direction") },
    { "jitter", 0, &option_duration, FIELD(relay.impairment.jitter), N_("DURATION"),
      N_("delays it by up to so much more, which is drawn; datagrams overtake") },
    { "drop", 0, &loss, FIELD(relay.impairment.loss), N_("PERCENT"), N_("loses so many of the datagrams") },
    { "stall", 0, &option_duration, FIELD(relay.impairment.stall), N_("DURATION"),
      N_("lets nothing pass for so long, once in each direction") },
    { "stall-after", 0, &option_size, FIELD(relay.impairment.stall_after), N_("SIZE"),
      N_("lets so many bytes pass before it stalls (default: none)") },
    { "cut-after", 0, &option_size, FIELD(relay.impairment.cut_after), N_("SIZE"),
      N_("resets a connection when so many bytes have passed in one direction") },
    { "seed", 0, &seed, FIELD(seed), N_("N"),
      N_("makes --jitter and --drop as they were with this number; without it one is drawn, and told") },
    { "hex", 0, &option_flag, FIELD(relay.hex), NULL, N_("prints a dump of both directions on standard output") },
    { "transcript", 0, &option_word, FIELD(transcript_path), N_("FILE"),
      N_("writes what is said, with times, for 'zocalo replay'") },
    { "threads", 0, &option_threads, FIELD(relay.threads), N_("N"),
      N_("loops, each on a thread of its own; 0: one for each processor (default 1)") },
    { "grace", 0, &option_duration, FIELD(grace), N_("DURATION"),
      N_("what is under way at a stop may take so long (default 10s)") },
    { "log", 0, &option_log_format, 0, "text|json|off",
      N_("how the log is written, to standard error (default text)") },
    { "log-level", 0, &option_log_level, 0, N_("LEVEL"), N_("error, warning, info (default) or debug") },
    { 0 },
};

static bool has_datagrams(const zoc_endpoint *endpoint)
{
    return endpoint && zoc_endpoint_has_datagrams(endpoint);
}

static bool joins_datagrams(const struct relay *relay)
{
    bool found = has_datagrams(relay->source) || has_datagrams(relay->target);

    for (size_t i = 0; i < relay->place_count; i++)
        found |= has_datagrams(relay->places[i]);
    return found;
}

static int check_transcript(const struct settings *settings)
{
    if (settings->relay.threads != 1)
        return zoc_refuse(-EINVAL, _("options '--transcript' and '--threads' exclude one another"));
    return 0;
}

static int check_explain(const struct settings *settings)
{
    if (settings->explain.given && settings->relay.threads != 1)
        return zoc_refuse(-EINVAL, _("options '--explain' and '--threads' exclude one another"));
    return explain_check(&settings->explain);
}

static int check_impairment(const struct settings *settings)
{
    const struct impairment *impairment = &settings->relay.impairment;

    if (impairment->loss && !joins_datagrams(&settings->relay))
        return zoc_refuse(-EINVAL, _("option '--drop': neither side has datagrams, and of a stream nothing is lost"));
    if (impairment->stall_after && !impairment->stall)
        return zoc_refuse(-EINVAL, _("option '--stall-after' wants '--stall'"));
    if (settings->seed.given && !impairment_draws(impairment))
        return zoc_refuse(-EINVAL, _("option '--seed' wants '--jitter' or '--drop'"));
    return 0;
}

static int check_proxies(const struct relay *relay)
{
    bool accepts = relay->proxies.count > 0;
    const char *option = accepts ? "--accept-proxy" : "--send-proxy";

    if ((accepts || relay->send_proxy) && joins_datagrams(relay))
        return zoc_refuse(-EINVAL, _("option '%s': the PROXY protocol is for connections, and there are datagrams"),
                          option);
    if (accepts && relay->target->listens)
        return zoc_refuse(-EINVAL, _("option '--accept-proxy' is not for a last endpoint that listens"));
    if (relay->send_proxy && relay->target->listens && relay->target->scheme == ZOC_TLS)
        return zoc_refuse(-EINVAL, _("option '--send-proxy': the header would have to come before TLS"));
    return 0;
}

/* How a last endpoint that listens is to be reached. */
static int check_reach(const struct relay *relay)
{
    return relay->wait && relay->target->listens
               ? zoc_refuse(-EINVAL, _("option '--wait' is for connecting, not for listening"))
               : 0;
}

static int check_output(const struct relay *relay)
{
    bool uses_output = (relay->source && relay->source->scheme == ZOC_STDIO) || relay->target->scheme == ZOC_STDIO;
    bool together = relay->threads != 1;

    if (relay->hex && uses_output)
        return zoc_refuse(-EINVAL, _("option '--hex': standard output is an endpoint already"));
    if (relay->hex && together)
        return zoc_refuse(-EINVAL, _("options '--hex' and '--threads' exclude one another"));
    if (together && relay->target->listens)
        return zoc_refuse(-EINVAL, _("option '--threads' is not for a last endpoint that listens"));
    return 0;
}

/* What is for those who come. */
static int check_served(const struct relay *relay)
{
    const struct {
        const char *option;
        bool given;
    } served[] = {
        { "--max", relay->max > 0 },
        { "--allow", relay->access.allow.count > 0 },
        { "--deny", relay->access.deny.count > 0 },
        { "--accept-proxy", relay->proxies.count > 0 },
        { "--threads", relay->threads != 1 },
    };

    for (size_t i = 0; i < sizeof served / sizeof *served && !relay_serves(relay); i++)
        if (served[i].given)
            return zoc_refuse(-EINVAL, _("option '%s': nobody comes, when both endpoints are dialled"),
                              served[i].option);
    return 0;
}

/* Options that contradict one another, or what is joined. */
static int check(const struct settings *settings)
{
    int result = check_served(&settings->relay);

    if (result == 0)
        result = check_reach(&settings->relay);
    if (result == 0)
        result = check_output(&settings->relay);

    if (result == 0)
        result = check_explain(settings);
    if (result == 0)
        result = check_proxies(&settings->relay);
    if (result == 0 && settings->transcript_path)
        result = check_transcript(settings);
    return result < 0 ? result : check_impairment(settings);
}

/* What is drawn can be drawn again: the seed is told. */
static void set_seed(struct settings *settings)
{
    struct impairment *impairment = &settings->relay.impairment;

    impairment->seed = settings->seed.number;
    if (settings->seed.given || !impairment_draws(impairment))
        return;
    impairment_draw_seed(impairment);
    fprintf(stderr, "seed %" PRIu64 "\n", impairment->seed);
}

/* --- explaining ------------------------------------------------------------------------------------ */

static struct settings *settings_of(struct relay_watcher *watcher)
{
    return (struct settings *)((char *)watcher - offsetof(struct settings, watcher));
}

/* "#3 client", "#3 target", "#3", "target". */
static void name_watched(const struct relay_watched *watched, char *text, size_t size)
{
    const char *side = watched->side == SIDE_CLIENT ? _("client") : _("target");

    if (watched->alone)
        snprintf(text, size, "#%" PRId64, watched->number);
    else if (watched->number)
        snprintf(text, size, "#%" PRId64 " %s", watched->number, side);
    else
        snprintf(text, size, "%s", side);
}

/* What is said is told once: by the story of the client's side, where there is one. */
static zoc_observer *watch(struct relay_watcher *watcher, const struct relay_watched *watched, zoc_observer *also)
{
    struct settings *settings = settings_of(watcher);
    bool is_client = watched->side == SIDE_CLIENT;
    char name[48];

    name_watched(watched, name, sizeof name);
    const struct follow follow = { .peer = watched->side,
                                   .name = name,
                                   .silent = !is_client && !watched->alone,
                                   .place = is_client ? settings->relay.source : settings->relay.target,
                                   .stream = watched->stream,
                                   .also = also };
    return explaining_follow(&settings->explaining, &follow);
}

static void settle(struct relay_watcher *watcher, zoc_observer *observer, int result)
{
    (void)watcher;
    explaining_settle(observer, result);
}

static void begin_explaining(struct settings *settings, zoc_observer *narrating)
{
    struct relay *relay = &settings->relay;
    const zoc_endpoint *place = relay->place_count ? relay->places[0] : NULL;

    explaining_open(&settings->explaining, &settings->explain);
    relay->observer = explaining_places(&settings->explaining, place, narrating);
    settings->watcher = (struct relay_watcher){ .watch = watch, .settle = settle };
    relay->watcher = settings->explain.given ? &settings->watcher : NULL;
}

/* --- running -------------------------------------------------------------------------------------- */

static int run_relay(void *arg)
{
    struct settings *settings = arg;
    struct relay *relay = &settings->relay;
    struct narrator narrator = narrator_of(stderr);
    int result = relay->hex ? zoc_stream_of_fd(STDOUT_FILENO, false, true, &relay->output) : 0;

    begin_explaining(settings, settings->verbose ? &narrator.observer : NULL);
    if (result == 0)
        result = relay_serves(relay) ? relay_serve(relay) : relay_once(relay);
    zoc_close(relay->output);
    if (result < 0 && !settings->signal)
        settings->status = verb_fail(settings->verb, result);
    explaining_close(&settings->explaining);
    return 0;
}

static bool has_certificates(const struct relay *relay)
{
    bool found = relay->target->listens && relay->target->scheme == ZOC_TLS;

    for (size_t i = 0; i < relay->place_count; i++)
        found |= relay->places[i]->scheme == ZOC_TLS;
    return found;
}

static int renew(void *arg)
{
    relay_renew(&((struct settings *)arg)->relay);
    return 0;
}

/* Nothing is lost by ending a pair at once that nobody new comes to. */
static int run_fiber(void *arg)
{
    struct settings *settings = arg;
    const struct interrupt_manners manners = { .grace = relay_serves(&settings->relay) ? settings->grace : 0,
                                               .renew = has_certificates(&settings->relay) ? renew : NULL };

    return interrupt_run_with(&manners, run_relay, settings, &settings->signal);
}

/* --- the verb ------------------------------------------------------------------------------------- */

static void free_endpoints(zoc_endpoint **endpoints, size_t count)
{
    for (size_t i = 0; i < count; i++)
        zoc_endpoint_free(endpoints[i]);
    free(endpoints);
}

static int read_endpoints(struct relay *relay, int count, char **arguments)
{
    if (count < 2)
        return zoc_refuse(-EINVAL, _("expects two endpoints or more; 'zocalo help relay' says more"));
    zoc_endpoint **endpoints = calloc((size_t)count, sizeof *endpoints);
    int result = endpoints ? 0 : -ENOMEM;
    for (int i = 0; i < count && result == 0; i++)
        result = zoc_endpoint_parse(arguments[i], &endpoints[i]);
    if (result == 0)
        return relay_arrange(relay, endpoints, (size_t)count);
    if (endpoints)
        free_endpoints(endpoints, (size_t)count);
    return result;
}

static int run(const struct verb *verb, int argc, char **argv)
{
    struct settings settings = { .verb = verb,
                                 .grace = 10 * ZOC_SECOND,
                                 .relay = { .idle = RELAY_UNSET, .threads = 1, .tell_place = verb_tell_place } };
    int first;

    zoc_log_set_level(ZOC_LOG_INFO);
    int status = verb_read_options(verb, argc, argv, &settings, &first);
    if (status < 0) {
        int result = read_endpoints(&settings.relay, argc - first, argv + first);
        if (result == 0)
            result = check(&settings);
        if (result == 0 && settings.transcript_path)
            result = transcript_open(&settings.relay.transcript, settings.transcript_path, "zocalo relay");
        if (result == 0)
            set_seed(&settings);
        if (result == 0)
            result = zoc_run(run_fiber, &settings);
        status = result < 0 ? verb_fail(verb, result) : settings.status;
    }
    if (transcript_close(&settings.relay.transcript) < 0)
        status = STATUS_OTHER;
    bool once = !relay_serves(&settings.relay);
    relay_release(&settings.relay);
    if (settings.signal && once)
        interrupt_end(settings.signal);
    return status;
}

const struct verb verb_relay = {
    .name = "relay",
    .summary = N_("joins any two endpoints, once or for each who comes"),
    .usage = N_("[OPTIONS] [listen:]ENDPOINT... [listen:]ENDPOINT"),
    .text = N_("  zocalo relay listen::8080 unix:/run/app.sock     each connection gets one of its own there\n"
               "  zocalo relay listen::80 listen:unix:/tmp/x app:9000\n"
               "                                        several places, one target\n"
               "  zocalo relay listen::7000 listen::7001\n"
               "                                        joins who comes here with who comes there\n"
               "  zocalo relay listen:udp://:5300 udp://192.0.2.1:53\n"
               "                                        datagrams, with a session for each peer\n"
               "  zocalo relay listen::9000 exec:'sort -n'\n"
               "                                        a program for each connection\n"
               "  zocalo relay fifo:/tmp/pipe app:9000  joins the two, once\n"
               "  zocalo relay - app:9000               standard input and output\n"
               "'listening ENDPOINT' on standard error tells where, with the real port.\n"
               "Exit status: 0 it worked, 1 the network said no, 2 everything else.\n"),
    .options = options,
    .run = run,
};

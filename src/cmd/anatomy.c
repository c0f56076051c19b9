/* zocalo anatomy: one small exchange, drawn layer by layer. */
#include "anatomy/report.h"
#include "cmd/text.h"
#include "cmd/verb.h"
#include "prose/paper.h"
#include "talk/interrupt.h"

#include <errno.h>
#include <stdlib.h>
#include <zocalo/error.h>

#define SAY_DEFAULT  "hola\r\n"
#define WAIT_DEFAULT ZOC_SECOND

struct settings {
    const struct verb *verb;
    char *say; /* owned */
    bool frame, headers, sequence, json, no_color;
    zoc_endpoint *endpoint;
    struct exchange exchange;
    int status;
    int signal; /* that ended it; 0 */
};

/* --- options -------------------------------------------------------------------------------------- */

/* What stands behind a backslash, and what it stands for. */
static const struct {
    char letter, character;
} escapes[] = { { 'r', '\r' }, { 'n', '\n' }, { 't', '\t' }, { '\\', '\\' } };

static const char *find_escape(char letter)
{
    for (size_t i = 0; i < sizeof escapes / sizeof *escapes; i++)
        if (escapes[i].letter == letter)
            return &escapes[i].character;
    return NULL;
}

/* In place. Returns 0, or -EINVAL for an escape that is not known. */
static int unescape(char *text)
{
    char *to = text;

    while (*text) {
        const char *character = text;
        if (*text == '\\')
            character = find_escape(*++text);
        if (!character)
            return -EINVAL;
        *to++ = *character;
        text++;
    }
    *to = '\0';
    return 0;
}

static int read_say(const char *value, void *field)
{
    char **say = field;

    free(*say);
    *say = strdup(value);
    return *say ? unescape(*say) : -ENOMEM;
}

static const struct option_kind text = { read_say,
                                         N_("a text in which \\r, \\n, \\t and \\\\ stand for what they do in C") };

#define FIELD(member) offsetof(struct settings, member)

static const struct verb_option options[] = {
    { "send", 0, &text, FIELD(say), N_("TEXT"),
      N_("what is said; \\r and \\n are the end of a line (default 'hola\\r\\n')") },
    { "wait", 'w', &option_duration, FIELD(exchange.wait), N_("DURATION"),
      N_("waits so long for an answer, and again for the end (default 1s)") },
    { "timeout", 0, &option_duration, FIELD(exchange.timeout), N_("DURATION"),
      N_("the connection must have come about by then") },
    { "frame", 0, &option_flag, FIELD(frame), NULL,
      N_("draws only what each layer adds; may be given with the next two") },
    { "headers", 0, &option_flag, FIELD(headers), NULL, N_("draws only the headers with their fields") },
    { "sequence", 0, &option_flag, FIELD(sequence), NULL, N_("draws only the segments and their times") },
    { "json", 0, &option_flag, FIELD(json), NULL, N_("prints the same as JSON, one object a line") },
    { "no-color", 0, &option_flag, FIELD(no_color), NULL, N_("without colours, also at a terminal") },
    { 0 },
};

/* --- telling -------------------------------------------------------------------------------------- */

static unsigned parts_of(const struct settings *settings)
{
    unsigned parts = (settings->frame ? ANATOMY_FRAME : 0U) | (settings->headers ? ANATOMY_HEADERS : 0U) |
                     (settings->sequence ? ANATOMY_SEQUENCE : 0U);

    return parts ? parts : ANATOMY_FRAME | ANATOMY_HEADERS | ANATOMY_SEQUENCE;
}

static int print_report(const struct settings *settings)
{
    const struct paper paper = paper_of(stdout, settings->no_color);
    zoc_buffer report = { 0 };
    unsigned parts = parts_of(settings);
    int result = settings->json ? anatomy_json(&settings->exchange, parts, &report)
                                : anatomy_tell(&settings->exchange, parts, &paper, &report);

    if (result == 0)
        fwrite(report.data, 1, report.size, stdout);
    zoc_buffer_release(&report);
    return result;
}

static int look_closely(void *arg)
{
    struct settings *settings = arg;
    int result = exchange_run(&settings->exchange);

    if (settings->signal)
        return 0;
    if (result < 0)
        settings->status = verb_fail(settings->verb, result);
    if (settings->exchange.attempt_count > 0 && print_report(settings) < 0)
        settings->status = STATUS_OTHER;
    return 0;
}

static int run_fiber(void *arg)
{
    struct settings *settings = arg;

    return interrupt_run(look_closely, settings, &settings->signal);
}

/* --- the verb ------------------------------------------------------------------------------------- */

static int run(const struct verb *verb, int argc, char **argv)
{
    static struct settings settings; /* too large for the stack */
    int first;

    settings.verb = verb;
    settings.exchange.wait = WAIT_DEFAULT;
    int status = verb_read_options(verb, argc, argv, &settings, &first);
    if (status >= 0)
        return status;
    int result = verb_read_endpoint(verb, argc - first, argv + first, &settings.endpoint);
    settings.exchange.endpoint = settings.endpoint;
    settings.exchange.say = zoc_bytes_of(settings.say ? settings.say : SAY_DEFAULT);
    if (result == 0)
        result = zoc_run(run_fiber, &settings);
    status = result < 0 ? verb_fail(verb, result) : settings.status;
    zoc_endpoint_free(settings.endpoint);
    free(settings.say);
    if (settings.signal)
        interrupt_end(settings.signal);
    return status;
}

const struct verb verb_anatomy = {
    .name = "anatomy",
    .summary = N_("draws one small exchange layer by layer: headers, frame, segments"),
    .usage = N_("[OPTIONS] ENDPOINT | HOST PORT"),
    .text = N_("  zocalo anatomy :50007                 TCP to this machine: says 'hola', hears the answer, ends\n"
               "  zocalo anatomy --sequence :50007      the segments alone\n"
               "  zocalo anatomy udp://:50007           a datagram, and what comes back\n"
               "  zocalo anatomy --send 'GET / HTTP/1.0\\r\\n\\r\\n' example.org 80\n"
               "  zocalo anatomy tls://example.org:443  with the record that TLS puts around it\n"
               "  zocalo anatomy unix:/tmp/echo.sock    no headers at all\n"
               "Exit status: 0 it worked, 1 the network said no, 2 everything else.\n"),
    .options = options,
    .run = run,
};

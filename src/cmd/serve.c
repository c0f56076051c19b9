/* zocalo serve: puts services on ports. */
#include "cmd/text.h"
#include "cmd/verb.h"
#include "serve/run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zocalo/error.h>
#include <zocalo/fiber.h>
#include <zocalo/log.h>
#include <zocalo/stream.h>

struct settings {
    struct serve_options options;
    const struct verb *verb;
    int status;
};

/* --- options -------------------------------------------------------------------------------------- */

static int read_threads(const char *value, void *field)
{
    char *end;
    unsigned long threads = strtoul(value, &end, 10);

    if (*value < '0' || *value > '9' || *end || threads > ZOC_CREW_MAX)
        return -EINVAL;
    *(unsigned *)field = (unsigned)threads;
    return 0;
}

struct choice {
    const char *name;
    int value;
};

static int choose(const struct choice *choices, const char *value)
{
    for (; choices->name; choices++)
        if (strcmp(choices->name, value) == 0)
            return choices->value;
    return -EINVAL;
}

static int read_format(const char *value, void *unused)
{
    static const struct choice formats[] = { { "text", ZOC_LOG_TEXT }, { "json", ZOC_LOG_JSON }, { NULL, 0 } };

    (void)unused;
    if (strcmp(value, "off") == 0) {
        zoc_log_set_level(ZOC_LOG_OFF);
        return 0;
    }
    int format = choose(formats, value);
    if (format >= 0)
        zoc_log_set_format((zoc_log_format)format);
    return format;
}

static int read_level(const char *value, void *unused)
{
    static const struct choice levels[] = { { "off", ZOC_LOG_OFF },         { "error", ZOC_LOG_ERROR },
                                            { "warning", ZOC_LOG_WARNING }, { "info", ZOC_LOG_INFO },
                                            { "debug", ZOC_LOG_DEBUG },     { NULL, 0 } };

    (void)unused;
    int level = choose(levels, value);
    if (level >= 0)
        zoc_log_set_level((zoc_log_level)level);
    return level;
}

static const struct option_kind format = { read_format, N_("one of text, json, off") };
static const struct option_kind level = { read_level, N_("one of off, error, warning, info, debug") };
static const struct option_kind threads = { read_threads, N_("a number from 0 to 256") };

#define FIELD(member) offsetof(struct settings, options.member)

static const struct verb_option options[] = {
    { "config", 'c', &option_text, FIELD(sources.file), N_("FILE"),
      N_("reads specs from a file, one a line ('-' is standard input)") },
    { "threads", 0, &threads, FIELD(threads), N_("N"),
      N_("loops, each on a thread of its own; 0: one for each processor (default)") },
    { "grace", 0, &option_duration, FIELD(grace), N_("DURATION"),
      N_("what is under way at a stop may take so long (default 10s)") },
    { "user", 0, &option_word, FIELD(user), N_("USER"),
      N_("becomes that user, with its groups, once the ports are bound") },
    { "group", 0, &option_word, FIELD(group), N_("GROUP"), N_("becomes that group as well") },
    { "log", 0, &format, 0, "text|json|off", N_("how the log is written, to standard error (default text)") },
    { "log-level", 0, &level, 0, N_("LEVEL"), N_("error, warning, info (default) or debug") },
    { "no-color", 0, &option_flag_off, FIELD(colour), NULL,
      N_("no colours on a terminal, as with NO_COLOR in the environment") },
    { 0 },
};

/* --- the services ---------------------------------------------------------------------------------- */

static void print_keys(const char *before, const struct key *keys)
{
    zoc_buffer text = { 0 };

    for (; keys && keys->name; keys++) {
        zoc_buffer_append(&text, " ", 1);
        key_show(keys, &text);
    }
    if (text.size > 0)
        printf("%s%.*s\n", before, (int)text.size, text.data);
    zoc_buffer_release(&text);
}

static int list_services(void)
{
    for (unsigned i = 0; i < service_count; i++) {
        printf("%-10s %s\n%-10s %s\n", services[i].name, _(services[i].summary), "", services[i].endpoints);
        print_keys("          ", services[i].keys);
    }
    print_keys(_("\nevery service takes"), spec_keys);
    return STATUS_OK;
}

/* --- running -------------------------------------------------------------------------------------- */

static int run_fiber(void *arg)
{
    struct settings *settings = arg;
    int result = serve_run(&settings->options);

    settings->status = result < 0 ? verb_fail(settings->verb, result) : STATUS_OK;
    return 0;
}

static int run(const struct verb *verb, int argc, char **argv)
{
    bool terminal = isatty(STDOUT_FILENO);
    struct settings settings = { .verb = verb,
                                 .options = { .grace = 10 * ZOC_SECOND,
                                              .program = program_name,
                                              .table = terminal,
                                              .colour = terminal && !getenv("NO_COLOR") } };
    int first;

    zoc_log_set_level(ZOC_LOG_INFO);
    int status = verb_read_options(verb, argc, argv, &settings, &first);
    if (status >= 0)
        return status;
    struct sources *sources = &settings.options.sources;
    sources->arguments = argv + first;
    sources->argument_count = argc - first;
    if (!sources->file && sources->argument_count == 0)
        return list_services();

    int result = zoc_run(run_fiber, &settings);
    return result < 0 ? verb_fail(verb, result) : settings.status;
}

const struct verb verb_serve = {
    .name = "serve",
    .summary = N_("puts services on ports; without arguments, lists the services"),
    .usage = N_("[OPTIONS] [SPEC...]"),
    .text = N_("A spec is SERVICE [ENDPOINT...] [key=value...], quoted when there are several:\n"
               "  zocalo serve echo :50007\n"
               "  zocalo serve 'echo :50007 idle=30s' 'echo unix:/tmp/echo.sock'\n"
               "  zocalo serve echo tls://:50008,cert=host.pem,key=host.key\n"
               "Without an endpoint a service uses its own. 'zocalo serve' alone lists services and their keys.\n"),
    .options = options,
    .run = run,
};

/* zocalo serve: puts services on ports. */
#include "cmd/text.h"
#include "cmd/verb.h"
#include "serve/file.h"
#include "serve/run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zocalo/error.h>
#include <zocalo/fiber.h>
#include <zocalo/log.h>
#include <zocalo/stream.h>

#define CONFIGURATION_MAX (1024 * 1024) /* bytes of a file of specs */

struct settings {
    struct serve_options options;
    const char *file; /* -c */
    const struct verb *verb;
    char **arguments;
    int argument_count;
    int status;
};

/* --- options -------------------------------------------------------------------------------------- */

static int set_file(void *arg, const char *value)
{
    ((struct settings *)arg)->file = value;
    return 0;
}

static int set_threads(void *arg, const char *value)
{
    char *end;
    unsigned long threads = strtoul(value, &end, 10);

    if (*value < '0' || *value > '9' || *end || threads > ZOC_CREW_MAX)
        return -EINVAL;
    ((struct settings *)arg)->options.threads = (unsigned)threads;
    return 0;
}

static int set_grace(void *arg, const char *value)
{
    return zoc_duration_parse(value, &((struct settings *)arg)->options.grace);
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

static int set_log(void *unused, const char *value)
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

static int set_log_level(void *unused, const char *value)
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

static int set_no_color(void *arg, const char *unused)
{
    (void)unused;
    ((struct settings *)arg)->options.colour = false;
    return 0;
}

static const struct verb_option options[] = {
    { "config", 'c', N_("FILE"), N_("reads specs from a file, one a line ('-' is standard input)"), set_file,
      N_("a file") },
    { "threads", 0, N_("N"), N_("loops, each on a thread of its own; 0: one for each processor (default)"), set_threads,
      N_("a number from 0 to 256") },
    { "grace", 0, N_("DURATION"), N_("what is under way at a stop may take so long (default 10s)"), set_grace,
      N_("a duration such as 10s") },
    { "log", 0, "text|json|off", N_("how the log is written, to standard error (default text)"), set_log,
      N_("one of text, json, off") },
    { "log-level", 0, N_("LEVEL"), N_("error, warning, info (default) or debug"), set_log_level,
      N_("one of off, error, warning, info, debug") },
    { "no-color", 0, NULL, N_("no colours on a terminal, as with NO_COLOR in the environment"), set_no_color, NULL },
    { 0 },
};

/* --- specs ---------------------------------------------------------------------------------------- */

static int read_file(struct settings *settings)
{
    zoc_buffer text = { .size_max = CONFIGURATION_MAX };
    int result = file_read(settings->file, &text);

    if (result == 0)
        result = zoc_buffer_append(&text, "", 1);
    if (result == 0)
        result = specs_add_text(&settings->options.specs, settings->file, text.data);
    zoc_buffer_release(&text);
    return result;
}

static int read_specs(struct settings *settings)
{
    int result = settings->file ? read_file(settings) : 0;

    if (result == 0 && settings->argument_count > 0)
        result = specs_add_arguments(&settings->options.specs, settings->arguments, settings->argument_count);
    if (result == 0 && settings->file && settings->options.specs.count == 0)
        result = zoc_refuse(-EINVAL, _("%s: there is no service in it"), settings->file);
    return result;
}

static int list_services(void)
{
    for (unsigned i = 0; i < service_count; i++)
        printf("%-10s %s\n%-10s %s\n", services[i].name, _(services[i].summary), "", services[i].endpoints);
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
    settings.arguments = argv + first;
    settings.argument_count = argc - first;
    if (!settings.file && settings.argument_count == 0)
        return list_services();

    int result = read_specs(&settings);
    if (result == 0)
        result = zoc_run(run_fiber, &settings);
    status = result < 0 ? verb_fail(verb, result) : settings.status;
    specs_release(&settings.options.specs);
    return status;
}

const struct verb verb_serve = {
    .name = "serve",
    .summary = N_("puts services on ports; without arguments, lists the services"),
    .usage = N_("[OPTIONS] [SPEC...]"),
    .text = N_("A spec is SERVICE [ENDPOINT...] [key=value...], quoted when there are several:\n"
               "  zocalo serve echo :50007\n"
               "  zocalo serve 'echo :50007 idle=30s' 'echo unix:/tmp/echo.sock'\n"
               "Without an endpoint a service uses its own. Keys: idle=DURATION.\n"),
    .options = options,
    .run = run,
};

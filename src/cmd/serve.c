/* zocalo serve: puts services on ports. */
#include "cmd/text.h"
#include "cmd/verb.h"
#include "serve/run.h"

#include <stdlib.h>
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

#define FIELD(member) offsetof(struct settings, options.member)

static const struct verb_option options[] = {
    { "config", 'c', &option_text, FIELD(sources.file), N_("FILE"),
      N_("reads specs from a file, one a line ('-' is standard input)") },
    { "threads", 0, &option_threads, FIELD(threads), N_("N"),
      N_("loops, each on a thread of its own; 0: one for each processor (default)") },
    { "grace", 0, &option_duration, FIELD(grace), N_("DURATION"),
      N_("what is under way at a stop may take so long (default 10s)") },
    { "user", 0, &option_word, FIELD(user), N_("USER"),
      N_("becomes that user, with its groups, once the ports are bound") },
    { "group", 0, &option_word, FIELD(group), N_("GROUP"), N_("becomes that group as well") },
    { "log", 0, &option_log_format, 0, "text|json|off",
      N_("how the log is written, to standard error (default text)") },
    { "log-level", 0, &option_log_level, 0, N_("LEVEL"), N_("error, warning, info (default) or debug") },
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

#include "cmd/locale.h"
#include "cmd/text.h"
#include "cmd/verb.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <zocalo/error.h>
#include <zocalo/log.h>
#include <zocalo/stream.h>

static const struct verb *const verbs[] = {
    &verb_connect, &verb_listen, &verb_relay,   &verb_replay, &verb_nc, &verb_telnet, &verb_serve, /* they talk */
    &verb_explain, &verb_rfc,    &verb_anatomy,                                                    /* they explain */
};

enum { VERB_COUNT = sizeof verbs / sizeof *verbs };

const char *program_name;

static const struct verb *find_verb(const char *name)
{
    for (int i = 0; i < VERB_COUNT; i++)
        if (strcmp(verbs[i]->name, name) == 0)
            return verbs[i];
    return NULL;
}

static void print_usage(FILE *file)
{
    fprintf(file, _("zocalo: talk to any port, stand in for any service, and see what was said\n\n"
                    "  zocalo [--lang LANG] VERB [OPTIONS] [ARGUMENTS]\n\n"));
    for (int i = 0; i < VERB_COUNT; i++)
        fprintf(file, "  %-10s %s\n", verbs[i]->name, _(verbs[i]->summary));
    fprintf(file, _("\n'zocalo help VERB' says more; 'zocalo --version' which one this is\n"));
}

static int refuse_verb(const char *name)
{
    fprintf(stderr, _("zocalo: unknown verb '%s' (known:"), name);
    for (int i = 0; i < VERB_COUNT; i++)
        fprintf(stderr, " %s", verbs[i]->name);
    fputs(")\n", stderr);
    return STATUS_OTHER;
}

static int help(const char *name)
{
    const struct verb *verb = name ? find_verb(name) : NULL;

    if (name && !verb)
        return refuse_verb(name);
    if (verb)
        verb_print_help(verb, stdout);
    else
        print_usage(stdout);
    return STATUS_OK;
}

/* The verb that this program is when it is called by its name (nc, telnet), as through a symbolic link. NULL: none. */
static const struct verb *verb_of_program(const char *path)
{
    const char *slash = strrchr(path, '/');
    const struct verb *verb = find_verb(slash ? slash + 1 : path);

    return verb && verb->classic ? verb : NULL;
}

/* --lang before the verb, as --lang=LANG or in two words. *ret_taken is how many words that were. Returns 0, or -EINVAL with
 * words. */
static int read_language(int argc, char **argv, int *ret_taken)
{
    static const char name[] = "--lang";
    bool joined = argc > 1 && strncmp(argv[1], "--lang=", sizeof name) == 0;

    *ret_taken = 0;
    if (!joined && (argc < 2 || strcmp(argv[1], name) != 0))
        return 0;
    if (!joined && argc < 3)
        return zoc_refuse(-EINVAL, _("expects a language"));
    *ret_taken = joined ? 1 : 2;
    return locale_choose(joined ? argv[1] + sizeof name : argv[2]);
}

static int run_verb(int argc, char **argv)
{
    if (argc < 2) {
        print_usage(stderr);
        return STATUS_OTHER;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("zocalo %s\n", ZOC_VERSION);
        return STATUS_OK;
    }
    if (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        return help(argc > 2 ? argv[2] : NULL);
    const struct verb *verb = find_verb(argv[1]);
    return verb ? verb->run(verb, argc - 1, argv + 1) : refuse_verb(argv[1]);
}

static int run(int argc, char **argv)
{
    const struct verb *verb = argc > 0 ? verb_of_program(argv[0]) : NULL;
    int taken;

    if (verb)
        return verb->run(verb, argc, argv);
    do { /* of several the last one counts, as behind a verb */
        if (read_language(argc, argv, &taken) < 0) {
            fprintf(stderr, _("zocalo: option '--lang': %s\n"), zoc_why());
            return STATUS_OTHER;
        }
        argc -= taken;
        argv += taken;
    } while (taken > 0);
    return run_verb(argc, argv);
}

/* What was printed may have come to nothing, as on a full disk; a reader that has gone is a quiet end. */
static int check_output(int status)
{
    signal(SIGPIPE, SIG_IGN);
    int error = fflush(stdout) != 0 ? errno : ferror(stdout) ? EIO : 0;

    if (error == 0 || error == EPIPE || status != STATUS_OK)
        return status;
    fprintf(stderr, "zocalo: %s: %s\n", _("standard output"), zoc_error_text(-error));
    return STATUS_OTHER;
}

int main(int argc, char **argv)
{
    zoc_stdio_prepare();
    locale_prepare();
    program_name = argv[0];
    int status = check_output(run(argc, argv));
    zoc_log_flush();
    return status;
}

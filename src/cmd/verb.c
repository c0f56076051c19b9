#include "cmd/verb.h"

#include "cmd/text.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <zocalo/bytes.h>
#include <zocalo/error.h>

/* --- failures ------------------------------------------------------------------------------------- */

int verb_refuse(const struct verb *verb, const char *format, ...)
{
    va_list arguments;

    fprintf(stderr, "zocalo %s: ", verb->name);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    return STATUS_OTHER;
}

static const struct {
    int error;
    int status;
    const char *hint; /* NULL: the line says it all */
} outcomes[] = {
    { ECONNREFUSED, STATUS_NETWORK, N_("nothing listens there, or a firewall says so") },
    { ECONNRESET, STATUS_NETWORK, NULL },
    { EPIPE, STATUS_NETWORK, NULL },
    { ETIMEDOUT, STATUS_NETWORK, NULL },
    { EHOSTUNREACH, STATUS_NETWORK, NULL },
    { ENETUNREACH, STATUS_NETWORK, NULL },
    { EHOSTDOWN, STATUS_NETWORK, NULL },
    { EADDRINUSE, STATUS_NETWORK,
      N_("another port, or 0 for a free one; ',or-free' takes a free one when it is taken") },
    { EADDRNOTAVAIL, STATUS_NETWORK, N_("the address belongs to no interface of this machine") },
    { ZOC_ENAME, STATUS_NETWORK, NULL },
    { ZOC_ENAMEFAIL, STATUS_NETWORK, NULL },
    { ZOC_ETRUNCATED, STATUS_NETWORK, NULL },
    { ZOC_EPROGRAM, STATUS_NETWORK, NULL },
    { EACCES, STATUS_OTHER,
      N_("ports below 1024 need root or the capability CAP_NET_BIND_SERVICE; files need the right to them") },
    { EMFILE, STATUS_OTHER, N_("this process may not open more descriptors: ulimit -n raises the limit") },
};

int verb_fail(const struct verb *verb, int error)
{
    const char *why = zoc_why();

    fprintf(stderr, "zocalo %s: %s\n", verb->name, *why ? why : zoc_error_text(error));
    for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++) {
        if (outcomes[i].error != -error)
            continue;
        if (outcomes[i].hint)
            fprintf(stderr, "  %s\n", _(outcomes[i].hint));
        return outcomes[i].status;
    }
    return STATUS_OTHER;
}

/* --- help ----------------------------------------------------------------------------------------- */

static void print_option(const struct verb_option *option, FILE *file)
{
    char head[64];

    snprintf(head, sizeof head, "%c%c%s --%s%s%s", option->letter ? '-' : ' ', option->letter ? option->letter : ' ',
             option->letter ? "," : " ", option->name, option->argument ? "=" : "",
             option->argument ? _(option->argument) : "");
    fprintf(file, "  %-28s %s\n", head, _(option->help));
}

void verb_print_help(const struct verb *verb, FILE *file)
{
    static const struct verb_option help = { .name = "help", .letter = 'h', .help = N_("shows this") };

    fprintf(file, "zocalo %s %s\n\n%s\n", verb->name, _(verb->usage), _(verb->summary));
    if (verb->text)
        fprintf(file, "\n%s", _(verb->text));
    fputc('\n', file);
    for (const struct verb_option *option = verb->options; option->name; option++)
        print_option(option, file);
    print_option(&help, file);
}

/* --- options -------------------------------------------------------------------------------------- */

#define OPTIONS_MAX 32 /* of one verb */

/* The tables as getopt_long(3) wants them. */
struct getopt_tables {
    struct option long_options[OPTIONS_MAX + 2];
    char letters[2 * OPTIONS_MAX + 4];
};

enum { VALUE_HELP = 256, VALUE_FIRST };

static void fill_tables(const struct verb *verb, struct getopt_tables *tables)
{
    char *letter = tables->letters;
    int count = 0;

    *letter++ = ':'; /* tells a missing argument from an unknown option, and prints nothing by itself */
    for (const struct verb_option *option = verb->options; option->name; option++, count++) {
        tables->long_options[count] = (struct option){ option->name, option->argument ? required_argument : no_argument,
                                                       NULL, VALUE_FIRST + count };
        if (option->letter)
            *letter++ = option->letter;
        if (option->letter && option->argument)
            *letter++ = ':';
    }
    *letter++ = 'h';
    tables->long_options[count] = (struct option){ "help", no_argument, NULL, VALUE_HELP };
    tables->long_options[count + 1] = (struct option){ 0 };
    *letter = '\0';
}

static const struct verb_option *find_option(const struct verb *verb, int value)
{
    if (value >= VALUE_FIRST)
        return &verb->options[value - VALUE_FIRST];
    for (const struct verb_option *option = verb->options; option->name; option++)
        if (option->letter == value)
            return option;
    return NULL;
}

static int refuse_unknown(const struct verb *verb, const char *given)
{
    zoc_buffer known = { 0 };
    char quoted[64];

    for (const struct verb_option *option = verb->options; option->name; option++)
        zoc_buffer_printf(&known, "--%s, ", option->name);
    zoc_buffer_printf(&known, "--help");
    verb_refuse(verb, _("unknown option '%s' (known: %.*s)"), zoc_escape(zoc_bytes_of(given), quoted, sizeof quoted),
                (int)known.size, known.data ? known.data : "");
    zoc_buffer_release(&known);
    return STATUS_OTHER;
}

static int refuse_value(const struct verb *verb, const struct verb_option *option, const char *value)
{
    char quoted[64];

    if (!option->expects)
        return verb_refuse(verb, "option '--%s': %s", option->name, zoc_why());
    return verb_refuse(verb, _("option '--%s': '%s' is not %s"), option->name,
                       zoc_escape(zoc_bytes_of(value), quoted, sizeof quoted), _(option->expects));
}

int verb_read_options(const struct verb *verb, int argc, char **argv, void *settings, int *ret_first)
{
    struct getopt_tables tables = { 0 };
    int value;

    fill_tables(verb, &tables);
    optind = 1;
    while ((value = getopt_long(argc, argv, tables.letters, tables.long_options, NULL)) != -1) {
        if (value == 'h' || value == VALUE_HELP) {
            verb_print_help(verb, stdout);
            return STATUS_OK;
        }
        if (value == ':')
            return verb_refuse(verb, _("option '%s' needs an argument"), argv[optind - 1]);
        if (value == '?' && optopt >= VALUE_HELP) /* it is known, and came with =VALUE */
            return verb_refuse(verb, _("option '%s' takes no argument"), argv[optind - 1]);
        if (value == '?')
            return refuse_unknown(verb, optopt ? (char[]){ '-', (char)optopt, '\0' } : argv[optind - 1]);
        const struct verb_option *option = find_option(verb, value);
        if (option->set(settings, optarg) < 0)
            return refuse_value(verb, option, optarg);
    }
    *ret_first = optind;
    return -1;
}

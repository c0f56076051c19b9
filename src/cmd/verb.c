#include "cmd/verb.h"

#include "cmd/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <zocalo/bytes.h>
#include <zocalo/error.h>

/* --- failures ------------------------------------------------------------------------------------- */

char *verb_speaker(const struct verb *verb, char *text)
{
    snprintf(text, VERB_SPEAKER, "%s%s", verb->classic ? "" : "zocalo ", verb->name);
    return text;
}

int verb_refuse(const struct verb *verb, const char *format, ...)
{
    char speaker[VERB_SPEAKER];
    va_list arguments;

    fprintf(stderr, "%s: ", verb_speaker(verb, speaker));
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
    { EPROTO, STATUS_NETWORK, NULL },
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
    { ZOC_EPROXY, STATUS_NETWORK, NULL },
    { ZOC_ETLS, STATUS_NETWORK, NULL },
    { ZOC_ECERTIFICATE, STATUS_NETWORK,
      N_("',ca=FILE' trusts who issued it, ',pin=sha256:...' that key alone ('-v' with ',insecure' shows it)") },
    { EACCES, STATUS_OTHER,
      N_("ports below 1024 need root or the capability CAP_NET_BIND_SERVICE; files need the right to them") },
    { EMFILE, STATUS_OTHER, N_("this process may not open more descriptors: ulimit -n raises the limit") },
};

int verb_fail(const struct verb *verb, int error)
{
    const char *why = zoc_why();
    char speaker[VERB_SPEAKER];

    fprintf(stderr, "%s: %s\n", verb_speaker(verb, speaker), *why ? why : zoc_error_text(error));
    for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++) {
        if (outcomes[i].error != -error)
            continue;
        if (outcomes[i].hint)
            fprintf(stderr, "  %s\n", _(outcomes[i].hint));
        return outcomes[i].status;
    }
    return STATUS_OTHER;
}

/* --- arguments ------------------------------------------------------------------------------------ */

int verb_read_endpoint(const struct verb *verb, int count, char **arguments, zoc_endpoint **ret_endpoint)
{
    if (count == 1)
        return zoc_endpoint_parse(arguments[0], ret_endpoint);
    if (count == 2)
        return zoc_endpoint_parse_pair(arguments[0], arguments[1], ret_endpoint);
    return zoc_refuse(-EINVAL, _("expects ENDPOINT, or HOST and PORT; 'zocalo help %s' says more"), verb->name);
}

void verb_tell_place(const zoc_endpoint *where, const zoc_tls_context *tls)
{
    char *text = zoc_endpoint_text(where);

    fprintf(stderr, "listening %s\n", text ? text : "");
    free(text);
    if (tls && zoc_tls_context_is_self_made(tls))
        fprintf(stderr, _("certificate made here, for clients: ,pin=%s\n"), zoc_tls_context_pin(tls));
}

/* --- help ----------------------------------------------------------------------------------------- */

/* "--name", "--name=ARGUMENT", "--name[=ARGUMENT]". */
static void format_name(const struct verb_option *option, const char *argument, char *text, size_t size)
{
    if (*argument == '[')
        snprintf(text, size, "--%s[=%s", option->name, argument + 1);
    else
        snprintf(text, size, "--%s%s%s", option->name, *argument ? "=" : "", argument);
}

static void print_option(const struct verb_option *option, FILE *file)
{
    const char *argument = option->argument ? _(option->argument) : "";
    char letter[] = "  ", name[56], head[64];

    if (option->letter)
        snprintf(letter, sizeof letter, "-%c", option->letter);
    if (option->name) {
        format_name(option, argument, name, sizeof name);
        snprintf(head, sizeof head, "%s%s %s", letter, option->letter ? "," : " ", name);
    } else {
        snprintf(head, sizeof head, "%s %s", letter, argument);
    }
    fprintf(file, "  %-28s %s\n", head, _(option->help));
}

void verb_print_help(const struct verb *verb, FILE *file)
{
    static const struct verb_option common[] = {
        { "lang", 0, &option_word, 0, N_("LANG"), N_("speaks that language: en or es") },
        { "help", 'h', &option_flag, 0, NULL, N_("shows this") },
    };

    fprintf(file, "zocalo %s %s\n\n%s\n", verb->name, _(verb->usage), _(verb->summary));
    if (verb->text)
        fprintf(file, "\n%s", _(verb->text));
    fputc('\n', file);
    for (const struct verb_option *option = verb->options; option->name || option->letter; option++)
        print_option(option, file);
    for (size_t i = 0; i < sizeof common / sizeof *common; i++)
        print_option(&common[i], file);
}

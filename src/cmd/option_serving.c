/* Kinds of options that programs which serve many share: the log, and threads. */
#include "cmd/text.h"
#include "cmd/verb.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zocalo/crew.h>
#include <zocalo/log.h>

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

const struct option_kind option_log_format = { read_format, N_("one of text, json, off") };
const struct option_kind option_log_level = { read_level, N_("one of off, error, warning, info, debug") };
const struct option_kind option_threads = { read_threads, N_("a number from 0 to 256") };

#include "cmd/locale.h"
#include "cmd/text.h"
#include "cmd/verb.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <zocalo/bytes.h>
#include <zocalo/error.h>
#include <zocalo/units.h>

/* --- kinds ---------------------------------------------------------------------------------------- */

static int read_flag(const char *value, void *field)
{
    (void)value;
    *(bool *)field = true;
    return 0;
}

static int read_flag_off(const char *value, void *field)
{
    (void)value;
    *(bool *)field = false;
    return 0;
}

static int read_text(const char *value, void *field)
{
    *(const char **)field = value;
    return 0;
}

static int read_word(const char *value, void *field)
{
    return *value ? read_text(value, field) : zoc_refuse(-EINVAL, _("expects more than nothing"));
}

static int read_duration(const char *value, void *field)
{
    return zoc_duration_parse(value, field);
}

static int read_count(const char *value, void *field)
{
    char *end;
    unsigned long count = strtoul(value, &end, 10);

    if (*value < '0' || *value > '9' || *end || count < 1 || count > OPTION_COUNT_MAX)
        return -EINVAL;
    *(unsigned *)field = (unsigned)count;
    return 0;
}

static int read_size(const char *value, void *field)
{
    uint64_t bytes;
    int result = zoc_size_parse(value, &bytes);

    if (result < 0 || bytes == 0 || bytes > SIZE_MAX)
        return -EINVAL;
    *(size_t *)field = (size_t)bytes;
    return 0;
}

const struct option_kind option_flag = { read_flag, NULL };
const struct option_kind option_flag_off = { read_flag_off, NULL };
const struct option_kind option_text = { read_text, NULL };
const struct option_kind option_word = { read_word, NULL };
const struct option_kind option_duration = { read_duration, N_("a duration such as 500ms, 30s or 5m") };
const struct option_kind option_count = { read_count, N_("a number from 1 to 1000000") };
const struct option_kind option_size = { read_size, N_("a number of bytes such as 5 or 64K") };

/* --- reading -------------------------------------------------------------------------------------- */

#define OPTIONS_MAX 64 /* of one verb */

/* The tables as getopt_long(3) wants them. */
struct getopt_tables {
    struct option long_options[OPTIONS_MAX + 3];
    char letters[3 * OPTIONS_MAX + 4];
};

/* Those that every verb has come first. */
enum { VALUE_HELP = 256, VALUE_LANG, VALUE_FIRST };

static bool is_last(const struct verb_option *option)
{
    return !option->name && !option->letter;
}

static int argument_of(const struct verb_option *option)
{
    if (!option->argument)
        return no_argument;
    return option->argument[0] == '[' ? optional_argument : required_argument;
}

/* As many colons as getopt(3) wants for that. */
static char *add_letter(char *letters, char letter, int argument)
{
    static const int colons[] = { [no_argument] = 0, [required_argument] = 1, [optional_argument] = 2 };

    if (!letter)
        return letters;
    *letters++ = letter;
    for (int i = 0; i < colons[argument]; i++)
        *letters++ = ':';
    return letters;
}

static void fill_tables(const struct verb *verb, struct getopt_tables *tables)
{
    struct option *next = tables->long_options;
    char *letters = tables->letters;

    *letters++ = ':'; /* tells a missing argument from an unknown option, and prints nothing by itself */
    for (const struct verb_option *option = verb->options; !is_last(option); option++) {
        if (option->name)
            *next++ =
                (struct option){ option->name, argument_of(option), NULL, VALUE_FIRST + (int)(option - verb->options) };
        letters = add_letter(letters, option->letter, argument_of(option));
    }
    *add_letter(letters, 'h', no_argument) = '\0';
    *next++ = (struct option){ "lang", required_argument, NULL, VALUE_LANG };
    *next++ = (struct option){ "help", no_argument, NULL, VALUE_HELP };
    *next = (struct option){ 0 };
}

static const struct verb_option *find_option(const struct verb_option *options, int value)
{
    if (value >= VALUE_FIRST)
        return &options[value - VALUE_FIRST];
    for (const struct verb_option *option = options; !is_last(option); option++)
        if (option->letter == value)
            return option;
    return NULL;
}

static int refuse_unknown(const struct verb *verb, const char *given)
{
    zoc_buffer known = { 0 };
    char quoted[64];

    for (const struct verb_option *option = verb->options; !is_last(option); option++)
        if (option->name)
            zoc_buffer_printf(&known, "--%s, ", option->name);
        else
            zoc_buffer_printf(&known, "-%c, ", option->letter);
    zoc_buffer_printf(&known, "--lang, --help");
    verb_refuse(verb, _("unknown option '%s' (known: %.*s)"), zoc_escape(zoc_bytes_of(given), quoted, sizeof quoted),
                (int)known.size, known.data ? known.data : "");
    zoc_buffer_release(&known);
    return STATUS_OTHER;
}

static int refuse_value(const struct verb *verb, const struct verb_option *option, const char *value)
{
    const char *name = option->name ? option->name : (char[]){ option->letter, '\0' };
    const char *dashes = option->name ? "--" : "-";
    char quoted[64];

    if (!option->kind->expects)
        verb_refuse(verb, _("option '%s%s': %s"), dashes, name, zoc_why());
    else
        verb_refuse(verb, _("option '%s%s': '%s' is not %s"), dashes, name,
                    zoc_escape(zoc_bytes_of(value), quoted, sizeof quoted), _(option->kind->expects));
    return STATUS_OTHER;
}

/* What getopt found is no option of the verb's own. Returns as verb_read_options. */
static int read_common(const struct verb *verb, int value, char **argv)
{
    if (value == 'h' || value == VALUE_HELP) {
        verb_print_help(verb, verb->help_to_stderr ? stderr : stdout);
        return STATUS_OK;
    }
    if (value == VALUE_LANG)
        return locale_choose(optarg) < 0 ? verb_refuse(verb, _("option '--lang': %s"), zoc_why()) : -1;
    if (value == ':')
        return verb_refuse(verb, _("option '%s' needs an argument"), argv[optind - 1]);
    if (optopt >= VALUE_HELP) /* it is known, and came with =VALUE */
        return verb_refuse(verb, _("option '%s' takes no argument"), argv[optind - 1]);
    return refuse_unknown(verb, optopt ? (char[]){ '-', (char)optopt, '\0' } : argv[optind - 1]);
}

int verb_read_options(const struct verb *verb, int argc, char **argv, void *settings, int *ret_first)
{
    const struct verb_option *options = verb->options;
    struct getopt_tables tables = { 0 };
    int value, status = -1;

    fill_tables(verb, &tables);
    optind = 1;
    while (status < 0 && (value = getopt_long(argc, argv, tables.letters, tables.long_options, NULL)) != -1) {
        const struct verb_option *option = find_option(options, value);
        if (!option)
            status = read_common(verb, value, argv);
        else if (option->kind->read(optarg, (char *)settings + option->field) < 0)
            status = refuse_value(verb, option, optarg);
    }
    *ret_first = optind;
    return status;
}

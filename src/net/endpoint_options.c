#include "net/endpoint_option.h"

#include "base/text.h"
#include "net/tty.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <zocalo/error.h>

/* --- flags ---------------------------------------------------------------------------------------- */

static int read_flag(const struct endpoint_reader *reader, const struct endpoint_option *option, zoc_bytes value,
                     void *ret_field)
{
    (void)reader, (void)option, (void)value;
    *(bool *)ret_field = true;
    return 0;
}

static int print_flag(const struct endpoint_option *option, const void *field, zoc_buffer *buffer)
{
    return *(const bool *)field ? zoc_buffer_printf(buffer, ",%s", option->name) : 0;
}

static const struct endpoint_kind flag_kind = { NULL, read_flag, print_flag };

/* --- numbers -------------------------------------------------------------------------------------- */

static int read_number(const struct endpoint_reader *reader, const struct endpoint_option *option, zoc_bytes value,
                       void *ret_field)
{
    uint32_t number;
    int error = endpoint_read_number(value, 10, (uint32_t)option->max, &number);

    if (error < 0 || number < (uint32_t)option->min)
        return endpoint_refuse(reader, value.data, _("'%s' is not a number from %d to %d"), endpoint_quote(value),
                               option->min, option->max);
    *(int *)ret_field = (int)number;
    return 0;
}

static int print_number(const struct endpoint_option *option, const void *field, zoc_buffer *buffer)
{
    int number = *(const int *)field;

    return number != option->absent ? zoc_buffer_printf(buffer, ",%s=%d", option->name, number) : 0;
}

static const struct endpoint_kind number_kind = { "N", read_number, print_number };

static int read_mode(const struct endpoint_reader *reader, const struct endpoint_option *option, zoc_bytes value,
                     void *ret_field)
{
    uint32_t mode;

    if (endpoint_read_number(value, 8, (uint32_t)option->max, &mode) < 0)
        return endpoint_refuse(reader, value.data, _("'%s' is not a mode in octal digits, as '0660'"),
                               endpoint_quote(value));
    *(int *)ret_field = (int)mode;
    return 0;
}

static int print_mode(const struct endpoint_option *option, const void *field, zoc_buffer *buffer)
{
    int mode = *(const int *)field;

    return mode != option->absent ? zoc_buffer_printf(buffer, ",%s=%04o", option->name, (unsigned)mode) : 0;
}

static const struct endpoint_kind octal_kind = { "MODE", read_mode, print_mode };

/* --- strings -------------------------------------------------------------------------------------- */

int endpoint_print_text(const struct endpoint_option *option, const void *field, zoc_buffer *buffer)
{
    const char *text = *(char *const *)field;
    int error = text != NULL ? zoc_buffer_printf(buffer, ",%s=", option->name) : 0;

    return text != NULL && error == 0 ? endpoint_escape(text, buffer) : error;
}

/* --- durations ------------------------------------------------------------------------------------ */

static int parse_duration(zoc_bytes value, zoc_duration *ret_duration)
{
    char text[ENDPOINT_QUOTE];

    if (value.size >= sizeof(text))
        return -EINVAL;
    memcpy(text, value.data, value.size);
    text[value.size] = '\0';
    return zoc_duration_parse(text, ret_duration);
}

static int read_duration(const struct endpoint_reader *reader, const struct endpoint_option *option, zoc_bytes value,
                         void *ret_field)
{
    zoc_duration duration;

    (void)option;
    if (parse_duration(value, &duration) < 0)
        return endpoint_refuse(reader, value.data, _("'%s' is not a duration, as '500ms', '30s' or '5m'"),
                               endpoint_quote(value));
    *(zoc_duration *)ret_field = duration;
    return 0;
}

/* The short form where it is exact. */
static int print_duration(const struct endpoint_option *option, const void *field, zoc_buffer *buffer)
{
    zoc_duration duration = *(const zoc_duration *)field, again = 0;
    char text[ZOC_UNIT_TEXT];

    if (duration == 0)
        return 0;
    zoc_duration_format(duration, text, sizeof(text));
    if (zoc_duration_parse(text, &again) < 0 || again != duration)
        snprintf(text, sizeof(text), "%lldns", (long long)duration);
    return zoc_buffer_printf(buffer, ",%s=%s", option->name, text);
}

static const struct endpoint_kind duration_kind = { "DURATION", read_duration, print_duration };

/* --- bind= -------------------------------------------------------------------------------------- */

static int read_bind_path(const struct endpoint_reader *reader, zoc_bytes value, char **ret_path)
{
    int error = endpoint_unescape(reader, value, ret_path);

    if (error == 0 && strlen(*ret_path) > ENDPOINT_SOCKET_PATH)
        return endpoint_refuse(reader, value.data, _("%zu bytes of path, and a socket has room for %zu"),
                               strlen(*ret_path), ENDPOINT_SOCKET_PATH);
    return error;
}

static int read_bind_address(const struct endpoint_reader *reader, zoc_bytes value, char **ret_address)
{
    ENDPOINT_STRING host = NULL;
    uint16_t port;
    int error = endpoint_read_bind(reader, value, &host, &port);

    if (error < 0)
        return error;
    *ret_address = strndup(value.data, value.size);
    return *ret_address != NULL ? 0 : -ENOMEM;
}

static int read_bind(const struct endpoint_reader *reader, const struct endpoint_option *option, zoc_bytes value,
                     void *ret_field)
{
    ENDPOINT_STRING text = NULL;
    int error =
        reader->scheme == ZOC_UNIX ? read_bind_path(reader, value, &text) : read_bind_address(reader, value, &text);

    (void)option;
    if (error < 0)
        return error;
    *(char **)ret_field = text;
    text = NULL;
    return 0;
}

static const struct endpoint_kind bind_kind = { "ADDRESS", read_bind, endpoint_print_text };

/* --- types of socket ------------------------------------------------------------------------------ */

static const struct {
    const char *name;
    int type;
} types[] = {
    { "stream", SOCK_STREAM },
    { "dgram", SOCK_DGRAM },
    { "seqpacket", SOCK_SEQPACKET },
};

#define TYPES (sizeof(types) / sizeof(types[0]))

static int read_type(const struct endpoint_reader *reader, const struct endpoint_option *option, zoc_bytes value,
                     void *ret_field)
{
    (void)option;
    for (size_t i = 0; i < TYPES; i++) {
        if (endpoint_is_word(value, types[i].name)) {
            *(int *)ret_field = types[i].type;
            return 0;
        }
    }
    return endpoint_refuse(reader, value.data, _("unknown type '%s' (known: stream, dgram, seqpacket)"),
                           endpoint_quote(value));
}

static int print_type(const struct endpoint_option *option, const void *field, zoc_buffer *buffer)
{
    int type = *(const int *)field;

    for (size_t i = 0; i < TYPES; i++) {
        if (types[i].type == type && type != option->absent)
            return zoc_buffer_printf(buffer, ",%s=%s", option->name, types[i].name);
    }
    return 0;
}

static const struct endpoint_kind type_kind = { "stream|dgram|seqpacket", read_type, print_type };

/* --- dir= --------------------------------------------------------------------------------------- */

static const char *const directions[] = { [ZOC_IN] = "in", [ZOC_OUT] = "out", [ZOC_BOTH] = "both" };

static int read_direction(const struct endpoint_reader *reader, const struct endpoint_option *option, zoc_bytes value,
                          void *ret_field)
{
    (void)option;
    for (zoc_direction direction = ZOC_IN; direction <= ZOC_BOTH; direction++) {
        if (endpoint_is_word(value, directions[direction])) {
            *(zoc_direction *)ret_field = direction;
            return 0;
        }
    }
    return endpoint_refuse(reader, value.data, _("unknown direction '%s' (known: in, out, both)"),
                           endpoint_quote(value));
}

static int print_direction(const struct endpoint_option *option, const void *field, zoc_buffer *buffer)
{
    const char *name = directions[*(const zoc_direction *)field];

    return name != NULL ? zoc_buffer_printf(buffer, ",%s=%s", option->name, name) : 0;
}

static const struct endpoint_kind direction_kind = { "in|out|both", read_direction, print_direction };

/* --- speed= ------------------------------------------------------------------------------------- */

static int refuse_speed(const struct endpoint_reader *reader, zoc_bytes value)
{
    ENDPOINT_BUFFER known = { 0 };
    int error = tty_list_speeds(&known);

    if (error < 0)
        return error;
    return endpoint_refuse(reader, value.data, _("unknown speed '%s' (known: %.*s)"), endpoint_quote(value),
                           (int)known.size, known.data);
}

static int read_speed(const struct endpoint_reader *reader, const struct endpoint_option *option, zoc_bytes value,
                      void *ret_field)
{
    uint32_t speed;

    if (endpoint_read_number(value, 10, (uint32_t)option->max, &speed) < 0 || !tty_knows_speed((int)speed))
        return refuse_speed(reader, value);
    *(int *)ret_field = (int)speed;
    return 0;
}

static const struct endpoint_kind speed_kind = { "BAUD", read_speed, print_number };

/* --- the options ---------------------------------------------------------------------------------- */

#define TCP         (1u << ZOC_TCP)
#define UDP         (1u << ZOC_UDP)
#define TLS         (1u << ZOC_TLS)
#define INET        (TCP | UDP | TLS)
#define UNIX        (1u << ZOC_UNIX)
#define FIFO        (1u << ZOC_FIFO)
#define A_FILE      (1u << ZOC_FILE)
#define PTY         (1u << ZOC_PTY)
#define PATH        (1u << ZOC_PATH) /* it may turn out to be any of these three */
#define ALL         (INET | UNIX | FIFO | A_FILE | PTY | PATH | 1u << ZOC_FD | 1u << ZOC_STDIO)

#define BUFFER_MAX  (1 << 30) /* more than any kernel gives: RFC 7323 section 2.3 allows no larger window */

#define OF(field)   offsetof(zoc_endpoint, field)
#define SET(option) OF(options.option)

static const struct endpoint_option options[] = {
    { "bind", &bind_kind, SET(bind), .schemes = INET | UNIX },
    { "4", &flag_kind, SET(only4), .schemes = INET },
    { "6", &flag_kind, SET(only6), .schemes = INET },
    { "connect-timeout", &duration_kind, SET(connect_timeout), .schemes = INET | UNIX | FIFO | PATH },
    { "timeout", &duration_kind, SET(timeout), .schemes = ALL },
    { "keepalive", &flag_kind, SET(keepalive), .schemes = TCP | TLS },
    { "nodelay", &flag_kind, SET(nodelay), .schemes = TCP | TLS },
    { "reuseport", &flag_kind, SET(reuseport), .schemes = INET },
    { "broadcast", &flag_kind, SET(broadcast), .schemes = UDP },
    { "debug", &flag_kind, SET(debug), .schemes = INET },
    { "rcvbuf", &number_kind, SET(rcvbuf), .schemes = INET, .min = 1, .max = BUFFER_MAX },
    { "sndbuf", &number_kind, SET(sndbuf), .schemes = INET, .min = 1, .max = BUFFER_MAX },
    { "or-free", &flag_kind, SET(or_free), .schemes = INET | UNIX | PATH },
    { "ttl", &number_kind, SET(ttl), .schemes = INET, .min = 1, .max = 255 },
    { "min-ttl", &number_kind, SET(min_ttl), .schemes = INET, .min = 1, .max = 255 },
    { "tos", &number_kind, SET(tos), .schemes = INET, .max = 255, .absent = -1 },
    { "backlog", &number_kind, SET(backlog), .schemes = TCP | TLS | UNIX | PATH, .min = 1, .max = 65535 },
    { "mode", &octal_kind, SET(mode), .schemes = UNIX | FIFO | A_FILE | PTY | PATH, .max = 07777, .absent = -1 },
    { "type", &type_kind, OF(type), .schemes = UNIX | PATH, .absent = SOCK_STREAM },
    { "dir", &direction_kind, SET(direction), .schemes = FIFO | A_FILE | PATH },
    { "append", &flag_kind, SET(append), .schemes = A_FILE | PATH },
    { "raw", &flag_kind, SET(raw), .schemes = A_FILE | PATH },
    { "cooked", &flag_kind, SET(cooked), .schemes = A_FILE | PATH },
    { "speed", &speed_kind, SET(speed), .schemes = A_FILE | PATH, .max = TTY_SPEED_MAX },
    { "ca", &endpoint_file_kind, SET(tls.ca), .schemes = TLS },
    { "cert", &endpoint_certificate_kind, SET(tls), .schemes = TLS, .repeats = true },
    { "key", &endpoint_key_kind, SET(tls), .schemes = TLS, .repeats = true },
    { "pin", &endpoint_pin_kind, SET(tls.pin), .schemes = TLS },
    { "sni", &endpoint_name_kind, SET(tls.sni), .schemes = TLS },
    { "alpn", &endpoint_protocols_kind, SET(tls.alpn), .schemes = TLS },
    { "version", &endpoint_version_kind, SET(tls.version), .schemes = TLS },
    { "insecure", &flag_kind, SET(tls.insecure), .schemes = TLS },
};

#define OPTIONS (sizeof(options) / sizeof(options[0]))

/* Each once, as a bit for each. */
typedef uint32_t option_set;

_Static_assert(OPTIONS <= 32, "option_set has a bit for each option");

static const struct endpoint_option *find_option(zoc_bytes name)
{
    for (size_t i = 0; i < OPTIONS; i++) {
        if (endpoint_is_word(name, options[i].name))
            return &options[i];
    }
    return NULL;
}

static bool takes(zoc_scheme scheme, const struct endpoint_option *option)
{
    return (option->schemes & 1u << scheme) != 0;
}

/* --- refusals ------------------------------------------------------------------------------------- */

/* Appends the options of a scheme: "bind=, 4, 6, ...". */
static int list_options(zoc_scheme scheme, zoc_buffer *buffer)
{
    int error = 0;

    for (size_t i = 0; i < OPTIONS && error == 0; i++) {
        if (takes(scheme, &options[i]))
            error = zoc_buffer_printf(buffer, "%s%s%s", buffer->size > 0 ? ", " : "", options[i].name,
                                      options[i].kind->value != NULL ? "=" : "");
    }
    return error;
}

static int refuse_unknown(const struct endpoint_reader *reader, zoc_bytes name)
{
    ENDPOINT_BUFFER known = { 0 };
    int error = list_options(reader->scheme, &known);

    if (error < 0)
        return error;
    if (name.size == 0)
        return endpoint_refuse(reader, name.data, _("an option is missing after ',' (known: %.*s)"), (int)known.size,
                               known.data);
    return endpoint_refuse(reader, name.data, _("unknown option '%s' (known: %.*s)"), endpoint_quote(name),
                           (int)known.size, known.data);
}

static int refuse_foreign(const struct endpoint_reader *reader, zoc_bytes name)
{
    ENDPOINT_BUFFER known = { 0 };
    int error = list_options(reader->scheme, &known);

    if (error < 0)
        return error;
    if (reader->scheme == ZOC_PATH)
        return endpoint_refuse(reader, name.data, _("a path has no option '%s' (known: %.*s)"), endpoint_quote(name),
                               (int)known.size, known.data);
    return endpoint_refuse(reader, name.data, _("'%s' has no option '%s' (known: %.*s)"),
                           endpoint_scheme_name(reader->scheme), endpoint_quote(name), (int)known.size, known.data);
}

/* --- reading and printing all of them ------------------------------------------------------------- */

/* Is there a value where one belongs, and none where none does? `value.data` is NULL when there is no '='. */
static int check_value(const struct endpoint_reader *reader, const struct endpoint_option *option, zoc_bytes name,
                       zoc_bytes value)
{
    const char *wanted = option->kind->value;

    if (wanted == NULL && value.data != NULL)
        return endpoint_refuse(reader, name.data + name.size, _("option '%s' takes no value"), option->name);
    if (wanted != NULL && value.size == 0)
        return endpoint_refuse(reader, name.data + name.size, _("option '%s' needs a value: '%s=%s'"), option->name,
                               option->name, wanted);
    return 0;
}

/* What cannot stand together; `name` is the option that came last. */
static int check_company(const struct endpoint_reader *reader, zoc_bytes name, const zoc_endpoint *endpoint)
{
    const zoc_endpoint_options *given = &endpoint->options;

    if (given->only4 && given->only6)
        return endpoint_refuse(reader, name.data, _("options '4' and '6' exclude each other; leave both out for both"));
    if (given->mode >= 0 && endpoint->abstract)
        return endpoint_refuse(reader, name.data, _("an abstract name has no file, so no 'mode'"));
    if (given->append && (given->direction == ZOC_IN || given->direction == ZOC_BOTH))
        return endpoint_refuse(reader, name.data, _("'append' writes, and 'dir=%s' reads"),
                               directions[given->direction]);
    if (given->raw && given->cooked)
        return endpoint_refuse(reader, name.data, _("options 'raw' and 'cooked' exclude each other"));
    return endpoint_check_trust(reader, name, &given->tls);
}

/* Reads one option, "name" or "name=value". */
static int read_option(const struct endpoint_reader *reader, zoc_bytes word, option_set *seen, zoc_endpoint *endpoint)
{
    const char *end = word.data + word.size;
    const char *equals = memchr(word.data, '=', word.size);
    zoc_bytes name = endpoint_slice(word.data, equals != NULL ? equals : end);
    zoc_bytes value = equals != NULL ? endpoint_slice(equals + 1, end) : (zoc_bytes){ NULL, 0 };
    const struct endpoint_option *option = find_option(name);

    if (option == NULL)
        return refuse_unknown(reader, name);
    if (!takes(reader->scheme, option))
        return refuse_foreign(reader, name);
    if (!option->repeats && *seen & 1u << (option - options))
        return endpoint_refuse(reader, name.data, _("option '%s' is given twice"), option->name);

    int error = check_value(reader, option, name, value);

    if (error < 0)
        return error;
    *seen |= 1u << (option - options);
    error = option->kind->read(reader, option, value, (char *)endpoint + option->field);
    return error == 0 ? check_company(reader, name, endpoint) : error;
}

int endpoint_read_options(const struct endpoint_reader *reader, const char *at, zoc_endpoint *endpoint)
{
    option_set seen = 0;
    int error = 0;

    while (*at == ',' && error == 0) {
        const char *word = at + 1;

        at = endpoint_part_end(word);
        error = read_option(reader, endpoint_slice(word, at), &seen, endpoint);
    }
    return error;
}

/* What a scheme does not take is given when it prints itself. */
static int refuse_given(const zoc_endpoint *endpoint, const struct endpoint_option *option)
{
    ENDPOINT_BUFFER known = { 0 }, given = { 0 };
    int error = option->kind->print(option, (const char *)endpoint + option->field, &given);

    if (error < 0 || given.size == 0)
        return error;
    error = list_options(endpoint->scheme, &known);
    if (error < 0)
        return error;
    return zoc_refuse(-EINVAL, _("'%s' has no option '%s' (known: %.*s)"), endpoint_scheme_name(endpoint->scheme),
                      option->name, (int)known.size, known.data);
}

int endpoint_check_options(const zoc_endpoint *endpoint)
{
    int error = 0;

    for (size_t i = 0; i < OPTIONS && error == 0; i++) {
        if (!takes(endpoint->scheme, &options[i]))
            error = refuse_given(endpoint, &options[i]);
    }
    return error;
}

int endpoint_print_options(const zoc_endpoint *endpoint, zoc_buffer *buffer)
{
    int error = 0;

    for (size_t i = 0; i < OPTIONS && error == 0; i++) {
        if (takes(endpoint->scheme, &options[i]))
            error = options[i].kind->print(&options[i], (const char *)endpoint + options[i].field, buffer);
    }
    return error;
}

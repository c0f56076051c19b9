/* The options of tls://. */
#include "base/text.h"
#include "net/endpoint_option.h"

#include <errno.h>
#include <stdlib.h>
#include <zocalo/error.h>
#include <zocalo/tls.h>

#define PROTOCOL_MAX 255 /* bytes of a protocol's name (RFC 7301 section 3.1) */

void endpoint_release_tls(zoc_tls_options *options)
{
    for (size_t i = 0; i < options->file_count; i++) {
        free(options->files[i].certificate);
        free(options->files[i].key);
    }
    free(options->files);
    free(options->ca);
    free(options->pin);
    free(options->sni);
    free(options->alpn);
}

/* --- files ---------------------------------------------------------------------------------------- */

static int read_file(const struct endpoint_reader *reader, const struct endpoint_option *option, zoc_bytes value,
                     void *ret_field)
{
    (void)option;
    return endpoint_unescape(reader, value, ret_field);
}

const struct endpoint_kind endpoint_file_kind = { "FILE", read_file, endpoint_print_text };

/* --- certificates and their keys ------------------------------------------------------------------ */

static int read_certificate(const struct endpoint_reader *reader, const struct endpoint_option *option, zoc_bytes value,
                            void *ret_field)
{
    zoc_tls_options *options = ret_field;
    zoc_tls_files *files = realloc(options->files, (options->file_count + 1) * sizeof *files);

    (void)option;
    if (files == NULL)
        return -ENOMEM;
    options->files = files;
    files[options->file_count] = (zoc_tls_files){ 0 };

    int error = endpoint_unescape(reader, value, &files[options->file_count].certificate);

    options->file_count += error == 0;
    return error;
}

static int read_key(const struct endpoint_reader *reader, const struct endpoint_option *option, zoc_bytes value,
                    void *ret_field)
{
    zoc_tls_options *options = ret_field;
    zoc_tls_files *last = options->file_count > 0 ? &options->files[options->file_count - 1] : NULL;

    (void)option;
    if (last == NULL || last->key != NULL)
        return endpoint_refuse(reader, value.data, _("a 'key=' belongs to the 'cert=' before it, and that one %s"),
                               last == NULL ? _("is missing") : _("has its key"));
    return endpoint_unescape(reader, value, &last->key);
}

static int print_file(const char *name, const char *path, zoc_buffer *buffer)
{
    int error = zoc_buffer_printf(buffer, ",%s=", name);

    return error == 0 ? endpoint_escape(path, buffer) : error;
}

/* Each with its key. */
static int print_certificates(const struct endpoint_option *option, const void *field, zoc_buffer *buffer)
{
    const zoc_tls_options *options = field;
    int error = 0;

    for (size_t i = 0; i < options->file_count && error == 0; i++) {
        error = print_file(option->name, options->files[i].certificate, buffer);
        if (error == 0 && options->files[i].key != NULL)
            error = print_file("key", options->files[i].key, buffer);
    }
    return error;
}

static int print_no_key(const struct endpoint_option *option, const void *field, zoc_buffer *buffer)
{
    (void)option, (void)field, (void)buffer;
    return 0;
}

const struct endpoint_kind endpoint_certificate_kind = { "FILE", read_certificate, print_certificates };
const struct endpoint_kind endpoint_key_kind = { "FILE", read_key, print_no_key };

/* --- pin= ----------------------------------------------------------------------------------------- */

#define PIN_HASH   "sha256:"
#define PIN_DIGITS 64

static char lower_hexadecimal(char byte)
{
    static const char upper[] = "ABCDEF", lower[] = "abcdef";
    const char *found = byte != '\0' ? strchr(upper, byte) : NULL;

    if (found == NULL)
        return byte;
    return lower[found - upper];
}

static bool is_hexadecimal(char byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f');
}

/* The digits, small and without the colons that may stand between pairs. Returns how many, or 0 where something else
 * stands. */
static size_t normalise_digits(zoc_bytes written, char ret_digits[PIN_DIGITS])
{
    size_t count = 0;

    for (size_t i = 0; i < written.size; i++) {
        char byte = lower_hexadecimal(written.data[i]);
        bool between = count > 0 && count < PIN_DIGITS && count % 2 == 0 && written.data[i - 1] != ':';
        if (byte == ':' && between)
            continue;
        if (!is_hexadecimal(byte) || count == PIN_DIGITS)
            return 0;
        ret_digits[count++] = byte;
    }
    return count;
}

static int read_pin(const struct endpoint_reader *reader, const struct endpoint_option *option, zoc_bytes value,
                    void *ret_field)
{
    const size_t start = strlen(PIN_HASH);
    char pin[ZOC_TLS_PIN] = PIN_HASH;
    bool starts = value.size > start && memcmp(value.data, PIN_HASH, start) == 0;

    (void)option;
    if (!starts || normalise_digits((zoc_bytes){ value.data + start, value.size - start }, pin + start) != PIN_DIGITS)
        return endpoint_refuse(reader, value.data, _("'%s' is not 'sha256:' and %d hexadecimal digits"),
                               endpoint_quote(value), PIN_DIGITS);
    *(char **)ret_field = strdup(pin);
    return *(char **)ret_field != NULL ? 0 : -ENOMEM;
}

const struct endpoint_kind endpoint_pin_kind = { "sha256:DIGITS", read_pin, endpoint_print_text };

/* --- names ---------------------------------------------------------------------------------------- */

static int read_name(const struct endpoint_reader *reader, const struct endpoint_option *option, zoc_bytes value,
                     void *ret_field)
{
    (void)option;
    return endpoint_read_host(reader, value, ret_field);
}

const struct endpoint_kind endpoint_name_kind = { "NAME", read_name, endpoint_print_text };

/* Is the name that begins there, and ends before a ':' or the end, one that can be sent? */
static bool is_protocol(const char *start)
{
    size_t size = strcspn(start, ":");

    return size > 0 && size <= PROTOCOL_MAX;
}

static bool are_protocols(const char *names)
{
    const char *colon = strchr(names, ':');

    while (is_protocol(names) && colon != NULL) {
        names = colon + 1;
        colon = strchr(names, ':');
    }
    return is_protocol(names);
}

static int read_protocols(const struct endpoint_reader *reader, const struct endpoint_option *option, zoc_bytes value,
                          void *ret_field)
{
    ENDPOINT_STRING names = NULL;
    int error = endpoint_unescape(reader, value, &names);

    (void)option;
    if (error < 0)
        return error;
    if (!are_protocols(names))
        return endpoint_refuse(reader, value.data,
                               _("'%s' is not names of 1 to %d bytes with ':' between, as 'h2:http/1.1'"),
                               endpoint_quote(value), PROTOCOL_MAX);
    *(char **)ret_field = names;
    names = NULL;
    return 0;
}

const struct endpoint_kind endpoint_protocols_kind = { "NAME:NAME", read_protocols, endpoint_print_text };

/* --- version= ------------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    int version;
} versions[] = { { "1.2", 12 }, { "1.3", 13 } };

#define VERSIONS (sizeof versions / sizeof *versions)

static int read_version(const struct endpoint_reader *reader, const struct endpoint_option *option, zoc_bytes value,
                        void *ret_field)
{
    (void)option;
    for (size_t i = 0; i < VERSIONS; i++) {
        if (endpoint_is_word(value, versions[i].name)) {
            *(int *)ret_field = versions[i].version;
            return 0;
        }
    }
    return endpoint_refuse(reader, value.data, _("unknown version '%s' (known: 1.2, 1.3)"), endpoint_quote(value));
}

static int print_version(const struct endpoint_option *option, const void *field, zoc_buffer *buffer)
{
    for (size_t i = 0; i < VERSIONS; i++) {
        if (versions[i].version == *(const int *)field)
            return zoc_buffer_printf(buffer, ",%s=%s", option->name, versions[i].name);
    }
    return 0;
}

const struct endpoint_kind endpoint_version_kind = { "1.2|1.3", read_version, print_version };

/* --- trust ---------------------------------------------------------------------------------------- */

int endpoint_check_trust(const struct endpoint_reader *reader, zoc_bytes name, const zoc_tls_options *options)
{
    if (options->insecure && (options->pin != NULL || options->ca != NULL))
        return endpoint_refuse(reader, name.data, _("'insecure' trusts whoever answers, so '%s=' says nothing"),
                               options->pin != NULL ? "pin" : "ca");
    if (options->pin != NULL && options->ca != NULL)
        return endpoint_refuse(reader, name.data, _("'pin=' trusts that key alone, so 'ca=' says nothing"));
    return 0;
}

#include "net/endpoint.h"

#include "base/text.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <zocalo/error.h>

#define LISTEN      "listen:"
#define SCHEME_WORD "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-."

/* Reads what stands between the scheme and the options. */
typedef int read_fn(const struct endpoint_reader *reader, zoc_bytes address, zoc_endpoint *endpoint);

static read_fn read_host_port, read_socket_path, read_path, read_command, read_fd;

struct scheme {
    const char *name;
    read_fn *read; /* NULL: nothing stands there */
    bool listens;  /* one can listen there */
    bool whole;    /* all that follows belongs to it: no options */
};

static const struct scheme schemes[] = {
    [ZOC_TCP] = { .name = "tcp://", .read = read_host_port, .listens = true },
    [ZOC_UDP] = { .name = "udp://", .read = read_host_port, .listens = true },
    [ZOC_TLS] = { .name = "tls://", .read = read_host_port, .listens = true },
    [ZOC_UNIX] = { .name = "unix:", .read = read_socket_path, .listens = true },
    [ZOC_FIFO] = { .name = "fifo:", .read = read_path },
    [ZOC_FILE] = { .name = "file:", .read = read_path },
    [ZOC_PTY] = { .name = "pty:", .read = read_path },
    [ZOC_EXEC] = { .name = "exec:", .read = read_command, .whole = true },
    [ZOC_FD] = { .name = "fd:", .read = read_fd, .listens = true },
    [ZOC_STDIO] = { .name = "-" },
    [ZOC_PATH] = { .name = "", .read = read_path, .listens = true },
};

#define SCHEMES ZOC_PATH /* how many are written: all before it */

static bool starts_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

/* --- schemes -------------------------------------------------------------------------------------- */

const char *endpoint_scheme_name(zoc_scheme scheme)
{
    return schemes[scheme].name;
}

int endpoint_list_schemes(zoc_buffer *buffer)
{
    int error = 0;

    for (size_t i = 0; i < SCHEMES && error == 0; i++)
        error = zoc_buffer_printf(buffer, "%s%s", i > 0 ? ", " : "", schemes[i].name);
    return error;
}

/* Does the text begin with that scheme? One that nothing follows is a word of its own. */
static bool has_scheme(const char *text, const struct scheme *scheme)
{
    char next = text[strnlen(text, strlen(scheme->name))];

    return starts_with(text, scheme->name) && (scheme->read != NULL || next == '\0' || next == ',');
}

/* The scheme that is written at the start of the text; NULL when that is none that we know. */
static const struct scheme *find_scheme(const char *text)
{
    for (size_t i = 0; i < SCHEMES; i++) {
        if (has_scheme(text, &schemes[i]))
            return &schemes[i];
    }
    return NULL;
}

static int refuse_scheme(const struct endpoint_reader *reader, zoc_bytes word)
{
    ENDPOINT_BUFFER known = { 0 };
    int error = endpoint_list_schemes(&known);

    if (error < 0)
        return error;
    return endpoint_refuse(reader, word.data, _("unknown scheme '%s' (known: %.*s)"), endpoint_quote(word),
                           (int)known.size, known.data);
}

static int refuse_empty(const struct endpoint_reader *reader, const char *at)
{
    ENDPOINT_BUFFER known = { 0 };
    int error = endpoint_list_schemes(&known);

    if (error < 0)
        return error;
    return endpoint_refuse(reader, at, _("nothing here: give HOST:PORT, a path with a '/', or a scheme (known: %.*s)"),
                           (int)known.size, known.data);
}

/* The scheme whose word was written, but not the slashes behind it. */
static const struct scheme *find_without_slashes(const char *text, size_t word)
{
    for (size_t i = 0; i < SCHEMES; i++) {
        if (strncmp(schemes[i].name, text, word + 1) == 0)
            return &schemes[i];
    }
    return NULL;
}

/* No scheme that we know is written. Is it meant as one, or is it a path, or HOST:PORT? Refuses the first. */
static int guess_scheme(struct endpoint_reader *reader, zoc_bytes address)
{
    const char *start = address.data;
    bool has_slash = memchr(start, '/', address.size) != NULL;
    size_t word = isalpha((unsigned char)start[0]) ? strspn(start, SCHEME_WORD) : 0;
    bool has_word = word > 0 && start[word] == ':';
    const struct scheme *meant = has_word ? find_without_slashes(start, word) : NULL;

    if (meant != NULL)
        return endpoint_refuse(reader, start + word + 1, _("'//' is missing: '%sHOST:PORT'"), meant->name);
    if (has_word && has_slash)
        return refuse_scheme(reader, (zoc_bytes){ start, word });
    reader->guessed = true;
    reader->scheme = !has_slash ? ZOC_TCP : start[0] == '@' ? ZOC_UNIX : ZOC_PATH;
    return 0;
}

/* --- addresses ------------------------------------------------------------------------------------ */

static int read_host_port(const struct endpoint_reader *reader, zoc_bytes address, zoc_endpoint *endpoint)
{
    return endpoint_read_host_port(reader, address, &endpoint->host, &endpoint->port);
}

static int read_path(const struct endpoint_reader *reader, zoc_bytes address, zoc_endpoint *endpoint)
{
    if (address.size == 0)
        return endpoint_refuse(reader, address.data,
                               endpoint->abstract ? _("a name is missing after '@'") : _("a path is missing"));
    endpoint->type = SOCK_STREAM;
    return endpoint_unescape(reader, address, &endpoint->path);
}

static int read_socket_path(const struct endpoint_reader *reader, zoc_bytes address, zoc_endpoint *endpoint)
{
    endpoint->abstract = address.size > 0 && address.data[0] == '@';

    const char *start = address.data + endpoint->abstract;
    int error = read_path(reader, endpoint_slice(start, address.data + address.size), endpoint);

    if (error == 0 && strlen(endpoint->path) > ENDPOINT_SOCKET_PATH)
        return endpoint_refuse(reader, start, _("%zu bytes of path, and a socket has room for %zu"),
                               strlen(endpoint->path), ENDPOINT_SOCKET_PATH);
    return error;
}

static int read_command(const struct endpoint_reader *reader, zoc_bytes address, zoc_endpoint *endpoint)
{
    if (address.size == 0)
        return endpoint_refuse(reader, address.data, _("a command is missing"));
    endpoint->command = strndup(address.data, address.size);
    return endpoint->command != NULL ? 0 : -ENOMEM;
}

static int read_fd(const struct endpoint_reader *reader, zoc_bytes address, zoc_endpoint *endpoint)
{
    uint32_t number;

    if (endpoint_read_number(address, 10, INT32_MAX, &number) < 0)
        return endpoint_refuse(reader, address.data, _("'%s' is not the number of a descriptor, as in 'fd:3'"),
                               endpoint_quote(address));
    endpoint->fd = (int)number;
    return 0;
}

/* --- all of it ------------------------------------------------------------------------------------ */

static zoc_bytes before_options(const char *start)
{
    return endpoint_slice(start, endpoint_part_end(start));
}

static int read_address(struct endpoint_reader *reader, const char *start, zoc_endpoint *endpoint)
{
    const struct scheme *scheme = find_scheme(start);
    zoc_bytes address = before_options(start);
    int error = 0;

    if (address.size == 0)
        return refuse_empty(reader, start);
    if (scheme != NULL) {
        reader->scheme = (zoc_scheme)(scheme - schemes);
        start += strlen(scheme->name);
        address = scheme->whole ? zoc_bytes_of(start) : before_options(start);
    } else {
        error = guess_scheme(reader, address);
    }
    if (error < 0)
        return error;

    endpoint->scheme = reader->scheme;
    if (schemes[reader->scheme].read != NULL)
        error = schemes[reader->scheme].read(reader, address, endpoint);
    if (error < 0)
        return error;
    return endpoint_read_options(reader, address.data + address.size, endpoint);
}

static int read_endpoint(struct endpoint_reader *reader, zoc_endpoint *endpoint)
{
    const char *start = reader->text;

    if (starts_with(start, LISTEN)) {
        endpoint->listens = true;
        start += strlen(LISTEN);
    }
    if (endpoint->listens && starts_with(start, LISTEN))
        return endpoint_refuse(reader, start, _("a second 'listen:'; one is enough"));

    int error = read_address(reader, start, endpoint);

    if (error == 0 && endpoint->listens && !schemes[endpoint->scheme].listens)
        return endpoint_refuse(reader, start, _("'%s' cannot be listened on; take 'listen:' away"),
                               schemes[endpoint->scheme].name);
    return error;
}

static int read_text(const char *text, zoc_endpoint **ret_endpoint)
{
    struct endpoint_reader reader = { .text = text };

    if (strnlen(text, ZOC_ENDPOINT_MAX + 1) > ZOC_ENDPOINT_MAX)
        return endpoint_refuse(&reader, text + ZOC_ENDPOINT_MAX, _("longer than %d bytes"), ZOC_ENDPOINT_MAX);

    zoc_endpoint *endpoint = malloc(sizeof(*endpoint));

    if (endpoint == NULL)
        return -ENOMEM;
    *endpoint = (zoc_endpoint){ .fd = -1, .options = { .tos = -1, .mode = -1 } };

    int error = read_endpoint(&reader, endpoint);

    if (error < 0) {
        zoc_endpoint_free(endpoint);
        return error;
    }
    *ret_endpoint = endpoint;
    return 0;
}

/* Refusals have their words already. */
static int with_words(int error)
{
    return error == -ENOMEM ? zoc_fail(error, _("read an endpoint")) : error;
}

int zoc_endpoint_parse(const char *text, zoc_endpoint **ret_endpoint)
{
    return with_words(read_text(text, ret_endpoint));
}

bool zoc_endpoint_has_datagrams(const zoc_endpoint *endpoint)
{
    bool may_be_local = endpoint->scheme == ZOC_UNIX || endpoint->scheme == ZOC_PATH;

    return endpoint->scheme == ZOC_UDP || (may_be_local && endpoint->type == SOCK_DGRAM);
}

bool zoc_endpoint_can_listen(const zoc_endpoint *endpoint)
{
    return schemes[endpoint->scheme].listens;
}

void zoc_endpoint_free(zoc_endpoint *endpoint)
{
    if (endpoint == NULL)
        return;
    free(endpoint->host);
    free(endpoint->path);
    free(endpoint->command);
    free(endpoint->options.bind);
    endpoint_release_tls(&endpoint->options.tls);
    free(endpoint);
}

/* --- host and port as two arguments --------------------------------------------------------------- */

/* Writes the two as one text. An IPv6 address gets its brackets, and what has no scheme gets tcp://, so that a host
 * with a / in it is not taken for a path. */
static int join_pair(const char *host, const char *port, zoc_buffer *text)
{
    struct endpoint_reader reader = { .text = host };
    const char *start = host + (starts_with(host, LISTEN) ? strlen(LISTEN) : 0);
    const struct scheme *scheme = find_scheme(start);

    if (scheme != NULL && scheme->read != read_host_port)
        return endpoint_refuse(&reader, start, _("'%s' takes no port: leave out '%s'"), scheme->name,
                               endpoint_quote(zoc_bytes_of(port)));
    if (scheme != NULL)
        start += strlen(scheme->name);

    bool bare = scheme == NULL && strstr(start, "://") == NULL;
    bool digits = endpoint_is_ip6(zoc_bytes_of(start));
    int error = zoc_buffer_append(text, host, (size_t)(start - host));

    if (error == 0)
        error = zoc_buffer_printf(text, digits ? "%s[%s]:%s" : "%s%s:%s", bare ? "tcp://" : "", start, port);
    return error == 0 ? zoc_buffer_append(text, "", 1) : error;
}

int zoc_endpoint_parse_pair(const char *host, const char *port, zoc_endpoint **ret_endpoint)
{
    ENDPOINT_BUFFER text = { 0 };
    int error = join_pair(host, port, &text);

    return with_words(error == 0 ? read_text(text.data, ret_endpoint) : error);
}

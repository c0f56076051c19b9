#include "serve/spec.h"

#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zocalo/error.h>

const struct key spec_keys[] = {
    { "idle", &key_duration, offsetof(struct spec, idle), NULL },
    { "max-connections", &key_count, offsetof(struct spec, connections_max), NULL },
    { "clients", &key_count, offsetof(struct spec, clients), NULL },
    { 0 },
};

/* What is read, for messages that show the place. */
struct reading {
    const char *origin;
    const struct specs *before; /* those that were read already */
    struct spec spec;
};

/* The words so far, behind the place that they are about. */
static int at_word(const struct reading *reading, const struct word *word)
{
    return zoc_wrap(-EINVAL, _("%s: character %zu"), reading->origin, word->at + 1);
}

#define QUOTE_MAX   96 /* bytes of a word that a message quotes, with its NUL */
#define quote(word) zoc_escape(zoc_bytes_of(word), (char[QUOTE_MAX]){ 0 }, QUOTE_MAX)

/* --- keys ----------------------------------------------------------------------------------------- */

static int add_names(const struct key *keys, zoc_buffer *list)
{
    int result = 0;

    for (; keys && keys->name && result == 0; keys++)
        result = zoc_buffer_printf(list, "%s%s=", list->size ? ", " : "", keys->name);
    return result;
}

static int refuse_key(const struct reading *reading, const struct word *word)
{
    zoc_buffer known = { 0 };
    int result = add_names(spec_keys, &known);

    if (result == 0)
        result = add_names(reading->spec.service->keys, &known);
    if (result == 0) {
        zoc_refuse(-EINVAL, _("unknown key in '%s' (known: %.*s)"), quote(word->text), (int)known.size, known.data);
        result = at_word(reading, word);
    }
    zoc_buffer_release(&known);
    return result;
}

/* KEY=VALUE, where KEY is letters and dashes: an endpoint has a / or : before any =. */
static size_t key_size(const char *word)
{
    size_t size = strspn(word, "abcdefghijklmnopqrstuvwxyz-");

    return size > 0 && word[size] == '=' ? size : 0;
}

static int add_key(struct reading *reading, const struct word *word)
{
    struct spec *spec = &reading->spec;
    size_t size = key_size(word->text);
    const struct key *common = key_find(spec_keys, word->text, size);
    const struct key *own = key_find(spec->service->keys, word->text, size);

    if (!common && !own)
        return refuse_key(reading, word);
    int result = key_read(common ? common : own, word->text + size + 1, common ? (void *)spec : spec->settings);
    return result == -EINVAL ? at_word(reading, word) : result;
}

/* --- endpoints ------------------------------------------------------------------------------------ */

/* Ports of TLS are those of TCP. */
static zoc_scheme kind_of_place(const zoc_endpoint *endpoint)
{
    return endpoint->scheme == ZOC_TLS ? ZOC_TCP : endpoint->scheme;
}

bool spec_same_place(const zoc_endpoint *one, const zoc_endpoint *other)
{
    if (one->path && other->path)
        return one->abstract == other->abstract && strcmp(one->path, other->path) == 0;
    if (kind_of_place(one) != kind_of_place(other))
        return false;
    if (one->host)
        return one->port != 0 && one->port == other->port && strcasecmp(one->host, other->host) == 0;
    return one->fd == other->fd;
}

static const char *holder_in(const struct spec *spec, const zoc_endpoint *endpoint)
{
    for (size_t i = 0; i < spec->endpoint_count; i++)
        if (spec_same_place(spec->endpoints[i], endpoint))
            return spec->service->name;
    return NULL;
}

/* The service that is to listen there already; NULL when none is. */
static const char *find_holder(const struct reading *reading, const zoc_endpoint *endpoint)
{
    const char *holder = holder_in(&reading->spec, endpoint);

    for (size_t i = 0; i < reading->before->count && !holder; i++)
        holder = holder_in(&reading->before->list[i], endpoint);
    return holder;
}

/* What answers more than it is asked, to whatever address a datagram claims to come from, is a weapon in the open:
 * every interface is only meant when it was written so. */
static int keep_home(const struct spec *spec, zoc_endpoint *endpoint)
{
    if (!service_amplifies(spec->service, spec->settings) || endpoint->scheme != ZOC_UDP || *endpoint->host)
        return 0;
    char *loopback = strdup("127.0.0.1");
    if (!loopback)
        return -ENOMEM;
    free(endpoint->host);
    endpoint->host = loopback;
    return 0;
}

static int check_endpoint(const struct reading *reading, const zoc_endpoint *endpoint, const char *word)
{
    const char *holder = find_holder(reading, endpoint);

    if (!zoc_endpoint_can_listen(endpoint))
        return zoc_refuse(-EINVAL, _("'%s' cannot be listened on"), quote(word));
    if (zoc_endpoint_has_datagrams(endpoint) && !reading->spec.service->datagrams)
        return zoc_refuse(-EINVAL, _("'%s' is for datagrams, which %s does not take"), quote(word),
                          reading->spec.service->name);
    if (holder)
        return zoc_refuse(-EINVAL, _("'%s' is there twice: it belongs to '%s' already"), quote(word), holder);
    return 0;
}

static int add_endpoint(struct reading *reading, const struct word *word)
{
    struct spec *spec = &reading->spec;
    zoc_endpoint *endpoint;
    zoc_endpoint **endpoints = realloc(spec->endpoints, (spec->endpoint_count + 1) * sizeof *endpoints);

    if (!endpoints)
        return -ENOMEM;
    spec->endpoints = endpoints;
    int result = zoc_endpoint_parse(word->text, &endpoint);
    if (result < 0)
        return result == -EINVAL ? at_word(reading, word) : result;
    result = keep_home(spec, endpoint);
    if (result == 0)
        result = check_endpoint(reading, endpoint, word->text);
    if (result == 0) {
        endpoints[spec->endpoint_count++] = endpoint;
        return 0;
    }
    zoc_endpoint_free(endpoint);
    return result == -EINVAL ? at_word(reading, word) : result;
}

/* What is wrong with them is told of the word that stands for them: the service. */
static int add_default_endpoints(struct reading *reading, const struct word *service)
{
    struct words words = { 0 };
    size_t at;
    int result = words_split(reading->spec.service->endpoints, &words, &at);

    for (size_t i = 0; i < words.count && result == 0; i++)
        result = add_endpoint(reading, &(struct word){ words.list[i].text, service->at });
    words_release(&words);
    return result;
}

/* --- a spec --------------------------------------------------------------------------------------- */

static int refuse_service(const struct reading *reading, const struct word *word)
{
    zoc_buffer known = { 0 };
    int result = 0;

    for (unsigned i = 0; i < service_count && result == 0; i++)
        result = zoc_buffer_printf(&known, "%s%s", i ? ", " : "", services[i].name);
    if (result == 0) {
        zoc_refuse(-EINVAL, _("unknown service '%s' (known: %.*s)"), quote(word->text), (int)known.size, known.data);
        result = at_word(reading, word);
    }
    zoc_buffer_release(&known);
    return result;
}

static int read_service(struct reading *reading, const struct word *word)
{
    struct spec *spec = &reading->spec;

    spec->service = service_find(word->text);
    if (!spec->service)
        return refuse_service(reading, word);
    if (spec->service->settings_size > 0)
        spec->settings = calloc(1, spec->service->settings_size);
    return spec->service->settings_size > 0 && !spec->settings ? -ENOMEM : 0;
}

/* What counts connections says nothing where there are none. */
static int check_counts(const struct reading *reading)
{
    const struct spec *spec = &reading->spec;
    const char *key = spec->clients ? "clients=" : spec->connections_max ? "max-connections=" : NULL;

    for (size_t i = 0; i < spec->endpoint_count && key; i++)
        if (!zoc_endpoint_has_datagrams(spec->endpoints[i]))
            key = NULL;
    return key ? zoc_refuse(-EINVAL, _("%s: '%s' counts connections, and datagrams have none"), reading->origin, key)
               : 0;
}

static int add_keys(struct reading *reading, const struct words *words)
{
    int result = 0;

    for (size_t i = 1; i < words->count && result == 0; i++)
        if (key_size(words->list[i].text))
            result = add_key(reading, &words->list[i]);
    return result;
}

static int add_endpoints(struct reading *reading, const struct words *words)
{
    int result = 0;

    for (size_t i = 1; i < words->count && result == 0; i++)
        if (!key_size(words->list[i].text))
            result = add_endpoint(reading, &words->list[i]);
    if (result == 0 && reading->spec.endpoint_count == 0)
        result = add_default_endpoints(reading, &words->list[0]);
    return result;
}

/* The keys first: by them the service may be one that is to stay on this machine. */
static int read_words(struct reading *reading, const struct words *words)
{
    int result = read_service(reading, &words->list[0]);

    if (result == 0)
        result = add_keys(reading, words);
    if (result == 0)
        result = add_endpoints(reading, words);
    return result < 0 ? result : check_counts(reading);
}

/* --- specs --------------------------------------------------------------------------------------- */

static void release_spec(struct spec *spec)
{
    for (size_t i = 0; i < spec->endpoint_count; i++)
        zoc_endpoint_free(spec->endpoints[i]);
    free(spec->endpoints);
    if (spec->settings)
        keys_release(spec->service->keys, spec->settings);
    free(spec->settings);
}

void specs_release(struct specs *specs)
{
    for (size_t i = 0; i < specs->count; i++)
        release_spec(&specs->list[i]);
    free(specs->list);
    *specs = (struct specs){ 0 };
}

static int add_words(struct specs *specs, const char *origin, const struct words *words)
{
    struct reading reading = { .origin = origin, .before = specs };
    struct spec *list;

    if (words->count == 0)
        return 0;
    int result = read_words(&reading, words);
    if (result == 0) {
        list = realloc(specs->list, (specs->count + 1) * sizeof *list);
        if (list) {
            specs->list = list;
            list[specs->count++] = reading.spec;
            return 0;
        }
        result = -ENOMEM;
    }
    release_spec(&reading.spec);
    return result;
}

int specs_add_line(struct specs *specs, const char *origin, const char *line)
{
    struct words words = { 0 };
    size_t at = 0;
    int result = words_split(line, &words, &at);

    if (result == 0)
        result = add_words(specs, origin, &words);
    else if (result == -EINVAL)
        zoc_refuse(result, _("%s: character %zu: a quote is opened and not closed"), origin, at + 1);
    words_release(&words);
    return result;
}

static int add_joined(struct specs *specs, char **arguments, int count)
{
    struct words words = { 0 };
    size_t at = 0;
    int result = 0;

    for (int i = 0; i < count && result == 0; i++) {
        result = words_add(&words, arguments[i], strlen(arguments[i]), at);
        at += strlen(arguments[i]) + 1;
    }
    if (result == 0)
        result = add_words(specs, _("spec"), &words);
    words_release(&words);
    return result;
}

/* One of several is told from the others by its number. */
static int add_argument(struct specs *specs, char **arguments, int count, int number)
{
    zoc_buffer origin = { 0 };
    int result = count > 1 ? zoc_buffer_printf(&origin, _("spec %d"), number) : zoc_buffer_printf(&origin, _("spec"));

    if (result == 0)
        result = zoc_buffer_append(&origin, "", 1);
    if (result == 0)
        result = specs_add_line(specs, origin.data, arguments[number - 1]);
    zoc_buffer_release(&origin);
    return result;
}

int specs_add_arguments(struct specs *specs, char **arguments, int count)
{
    bool spaces = false;
    int result = 0;

    for (int i = 0; i < count; i++)
        spaces |= strpbrk(arguments[i], " \t") != NULL;
    if (!spaces)
        return add_joined(specs, arguments, count);
    for (int number = 1; number <= count && result == 0; number++)
        result = add_argument(specs, arguments, count, number);
    return result;
}

int specs_add_text(struct specs *specs, const char *name, const char *text)
{
    zoc_buffer origin = { 0 };
    int result = 0;

    for (unsigned number = 1; *text && result == 0; number++) {
        size_t size = strcspn(text, "\n");
        char *line = strndup(text, size);
        zoc_buffer_consume(&origin, origin.size);
        result = line ? zoc_buffer_printf(&origin, "%s:%u%c", name, number, '\0') : -ENOMEM;
        if (result == 0)
            result = specs_add_line(specs, origin.data, line);
        free(line);
        text += size + (text[size] == '\n');
    }
    zoc_buffer_release(&origin);
    return result;
}

#include "serve/spec.h"

#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zocalo/error.h>

/* --- words to a spec ----------------------------------------------------------------------------- */

/* What is read, for messages that show the place. */
struct reading {
    const char *origin;
    struct spec spec;
};

/* The words so far, behind the place that they are about. */
static int at_word(const struct reading *reading, const struct word *word)
{
    return zoc_wrap(-EINVAL, _("%s: character %zu"), reading->origin, word->at + 1);
}

#define QUOTE_MAX   96 /* bytes of a word that a message quotes, with its NUL */
#define quote(word) zoc_escape(zoc_bytes_of(word), (char[QUOTE_MAX]){ 0 }, QUOTE_MAX)

struct key {
    const char *name;
    int (*read)(struct spec *spec, const char *value);
    const char *expects; /* N_() */
};

static int read_idle(struct spec *spec, const char *value)
{
    return zoc_duration_parse(value, &spec->idle);
}

static const struct key keys[] = {
    { "idle", read_idle, N_("a duration such as 30s") },
};

static const struct key *find_key(const char *name, size_t size)
{
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (strlen(keys[i].name) == size && strncmp(keys[i].name, name, size) == 0)
            return &keys[i];
    return NULL;
}

static const char *list_keys(zoc_buffer *list)
{
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        zoc_buffer_printf(list, "%s%s=", i ? ", " : "", keys[i].name);
    zoc_buffer_append(list, "", 1);
    return list->data ? list->data : "";
}

static const char *list_services(zoc_buffer *list)
{
    for (unsigned i = 0; i < service_count; i++)
        zoc_buffer_printf(list, "%s%s", i ? ", " : "", services[i].name);
    zoc_buffer_append(list, "", 1);
    return list->data ? list->data : "";
}

/* KEY=VALUE, where KEY is letters and dashes: an endpoint has a / or : before any =. */
static size_t key_size(const char *word)
{
    size_t size = strspn(word, "abcdefghijklmnopqrstuvwxyz-");

    return size > 0 && word[size] == '=' ? size : 0;
}

static int add_key(struct reading *reading, const struct word *word)
{
    size_t size = key_size(word->text);
    const struct key *key = find_key(word->text, size);
    zoc_buffer known = { 0 };

    if (!key) {
        zoc_refuse(-EINVAL, _("unknown key in '%s' (known: %s)"), quote(word->text), list_keys(&known));
        zoc_buffer_release(&known);
        return at_word(reading, word);
    }
    if (key->read(&reading->spec, word->text + size + 1) < 0) {
        zoc_refuse(-EINVAL, _("'%s' is not %s"), quote(word->text + size + 1), _(key->expects));
        return at_word(reading, word);
    }
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
    endpoints[spec->endpoint_count++] = endpoint;
    if (endpoint->scheme == ZOC_STDIO)
        zoc_refuse(-EINVAL, _("'%s' cannot be listened on"), quote(word->text));
    else if (zoc_endpoint_has_datagrams(endpoint) && !spec->service->datagrams)
        zoc_refuse(-EINVAL, _("'%s' is for datagrams, which %s does not take"), quote(word->text), spec->service->name);
    else
        return 0;
    return at_word(reading, word);
}

static int add_default_endpoints(struct reading *reading)
{
    struct words words = { 0 };
    size_t at;
    int result = words_split(reading->spec.service->endpoints, &words, &at);

    for (size_t i = 0; i < words.count && result == 0; i++)
        result = add_endpoint(reading, &words.list[i]);
    words_release(&words);
    return result;
}

static int read_service(struct reading *reading, const struct word *word)
{
    zoc_buffer known = { 0 };

    reading->spec.service = service_find(word->text);
    if (reading->spec.service)
        return 0;
    zoc_refuse(-EINVAL, _("unknown service '%s' (known: %s)"), quote(word->text), list_services(&known));
    zoc_buffer_release(&known);
    return at_word(reading, word);
}

static int read_words(struct reading *reading, const struct words *words)
{
    int result = read_service(reading, &words->list[0]);

    for (size_t i = 1; i < words->count && result == 0; i++)
        result =
            key_size(words->list[i].text) ? add_key(reading, &words->list[i]) : add_endpoint(reading, &words->list[i]);
    if (result == 0 && reading->spec.endpoint_count == 0)
        result = add_default_endpoints(reading);
    return result;
}

/* --- specs --------------------------------------------------------------------------------------- */

static void release_spec(struct spec *spec)
{
    for (size_t i = 0; i < spec->endpoint_count; i++)
        zoc_endpoint_free(spec->endpoints[i]);
    free(spec->endpoints);
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
    struct reading reading = { .origin = origin };
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

int specs_add_arguments(struct specs *specs, char **arguments, int count)
{
    bool spaces = false;
    int result = 0;

    for (int i = 0; i < count; i++)
        spaces |= strpbrk(arguments[i], " \t") != NULL;
    if (!spaces)
        return add_joined(specs, arguments, count);
    for (int i = 0; i < count && result == 0; i++)
        result = specs_add_line(specs, _("spec"), arguments[i]);
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

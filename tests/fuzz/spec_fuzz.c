/* Specs: a text that is accepted reads twice as the same, and one that is refused says why. */
#include "serve/spec.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <zocalo/error.h>

/* --- the same ------------------------------------------------------------------------------------- */

static bool same_string(const char *one, const char *other)
{
    return one == NULL || other == NULL ? one == other : strcmp(one, other) == 0;
}

static bool same_field(const struct key *key, const void *one, const void *other)
{
    const char *here = (const char *)one + key->field, *there = (const char *)other + key->field;

    if (key->kind == &key_duration)
        return *(const zoc_duration *)here == *(const zoc_duration *)there;
    if (key->kind == &key_count || key->kind == &key_choice)
        return *(const unsigned *)here == *(const unsigned *)there;
    return same_string(*(char *const *)here, *(char *const *)there); /* whatever else there is owns a text */
}

static bool same_keys(const struct key *keys, const void *one, const void *other)
{
    for (; keys != NULL && keys->name != NULL; keys++)
        if (!same_field(keys, one, other))
            return false;
    return true;
}

static bool same_endpoint(const zoc_endpoint *one, const zoc_endpoint *other)
{
    char *here = zoc_endpoint_text(one), *there = zoc_endpoint_text(other);
    bool same = here != NULL && there != NULL && strcmp(here, there) == 0;

    free(here);
    free(there);
    return same;
}

static bool same_spec(const struct spec *one, const struct spec *other)
{
    if (one->service != other->service || one->endpoint_count != other->endpoint_count)
        return false;
    for (size_t i = 0; i < one->endpoint_count; i++)
        if (!same_endpoint(one->endpoints[i], other->endpoints[i]))
            return false;
    return same_keys(spec_keys, one, other) && same_keys(one->service->keys, one->settings, other->settings);
}

static bool same(const struct specs *one, const struct specs *other)
{
    if (one->count != other->count)
        return false;
    for (size_t i = 0; i < one->count; i++)
        if (!same_spec(&one->list[i], &other->list[i]))
            return false;
    return true;
}

/* --- what the header promises --------------------------------------------------------------------- */

static bool takes_connections(const struct spec *spec)
{
    for (size_t i = 0; i < spec->endpoint_count; i++)
        if (!zoc_endpoint_has_datagrams(spec->endpoints[i]))
            return true;
    return false;
}

static void check_endpoint(const struct spec *spec, const zoc_endpoint *endpoint)
{
    assert(endpoint->scheme != ZOC_STDIO);
    assert(spec->service->datagrams != NULL || !zoc_endpoint_has_datagrams(endpoint));
    assert(!spec->service->amplifies || endpoint->scheme != ZOC_UDP || *endpoint->host != '\0');
}

static void check_spec(const struct spec *spec)
{
    assert(spec->service != NULL && spec->endpoint_count > 0);
    assert((spec->settings != NULL) == (spec->service->settings_size > 0));
    assert(spec->idle >= 0 && spec->connections_max <= KEY_COUNT_MAX && spec->clients <= KEY_COUNT_MAX);
    assert(takes_connections(spec) || (spec->connections_max == 0 && spec->clients == 0));
    for (size_t i = 0; i < spec->endpoint_count; i++)
        check_endpoint(spec, spec->endpoints[i]);
}

static bool holds(const struct specs *specs, const zoc_endpoint *endpoint)
{
    for (size_t i = 0; i < specs->count; i++)
        for (size_t k = 0; k < specs->list[i].endpoint_count; k++)
            if (specs->list[i].endpoints[k] != endpoint && spec_same_place(specs->list[i].endpoints[k], endpoint))
                return true;
    return false;
}

static void check_specs(const struct specs *specs)
{
    for (size_t i = 0; i < specs->count; i++) {
        check_spec(&specs->list[i]);
        for (size_t k = 0; k < specs->list[i].endpoint_count; k++)
            assert(!holds(specs, specs->list[i].endpoints[k]));
    }
}

/* A refusal is one line of words, that begins with the place, and that nothing from the text can break out of. */
static void check_words(const char *origin)
{
    const char *words = zoc_why();

    assert(strncmp(words, origin, strlen(origin)) == 0 && words[strlen(origin)] == ':');
    for (const char *at = words; *at != '\0'; at++)
        assert((unsigned char)*at >= ' ' && *at != 0x7f);
}

/* --- reading -------------------------------------------------------------------------------------- */

typedef int reading(struct specs *specs, const char *origin, const char *text);

static void read_twice(reading *read, const char *origin, const char *text)
{
    struct specs specs = { 0 }, again = { 0 };

    zoc_refuse(-EINVAL, "words of an earlier failure");
    int result = read(&specs, origin, text);

    assert(result == 0 || result == -EINVAL);
    if (result < 0)
        check_words(origin);
    check_specs(&specs);
    assert(read(&again, origin, text) == result);
    assert(same(&specs, &again));
    specs_release(&specs);
    specs_release(&again);
}

/* All of it is a file, and a line. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = strndup((const char *)data, size);

    read_twice(specs_add_text, "square.conf", text);
    read_twice(specs_add_line, "spec", text);
    free(text);
    return 0;
}

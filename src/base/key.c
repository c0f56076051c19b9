#include "base/key.h"

#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zocalo/error.h>
#include <zocalo/units.h>

#define QUOTE_MAX 96 /* bytes of a value that a message quotes, with its NUL */

/* --- kinds ---------------------------------------------------------------------------------------- */

static int read_duration(const struct key *key, const char *value, void *field)
{
    (void)key;
    return zoc_duration_parse(value, field);
}

static int read_count(const struct key *key, const char *value, void *field)
{
    char *end;
    unsigned long count = strtoul(value, &end, 10);

    (void)key;
    if (*value < '0' || *value > '9' || *end || count < 1 || count > KEY_COUNT_MAX)
        return -EINVAL;
    *(unsigned *)field = (unsigned)count;
    return 0;
}

static int read_text(const struct key *key, const char *value, void *field)
{
    char *copy = strdup(value);

    if (!copy)
        return -ENOMEM;
    key->kind->release(field);
    *(char **)field = copy;
    return 0;
}

static void release_text(void *field)
{
    free(*(char **)field);
    *(char **)field = NULL;
}

static int read_choice(const struct key *key, const char *value, void *field)
{
    for (unsigned i = 0; key->choices[i]; i++)
        if (strcmp(key->choices[i], value) == 0) {
            *(unsigned *)field = i;
            return 0;
        }
    return -EINVAL;
}

const struct key_kind key_duration = { N_("DURATION"), N_("a duration such as 30s"), read_duration, NULL };
const struct key_kind key_count = { N_("N"), N_("a number from 1 to 1000000"), read_count, NULL };
const struct key_kind key_text = { N_("TEXT"), "", read_text, release_text };
const struct key_kind key_choice = { NULL, NULL, read_choice, NULL };

/* --- tables --------------------------------------------------------------------------------------- */

const struct key *key_find(const struct key *keys, const char *name, size_t size)
{
    for (; keys && keys->name; keys++)
        if (strlen(keys->name) == size && strncmp(keys->name, name, size) == 0)
            return keys;
    return NULL;
}

static int list_choices(const struct key *key, const char *separator, zoc_buffer *text)
{
    int result = 0;

    for (size_t i = 0; key->choices[i] && result == 0; i++)
        result = zoc_buffer_printf(text, "%s%s", i ? separator : "", key->choices[i]);
    return result;
}

static int refuse(const struct key *key, const char *value)
{
    zoc_buffer choices = { 0 };
    char quoted[QUOTE_MAX];

    zoc_escape(zoc_bytes_of(value), quoted, sizeof quoted);
    if (key->kind->expects)
        return zoc_refuse(-EINVAL, _("'%s' is not %s"), quoted, _(key->kind->expects));
    int result = list_choices(key, ", ", &choices);
    if (result == 0)
        result = zoc_refuse(-EINVAL, _("'%s' is not one of %.*s"), quoted, (int)choices.size, choices.data);
    zoc_buffer_release(&choices);
    return result;
}

int key_read(const struct key *key, const char *value, void *object)
{
    int result = key->kind->read(key, value, (char *)object + key->field);

    return result == -EINVAL || result == -ERANGE ? refuse(key, value) : result;
}

int key_show(const struct key *key, zoc_buffer *text)
{
    int result = zoc_buffer_printf(text, "%s=", key->name);

    if (result < 0)
        return result;
    return key->kind->value ? zoc_buffer_printf(text, "%s", _(key->kind->value)) : list_choices(key, "|", text);
}

void keys_release(const struct key *keys, void *object)
{
    for (; keys && keys->name; keys++)
        if (keys->kind->release)
            keys->kind->release((char *)object + keys->field);
}

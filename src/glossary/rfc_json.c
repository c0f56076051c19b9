#include "glossary/rfc_json.h"

#include "base/json.h"
#include "base/text.h"

/* What is being written: once it failed, nothing more is. */
struct object {
    zoc_buffer *to;
    int result;
};

static void put(struct object *object, const char *text)
{
    if (object->result == 0)
        object->result = zoc_buffer_append(object->to, text, strlen(text));
}

static void put_string(struct object *object, const char *text)
{
    if (object->result == 0)
        object->result = base_json_string(object->to, zoc_bytes_of(text));
}

/* A key, and the comma before it; the first key of an object stands in its opening. */
static void put_key(struct object *object, const char *key)
{
    put(object, ",\"");
    put(object, key);
    put(object, "\":");
}

static void put_number(struct object *object, unsigned number)
{
    if (object->result == 0)
        object->result = zoc_buffer_printf(object->to, "%u", number);
}

static void put_member(struct object *object, const char *key, const char *text)
{
    put_key(object, key);
    put_string(object, text);
}

static void put_numbers(struct object *object, const char *key, const unsigned *numbers, size_t max)
{
    put_key(object, key);
    put(object, "[");
    for (size_t i = 0; i < max && numbers[i]; i++) {
        put(object, i == 0 ? "" : ",");
        put_number(object, numbers[i]);
    }
    put(object, "]");
}

static void put_in_force(struct object *object, const struct rfc *rfc)
{
    const struct rfc *rows[RFC_RELATED_MAX];
    unsigned numbers[RFC_RELATED_MAX];
    size_t count = rfc_in_force(rfc, rows);

    for (size_t i = 0; i < count; i++)
        numbers[i] = rows[i]->number;
    put_numbers(object, "in_force", numbers, count);
}

static void put_sections(struct object *object, const struct rfc *rfc)
{
    put_key(object, "sections");
    put(object, "[");
    for (size_t i = 0; i < RFC_SECTIONS_MAX && *rfc->sections[i].where; i++) {
        put(object, i == 0 ? "{\"section\":" : ",{\"section\":");
        put_string(object, rfc->sections[i].where);
        put_member(object, "text", _(rfc->sections[i].text));
        put(object, "}");
    }
    put(object, "]");
}

static void put_commands(struct object *object, const struct rfc *rfc)
{
    put_key(object, "commands");
    put(object, "[");
    for (size_t i = 0; i < RFC_COMMANDS_MAX && *rfc->commands[i]; i++) {
        put(object, i == 0 ? "" : ",");
        put_string(object, rfc->commands[i]);
    }
    put(object, "]");
}

static const char *field_of(const struct rfc *rfc)
{
    size_t i = 0;

    while (rfc < rfc_fields[i]->rows || rfc >= rfc_fields[i]->rows + rfc_fields[i]->count)
        i++;
    return rfc_fields[i]->word;
}

int rfc_json(const struct rfc *rfc, zoc_buffer *to)
{
    struct object object = { .to = to };
    char url[RFC_URL_SIZE];

    put(&object, "{\"rfc\":");
    put_number(&object, rfc->number);
    put_member(&object, "title", rfc->title);
    put_key(&object, "year");
    put_number(&object, rfc->published.year);
    put_key(&object, "month");
    put_number(&object, rfc->published.month);
    put_member(&object, "status", rfc_status_word(rfc->status));
    if (rfc->series) {
        put_key(&object, rfc->status == RFC_INTERNET_STANDARD ? "std" : "bcp");
        put_number(&object, rfc->series);
    }
    put_member(&object, "field", field_of(rfc));
    put_numbers(&object, "obsoleted_by", rfc->obsoleted_by, RFC_REPLACED_MAX);
    put_in_force(&object, rfc);
    put_numbers(&object, "updated_by", rfc->updated_by, RFC_UPDATED_MAX);
    put_member(&object, "text", *rfc->text ? _(rfc->text) : "");
    put_sections(&object, rfc);
    put_commands(&object, rfc);
    put_member(&object, "url", rfc_url(rfc, url, sizeof url));
    put(&object, "}\n");
    return object.result;
}

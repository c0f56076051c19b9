#include "base/log_line.h"

#include "base/escape.h"
#include "base/json.h"
#include "base/utc.h"

#include <inttypes.h>
#include <stdio.h>

#define NUMBER_TEXT 24

/* A line that is being written. After the first thing that does not fit, nothing more is put in. */
struct line {
    char *text;
    size_t size;
    size_t size_max; /* leaves room for what must come after */
    bool cut;
};

/* How a format writes things. */
struct form {
    const char *before_time, *before_level, *before_message;
    const char *cut; /* comes before the end of a line that is cut */
    const char *end;
    void (*message)(struct line *line, const char *text);
    void (*key)(struct line *line, const char *key);
    void (*value)(struct line *line, const char *text);
};

static const char *const level_names[] = {
    [ZOC_LOG_OFF] = "off",   [ZOC_LOG_ERROR] = "error", [ZOC_LOG_WARNING] = "warning",
    [ZOC_LOG_INFO] = "info", [ZOC_LOG_DEBUG] = "debug",
};

static void put_bytes(struct line *line, const char *data, size_t size)
{
    line->cut = line->cut || size > line->size_max - line->size;
    if (line->cut)
        return;
    memcpy(line->text + line->size, data, size);
    line->size += size;
}

static void put(struct line *line, const char *text)
{
    put_bytes(line, text, strlen(text));
}

/* Puts a text unit by unit, so that it is not cut inside of one. */
static void put_units(struct line *line, const char *text, size_t (*next)(zoc_bytes *rest, char *unit))
{
    zoc_bytes rest = zoc_bytes_of(text);
    char unit[BASE_UNIT_MAX];

    while (rest.size > 0 && !line->cut) {
        size_t size = next(&rest, unit);

        put_bytes(line, unit, size);
    }
}

/* Puts a text between double quotes: both are there, or neither. */
static void put_quoted(struct line *line, const char *text, size_t (*next)(zoc_bytes *rest, char *unit))
{
    put(line, "\"\"");
    if (line->cut)
        return;
    line->size--;
    line->size_max--;
    put_units(line, text, next);
    line->size_max++;
    line->text[line->size++] = '"';
}

static void skip(zoc_bytes *rest, size_t size)
{
    rest->data += size;
    rest->size -= size;
}

/* The next unit inside double quotes in text: as elsewhere, and the quote itself. */
static size_t quoted_next(zoc_bytes *rest, char *unit)
{
    if (*rest->data != '"')
        return base_escape_next(rest, unit);
    skip(rest, 1);
    memcpy(unit, "\\\"", 2);
    return 2;
}

static void text_message(struct line *line, const char *text)
{
    put_units(line, text, base_escape_next);
}

static void text_key(struct line *line, const char *key)
{
    put(line, " ");
    put_units(line, key, base_escape_next);
    put(line, "=");
}

static void text_value(struct line *line, const char *text)
{
    if (*text == '\0' || strpbrk(text, " \"="))
        put_quoted(line, text, quoted_next);
    else
        put_units(line, text, base_escape_next);
}

static void json_string(struct line *line, const char *text)
{
    put_quoted(line, text, base_json_next);
}

static void json_key(struct line *line, const char *key)
{
    put(line, ",");
    json_string(line, key);
    put(line, ":");
}

static const struct form forms[] = {
    [ZOC_LOG_TEXT] = { .before_time = "",
                       .before_level = " ",
                       .before_message = " ",
                       .cut = "...",
                       .end = "\n",
                       .message = text_message,
                       .key = text_key,
                       .value = text_value },
    [ZOC_LOG_JSON] = { .before_time = "{\"time\":\"",
                       .before_level = "\",\"level\":\"",
                       .before_message = "\",\"message\":",
                       .cut = ",\"cut\":true",
                       .end = "}\n",
                       .message = json_string,
                       .key = json_key,
                       .value = json_string },
};

/* Puts a field, or nothing when there is no room for any of its value. */
static void put_field(struct line *line, const struct form *form, const zoc_log_field *field)
{
    char number[NUMBER_TEXT];
    size_t start = line->size;

    form->key(line, field->key);
    size_t value = line->size;
    if (field->text) {
        form->value(line, field->text);
    } else {
        snprintf(number, sizeof number, "%" PRId64, field->number);
        put(line, number);
    }
    if (line->cut && line->size == value)
        line->size = start;
}

size_t base_log_line(zoc_log_format format, const struct base_log_record *record, char text[ZOC_LOG_LINE_MAX])
{
    const struct form *form = &forms[format];
    size_t kept = strlen(form->cut) + strlen(form->end);
    struct line line = { .text = text, .size_max = ZOC_LOG_LINE_MAX - kept };
    char time[BASE_UTC_TEXT];

    put(&line, form->before_time);
    put(&line, base_utc_text(record->wall, time));
    put(&line, form->before_level);
    put(&line, level_names[record->level]);
    put(&line, form->before_message);
    form->message(&line, record->message);
    for (unsigned i = 0; i < record->count && !line.cut; i++)
        put_field(&line, form, &record->fields[i]);

    bool cut = line.cut;
    line.size_max = ZOC_LOG_LINE_MAX;
    line.cut = false;
    if (cut)
        put(&line, form->cut);
    put(&line, form->end);
    return line.size;
}

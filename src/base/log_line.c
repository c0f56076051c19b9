#include "base/log_line.h"

#include "base/escape.h"

#include <inttypes.h>
#include <stdio.h>

#define TIME_TEXT   64
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

static size_t json_escape(uint32_t character, char *unit)
{
    static const char named[] = "\"\\\r\n\t";
    static const char names[] = "\"\\rnt";
    const char *found = character < 0x80 ? memchr(named, (int)character, sizeof named - 1) : NULL;
    char code[BASE_UNIT_MAX + 1];

    if (found) {
        unit[0] = '\\';
        unit[1] = names[found - named];
        return 2;
    }
    snprintf(code, sizeof code, "\\u%04x", (unsigned)character & 0xffff);
    memcpy(unit, code, BASE_UNIT_MAX);
    return BASE_UNIT_MAX;
}

/* The next unit of a JSON string (RFC 8259, section 7). A byte that is not UTF-8 becomes U+FFFD: JSON has no bytes. */
static size_t json_next(zoc_bytes *rest, char *unit)
{
    uint32_t character;
    size_t size = base_utf8_decode(*rest, &character);
    const char *data = rest->data;

    if (size == 0) {
        skip(rest, 1);
        return json_escape(0xfffd, unit);
    }
    skip(rest, size);
    if (character == '"' || character == '\\' || base_is_unsafe(character))
        return json_escape(character, unit);
    memcpy(unit, data, size);
    return size;
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
    put_quoted(line, text, json_next);
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

/* RFC 3339, in UTC. gmtime_r() would do, but it reads the time zone file first. The date is counted in years that begin
 * in March, so that the leap day is a year's last; 719468 days lie between 0000-03-01 and 1970-01-01. */
static void write_time(int64_t wall, char text[TIME_TEXT])
{
    int64_t ms = wall / 1000000;
    int of_day = (int)(ms % 86400000);
    int day = (int)(ms / 86400000) + 719468;
    int era = day / 146097; /* 400 years */
    int day_of_era = day % 146097;
    int year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int month = (5 * day_of_year + 2) / 153; /* 0 is March */
    int year = era * 400 + year_of_era + (month >= 10);

    snprintf(text, TIME_TEXT, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", year, month < 10 ? month + 3 : month - 9,
             day_of_year - (153 * month + 2) / 5 + 1, of_day / 3600000, of_day / 60000 % 60, of_day / 1000 % 60,
             of_day % 1000);
}

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
    char time[TIME_TEXT];

    write_time(record->wall, time);
    put(&line, form->before_time);
    put(&line, time);
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

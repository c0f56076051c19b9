#include "base/json.h"

#include <stdio.h>

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

size_t base_json_next(zoc_bytes *rest, char unit[BASE_UNIT_MAX])
{
    uint32_t character;
    size_t size = base_utf8_decode(*rest, &character);
    const char *data = rest->data;

    rest->data += size ? size : 1;
    rest->size -= size ? size : 1;
    if (size == 0)
        return json_escape(0xfffd, unit);
    if (character == '"' || character == '\\' || base_is_unsafe(character))
        return json_escape(character, unit);
    memcpy(unit, data, size);
    return size;
}

/* The bytes of text that need no look at each: no escape, and one byte each. */
static size_t plain_run(zoc_bytes bytes)
{
    size_t size = 0;

    while (size < bytes.size && bytes.data[size] >= ' ' && bytes.data[size] < 0x7f && bytes.data[size] != '"' &&
           bytes.data[size] != '\\')
        size++;
    return size;
}

int base_json_string(zoc_buffer *text, zoc_bytes bytes)
{
    int result = zoc_buffer_append(text, "\"", 1);
    char unit[BASE_UNIT_MAX];

    while (bytes.size > 0 && result == 0) {
        size_t plain = plain_run(bytes);
        result = zoc_buffer_append(text, bytes.data, plain);
        bytes = (zoc_bytes){ bytes.data + plain, bytes.size - plain };
        if (result == 0 && bytes.size > 0)
            result = zoc_buffer_append(text, unit, base_json_next(&bytes, unit));
    }
    return result < 0 ? result : zoc_buffer_append(text, "\"", 1);
}

#include "net/endpoint.h"

#include "base/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <zocalo/error.h>

#define TEXT_QUOTE 160 /* bytes of the whole text that a refusal quotes: what is wrong with it must stay in sight */

int endpoint_refuse(const struct endpoint_reader *reader, const char *where, const char *format, ...)
{
    char quoted[TEXT_QUOTE];
    ENDPOINT_STRING wrong = NULL;
    va_list arguments;

    va_start(arguments, format);
    int length = vasprintf(&wrong, format, arguments);
    va_end(arguments);
    if (length < 0) {
        wrong = NULL;
        return -ENOMEM;
    }
    zoc_escape(zoc_bytes_of(reader->text), quoted, sizeof(quoted));
    return zoc_refuse(-EINVAL, _("endpoint '%s': character %zu: %s"), quoted, (size_t)(where - reader->text) + 1,
                      wrong);
}

/* The value of a digit in any base up to ten; a large number when it is none. */
static unsigned digit_value(char digit)
{
    return (unsigned)(unsigned char)digit - '0';
}

int endpoint_read_number(zoc_bytes digits, unsigned base, uint32_t max, uint32_t *ret_number)
{
    uint64_t number = 0;

    if (digits.size == 0)
        return -EINVAL;
    for (size_t i = 0; i < digits.size; i++) {
        if (digit_value(digits.data[i]) >= base)
            return -EINVAL;
        if (number <= max)
            number = number * base + digit_value(digits.data[i]);
    }
    if (number > max)
        return -ERANGE;
    *ret_number = (uint32_t)number;
    return 0;
}

bool endpoint_is_word(zoc_bytes bytes, const char *word)
{
    return bytes.size == strlen(word) && memcmp(bytes.data, word, bytes.size) == 0;
}

const char *endpoint_part_end(const char *start)
{
    while (*start != '\0' && *start != ',')
        start += *start == '\\' && start[1] != '\0' ? 2 : 1;
    return start;
}

int endpoint_unescape(const struct endpoint_reader *reader, zoc_bytes written, char **ret_text)
{
    const char *end = written.data + written.size;
    char *text = malloc(written.size + 1), *to = text;

    if (text == NULL)
        return -ENOMEM;
    for (const char *at = written.data; at < end; at++) {
        if (*at == '\\' && (++at == end || strchr("\\,", *at) == NULL)) {
            free(text);
            return endpoint_refuse(reader, at - 1, _("a '\\' in a path is written '\\\\', and a comma '\\,'"));
        }
        *to++ = *at;
    }
    *to = '\0';
    *ret_text = text;
    return 0;
}

int endpoint_escape(const char *text, zoc_buffer *buffer)
{
    int error = 0;

    for (const char *at = text; *at != '\0' && error == 0; at++)
        error = zoc_buffer_printf(buffer, strchr(",\\", *at) != NULL ? "\\%c" : "%c", *at);
    return error;
}

void endpoint_free_string(char **string)
{
    free(*string);
}

void endpoint_release_buffer(zoc_buffer *buffer)
{
    zoc_buffer_release(buffer);
}

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

void endpoint_free_string(char **string)
{
    free(*string);
}

void endpoint_release_buffer(zoc_buffer *buffer)
{
    zoc_buffer_release(buffer);
}

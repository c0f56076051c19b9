#include "terminal/secret.h"

#include <stdbool.h>

static enum secret_step enter(zoc_buffer *line)
{
    zoc_buffer_append(line, "\n", 1);
    return SECRET_ENTERED;
}

static bool is_continued(char byte)
{
    return ((unsigned char)byte & 0xc0) == 0x80; /* UTF-8 (RFC 3629 section 3) */
}

static enum secret_step take_back(zoc_buffer *line)
{
    bool continued;

    do
        continued = line->size > 0 && is_continued(line->data[--line->size]);
    while (continued);
    return SECRET_GOES_ON;
}

static enum secret_step take_all_back(zoc_buffer *line)
{
    secret_forget(line);
    return SECRET_GOES_ON;
}

static enum secret_step end(zoc_buffer *line)
{
    return line->size == 0 ? SECRET_ENDED : SECRET_GOES_ON;
}

static const struct {
    char key;
    enum secret_step (*obey)(zoc_buffer *line);
} keys[] = {
    { '\n', enter }, { '\r', enter }, { '\b', take_back }, { 0x7f, take_back }, { 0x15, take_all_back }, /* Ctrl-U */
    { 0x04, end },                                                                                       /* Ctrl-D */
};

enum secret_step secret_take(zoc_buffer *line, char key)
{
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (keys[i].key == key)
            return keys[i].obey(line);
    zoc_buffer_append(line, &key, 1);
    return SECRET_GOES_ON;
}

void secret_forget(zoc_buffer *line)
{
    if (line->capacity > 0)
        explicit_bzero(line->data, line->capacity);
    zoc_buffer_release(line);
}

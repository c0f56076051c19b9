#include "meaning/meaning.h"

#include <ctype.h>
#include <stdio.h>
#include <strings.h>

#define STATUS_TEXT 12 /* bytes of "5.123.123", its NUL included, and more */

static bool is(const char *word, zoc_bytes wanted)
{
    return strlen(word) == wanted.size && strncasecmp(word, wanted.data, wanted.size) == 0;
}

static const struct meaning *find_row(const struct meanings *meanings, zoc_bytes word)
{
    for (size_t i = 0; i < meanings->count; i++)
        if (is(meanings->rows[i].word, word))
            return &meanings->rows[i];
    return NULL;
}

static bool is_code(zoc_bytes word)
{
    if (word.size != 3)
        return false;
    for (size_t i = 0; i < word.size; i++)
        if (!isdigit((unsigned char)word.data[i]))
            return false;
    return true;
}

/* Digits from the front of a word, and the dot behind them. */
static size_t part_of_status(zoc_bytes word)
{
    size_t size = 0;

    while (size < word.size && isdigit((unsigned char)word.data[size]))
        size++;
    return size;
}

/* "5.1.1" is found as "x.1.1", "x.1.x" or "5.x.x". */
static const struct meaning *find_status(const struct meanings *meanings, zoc_bytes word)
{
    char text[STATUS_TEXT];
    size_t subject = word.size > 2 ? part_of_status((zoc_bytes){ word.data + 2, word.size - 2 }) : 0;

    if (subject == 0 || word.size < subject + 4 || word.size >= sizeof text || !isdigit((unsigned char)*word.data) ||
        word.data[1] != '.' || word.data[subject + 2] != '.' ||
        part_of_status((zoc_bytes){ word.data + subject + 3, word.size - subject - 3 }) != word.size - subject - 3)
        return NULL;
    snprintf(text, sizeof text, "x%.*s", (int)word.size - 1, word.data + 1);
    const struct meaning *row = find_row(meanings, zoc_bytes_of(text));
    if (row)
        return row;
    snprintf(text, sizeof text, "x.%.*s.x", (int)subject, word.data + 2);
    row = find_row(meanings, zoc_bytes_of(text));
    return row ? row : find_row(meanings, zoc_bytes_of((char[]){ word.data[0], '.', 'x', '.', 'x', '\0' }));
}

const struct meaning *meanings_find(const struct meanings *meanings, zoc_bytes word)
{
    const struct meaning *row = find_row(meanings, word);

    if (row)
        return row;
    if (!is_code(word))
        return find_status(meanings, word);
    return find_row(meanings, zoc_bytes_of((char[]){ word.data[0], 'x', 'x', '\0' }));
}

char *reference_format(const struct reference *reference, char *text, size_t size)
{
    if (reference->rfc == 0)
        snprintf(text, size, "%s", reference->document);
    else if (*reference->section)
        snprintf(text, size, "RFC %u, %s", reference->rfc, reference->section);
    else
        snprintf(text, size, "RFC %u", reference->rfc);
    return text;
}

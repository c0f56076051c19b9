#include "serve/words.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zocalo/bytes.h>

int words_add(struct words *words, const char *text, size_t size, size_t at)
{
    struct word *list = realloc(words->list, (words->count + 1) * sizeof *list);
    char *copy = strndup(text, size);

    if (list)
        words->list = list;
    if (!list || !copy) {
        free(copy);
        return -ENOMEM;
    }
    list[words->count++] = (struct word){ .text = copy, .at = at };
    return 0;
}

void words_release(struct words *words)
{
    for (size_t i = 0; i < words->count; i++)
        free(words->list[i].text);
    free(words->list);
    *words = (struct words){ 0 };
}

/* Appends what stands between quotes and returns what follows them; NULL when they are not closed or memory is short.
 * */
static const char *read_quoted(const char *at, zoc_buffer *word)
{
    char quote = *at++;

    for (; *at && *at != quote; at++) {
        if (quote == '"' && *at == '\\' && (at[1] == '"' || at[1] == '\\'))
            at++;
        if (zoc_buffer_append(word, at, 1) < 0)
            return NULL;
    }
    return *at ? at + 1 : NULL;
}

static const char *read_word(const char *at, zoc_buffer *word, const char **ret_quote)
{
    while (at && *at && !strchr(" \t\r\n", *at)) {
        if (*at == '\'' || *at == '"') {
            *ret_quote = at;
            at = read_quoted(at, word);
        } else if (zoc_buffer_append(word, at++, 1) < 0) {
            return NULL;
        }
    }
    return at;
}

int words_split(const char *line, struct words *words, size_t *ret_at)
{
    const char *at = line + strspn(line, " \t\r\n");
    zoc_buffer word = { 0 };
    int result = 0;

    while (result == 0 && *at && *at != '#') {
        const char *start = at, *quote = at;
        at = read_word(at, &word, &quote);
        if (!at) {
            *ret_at = (size_t)(quote - line);
            result = -EINVAL;
            break;
        }
        result = words_add(words, word.data ? word.data : "", word.size, (size_t)(start - line));
        zoc_buffer_consume(&word, word.size);
        at += strspn(at, " \t\r\n");
    }
    zoc_buffer_release(&word);
    return result;
}

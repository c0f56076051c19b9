#include "glossary/fold.h"

#include "base/escape.h"

#include <ctype.h>
#include <string.h>

#define FIRST_MARK   0xa0 /* of Latin-1: signs such as the ¿ of a question */
#define FIRST_LETTER 0xc0

/* Of the Latin-1 letters U+00C0 to U+00FF; a dot where there is no such letter. */
static const char plain[] = "aaaaaaaceeeeiiiidnooooo.ouuuuytsaaaaaaaceeeeiiiidnooooo.ouuuuyty";

#define LEFT_OUT '.'

/* LEFT_OUT: it is neither a letter nor a digit; NUL: it stays as it is. */
static char plain_of(uint32_t character)
{
    if (character >= FIRST_LETTER && character <= 0xff)
        return plain[character - FIRST_LETTER];
    if (character >= 0x80)
        return character >= FIRST_MARK && character < FIRST_LETTER ? LEFT_OUT : '\0';
    if (!isalnum((int)character))
        return LEFT_OUT;
    return (char)(isupper((int)character) ? character | 0x20 : character);
}

/* Takes a character, or a byte that begins none, from the front of the text. Returns what it becomes. */
static zoc_bytes fold_next(zoc_bytes *text, char *letter)
{
    uint32_t character;
    size_t decoded = base_utf8_decode(*text, &character);
    zoc_bytes same = { text->data, decoded ? decoded : 1 };

    *text = (zoc_bytes){ text->data + same.size, text->size - same.size };
    *letter = '\0';
    if (decoded)
        *letter = plain_of(character);
    if (*letter == '\0')
        return same;
    return (zoc_bytes){ letter, *letter != LEFT_OUT };
}

char *glossary_fold(const char *text, char *folded, size_t size)
{
    zoc_bytes rest = zoc_bytes_of(text);
    size_t used = 0;

    while (rest.size > 0) {
        char letter;
        zoc_bytes next = fold_next(&rest, &letter);
        if (used + next.size >= size)
            break;
        memcpy(folded + used, next.data, next.size);
        used += next.size;
    }
    folded[used] = '\0';
    return folded;
}

char *glossary_words(const char *text, char *words, size_t size)
{
    zoc_bytes rest = zoc_bytes_of(text);
    size_t used = 0;
    bool apart = true; /* the next letter begins a word */

    while (rest.size > 0) {
        char letter;
        zoc_bytes next = fold_next(&rest, &letter);
        if (next.size > 0 && used + apart + next.size + 2 > size) /* the blank behind, and the NUL */
            break;
        if (next.size > 0 && apart)
            words[used++] = ' ';
        apart = next.size == 0;
        memcpy(words + used, next.data, next.size);
        used += next.size;
    }
    if (used > 0)
        words[used++] = ' ';
    words[used] = '\0';
    return words;
}

bool glossary_is(const char *entry, const char *query)
{
    char known[FOLDED_MAX], asked[FOLDED_MAX];
    size_t size = strlen(glossary_fold(entry, known, sizeof known));

    glossary_fold(query, asked, sizeof asked);
    if (size == 0 || strncmp(known, asked, size) != 0)
        return false;
    const char *rest = asked + size;
    return !*rest || strcmp(rest, "s") == 0 || strcmp(rest, "es") == 0;
}

#include "terminal/characters.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>

static wchar_t of_byte(char byte)
{
    return CHARACTERS_NO_BYTE | (unsigned char)byte;
}

static bool is_byte(wchar_t character)
{
    return (character & ~0xff) == CHARACTERS_NO_BYTE;
}

size_t characters_decode(zoc_bytes bytes, wchar_t *ret_character)
{
    mbstate_t state = { 0 };
    size_t used = bytes.size > 0 ? mbrtowc(ret_character, bytes.data, bytes.size, &state) : (size_t)-2;

    if (used == (size_t)-2 && bytes.size < MB_LEN_MAX)
        return 0;
    if (used <= bytes.size)
        return used ? used : 1; /* NUL */
    *ret_character = of_byte(*bytes.data);
    return 1;
}

wchar_t *characters_of(zoc_bytes bytes)
{
    wchar_t *text = malloc((bytes.size + 1) * sizeof *text);
    size_t length = 0;

    if (!text)
        return NULL;
    while (bytes.size > 0) {
        size_t used = characters_decode(bytes, &text[length]);
        if (used == 0) {
            text[length] = of_byte(*bytes.data);
            used = 1;
        }
        length++;
        bytes = (zoc_bytes){ bytes.data + used, bytes.size - used };
    }
    text[length] = L'\0';
    return text;
}

int characters_encode(const wchar_t *text, size_t length, zoc_buffer *bytes)
{
    int result = 0;

    for (size_t i = 0; i < length && result == 0; i++) {
        char encoded[MB_LEN_MAX] = { (char)text[i] };
        mbstate_t state = { 0 };
        size_t size = is_byte(text[i]) ? 1 : wcrtomb(encoded, text[i], &state);
        if (size != (size_t)-1)
            result = zoc_buffer_append(bytes, encoded, size);
    }
    return result;
}

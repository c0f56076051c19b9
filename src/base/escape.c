#include "base/escape.h"

#include <assert.h>

/* The forms of RFC 3629, section 4: how a character begins, and what its second byte may be. The narrow second bytes
 * keep out overlong forms, surrogates and what lies above U+10FFFF. */
static const struct utf8_form {
    unsigned char first_min, first_max;
    unsigned char second_min, second_max;
    unsigned char size;
} utf8_forms[] = {
    { 0x00, 0x7f, 0x00, 0x00, 1 }, { 0xc2, 0xdf, 0x80, 0xbf, 2 }, { 0xe0, 0xe0, 0xa0, 0xbf, 3 },
    { 0xe1, 0xec, 0x80, 0xbf, 3 }, { 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
    { 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 }, { 0xf4, 0xf4, 0x80, 0x8f, 4 },
};

static const struct {
    uint32_t first, last;
} unsafe_ranges[] = {
    { 0x0000, 0x001f }, /* C0 controls */
    { 0x007f, 0x009f }, /* DEL and C1 controls: a terminal may take U+009B for ESC [ */
    { 0x061c, 0x061c }, /* Arabic letter mark */
    { 0x200e, 0x200f }, /* left-to-right and right-to-left marks */
    { 0x2028, 0x2029 }, /* line and paragraph separators */
    { 0x202a, 0x202e }, /* embeddings and overrides */
    { 0x2066, 0x2069 }, /* isolates */
};

static const struct utf8_form *form_of(unsigned char first)
{
    for (size_t i = 0; i < sizeof utf8_forms / sizeof *utf8_forms; i++)
        if (first >= utf8_forms[i].first_min && first <= utf8_forms[i].first_max)
            return &utf8_forms[i];
    return NULL;
}

size_t base_utf8_decode(zoc_bytes bytes, uint32_t *ret_character)
{
    const unsigned char *data = (const unsigned char *)bytes.data;
    const struct utf8_form *form = bytes.size > 0 ? form_of(data[0]) : NULL;

    if (!form || bytes.size < form->size)
        return 0;
    if (form->size > 1 && (data[1] < form->second_min || data[1] > form->second_max))
        return 0;

    uint32_t character = form->size == 1 ? data[0] : data[0] & (0x7fU >> form->size);
    for (unsigned i = 1; i < form->size; i++) {
        if ((data[i] & 0xc0) != 0x80)
            return 0;
        character = character << 6 | (data[i] & 0x3f);
    }
    *ret_character = character;
    return form->size;
}

bool base_is_unsafe(uint32_t character)
{
    for (size_t i = 0; i < sizeof unsafe_ranges / sizeof *unsafe_ranges; i++)
        if (character >= unsafe_ranges[i].first && character <= unsafe_ranges[i].last)
            return true;
    return false;
}

static size_t escape_byte(unsigned char byte, char unit[BASE_UNIT_MAX])
{
    static const char named[] = "\r\n\t\033\\";
    static const char names[] = "rnte\\";
    static const char digits[] = "0123456789abcdef";
    const char *found = memchr(named, byte, sizeof named - 1);

    unit[0] = '\\';
    if (found) {
        unit[1] = names[found - named];
        return 2;
    }
    unit[1] = 'x';
    unit[2] = digits[byte >> 4];
    unit[3] = digits[byte & 0xf];
    return 4;
}

size_t base_escape_next(zoc_bytes *rest, char unit[BASE_UNIT_MAX])
{
    uint32_t character;
    size_t size = base_utf8_decode(*rest, &character);
    const char *data = rest->data;
    bool plain = size > 0 && character != '\\' && !base_is_unsafe(character);

    /* Of an unsafe character only the first byte is taken: those that follow are no characters by themselves, so that
     * their turn comes. */
    if (!plain)
        size = 1;
    rest->data += size;
    rest->size -= size;
    if (!plain)
        return escape_byte((unsigned char)*data, unit);
    memcpy(unit, data, size);
    return size;
}

char *zoc_escape(zoc_bytes bytes, char *text, size_t size)
{
    static const char ellipsis[] = "...";
    size_t used = 0;
    size_t cut = 0; /* where the ellipsis goes should the text not fit */

    assert(size >= 8);
    while (bytes.size > 0) {
        char unit[BASE_UNIT_MAX];
        size_t unit_size = base_escape_next(&bytes, unit);

        if (used + unit_size >= size) {
            memcpy(text + cut, ellipsis, sizeof ellipsis);
            return text;
        }
        memcpy(text + used, unit, unit_size);
        used += unit_size;
        if (used + sizeof ellipsis <= size)
            cut = used;
    }
    text[used] = '\0';
    return text;
}

#include "terminal/layout.h"

#include <wctype.h>

#define TAB_WIDTH 8

static void advance(struct place *place, unsigned width, unsigned columns)
{
    if (place->column + width > columns)
        *place = (struct place){ .row = place->row + 1 };
    place->column += width;
    if (place->column >= columns)
        *place = (struct place){ .row = place->row + 1 };
}

static void advance_each(struct place *place, unsigned count, unsigned columns)
{
    while (count-- > 0)
        advance(place, 1, columns);
}

static unsigned width_of(wchar_t character)
{
    int width = wcwidth(character);

    return width < 0 ? 0 : (unsigned)width;
}

/* Control characters show as ^X, others that cannot be printed as \U+XXXX. */
static void step(struct place *place, wchar_t character, unsigned columns)
{
    if (character == '\n')
        *place = (struct place){ .row = place->row + 1 };
    else if (character == '\t')
        advance_each(place, TAB_WIDTH - place->column % TAB_WIDTH, columns);
    else if (character < 0x100 && iswcntrl((wint_t)character))
        advance_each(place, 2, columns);
    else if (iswprint((wint_t)character))
        advance(place, width_of(character), columns);
    else
        advance_each(place, character > 0xffff ? 8 : 7, columns);
}

struct place layout_behind(struct place from, const wchar_t *text, size_t length, unsigned columns)
{
    for (size_t i = 0; i < length; i++)
        step(&from, text[i], columns);
    return from;
}

struct place layout_at(struct place from, const wchar_t *text, size_t length, size_t cursor, unsigned columns)
{
    struct place place = layout_behind(from, text, cursor, columns);

    if (cursor < length && place.column + width_of(text[cursor]) > columns)
        place = (struct place){ .row = place.row + 1 };
    return place;
}

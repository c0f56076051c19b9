/* Where text lies on rows of a certain width, as libedit draws it. */
#ifndef ZOC_TERMINAL_LAYOUT_H
#define ZOC_TERMINAL_LAYOUT_H

#include <stddef.h>
#include <wchar.h>

struct place {
    unsigned row, column; /* from 0; column is less than the width */
};

/* Where the cursor is behind that text, which begins at `from`. */
struct place layout_behind(struct place from, const wchar_t *text, size_t length, unsigned columns);

/* Where the cursor is on the character at text[cursor], or behind the text: a wide one may not fit on the row. */
struct place layout_at(struct place from, const wchar_t *text, size_t length, size_t cursor, unsigned columns);

#endif

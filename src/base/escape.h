/* Text from elsewhere, taken apart: which characters may be shown as they are. */
#ifndef ZOC_BASE_ESCAPE_H
#define ZOC_BASE_ESCAPE_H

#include <stdbool.h>
#include <stdint.h>
#include <zocalo/bytes.h>

#define BASE_UNIT_MAX 6 /* bytes of the longest unit that text is escaped into: \uNNNN in JSON */

/* Reads the UTF-8 character (RFC 3629) that the bytes begin with. Returns how many bytes it takes, or 0 when
 * they begin with none. */
size_t base_utf8_decode(zoc_bytes bytes, uint32_t *ret_character);

/* Whether a character may move the cursor, end a line or reorder the text around it. */
bool base_is_unsafe(uint32_t character);

/* Takes the next character, or the next byte of what is unsafe or no character, from the front of *rest, which is
 * not empty, and puts it into `unit` as zoc_escape shows it. Returns the bytes of the unit (no NUL). */
size_t base_escape_next(zoc_bytes *rest, char unit[BASE_UNIT_MAX]);

#endif

/* Strings of JSON (RFC 8259 section 7), as they are written here. */
#ifndef ZOC_BASE_JSON_H
#define ZOC_BASE_JSON_H

#include "base/escape.h"

/* Takes the next character from the front of *rest, which is not empty, and puts it into `unit` as it stands in a string:
 * what could harm a terminal is escaped as well. A byte that is not UTF-8 becomes U+FFFD: JSON has no bytes. Returns the
 * bytes of the unit (no NUL). */
size_t base_json_next(zoc_bytes *rest, char unit[BASE_UNIT_MAX]);

/* Appends all of it, between double quotes. Returns 0 or as zoc_buffer_append, with less than that appended. */
int base_json_string(zoc_buffer *text, zoc_bytes bytes);

#endif

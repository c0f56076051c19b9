/* Bytes of this locale as wide characters, and back, without loss. */
#ifndef ZOC_TERMINAL_CHARACTERS_H
#define ZOC_TERMINAL_CHARACTERS_H

#include <wchar.h>
#include <zocalo/bytes.h>

/* A byte that is part of no character, as one: these are the low surrogates, which are none themselves. */
#define CHARACTERS_NO_BYTE 0xdc00

/* Makes a character of the first bytes. Returns how many it is made of; 0 when more are needed. */
size_t characters_decode(zoc_bytes bytes, wchar_t *ret_character);

/* The same of all of them, with a NUL, to be freed. A character that its end cuts off is bytes. NULL without memory. */
wchar_t *characters_of(zoc_bytes bytes);

/* Appends the bytes of characters. Returns 0 or a negative errno. */
int characters_encode(const wchar_t *text, size_t length, zoc_buffer *bytes);

#endif

/* Base64 (RFC 4648 section 4). */
#ifndef ZOC_BASE_BASE64_H
#define ZOC_BASE_BASE64_H

#include <stddef.h>
#include <sys/types.h>
#include <zocalo/bytes.h>

/* Bytes of the text of so many bytes, with its NUL. */
#define BASE64_TEXT(size) (((size) + 2) / 3 * 4 + 1)

/* Writes BASE64_TEXT(bytes.size) bytes. Returns `text`. */
char *base64_encode(zoc_bytes bytes, char *text);

/* Bytes that a text of so many letters holds at most. */
#define BASE64_DATA(size) ((size) / 4 * 3)

/* Writes at most BASE64_DATA(text.size) bytes. Returns how many they are, or -EINVAL: it is not what base64_encode makes of
 * any bytes. */
ssize_t base64_decode(zoc_bytes text, char *data);

#endif

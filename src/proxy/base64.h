/* Base64 (RFC 4648 section 4), for Basic authentication. */
#ifndef ZOC_PROXY_BASE64_H
#define ZOC_PROXY_BASE64_H

#include <stddef.h>
#include <zocalo/bytes.h>

/* Bytes of the text of so many bytes, with its NUL. */
#define BASE64_TEXT(size) (((size) + 2) / 3 * 4 + 1)

/* Writes BASE64_TEXT(bytes.size) bytes. Returns `text`. */
char *base64_encode(zoc_bytes bytes, char *text);

#endif

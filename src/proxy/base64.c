#include "proxy/base64.h"

#include <stdint.h>

/* Up to three bytes as four letters; what is missing is '='. */
static void encode_group(const unsigned char *bytes, size_t size, char *text)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint32_t bits = (uint32_t)bytes[0] << 16;

    if (size > 1)
        bits |= (uint32_t)bytes[1] << 8;
    if (size > 2)
        bits |= bytes[2];
    memset(text, '=', 4);
    for (size_t i = 0; i < 4 && i <= size; i++)
        text[i] = letters[bits >> (18 - 6 * i) & 63];
}

char *base64_encode(zoc_bytes bytes, char *text)
{
    char *at = text;

    for (size_t done = 0; done < bytes.size; done += 3, at += 4)
        encode_group((const unsigned char *)bytes.data + done, bytes.size - done, at);
    *at = '\0';
    return text;
}

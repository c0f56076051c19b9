#include "base/base64.h"

#include <errno.h>
#include <stdint.h>

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* --- encoding ------------------------------------------------------------------------------------- */

/* Up to three bytes as four letters; what is missing is '='. */
static void encode_group(const unsigned char *bytes, size_t size, char *text)
{
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

/* --- decoding ------------------------------------------------------------------------------------- */

static int value_of(char letter)
{
    if (letter >= 'A' && letter <= 'Z')
        return letter - 'A';
    if (letter >= 'a' && letter <= 'z')
        return letter - 'a' + 26;
    if (letter >= '0' && letter <= '9')
        return letter - '0' + 52;
    return letter == '+' ? 62 : letter == '/' ? 63 : -1;
}

/* Four letters, of which the last `padding` are '='. Bits that belong to no byte have to be 0, so that there is one text for
 * the same bytes. Returns how many bytes they are, or -EINVAL. */
static int decode_group(const char *text, int padding, char *data)
{
    uint32_t bits = 0;

    for (int i = 0; i < 4; i++) {
        int value = i < 4 - padding ? value_of(text[i]) : 0;
        if (value < 0)
            return -EINVAL;
        bits = bits << 6 | (uint32_t)value;
    }
    if (bits & ((1U << 8 * padding) - 1))
        return -EINVAL;
    for (int i = 0; i < 3 - padding; i++)
        data[i] = (char)(bits >> (16 - 8 * i));
    return 3 - padding;
}

static int padding_of(zoc_bytes text)
{
    if (text.size == 0 || text.data[text.size - 1] != '=')
        return 0;
    return text.data[text.size - 2] == '=' ? 2 : 1;
}

ssize_t base64_decode(zoc_bytes text, char *data)
{
    ssize_t size = 0;

    if (text.size % 4)
        return -EINVAL;
    int padding = padding_of(text);
    for (size_t at = 0; at < text.size; at += 4) {
        int count = decode_group(text.data + at, at + 4 == text.size ? padding : 0, data + size);
        if (count < 0)
            return count;
        size += count;
    }
    return size;
}

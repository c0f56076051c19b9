#include "telnet/encode.h"

/* An LF after a CR needs none: that one went as CR when it was seen coming, and as CR NUL when it was not. */
static zoc_bytes encode_byte(const struct encoder *encoder, zoc_bytes text)
{
    char byte = *text.data;
    bool before_lf = text.size > 1 && text.data[1] == '\n';

    if (byte == '\xff')
        return (zoc_bytes){ "\xff\xff", 2 };
    if (byte == '\n' && !encoder->binary && !encoder->after_cr)
        return (zoc_bytes){ "\r\n", 2 };
    if (byte == '\r' && !encoder->binary && !before_lf)
        return (zoc_bytes){ "\r\0", 2 };
    return (zoc_bytes){ text.data, 1 };
}

size_t encode_text(struct encoder *encoder, zoc_bytes *text, char *wire, size_t room)
{
    size_t size = 0;

    while (text->size > 0 && room - size >= ENCODE_BYTE_MAX) {
        zoc_bytes bytes = encode_byte(encoder, *text);
        memcpy(wire + size, bytes.data, bytes.size);
        size += bytes.size;
        encoder->after_cr = *text->data == '\r';
        *text = (zoc_bytes){ text->data + 1, text->size - 1 };
    }
    return size;
}

#include "talk/crlf.h"

/* The bytes up to and with the next LF, or all. */
static zoc_bytes next_line(zoc_bytes bytes)
{
    const char *end = memchr(bytes.data, '\n', bytes.size);

    return (zoc_bytes){ bytes.data, end ? (size_t)(end - bytes.data) + 1 : bytes.size };
}

static int append_line(struct crlf *crlf, zoc_bytes line, zoc_buffer *text)
{
    size_t kept = line.data[line.size - 1] == '\n' ? line.size - 1 : line.size;
    bool has_cr = kept > 0 ? line.data[kept - 1] == '\r' : crlf->after_cr;
    int result = zoc_buffer_append(text, line.data, kept);

    if (result == 0 && kept < line.size)
        result = has_cr ? zoc_buffer_append(text, "\n", 1) : zoc_buffer_append(text, "\r\n", 2);
    crlf->after_cr = kept == line.size && has_cr;
    return result;
}

int crlf_append(struct crlf *crlf, zoc_bytes bytes, zoc_buffer *text)
{
    int result = 0;

    while (bytes.size > 0 && result == 0) {
        zoc_bytes line = next_line(bytes);
        result = append_line(crlf, line, text);
        bytes = (zoc_bytes){ bytes.data + line.size, bytes.size - line.size };
    }
    return result;
}

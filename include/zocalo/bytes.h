/* Slices of memory: what a stream lends and what a codec returns. */
#ifndef ZOCALO_BYTES_H
#define ZOCALO_BYTES_H

#include <stddef.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A view of bytes that somebody else owns. It says nothing about a final NUL. */
typedef struct zoc_bytes {
    const char *data;
    size_t size; /* bytes */
} zoc_bytes;

/* A view of a string, without its NUL. */
static inline zoc_bytes zoc_bytes_of(const char *text)
{
    return (zoc_bytes){ text, strlen(text) };
}

/* A block of bytes that grows at its end and is consumed from its front. Zeroed, it is empty and
 * usable; it allocates on the first append. */
typedef struct zoc_buffer {
    char *data;      /* the first byte that was not consumed yet; NULL when nothing was ever appended */
    size_t size;     /* bytes from `data` on that are in use */
    size_t capacity; /* bytes from `data` on that may be used: size <= capacity */
    char *block;     /* what was allocated: block <= data */
    size_t size_max; /* never holds more than this many bytes; 0 means no limit */
} zoc_buffer;

/* Room for at least `size` more bytes, contiguous, at *ret_space. Invalidates views of the buffer.
 * Returns 0, -ENOMEM, or -EMSGSIZE when size_max would be exceeded. */
int zoc_buffer_reserve(zoc_buffer *buffer, size_t size, char **ret_space);

/* Says that `size` bytes of the space that was reserved are filled now. */
void zoc_buffer_commit(zoc_buffer *buffer, size_t size);

/* Appends a copy. Returns 0, -ENOMEM or -EMSGSIZE; nothing is appended on failure. */
int zoc_buffer_append(zoc_buffer *buffer, const void *data, size_t size);

/* Appends formatted text, without its NUL. Returns as zoc_buffer_append. */
int zoc_buffer_printf(zoc_buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Forgets the first `size` bytes (at most buffer->size). Invalidates views. */
void zoc_buffer_consume(zoc_buffer *buffer, size_t size);

/* Gives the memory back. The buffer is empty and usable again, with the same limit. */
void zoc_buffer_release(zoc_buffer *buffer);

/* What came from elsewhere, made safe for a terminal or a log line: control characters, bytes that
 * are not UTF-8 and the characters that reorder text become escapes (\r \n \t \e \\ \xNN). Writes at
 * most `size` bytes with the NUL, cuts between escapes, and ends a cut text with "...".
 * Returns `text`. `size` is at least 8. */
char *zoc_escape(zoc_bytes bytes, char *text, size_t size);

#ifdef __cplusplus
}
#endif

#endif

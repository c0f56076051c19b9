#include <zocalo/bytes.h>

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define BUFFER_FIRST 64 /* bytes of the smallest block */

static size_t space_of(const zoc_buffer *buffer)
{
    return buffer->capacity - buffer->size;
}

/* Whether the limit lets `size` more bytes in. */
static int admit(const zoc_buffer *buffer, size_t size)
{
    if (size > PTRDIFF_MAX - buffer->size)
        return -ENOMEM;
    if (buffer->size_max > 0 && buffer->size + size > buffer->size_max)
        return -EMSGSIZE;
    return 0;
}

/* Takes back what was consumed. */
static void move_to_front(zoc_buffer *buffer)
{
    size_t consumed = (size_t)(buffer->data - buffer->block);

    if (consumed == 0)
        return;
    memmove(buffer->block, buffer->data, buffer->size);
    buffer->data = buffer->block;
    buffer->capacity += consumed;
}

static int enlarge(zoc_buffer *buffer, size_t size)
{
    size_t capacity = 2 * buffer->size;

    if (capacity < buffer->size + size)
        capacity = buffer->size + size;
    if (capacity < BUFFER_FIRST)
        capacity = BUFFER_FIRST;

    char *block = realloc(buffer->block, capacity);
    if (!block)
        return -ENOMEM;
    buffer->block = block;
    buffer->data = block;
    buffer->capacity = capacity;
    return 0;
}

/* Makes room for `size` more bytes, whatever the limit. Bytes are moved only when at least as many were consumed
 * since the last move, so that each byte costs a constant number of moves. */
static int make_room(zoc_buffer *buffer, size_t size)
{
    if (buffer->block && size <= space_of(buffer))
        return 0;

    size_t consumed = buffer->block ? (size_t)(buffer->data - buffer->block) : 0;
    bool worthwhile = consumed > 0 && consumed >= buffer->size && size <= space_of(buffer) + consumed;

    move_to_front(buffer);
    return worthwhile ? 0 : enlarge(buffer, size);
}

int zoc_buffer_reserve(zoc_buffer *buffer, size_t size, char **ret_space)
{
    int result = admit(buffer, size);

    if (result == 0)
        result = make_room(buffer, size);
    if (result < 0)
        return result;
    *ret_space = buffer->data + buffer->size;
    return 0;
}

void zoc_buffer_commit(zoc_buffer *buffer, size_t size)
{
    assert(size <= space_of(buffer));
    buffer->size += size;
}

int zoc_buffer_append(zoc_buffer *buffer, const void *data, size_t size)
{
    char *space;

    if (size == 0)
        return 0;
    int result = zoc_buffer_reserve(buffer, size, &space);
    if (result < 0)
        return result;
    memcpy(space, data, size);
    zoc_buffer_commit(buffer, size);
    return 0;
}

/* Formats into the space that there is, and returns how many bytes it takes in all. */
__attribute__((format(printf, 2, 0))) static int format_into(zoc_buffer *buffer, const char *format, va_list arguments)
{
    va_list again;

    va_copy(again, arguments);
    int size = vsnprintf(buffer->block ? buffer->data + buffer->size : NULL, space_of(buffer), format, again);
    va_end(again);
    return size < 0 ? -ENOMEM : size;
}

__attribute__((format(printf, 2, 0))) static int append_formatted(zoc_buffer *buffer, const char *format,
                                                                  va_list arguments)
{
    int size = format_into(buffer, format, arguments);

    if (size < 0)
        return size;
    int result = admit(buffer, (size_t)size);
    if (result < 0)
        return result;
    if ((size_t)size >= space_of(buffer)) { /* vsnprintf needs a byte more, for its NUL */
        result = make_room(buffer, (size_t)size + 1);
        if (result < 0)
            return result;
        size = format_into(buffer, format, arguments);
        if (size < 0)
            return size;
    }
    zoc_buffer_commit(buffer, (size_t)size);
    return 0;
}

int zoc_buffer_printf(zoc_buffer *buffer, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    int result = append_formatted(buffer, format, arguments);
    va_end(arguments);
    return result;
}

void zoc_buffer_consume(zoc_buffer *buffer, size_t size)
{
    if (size >= buffer->size) { /* empty: the whole block is there for what comes next */
        buffer->size = 0;
        if (buffer->block)
            move_to_front(buffer);
        return;
    }
    buffer->data += size;
    buffer->size -= size;
    buffer->capacity -= size;
}

void zoc_buffer_release(zoc_buffer *buffer)
{
    free(buffer->block);
    *buffer = (zoc_buffer){ .size_max = buffer->size_max };
}

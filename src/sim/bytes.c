#include "sim/inside.h"

void bytes_push(struct bytes *bytes, const void *data, size_t size)
{
    if (size == 0)
        return;
    if (bytes->start + bytes->size + size > bytes->room) {
        size_t room = bytes->size + size < 512 ? 512 : (bytes->size + size) * 2;
        char *copy = must_have(malloc(room));
        if (bytes->size > 0)
            memcpy(copy, bytes->data + bytes->start, bytes->size);
        free(bytes->data);
        *bytes = (struct bytes){ .data = copy, .size = bytes->size, .room = room };
    }
    memcpy(bytes->data + bytes->start + bytes->size, data, size);
    bytes->size += size;
}

void bytes_pop(struct bytes *bytes, void *data, size_t size)
{
    if (size > bytes->size)
        size = bytes->size;
    if (data && size > 0)
        memcpy(data, bytes->data + bytes->start, size);
    bytes->start += size;
    bytes->size -= size;
    if (bytes->size == 0)
        bytes->start = 0;
}

void bytes_release(struct bytes *bytes)
{
    free(bytes->data);
    *bytes = (struct bytes){ 0 };
}

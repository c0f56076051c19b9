#include "relay/transit.h"

#include <errno.h>
#include <stdlib.h>

static size_t weight(size_t size)
{
    return sizeof(struct piece) + size;
}

bool transit_has_room(const struct transit *transit)
{
    return transit->held + weight(ZOC_CHUNK_MAX) <= TRANSIT_MAX;
}

/* Datagrams that overtake are few places away from the end, where they would stand otherwise. */
static struct piece *find_place(const struct transit *transit, zoc_time through_at)
{
    struct piece *before = transit->last;

    while (before && before->through_at > through_at)
        before = before->previous;
    return before;
}

static void insert(struct transit *transit, struct piece *before, struct piece *piece)
{
    piece->previous = before;
    piece->next = before ? before->next : transit->first;
    *(before ? &before->next : &transit->first) = piece;
    *(piece->next ? &piece->next->previous : &transit->last) = piece;
}

int transit_add(struct transit *transit, zoc_time through_at, zoc_bytes bytes)
{
    struct piece *piece = malloc(weight(bytes.size));

    if (!piece)
        return -ENOMEM;
    piece->through_at = through_at;
    piece->size = bytes.size;
    piece->left = 0;
    if (bytes.size > 0)
        memcpy(piece->data, bytes.data, bytes.size);
    insert(transit, find_place(transit, through_at), piece);
    transit->held += weight(bytes.size);
    return 0;
}

zoc_bytes transit_front(const struct transit *transit)
{
    const struct piece *piece = transit->first;

    return (zoc_bytes){ piece->data + piece->left, piece->size };
}

static void remove_first(struct transit *transit)
{
    struct piece *piece = transit->first;

    transit->held -= weight(piece->left);
    transit->first = piece->next;
    *(piece->next ? &piece->next->previous : &transit->last) = NULL;
    free(piece);
}

void transit_leave(struct transit *transit, size_t size)
{
    struct piece *piece = transit->first;

    piece->size -= size;
    piece->left += size;
    if (piece->size == 0)
        remove_first(transit);
}

void transit_release(struct transit *transit)
{
    while (transit->first)
        transit_leave(transit, transit->first->size);
}

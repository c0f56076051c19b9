/* What is on its way through a bad network: pieces of a stream, or datagrams, each with the time at which it is through. A
 * bounded queue in that order. No I/O. */
#ifndef ZOC_RELAY_TRANSIT_H
#define ZOC_RELAY_TRANSIT_H

#include <stdbool.h>
#include <zocalo/bytes.h>
#include <zocalo/stream.h>
#include <zocalo/units.h>

/* Bytes of memory that are on their way in one direction at most, what is kept beside each piece included. Beyond that the
 * source is not read: so with a delay of a second no more than that passes in one. */
#define TRANSIT_MAX (1024 * 1024)

struct piece {
    struct piece *next, *previous;
    zoc_time through_at; /* not before that of `previous` */
    size_t size;         /* bytes that have not left */
    size_t left;         /* bytes that have */
    char data[];         /* size + left of them */
};

/* Zeroed, it is empty. */
struct transit {
    struct piece *first, *last; /* owned */
    size_t held;                /* bytes of memory, at most TRANSIT_MAX */
};

/* Whether whatever a stream may lend finds room: ZOC_CHUNK_MAX bytes. */
bool transit_has_room(const struct transit *transit);

/* Puts a copy behind all that is through by the same time. There has to be room. Returns 0 or -ENOMEM. */
int transit_add(struct transit *transit, zoc_time through_at, zoc_bytes bytes);

/* What has not left of the first piece; not of an empty queue. Valid until the next call. */
zoc_bytes transit_front(const struct transit *transit);

/* So much of the first piece has left; with the last of it the piece is gone. */
void transit_leave(struct transit *transit, size_t size);

void transit_release(struct transit *transit);

#endif

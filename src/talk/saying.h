/* What is said to many: copied once, and shared by all whom it is for. */
#ifndef ZOC_TALK_SAYING_H
#define ZOC_TALK_SAYING_H

#include <zocalo/stream.h>

#define SAYINGS_GATHER_MAX (16 * 1024) /* bytes that are copied together for one write */

struct saying {
    unsigned holders;
    size_t size;
    char data[];
};

/* A copy of the words, with one holder; NULL when there is no memory. */
struct saying *saying_new(zoc_bytes words);

/* One holder less; the last one frees it. */
void saying_release(struct saying *saying);

/* Bytes that it costs to have it in a queue of pointers. */
size_t saying_load(const struct saying *saying);

/* How many of the first `count`, at least one, go out with one write. */
size_t sayings_together(struct saying *const *sayings, size_t count);

/* Writes so many as one. The array need not outlive the call's first wait; who holds the first saying keeps it. Returns as
 * zoc_write. */
ssize_t sayings_write(zoc_stream *peer, struct saying *const *sayings, size_t count);

#endif

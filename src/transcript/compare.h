/* What one side says now, compared with what it had said. Nothing here waits or does I/O. */
#ifndef ZOC_TRANSCRIPT_COMPARE_H
#define ZOC_TRANSCRIPT_COMPARE_H

#include "transcript/script.h"

#define COMPARE_SHOWN  32 /* bytes from a difference on that are kept, to be shown */
#define COMPARE_BEFORE 16 /* bytes before it that are shown: the same in both */

/* Some bytes that were said, of which the first few are kept. */
struct sample {
    char data[COMPARE_SHOWN];
    size_t size;
};

/* Of a stream the bytes are compared, in whatever pieces they come; of datagrams each with the one whose turn it is. */
struct comparison {
    const struct script *script;
    enum side from;

    uint64_t bytes, pieces; /* that have come */
    size_t next;            /* event of the next piece that should come; script->count: none */
    size_t at;              /* recorded bytes that something has come for */

    bool differs;
    size_t event;       /* in whose data the first difference is */
    size_t offset;      /* of it, in all that this side had said */
    struct sample live; /* what came instead, from the difference on */

    uint64_t beyond, pieces_beyond; /* that came after all that had been said */
    struct sample extra;            /* the first of those bytes */
};

struct comparison comparison_of(const struct script *script, enum side from);

/* These bytes have come; a datagram, where the script is of such. */
void comparison_see(struct comparison *comparison, zoc_bytes live);

/* Whether as much has come as had by the end of that event, which is data of the same side. */
bool comparison_has(const struct comparison *comparison, const struct script_event *event);

/* Bytes that have not come; and datagrams, 0 of a stream. */
uint64_t comparison_missing(const struct comparison *comparison);
uint64_t comparison_missing_pieces(const struct comparison *comparison);

/* The event that holds that byte of what the side had said; script->count when there is none. */
size_t comparison_event_at(const struct comparison *comparison, size_t offset);

#endif

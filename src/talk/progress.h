/* How far a transfer is: a line on a terminal that is drawn again and again. */
#ifndef ZOC_TALK_PROGRESS_H
#define ZOC_TALK_PROGRESS_H

#include <stdio.h>
#include <zocalo/stream.h>

#define PROGRESS_EVERY (100 * ZOC_MILLISECOND) /* drawn at most so often */
#define PROGRESS_RATE  (1 * ZOC_SECOND)        /* the rate is that of so long, at the end that of all the time */

struct progress {
    const zoc_stream *peer;
    FILE *file;

    zoc_time start; /* these are its own */
    zoc_time since; /* the rate counts from here */
    uint64_t before;
};

struct progress progress_of(const zoc_stream *peer, FILE *file);

/* A fiber that draws it until it is stopped. */
int progress_run(void *progress);

/* Draws it for the last time, and leaves it there. */
void progress_end(const struct progress *progress);

/* The line, of so many bytes and so many of them in that time. Returns `text`. */
char *progress_format(uint64_t sent, uint64_t received, uint64_t moved, zoc_duration took, char *text, size_t size);

#define PROGRESS_TEXT 160 /* bytes that are enough for it */

#endif

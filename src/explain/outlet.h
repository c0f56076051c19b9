/* Where lines go that nobody may wait for: a pipe that is full, or a terminal that was stopped, holds nothing up. */
#ifndef ZOC_EXPLAIN_OUTLET_H
#define ZOC_EXPLAIN_OUTLET_H

#include <stdbool.h>
#include <zocalo/bytes.h>

#define OUTLET_MAX (256 * 1024) /* bytes that wait for a reader; lines that have no room any more are refused */

struct outlet {
    int fd;             /* the caller's */
    int own;            /* what it leads to, opened once more and non-blocking: a pipe or a terminal; -1 */
    bool socket;        /* it is one, and asked at each write not to wait */
    zoc_buffer waiting; /* in their order */
};

/* The descriptor stays the caller's, and stays as it is for whoever shares it. What is neither socket, pipe nor terminal is never
 * full; a pipe or terminal of another user cannot be opened once more, and is waited for. */
void outlet_open(struct outlet *outlet, int fd);

/* Takes whole lines, behind those that wait, and writes what can be written at once. False: there was no room or memory for
 * them. What cannot be written, since nobody reads any more or the disk is full, is dropped. Does not wait. */
bool outlet_put(struct outlet *outlet, zoc_bytes lines);

/* Writes what can be written at once. Returns whether nothing waits any more. Does not wait. */
bool outlet_flush(struct outlet *outlet);

/* What still waits is lost. */
void outlet_close(struct outlet *outlet);

#endif

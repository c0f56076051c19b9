/* The square as a table on a terminal: what listens where, and what to type to try it. */
#ifndef ZOC_SERVE_TABLE_H
#define ZOC_SERVE_TABLE_H

#include "serve/place.h"

/* Appends the table. `program` is how this program was called, so that what is shown can be typed as it is.
 * `colour`: the head of the table is bold. Waits (who holds a port that was taken is found out by a worker thread).
 * Returns 0 or -ENOMEM. */
int table_print(zoc_buffer *text, const struct place *places, size_t count, const char *program, bool colour);

#endif

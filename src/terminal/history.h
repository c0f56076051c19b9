/* The file of a history: a line of text for each line that was typed, the oldest first. Other processes may use it at the
 * same time. */
#ifndef ZOC_TERMINAL_HISTORY_H
#define ZOC_TERMINAL_HISTORY_H

#include <stdbool.h>
#include <zocalo/bytes.h>

#define HISTORY_LINES_MAX 1000
#define HISTORY_LINE_MAX  4096 /* bytes; a longer one is not kept in the file */

/* Whether a line, without its newline, is to be remembered at all: an empty one is not, nor one that begins with a space. */
bool history_wants(zoc_bytes line);

/* Reads the file into *ret_lines, which the caller releases: at most HISTORY_LINES_MAX lines, the newest. No file is no
 * line. Waits. Returns 0 or a negative errno. */
int history_read(const char *path, zoc_buffer *ret_lines);

/* Adds a line, unless it is that which was added last, and forgets the oldest. Makes the file and its folders where they
 * are missing. Waits. Returns 0 or a negative errno. */
int history_add(const char *path, zoc_bytes line);

#endif

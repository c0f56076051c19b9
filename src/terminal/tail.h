/* What the peer said last and did not end with a newline: it stands before the edited line. */
#ifndef ZOC_TERMINAL_TAIL_H
#define ZOC_TERMINAL_TAIL_H

#include <stdbool.h>
#include <wchar.h>
#include <zocalo/bytes.h>

#define TAIL_MAX  512 /* characters; beyond that it is no prompt */
#define TAIL_HELD 256 /* bytes of a sequence or a character that may be incomplete; more are none */

/* Zeroed, there is none. */
struct tail {
    wchar_t text[TAIL_MAX + 1]; /* what is seen of it, with a NUL */
    size_t length;
    char raw[4 * TAIL_MAX]; /* the same as it came, with its colours */
    size_t size;
    bool lost; /* nobody knows where the cursor is, and there is no text */
};

/* Follows what is printed. Returns how many of the bytes may be printed: the rest, at most TAIL_HELD, is the beginning of
 * a sequence or a character, or a carriage return, and belongs before what comes next. */
size_t tail_follow(struct tail *tail, zoc_bytes bytes);

/* The cursor stands at the beginning of an empty row. */
void tail_clear(struct tail *tail);

/* Nobody knows where it stands, until the next newline. */
void tail_lose(struct tail *tail);

#endif

/* One connection of a transcript, read so that it can be played again. */
#ifndef ZOC_TRANSCRIPT_SCRIPT_H
#define ZOC_TRANSCRIPT_SCRIPT_H

#include "base/side.h"

#include <stdbool.h>
#include <stdint.h>
#include <zocalo/bytes.h>
#include <zocalo/units.h>

#define SCRIPT_BYTES_MAX ((uint64_t)1024 * 1024 * 1024) /* of a file that is read: what is played is held in memory */

enum script_kind { SCRIPT_DATA, SCRIPT_END, SCRIPT_RESET, SCRIPT_CLOSED };

struct script_event {
    enum script_kind kind;
    enum side from;      /* of SCRIPT_CLOSED: nobody's */
    zoc_duration time;   /* since the transcript began */
    uint64_t line;       /* of the file, from 1 */
    size_t offset, size; /* of data, in what that side says */
    size_t piece;        /* of data: how many of that side's came before */
};

/* Zeroed, it is empty; `connection` and `bytes_max` may be set before the first line is read. */
struct script {
    unsigned connection; /* which one is read; 0: the first that there is */
    uint64_t bytes_max;  /* of lines; 0: SCRIPT_BYTES_MAX */
    bool datagrams;
    zoc_duration since;          /* when the connection began */
    zoc_buffer said[SIDE_COUNT]; /* all that each side says, without gaps */
    size_t pieces[SIDE_COUNT];   /* in so many pieces */
    struct script_event *events;
    size_t count, capacity;

    /* While it is read. */
    uint64_t line, bytes;  /* so far */
    unsigned connections;  /* the highest number so far */
    bool met;              /* the connection was */
    bool over[SIDE_COUNT]; /* that side said its end */
    bool broken;           /* a side broke off, after which nothing reaches the other one */
    bool closed;
};

/* Reads a line, with or without its newline: of a file that nobody vouches for. Lines of other connections, and events that are
 * not known, change nothing. Loads jansson, on the first call. Returns 0; -EINVAL with words that say which line and why;
 * -EFBIG, -ELIBACC with words; -ENOMEM. */
int script_read_line(struct script *script, zoc_bytes line);

/* After the last line. Returns 0, or -EINVAL with words: there was no line, or no such connection. */
int script_finish(const struct script *script);

/* Reads a file. Blocks, and needs a deep stack: not on a fiber. Returns as the two above, or why it cannot be read; the words
 * begin with the path. */
int script_load(struct script *script, const char *path);

void script_release(struct script *script);

#endif

/* The lines of stories on their way to standard error, or to a terminal where somebody edits a line. Whoever tells does not wait for
 * whoever reads. */
#ifndef ZOC_CMD_STORY_LINES_H
#define ZOC_CMD_STORY_LINES_H

#include "explain/outlet.h"
#include "explain/teller.h"

#include <zocalo/fiber.h>
#include <zocalo/stream.h>
#include <zocalo/sync.h>

#define STORY_LINES_MAX OUTLET_MAX /* bytes of lines that wait; more are lost, and it is told how many */

struct story_lines {
    struct teller teller; /* whose lines these are */
    uint64_t lost;        /* lines for which there was no room, and of which nothing was said yet */

    struct outlet outlet; /* standard error */
    zoc_event held_up;    /* lines wait for its reader */
    zoc_group catching_up;

    zoc_stream *terminal; /* lines appear above what is edited there; NULL: they go to standard error */
    zoc_buffer waiting;   /* for it */
    bool leaving;         /* it is about to be closed */
    zoc_event written;    /* there are lines, or it is leaving */
    zoc_group showing;
};

/* `options` has what lines look like; their paper and where they go are set here. `plain`: without colours. On a fiber. */
void story_lines_open(struct story_lines *lines, const struct teller_options *options, bool plain);

/* Waits: a second at most for a reader of standard error who has not read all yet, also after a stop. */
void story_lines_close(struct story_lines *lines);

/* From now on lines appear above what is edited there, where standard error is a terminal; until that is about to be closed, which
 * waits for lines that wait. */
void story_lines_show_at(struct story_lines *lines, zoc_stream *terminal);
void story_lines_leave(struct story_lines *lines);

#endif

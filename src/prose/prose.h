/* Text for people, on paper of some width: a terminal, or a pipe. */
#ifndef ZOC_PROSE_PROSE_H
#define ZOC_PROSE_PROSE_H

#include <stdbool.h>
#include <zocalo/bytes.h>

/* What is written on. */
struct paper {
    unsigned columns; /* lines are folded there; 0: nowhere */
    bool colour;      /* escape sequences of ECMA-48 (SGR) are understood */
    bool utf8;        /* characters beyond ASCII are */
};

#define PAPER_COLUMNS     80 /* of a terminal that does not say how many it has */
#define PAPER_COLUMNS_MIN 40 /* a narrower terminal is taken for one of so many */

/* Columns that text takes on a terminal: none for what combines and for colours (SGR), two for what is wide. */
unsigned prose_width(zoc_bytes text);

/* Appends text, folded between words so that no line takes more than `columns`; 0: it is not folded. The first line begins
 * at column `at`, after what stands there already; the others are indented by `indent` spaces. A newline in the text is
 * one, two are a paragraph, and a line of it that begins with two spaces is an example, which stays as it is. A word that
 * is longer than a line has one for itself. Ends without a newline. Returns 0 or as zoc_buffer_append. */
int prose_fold(zoc_buffer *to, const char *text, unsigned columns, unsigned at, unsigned indent);

#endif

/* What a file of standard output or error is to be written on like. */
#ifndef ZOC_PROSE_PAPER_H
#define ZOC_PROSE_PAPER_H

#include "prose/prose.h"

#include <stdio.h>

/* A terminal has its columns, and colours unless `plain` or NO_COLOR says otherwise; anything else has neither. UTF-8 is what the
 * locale says. */
struct paper paper_of(FILE *file, bool plain);

#endif

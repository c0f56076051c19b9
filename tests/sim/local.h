/* A program's side of a conversation: pipes that stand for its standard input and output, and their other ends. */
#ifndef ZOC_TESTS_SIM_LOCAL_H
#define ZOC_TESTS_SIM_LOCAL_H

#include <zocalo/stream.h>

struct local {
    zoc_stream *stream; /* the program's */
    zoc_stream *writer; /* gives it its input; NULL: the input has ended */
    zoc_stream *reader; /* gets its output; NULL: nobody reads it any more */
};

/* Returns 0 or a negative errno. */
int local_open(struct local *local);

/* What is open of it. */
void local_close(struct local *local);

/* As a program does that exits: its input is read no more, and its output ends. */
void local_end(struct local *local);

#endif

/* Writing the fields of a frame, for those who know a header. */
#ifndef ZOC_ANATOMY_FIELDS_H
#define ZOC_ANATOMY_FIELDS_H

#include "anatomy/headers.h"

void frame_put(struct frame *frame, const char *name, unsigned bits, enum known known, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
void frame_put_unknown(struct frame *frame, const char *name, unsigned bits);

/* Writes the options of a segment of TCP, with their padding. */
void tcp_options_put(struct frame *frame, const struct facts *facts, const struct shape *shape);

#endif

/* Drawings of a frame, of its headers, and of a sequence of segments. Pure. Each appends lines; returns 0, or -ENOMEM, or as
 * zoc_buffer_append. A paper that is folded nowhere is drawn on as if it had DRAWING_COLUMNS. */
#ifndef ZOC_ANATOMY_DRAWING_H
#define ZOC_ANATOMY_DRAWING_H

#include "anatomy/sequence.h"

#define DRAWING_COLUMNS 80

/* Layer upon layer: what each puts around what the one above gave it. `said` is the data. */
int draw_frame(const struct frame *frame, zoc_bytes said, const struct paper *paper, zoc_buffer *to);

/* A header as the standards draw it, with the values that its fields have. */
int draw_header(const struct frame *frame, const struct header *header, const struct paper *paper, zoc_buffer *to);

/* The client on the left, the server on the right, time downwards. Times are told from `begun`. */
int draw_sequence(const struct sequence *sequence, const struct facts *facts, zoc_time begun, const struct paper *paper,
                  zoc_buffer *to);

/* Bytes on the link of all the segments that a row stands for; 0: not known, or there are none. A reset of a connection has options
 * or none, by what made its sender reset it. */
size_t segment_bytes(const struct facts *facts, const struct segment *segment);

#endif

/* What came of a replay, in words or in JSON. */
#ifndef ZOC_TRANSCRIPT_REPORT_H
#define ZOC_TRANSCRIPT_REPORT_H

#include "transcript/replay.h"

/* Appends one line when all was the same, otherwise what was not: where answers differ, what is missing, what came beyond, and
 * how it ended. In JSON each is an object with a key "result". Returns 0 or as zoc_buffer_append. */
int report_text(const struct replay *replay, zoc_buffer *text);
int report_json(const struct replay *replay, zoc_buffer *text);

#endif

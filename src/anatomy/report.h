/* What is told of an exchange: drawings with sentences between them for people, objects for programs. Pure. */
#ifndef ZOC_ANATOMY_REPORT_H
#define ZOC_ANATOMY_REPORT_H

#include "anatomy/exchange.h"
#include "prose/prose.h"

/* What is told; bits. */
enum { ANATOMY_FRAME = 1, ANATOMY_HEADERS = 2, ANATOMY_SEQUENCE = 4 };

/* Appends it. Of a connection that did not come about, what was tried is the sequence alone. Returns 0 or as zoc_buffer_append. */
int anatomy_tell(const struct exchange *exchange, unsigned parts, const struct paper *paper, zoc_buffer *to);

/* The same as JSON, one object a line. */
int anatomy_json(const struct exchange *exchange, unsigned parts, zoc_buffer *to);

/* Whether a connection came about. */
bool anatomy_connected(const struct exchange *exchange);

/* Whether anything was sent that has a frame: data, or the SYN of TCP. */
bool anatomy_has_frame(const struct exchange *exchange);

/* What was sent first: the data, or where nothing was said, the SYN. */
struct shape anatomy_shape(const struct exchange *exchange);

#endif

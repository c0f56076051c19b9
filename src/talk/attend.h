/* A program of its own for a client. */
#ifndef ZOC_TALK_ATTEND_H
#define ZOC_TALK_ATTEND_H

#include <zocalo/endpoint.h>
#include <zocalo/stream.h>

/* Runs the program (an endpoint of the scheme exec) with the client as its standard input and output. The client's end is the
 * end of the program's input, and what it still says is sent; the program's end is the end. A client that is lost ends the
 * program. Waits. The client stays the caller's, half-closed, to be finished (zoc_finish).
 * Returns 0; -ZOC_EPROGRAM when the program failed; -ECONNRESET, -ETIMEDOUT or the like when the client was lost; with words. */
int attend(zoc_stream *client, const zoc_endpoint *program);

#endif

/* Telling where a set listens: a line for each endpoint, or a table on a terminal. */
#ifndef ZOC_SERVE_ANNOUNCE_H
#define ZOC_SERVE_ANNOUNCE_H

#include "serve/run.h"
#include "serve/set.h"

#define ANNOUNCE_TIME ZOC_SECOND /* a standard output without room for so long gets no more */

/* Writes it to *output, which is standard output once that was opened; a NULL one is opened. A standard output that
 * nobody reads, or that was closed, stops no service. The pins of certificates that were made here are logged. Waits. Returns 0, -EIO when it is a terminal that is gone, or
 * another negative errno. */
int announce(const struct set *set, const struct serve_options *options, zoc_stream **output);

#endif

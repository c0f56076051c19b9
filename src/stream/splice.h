/* Bulk traffic between plain descriptors, through a pipe inside the kernel (splice(2)). */
#ifndef ZOC_STREAM_SPLICE_H
#define ZOC_STREAM_SPLICE_H

#include "stream/tap.h"

#define SPLICE_PIPES_KEPT 8             /* empty pipes that a loop keeps */
#define SPLICE_PIPE_SIZE  (1024 * 1024) /* asked for; what the system allows is used */
#define SPLICE_SMALL      (16 * 1024)   /* a splice that brought less is no bulk: copies do as well */

/* Splices from source to sink, past a tap; NULL: none. Returns 0 at the end of the source, 1 when traffic became small and copies should go
 * on, or an error. *bytes and *spliced grow as bytes pass. */
int splice_bulk(zoc_stream *source, zoc_stream *sink, struct tap *tap, uint64_t *bytes, uint64_t *spliced);

#endif

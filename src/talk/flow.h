/* One direction of a conversation, and what is done with its bytes on their way. */
#ifndef ZOC_TALK_FLOW_H
#define ZOC_TALK_FLOW_H

#include "talk/crlf.h"
#include "talk/hexdump.h"

#include <zocalo/stream.h>

/* Sees the bytes that pass, which are only lent. It may wait, and holds them up meanwhile. */
struct tap {
    int (*see)(struct tap *tap, zoc_bytes bytes); /* returns 0 or a negative errno, which ends the flow */
};

struct flow {
    zoc_stream *source, *sink;
    bool received;        /* it comes from the peer */
    bool crlf;            /* a bare LF goes on as CR LF */
    size_t piece;         /* bytes that are written at a time, at most; 0: as many as were read */
    zoc_duration pause;   /* before each piece but the first */
    bool keeps_open;      /* the end of the source is not passed on */
    struct hexdump *dump; /* shows the bytes; those from the peer are shown instead of written. NULL: none */
    struct tap *tap;      /* sees what was written or shown. NULL: nobody */

    struct crlf lines; /* these are the flow's own; zeroed */
    bool began;
};

/* Until the source ends, which is passed on as a half-close of the sink. Where nothing is to be done with the bytes, bulk
 * traffic is spliced. Waits. Returns 0 or a negative errno. */
int flow_run(struct flow *flow);

#endif

/* One direction of a conversation, and what is done with its bytes on their way. */
#ifndef ZOC_TALK_FLOW_H
#define ZOC_TALK_FLOW_H

#include "stream/tap.h"
#include "talk/crlf.h"
#include "talk/hexdump.h"

#define LETTER_MAX 65507 /* bytes of a datagram that is sent: UDP over IPv4 takes no more (RFC 768, RFC 791) */

struct flow {
    zoc_stream *source, *sink;
    bool received;        /* it comes from the peer */
    bool changes;         /* what the next two point to may change on the way */
    const bool *crlf;     /* a bare LF goes on as CR LF; NULL: it does not */
    const bool *hex;      /* `dump` shows the bytes; NULL: it does not */
    size_t piece;         /* bytes that are written at a time, at most; 0: as many as were read, or LETTER_MAX */
    bool by_lines;        /* pieces end where lines do, as well */
    zoc_duration pause;   /* before each piece but the first */
    unsigned receive_max; /* after so many pieces as they came it is over, as if the source had ended; 0: never */
    bool keeps_open;      /* the end of the source is not passed on */
    struct hexdump *dump; /* shows bytes instead of writing them, when they are from the peer */
    struct tap *tap;      /* sees what is written or shown. NULL: nobody */

    struct crlf lines; /* these are the flow's own; zeroed */
    bool began;
    bool sink_failed; /* result: of a failure, that it was the sink's */
};

/* Until the source ends, which is passed on as a half-close of the sink. Where nothing is to be done with the bytes, bulk
 * traffic is spliced. Waits. Returns 0 or a negative errno. */
int flow_run(struct flow *flow);

#endif

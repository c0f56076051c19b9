/* Joins two streams, one of which is this program's side: standard input and output, or what stands for them. */
#ifndef ZOC_TALK_JOIN_H
#define ZOC_TALK_JOIN_H

#include "talk/flow.h"

#define JOIN_LINGER (1 * ZOC_SECOND) /* what `linger` is when nobody said */

struct join {
    zoc_stream *local, *peer; /* not closed here */
    zoc_duration
        linger; /* after the end of input, a peer without an end (UDP) is awaited until nothing has come for so long */
    zoc_duration idle;  /* nothing each way for so long ends it, which is a failure; 0: never */
    bool crlf;          /* a bare LF of the input goes out as CR LF */
    bool mute;          /* input is left alone: nothing is sent, and no end of it; for a peer that bytes come from */
    size_t piece;       /* input is sent in pieces of so many bytes; 0: as it is read */
    zoc_duration pause; /* between two pieces */
    bool breaks_off;    /* the end of input is not passed on: it is the end, and the caller resets the connection */
    bool hex;           /* a dump of both directions is written to the output, instead of what comes */
    struct tap *sent, *received; /* see what went and what came; NULL: nobody */
    bool local_failed;           /* result: input or output failed, and not the network */
};

/* The end of input is passed on as a half-close, and what the peer still says is awaited; the peer's end is the end. A
 * pipe or a file has one direction: what is only read leaves local input alone, and what is only written ends with it.
 * Output that nobody reads any more is a quiet end. Waits.
 * Returns 0, or a negative errno with words that say which side it was. */
int join_run(struct join *join);

#endif

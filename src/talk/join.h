/* Joins two streams, one of which is this program's side: standard input and output, or what stands for them. */
#ifndef ZOC_TALK_JOIN_H
#define ZOC_TALK_JOIN_H

#include "talk/flow.h"

#define JOIN_LINGER (1 * ZOC_SECOND) /* what `linger` is when nobody said */
#define JOIN_REST   (1 * ZOC_SECOND) /* for `rest`, where input comes from another program */

struct join {
    zoc_stream *local, *peer; /* not closed here */

    /* How it ends. */
    zoc_duration linger; /* a peer that is not told of the end of input (UDP): until nothing came for so long */
    zoc_duration idle;   /* when nothing came and nothing went for so long, which is a failure; 0: never */
    zoc_duration rest; /* after the peer's end: until input brings nothing for so long, or for a quarter of that when it
                        * has brought nothing yet; 0: at once */
    zoc_duration patience; /* with `hangs_up` */
    unsigned receive_max;  /* after so many receives from the peer; 0: never */
    bool hangs_up;         /* `patience` after the end of input, whether or not the peer still speaks */
    bool finite;           /* input is a file, which is sent to its end although the peer has ended */
    bool mute;             /* input is left alone: nothing is sent, and no end of it; for a peer that bytes come from */
    bool breaks_off;       /* the end of input is not passed on: it is the end, and the caller resets the connection */
    bool keeps_output;     /* the output stays open, for another conversation */

    /* What is done with the bytes. */
    bool crlf;                   /* a bare LF of the input goes out as CR LF */
    bool by_lines;               /* each line of the input is a piece */
    bool hex;                    /* a dump of both directions is written to the output, instead of what comes */
    bool changes;                /* `crlf` and `hex` may change while it runs */
    size_t piece;                /* input is sent in pieces of so many bytes; 0: as it is read */
    zoc_duration pause;          /* between two pieces */
    struct tap *sent, *received; /* see what went and what came; NULL: nobody */

    /* Results. */
    bool idled;        /* it ended because of `idle` */
    bool input_ended;  /* the end of input was met */
    bool local_failed; /* input or output failed, and not the network */
};

/* The end of input is passed on as a half-close, and what the peer still says is awaited; the peer's end is the end, and input
 * that is there by then is still sent (all of it, where it is a file): whoever ended first may well listen to the answer. A
 * pipe or a file has one direction: what is only read leaves local input alone, and what is only written ends with it.
 * Output that nobody reads any more is a quiet end. Waits.
 * Returns 0, or a negative errno with words that say which side it was. */
int join_run(struct join *join);

#endif

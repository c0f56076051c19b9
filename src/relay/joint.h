/* Two streams that are joined: what comes from each goes to the other, and how that ended. */
#ifndef ZOC_RELAY_JOINT_H
#define ZOC_RELAY_JOINT_H

#include "talk/flow.h"

#include <zocalo/fiber.h>

#define JOINT_LINGER (1 * ZOC_SECOND) /* see joint_run */

enum joint_end {
    JOINT_IN_ORDER, /* whatever came has gone on, and so have the ends */
    JOINT_FAILED,   /* a side failed */
    JOINT_IDLE,     /* nothing came and nothing went for too long */
    JOINT_CUT       /* this fiber was cancelled, or its deadline passed */
};

struct joint;

/* One of its directions. */
struct passage {
    struct joint *joint;
    int from;         /* number of the side that it comes from */
    struct flow flow; /* source, sink and tap are set */
    bool over;        /* it has ended, or never began */
};

/* Passes all that comes on, and the end of the source as a half-close of the sink. Waits. Returns 0 at the end of the
 * source or a negative errno, with flow.sink_failed. */
typedef int joint_pass(struct passage *passage);

struct joint {
    zoc_stream *sides[2]; /* not closed here */
    bool program[2];      /* that side is a program, whose end is the end of both */
    struct tap *taps[2];  /* see what comes from that side; NULL: nobody */
    joint_pass *pass;     /* NULL: flow_run, which splices where it can */
    zoc_duration idle;    /* when nothing came and nothing went for so long, it ends; 0: never */

    /* Results; zeroed before. */
    enum joint_end end;
    int failed; /* of JOINT_FAILED: the number of that side */
    int error;  /* and why */
    char *why;  /* the words behind it; owned: see joint_release */

    zoc_group both; /* these are the joint's own */
    struct passage passages[2];
};

/* Runs both directions until both have ended; each half-close is passed on by itself. A failure ends both, but for
 * what a side that takes no more has still to say.
 * - A side may have one direction only. What would go where nothing can go is thrown away. When nothing can pass any
 *   more it is over, once the other side has ended or nothing has come from it for JOINT_LINGER: a close before that
 *   would destroy what is still on its way there.
 * - Datagrams and terminals have no end: when the other side has ended and nothing has come for JOINT_LINGER it is
 *   over.
 * - When a program has ended it is over; that it did not read all of its input is no failure.
 * Waits; a soft stop is to be hidden from it (ZOC_FINISH) where what is under way is to end by itself. The caller
 * breaks both streams off unless it ended in order. */
void joint_run(struct joint *joint);

void joint_release(struct joint *joint);

#endif

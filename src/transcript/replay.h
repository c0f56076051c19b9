/* Playing one side of a recorded connection against a live peer. */
#ifndef ZOC_TRANSCRIPT_REPLAY_H
#define ZOC_TRANSCRIPT_REPLAY_H

#include "transcript/compare.h"

#include <zocalo/fiber.h>
#include <zocalo/stream.h>
#include <zocalo/sync.h>

#define REPLAY_TIMEOUT (10 * ZOC_SECOND) /* what `timeout` is when nobody said */

enum replay_ending {
    REPLAY_OPEN,  /* nothing of an end has come */
    REPLAY_ENDED, /* in order */
    REPLAY_RESET, /* broken off */
    REPLAY_FAILED /* in another way: see the error */
};

struct replay {
    const struct script *script;
    enum side side;       /* that is played */
    bool fast;            /* without the pauses that were recorded */
    zoc_duration timeout; /* so long an answer is waited for since something came; and so long the peer may not read */

    /* Results. */
    struct comparison heard;   /* what the peer said */
    enum replay_ending ending; /* of the peer */
    int error;                 /* behind it; 0 */
    size_t played;             /* events: those from there on were not reached. script->count: all were */
    bool unread;               /* the peer did not read for `timeout` */

    /* While it runs. */
    zoc_stream *peer;
    zoc_event news;  /* something has come */
    zoc_time last;   /* when it did */
    bool breaks_off; /* at its end */
};

/* Says to the peer what that side had said, in the same order with regard to what it hears: what it had said after it heard so
 * many bytes is said when as many have come, whatever they are. Ends when all was played, or when what is waited for does not
 * come. Closes the peer. Waits. Returns 0, or -ECANCELED. */
int replay_run(struct replay *replay, zoc_stream *peer);

/* Whether the peer was heard to say all that it had said, no more, and to end as it had. */
bool replay_is_same(const struct replay *replay);

/* Whether all was played, and the peer ended as it had, where that was recorded. */
bool replay_ended_as_recorded(const struct replay *replay);

/* How the peer had ended: REPLAY_OPEN when that was not recorded. */
enum replay_ending replay_recorded_ending(const struct replay *replay);

#endif

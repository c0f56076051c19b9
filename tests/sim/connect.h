/* The world of `zocalo connect`: one call of it, and those who talk through it. */
#ifndef ZOC_TESTS_SIM_CONNECT_H
#define ZOC_TESTS_SIM_CONNECT_H

#include "local.h"
#include "talk/idle.h"
#include "talk/join.h"
#include "talk/reach.h"
#include "worlds.h"

#include <zocalo/sync.h>

#define CONNECT_PORT 5000 /* and the number of the call */

/* A text without an end: what is at each place of it is a function of its number and the place. */
struct script {
    uint64_t number;
    bool lines; /* letters, CR and LF, instead of any bytes */
    bool crlf;  /* with a CR before each LF that has none */
    uint64_t at;
    bool after_cr;
};

void script_fill(struct script *script, char *data, size_t size);
void script_expect(struct script *script, zoc_bytes bytes);

/* How much goes through, and how wide it is. */
struct regime {
    uint64_t total_max, piece_max; /* bytes */
    size_t window_least, window_most;
    unsigned pauses; /* somebody sleeps once in so many times */
};

enum ending {
    ENDS_FIRST, /* half-closes when it has said all, and hears the rest */
    ENDS_LAST,  /* half-closes when it has seen the end of the input */
    CLOSES,     /* at once, when it has said all */
    RESETS,     /* in the middle */
    STAYS       /* says nothing more, and does not end */
};

/* Who gives the input and gets the output. */
struct user {
    uint64_t total;       /* bytes of the input */
    bool ends;            /* the input does, after them */
    bool deaf;            /* it does not read for a while at first */
    uint64_t quits_after; /* bytes of the output that it reads at most; 0: all */

    zoc_time ended_at;         /* 0: it has not */
    bool ended, quit, saw_end; /* what it did, and that it saw the end of the output */
    uint64_t heard;            /* bytes of what the peer said, a dump's as well */
    uint64_t shown;            /* bytes of what was sent to the peer, in a dump */
};

struct peer {
    uint64_t total;       /* bytes to say */
    bool answers;         /* and not before it has seen the end of the input */
    uint64_t hears_most;  /* bytes that it receives; 0: all */
    zoc_duration opening; /* when it listens; negative: never */
    enum ending ending;
    zoc_duration patience;

    zoc_listener *listener;
    zoc_stream *stream;
    zoc_event heard_all; /* the end of the input, or what ended it */
    zoc_account account;
    bool saw_end, shut, closed, reset;
    zoc_time shut_at;
    zoc_time opened; /* since when it listens; 0: it does not */
};

/* What was so when the join had ended. */
struct outcome {
    int result;
    bool cut_off; /* by a cancel */
    bool orderly; /* the peer had ended so */
    zoc_account account;
    uint64_t sent_seen, received_seen; /* by taps */
};

struct call {
    const struct regime *regime;
    unsigned number;
    bool quiet; /* nothing is lost */
    bool calm;  /* and nobody does anything but what is in order */
    struct reach reach;
    struct join join;
    struct local local;
    struct user user;
    struct peer peer;
    struct script input, to_peer, to_user; /* written by the user, heard by the peer, heard by the user */
    struct script shown;                   /* a dump's, of what goes to the peer */
    zoc_buffer line;                       /* of the dump, so far */
    bool reached, observed;
    struct outcome outcome;
};

zoc_fn connect_give_input, connect_read_output, connect_run_peer; /* arg: the call */

/* By datagrams (connect_letters.c). */
void connect_by_letters(void);

/* Opens the listener. Returns 0 or a negative errno. */
int connect_listen(struct call *call);

#endif

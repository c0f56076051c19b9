/* The teller: writes a story, one line for each event, with its time and its layer; for people or for programs. */
#ifndef ZOC_EXPLAIN_TELLER_H
#define ZOC_EXPLAIN_TELLER_H

#include "base/side.h"
#include "meaning/meaning.h"
#include "prose/prose.h"

#include <zocalo/units.h>

/* The four layers of TCP/IP (RFC 1122, 1.1.3). */
enum story_layer { LAYER_APPLICATION, LAYER_TRANSPORT, LAYER_INTERNET, LAYER_LINK };

struct teller_options {
    struct paper paper;
    bool json; /* one object a line, and nothing is folded or coloured */
    bool more; /* details too */
    /* Where it goes: whole lines. Does not wait. */
    void (*write)(void *arg, zoc_bytes lines);
    void *arg;
};

struct teller {
    struct teller_options options;
    zoc_time begun; /* times are told from here */
};

/* One event of a story. Everything is valid during the call only. */
struct telling {
    zoc_time time;
    enum story_layer layer;
    const char *event;        /* for programs, in snake_case: "connected" */
    const char *connection;   /* which one, where there are several: "#3"; NULL */
    const char *protocol;     /* "smtp"; NULL */
    const enum side *speaker; /* NULL: nobody said anything */
    zoc_bytes quote;          /* what was said; it is escaped here, and cut where it is long */
    const char *text;         /* in the reader's language: one clause, no full stop */
    struct reference reference;
};

/* `begun`: now. */
void teller_init(struct teller *teller, const struct teller_options *options, zoc_time begun);

/* For people:
 *
 *     0.012 s  application  → EHLO me.example: the client says who it is ... (RFC 5321, 4.1.1.1)
 *
 * with the end of a line that is folded below its text; → is what the client says, ← the server (-> and <- where there is no
 * UTF-8). For programs: {"time":0.012345678,"layer":"application","event":"message","protocol":"smtp","from":"client",
 * "quote":"EHLO me.example","text":"...","rfc":5321,"section":"4.1.1.1"}; keys whose value is missing are left out, and
 * layers and events keep their English names. */
void teller_tell(struct teller *teller, const struct telling *telling);

#endif

/* A protocol as somebody sees it who only listens: how it is recognised, how its bytes are taken apart, what its words mean. */
#ifndef ZOC_MEANING_PROTOCOL_H
#define ZOC_MEANING_PROTOCOL_H

#include "base/side.h"
#include "meaning/meaning.h"

struct dialogue;

/* How a conversation began. */
struct opening {
    zoc_bytes said[SIDE_COUNT]; /* the first bytes of each side, at most OPENING_MAX */
    enum side first;            /* who spoke first */
    unsigned port;              /* of the server; 0: it has none */
};

#define OPENING_MAX 512 /* bytes of a side that are looked at before a conversation is given up as unknown */

enum verdict { VERDICT_NO, VERDICT_PERHAPS, VERDICT_YES };

struct protocol {
    const char *name;    /* "smtp" */
    const char *title;   /* "SMTP" */
    const char *summary; /* N_(): what it is for, one clause: "hands mail from one server to the next" */
    struct reference reference;

    /* PERHAPS: more bytes will tell. The port alone never makes it a YES; it may decide between two that look alike. */
    enum verdict (*recognise)(const struct opening *opening);

    size_t state_size; /* bytes of what it remembers of a conversation; zeroed at the start */

    /* Takes what is whole from the front of the bytes that a side said, and makes remarks (meaning/dialogue.h). Returns how many
     * bytes it took; 0: more are needed, and it is called again with the same bytes and more. Never more than one unit (a line, a
     * record, a frame) at a call, so that dialogue_skip and dialogue_become take effect right behind it. It may not keep
     * pointers into the bytes. */
    size_t (*take)(struct dialogue *dialogue, void *state, enum side speaker, zoc_bytes bytes);

    /* That side says no more; `rest` is what was not whole. NULL: nothing is said of that. */
    void (*end)(struct dialogue *dialogue, void *state, enum side speaker, zoc_bytes rest);

    const struct meanings *tables; /* its words, for 'zocalo explain' */
    size_t table_count;
};

/* All that are known, in the order in which they are asked; ends with NULL. */
extern const struct protocol *const protocols[];

/* What is none of them: shown as text or hex. It recognises nothing, and is in no list. */
extern const struct protocol protocol_plain;

#endif

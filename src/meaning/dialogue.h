/* A conversation that is overheard: its protocol is recognised from its bytes, and what is said is turned into remarks.
 * Pure: no I/O, no clock. What either side says may come in any pieces, and the remarks are the same. Memory is bounded. */
#ifndef ZOC_MEANING_DIALOGUE_H
#define ZOC_MEANING_DIALOGUE_H

#include "meaning/protocol.h"

#include <stdint.h>

/* What is remarked on. Everything is valid during the call only. */
struct remark {
    const struct protocol *protocol; /* protocol_plain: it is not known */
    enum side speaker;
    zoc_bytes
        quote; /* what was said, as it was; empty: the remark is on no words, such as a body or the protocol itself */
    const char *text; /* what it means, in the reader's language: one clause, no full stop; "": nothing is known */
    struct reference reference;
    bool detail;     /* for those who asked for more */
    bool introduces; /* it is the first of a protocol, on the protocol itself: nobody said anything */
};

/* Who is told. Embedded in what the teller keeps. */
struct hearer {
    void (*hear)(struct hearer *hearer, const struct remark *remark);
};

#define DIALOGUE_PENDING_MAX \
    (20 * 1024) /* bytes of a unit that is not whole: a TLS record and some; a longer line is cut */

struct dialogue;

/* `port`: of the server; 0: none. `datagrams`: each call of dialogue_say is a whole message, of no protocol that is
 * known. Returns 0 or -ENOMEM. */
int dialogue_new(struct hearer *hearer, unsigned port, bool datagrams, struct dialogue **ret_dialogue);
void dialogue_free(struct dialogue *dialogue); /* NULL is fine */

/* A side said this. Without memory it falls silent, and the conversation goes on. */
void dialogue_say(struct dialogue *dialogue, enum side speaker, zoc_bytes bytes);

/* A side said something that nobody saw (it was spliced, or encrypted): so many bytes. */
void dialogue_miss(struct dialogue *dialogue, enum side speaker, uint64_t size);

/* A side says no more: what it left unfinished is remarked on. A second time is fine. */
void dialogue_end(struct dialogue *dialogue, enum side speaker);

/* NULL while it is not known. */
const struct protocol *dialogue_protocol(const struct dialogue *dialogue);

/* --- for protocols --------------------------------------------------------------------------------- */

/* Remarks on a quote what its row says; `meaning` NULL: nothing is known of it. */
void dialogue_remark(struct dialogue *dialogue, enum side speaker, zoc_bytes quote, const struct meaning *meaning);

/* The same with words that are made for the occasion, in the reader's language. */
void dialogue_tell(struct dialogue *dialogue, enum side speaker, zoc_bytes quote, struct reference reference,
                   bool detail, const char *format, ...) __attribute__((format(printf, 6, 7)));

/* The next bytes of that side are not taken apart: so many, or DIALOGUE_TO_THE_END. They follow the unit that is being taken. */
void dialogue_skip(struct dialogue *dialogue, enum side speaker, uint64_t size);

#define DIALOGUE_TO_THE_END UINT64_MAX

/* How many bytes were skipped of what the last dialogue_skip of that side asked for. */
uint64_t dialogue_skipped(const struct dialogue *dialogue, enum side speaker);

/* What follows is another protocol, on both sides (as after STARTTLS, or 101 Switching Protocols); NULL: one that is to be
 * recognised. Nothing is pending of the other side then, or it belongs to what follows. */
void dialogue_become(struct dialogue *dialogue, const struct protocol *next);

/* The first line of the bytes, without its end (LF or CR LF); *ret_used is its size with it. False: it is not whole. */
bool dialogue_line(zoc_bytes bytes, zoc_bytes *ret_line, size_t *ret_used);

/* Takes the next word from the front of a line, and the blanks around it. */
zoc_bytes dialogue_word(zoc_bytes *line);

#endif

/* A message as SMTP and POP3 carry it: lines up to one that has a dot alone (RFC 5321, 4.5.2; RFC 1939, 3). */
#ifndef ZOC_MEANING_MAIL_TEXT_H
#define ZOC_MEANING_MAIL_TEXT_H

#include "meaning/dialogue.h"

enum mail_part { MAIL_HEAD, MAIL_BODY };

struct mail_text {
    struct reference dots; /* where the dot at its end is written down */
    enum mail_part part;
    bool inside_line;   /* the front of a line that is too long to wait for was taken already */
    bool stuffing_told; /* dots that were put before others were explained */
    uint64_t size;      /* bytes of the message so far */
};

void mail_text_begin(struct mail_text *text, struct reference dots);

/* Takes a line, or a piece of a long one: tells the fields of the head, and nothing of the body. Returns how many bytes it
 * took; 0: more are needed. *ret_over: it was the dot that ends the message, whose size is told. */
size_t mail_text_take(struct dialogue *dialogue, struct mail_text *text, enum side speaker, zoc_bytes bytes,
                      bool *ret_over);

#endif

/* What protocols of lines have in common: commands that wait for their replies, what a reply means to the command that it
 * answers, replies that begin with three digits, and secrets that are not told. */
#ifndef ZOC_MEANING_LINES_H
#define ZOC_MEANING_LINES_H

#include "meaning/dialogue.h"

#define ASKED_MAX 64 /* commands that wait for a reply; what a client sends beyond them is answered unmatched */

/* The commands that wait for a reply, the oldest first. Zeroed, there are none. The words are of tables. */
struct asked {
    const char *commands[ASKED_MAX];
    unsigned first, count;
    unsigned lost; /* commands behind them for which there was no room */
};

/* `command` NULL: one that is not known. */
void asked_push(struct asked *asked, const char *command);

/* The command that the next reply is for; NULL: it is not known, or there is none. */
const char *asked_front(const struct asked *asked);
void asked_pop(struct asked *asked);

/* What a reply means to a command: the row "MAIL 250" of `answers`, else the row "250" of `replies`; NULL. */
const struct meaning *lines_answer(const struct meanings *answers, const struct meanings *replies, const char *command,
                                   zoc_bytes reply);

/* A reply of SMTP and FTP: three digits, a blank or a hyphen, and text (RFC 5321, 4.2; RFC 959, 4.2). */
struct coded_line {
    zoc_bytes code; /* three digits */
    zoc_bytes text;
    bool more; /* a hyphen: it is not the last line */
};

bool lines_coded(zoc_bytes line, struct coded_line *ret_coded);
bool lines_is(zoc_bytes word, const char *wanted); /* whatever its case */

/* The next whole line of an opening, which is taken from its front. False: there is none. */
bool lines_next(zoc_bytes *opening, zoc_bytes *ret_line);

bool lines_has(zoc_bytes text, const char *wanted);                      /* whatever its case; somewhere in it */
bool lines_may_begin(zoc_bytes said, const char *beginning);             /* so it begins, or so may it go on */
bool lines_number(zoc_bytes digits, uint64_t max, uint64_t *ret_number); /* decimal digits and nothing else */

/* A step of a login (SASL) is not shown. A secret has a meaning, but no quote. */
void lines_tell_secret(struct dialogue *dialogue, enum side speaker, struct reference reference);

/* Whether the client says more of a login by itself before the server asked: what stands behind the word AUTH has no first
 * step, or one after which others come. */
bool lines_login_goes_on(zoc_bytes arguments);

/* That side ended in the middle of a line, which may be a secret: its size is told. */
void lines_tell_unfinished(struct dialogue *dialogue, enum side speaker, zoc_bytes rest);

/* The part of a line from its beginning to the end of one of its words. */
zoc_bytes lines_up_to(zoc_bytes line, zoc_bytes word);

#endif

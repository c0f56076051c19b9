/* Meanings: what the words and codes of protocols say, as tables. Pure data, and how it is found.
 *
 * Texts stand in their rows, and not behind pointers: the address of each would have to be filled in whenever the program
 * starts, and the pages with them be copied, although most runs explain nothing. A text that is too long for its row does
 * not compile, or is found by a test. */
#ifndef ZOC_MEANING_MEANING_H
#define ZOC_MEANING_MEANING_H

#include <stdbool.h>
#include <zocalo/bytes.h>

/* Where it is written down. */
struct reference {
    unsigned rfc;      /* 0: in no RFC */
    char section[16];  /* "4.1.1.1", "figure 5"; "": the whole of it */
    char document[48]; /* where there is no RFC: "beanstalkd protocol.txt"; "" */
};

#define RFC(number, part)                \
    {                                    \
        .rfc = (number), .section = part \
    }
#define DOCUMENT(name)   \
    {                    \
        .document = name \
    }

/* One word of a protocol. `word` is as it stands on the wire: "EHLO", "Content-Length", "354". A code of which only the class is
 * known is found as "3xx"; an enhanced status code (RFC 3463) as "x.1.1", "x.1.x" or "5.x.x". `text` is one clause, N_(): lower case, no full stop; its subject is the word, or whoever said it:
 * "the server is ready for the message, which ends with a line that has a dot alone". */
struct meaning {
    char word[48];
    char text[192];
    struct reference reference;
    bool detail; /* told only where more is asked for */
};

/* A table of words of one kind: what 'zocalo explain' looks into. */
struct meanings {
    const char *kind; /* N_(): "command", "reply code", "header field" */
    const struct meaning *rows;
    size_t count;
};

#define MEANINGS(what, table)                                                     \
    {                                                                             \
        .kind = (what), .rows = (table), .count = sizeof(table) / sizeof *(table) \
    }

/* The row of a word, whatever its case; of a number that has no row, that of its class ("3xx", "x.1.x"); NULL. */
const struct meaning *meanings_find(const struct meanings *meanings, zoc_bytes word);

/* Writes "RFC 5321, 4.1.1.1", the document's name, or "". Returns `text`. */
char *reference_format(const struct reference *reference, char *text, size_t size);

#define REFERENCE_TEXT 64 /* bytes that any reference needs at most, its NUL included */

#endif

/* Messages of a TLS handshake, and alerts, in words: for who overhears them (RFC 8446 section 4, RFC 5246 section 7).
 * Pure: nothing is remembered from one message to the next. */
#ifndef ZOC_MEANING_HANDSHAKE_H
#define ZOC_MEANING_HANDSHAKE_H

#include "base/side.h"
#include "meaning/meaning.h"

struct dialogue;

/* What is said of a message. Everything is valid during the call only. */
struct handshake_line {
    const char *text; /* in the reader's language: one clause, no full stop; it names the message: "ClientHello: ..." */
    struct reference reference;
    bool detail; /* for those who asked for more */
};

/* Who is given the lines of a message: one that is no detail, then details. Embedded in what the reader keeps. */
struct handshake_reader {
    void (*read)(struct handshake_reader *reader, const struct handshake_line *line);
};

/* One message with its head of 4 bytes, as it is in plain text. A message that is cut, or whose lengths lie, is told as far as it
 * goes, and that it is so. */
void handshake_describe(zoc_bytes message, enum side speaker, struct handshake_reader *reader);

/* An alert in plain text: 2 bytes, its level and its description (RFC 8446 section 6). */
void alert_describe(zoc_bytes alert, struct handshake_reader *reader);

/* The same as remarks of a conversation. */
void handshake_tell(struct dialogue *dialogue, enum side speaker, zoc_bytes message);
void alert_tell(struct dialogue *dialogue, enum side speaker, zoc_bytes alert);

/* The version that a ServerHello settles: 0x0303 is TLS 1.2, 0x0304 is TLS 1.3; 0: the message is none, or a
 * HelloRetryRequest, which settles nothing yet. */
unsigned handshake_version(zoc_bytes message);

#endif

/* Headers: what each layer puts around data, computed from what is known. Pure. */
#ifndef ZOC_ANATOMY_HEADERS_H
#define ZOC_ANATOMY_HEADERS_H

#include "anatomy/facts.h"
#include "base/side.h"
#include "explain/teller.h"

/* Bits of the TCP header, as they stand in it (RFC 9293 section 3.1). */
enum { FLAG_FIN = 1, FLAG_SYN = 2, FLAG_RST = 4, FLAG_PSH = 8, FLAG_ACK = 16, FLAG_ECE = 64, FLAG_CWR = 128 };

#define FLAGS_TEXT 48

/* "PSH, ACK". Returns `text`. */
char *flags_format(unsigned flags, char text[static FLAGS_TEXT]);

/* Where the value of a field is known from. */
enum known {
    KNOWN_ASKED,    /* the socket or the kernel told it */
    KNOWN_STANDARD, /* it follows from that and from what the protocol says */
    KNOWN_NOT       /* programs are not shown it */
};

#define FIELD_TEXT 48

struct field {
    const char *name; /* N_() */
    unsigned bits;
    enum known known;
    char value[FIELD_TEXT]; /* "": not known */
};

struct header {
    enum story_layer layer;
    const char *name; /* "TCP" */
    struct reference reference;
    bool behind;     /* it stands behind the data: a trailer */
    unsigned bytes;  /* 8 times that is what its fields have together */
    unsigned across; /* bits in a line of its drawing */
    unsigned first, count;
};

#define HEADERS_MAX 6
#define FIELDS_MAX  64

struct frame {
    struct header headers[HEADERS_MAX]; /* from the outside to the inside; trailers from the inside to the outside */
    unsigned header_count;
    struct field fields[FIELDS_MAX];
    unsigned field_count;
    size_t data; /* bytes of the payload */
};

/* What is sent. */
struct shape {
    enum side from;
    unsigned flags;    /* of TCP */
    uint64_t seq, ack; /* relative: the SYN has 0 */
    size_t data;       /* bytes, that TCP or UDP carries */
    bool sealed;       /* the data is one TLS record, and `data` counts what is in it */
};

/* The frame that carries it. Of a Unix socket there are no headers. */
void frame_build(struct frame *frame, const struct facts *facts, const struct shape *shape);

/* Bytes of the headers of a segment or datagram with these flags, from the link's to the transport's. */
size_t headers_bytes(const struct facts *facts, enum side from, unsigned flags);

/* Bytes of all of it. */
size_t frame_bytes(const struct frame *frame);

/* Bytes of TLS around data that is sealed into one record. */
size_t tls_bytes(const struct tls_terms *tls);

/* Bytes that the options of a segment with these flags have, their padding included (RFC 9293 section 3.1). */
unsigned tcp_options_bytes(const struct facts *facts, enum side from, unsigned flags);

#endif

/* HTTP/1.x (RFC 9110, RFC 9112) as one hears it who only listens: what its parts share. */
#ifndef ZOC_MEANING_HTTP_H
#define ZOC_MEANING_HTTP_H

#include "meaning/dialogue.h"

extern const struct meaning http_methods[39];
extern const struct meaning http_statuses[68];
extern const struct meaning http_fields[97];

extern const struct protocol protocol_websocket; /* what 101 may lead to */

enum http_phase {
    HTTP_START, /* a request line or a status line is to come; a body before it is skipped */
    HTTP_HEAD,
    HTTP_CHUNK,     /* the line with the size of a chunk */
    HTTP_CHUNK_END, /* the end of line behind its bytes, which are skipped */
    HTTP_TRAILERS
};

/* What the end of an answer depends on (RFC 9112, 6.3). */
enum http_asked { HTTP_ASKED_OTHER, HTTP_ASKED_HEAD, HTTP_ASKED_CONNECT };

/* What a head says of how its message is read. */
struct http_head {
    unsigned minor;  /* of the version: HTTP/1.minor */
    unsigned status; /* of an answer */
    enum http_asked asked;
    bool malformed; /* its first line is none */
    bool host, websocket, coded, chunked, sized;
    bool differs;    /* two lengths that are not the same, or one that is no number */
    uint64_t length; /* bytes of the body, if it is sized */
};

struct http_side {
    enum http_phase phase;
    struct http_head head;
    bool discards; /* the rest of a line that was too long */
    bool secret;   /* the field before is: so is what continues it */
    bool lost;     /* where the next message begins is not known: all is skipped */
    bool until_end;
    uint64_t promised;       /* bytes that are to be skipped */
    uint64_t chunked, count; /* bytes of the chunks so far, and how many there were */
};

#define HTTP_PIPELINE_MAX 32          /* requests without an answer that are remembered */
#define HTTP_LINE_MAX     (16 * 1024) /* bytes of a line that are looked at */

struct http {
    struct http_side sides[SIDE_COUNT];
    enum http_asked queue[HTTP_PIPELINE_MAX]; /* a ring: requests without an answer */
    unsigned first, waiting;
    bool overflowed; /* there were more: which answer is whose is no longer known */
    bool told_version[2];
    bool waits; /* what the client says next depends on the answer: after CONNECT, or a wish for WebSocket */
};

/* Who hears what from whom. */
struct http_hearing {
    struct dialogue *dialogue;
    struct http *http;
    enum side speaker;
};

static inline struct http_side *http_side(const struct http_hearing *hearing)
{
    return &hearing->http->sides[hearing->speaker];
}

/* A request line or a status line, without its end. */
void http_hear_start(const struct http_hearing *hearing, zoc_bytes line);

/* A line of the head or of the trailers that is not empty; `counts`: what it says of the message is noted. */
void http_hear_field(const struct http_hearing *hearing, zoc_bytes line, bool counts);

/* The head is whole: says what follows, and goes there. */
void http_end_head(const struct http_hearing *hearing);

void http_hear_chunk(const struct http_hearing *hearing, zoc_bytes line);
void http_hear_chunk_end(const struct http_hearing *hearing, zoc_bytes line);

/* That side says no more; `rest`: it had begun another line. */
void http_hear_end(const struct http_hearing *hearing, bool rest);

/* Nothing more can be told of that side. */
void http_lose(const struct http_hearing *hearing);

#endif

/* Observers: what happens to a dial, a listener or a stream, told as it happens.
 *
 * Verbose output, logs, dumps and metrics are observers; there is no second mechanism. */
#ifndef ZOCALO_OBSERVER_H
#define ZOCALO_OBSERVER_H

#include <stdbool.h>
#include <zocalo/bytes.h>
#include <zocalo/endpoint.h>
#include <zocalo/units.h>

#ifdef __cplusplus
extern "C" {
#endif

struct zoc_stream;

typedef enum zoc_notice_kind {
    ZOC_RESOLVING,  /* name */
    ZOC_RESOLVED,   /* name, addresses, address_count, answers, answer_count, took; with no address it was in vain */
    ZOC_CONNECTING, /* address; of a pipe, file, program or proxied target name instead, also in the next two */
    ZOC_CONNECT_FAILED, /* address, error, took */
    ZOC_CONNECTED,      /* stream, address (the peer's), local, took */
    ZOC_TLS_MESSAGE,    /* stream, content, bytes: a message of a TLS handshake, or an alert; outgoing: we sent it */
    ZOC_TLS_AGREED,     /* stream (zoc_tls_get_info says what), took: the handshake */
    ZOC_LISTENING,      /* local, pin */
    ZOC_ACCEPTED,       /* stream, address (the peer's), local */
    ZOC_RECEIVED,       /* stream, bytes (NULL data when they were spliced), bytes.size */
    ZOC_SENT,           /* stream, bytes, as above; of a write that waits, in parts, before anything else */
    ZOC_PEER_ENDED,     /* stream: the peer sends no more */
    ZOC_WE_ENDED,       /* stream: we send no more */
    ZOC_WE_RESET,       /* stream: we broke it off (zoc_reset) */
    ZOC_FAILED,         /* stream, error: -ECONNRESET, -ETIMEDOUT, ... */
    ZOC_CLOSED          /* stream: the last notice of it */
} zoc_notice_kind;

/* Who said which addresses a name has. */
typedef enum zoc_answerer {
    ZOC_ANSWER_DIGITS, /* nobody: the name is an address */
    ZOC_ANSWER_RULE,   /* nobody: it is localhost (RFC 6761 section 6.3) */
    ZOC_ANSWER_HOSTS,  /* the hosts file of this machine (hosts(5)); of an error: no name server was asked */
    ZOC_ANSWER_SERVER  /* a name server */
} zoc_answerer;

/* What was found out of a name in one family. */
typedef struct zoc_answer {
    int family;         /* AF_INET6 or AF_INET */
    int error;          /* 0; -ZOC_ENAME: it has no address of that family; another one: nobody could say */
    unsigned count;     /* addresses */
    zoc_answerer by;    /* of an error as well, where a server said it */
    zoc_address server; /* whose datagram answered last; size 0: there was none, or it is not known */
    zoc_duration ttl;   /* how long the answer may be kept (RFC 1035 section 3.2.1); 0: that was not said */
} zoc_answer;

typedef enum zoc_tls_content { ZOC_TLS_ALERT = 21, ZOC_TLS_HANDSHAKE = 22 } zoc_tls_content; /* RFC 8446 section 5.1 */

typedef struct zoc_notice {
    zoc_notice_kind kind;
    zoc_time time; /* when it happened */
    struct zoc_stream *stream;
    const char *name;
    const zoc_address *address;
    const zoc_address *local;
    const zoc_address *addresses;
    unsigned address_count;
    const zoc_answer *answers; /* one for each family that was looked up so far */
    unsigned answer_count;
    zoc_tls_content content;
    bool outgoing;
    const char *pin; /* of a TLS certificate that was made here, and that nobody vouches for; NULL */
    zoc_bytes bytes;
    int error;
    zoc_duration took;
} zoc_notice;

/* An observer is embedded in what it keeps. tell() must not wait, nor close the stream; everything that the
 * notice points to is valid during the call only. The observer outlives what it observes. */
typedef struct zoc_observer {
    void (*tell)(struct zoc_observer *observer, const zoc_notice *notice);
} zoc_observer;

/* The name of a kind in snake_case, for logs and JSON: "connect_failed". */
const char *zoc_notice_name(zoc_notice_kind kind);

#ifdef __cplusplus
}
#endif

#endif

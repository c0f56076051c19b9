/* The messages of a handshake and the alerts, for whoever observes a stream. GnuTLS shows them on whatever thread it runs
 * on: copies wait here until the fiber tells them. */
#ifndef ZOC_TLS_TLS_TOLD_H
#define ZOC_TLS_TLS_TOLD_H

#include <gnutls/gnutls.h>
#include <stdbool.h>
#include <zocalo/bytes.h>

#define TLS_TOLD_MESSAGE (16 * 1024) /* bytes of a message that are told, the first of them */
#define TLS_TOLD_MAX     (64 * 1024) /* bytes that wait at most, what tells them apart included: more is not told */

struct tls;

/* Zeroed, nobody observes, and nothing is kept. */
struct tls_told {
    bool observed;
    zoc_buffer waiting; /* each a struct entry and its bytes: see tls_told.c */
};

/* Before a handshake: whoever observes the stream now is to hear of it, and of what comes later. */
void tls_told_begin(struct tls *tls);

/* An alert was sent or came (RFC 8446 section 6). */
void tls_told_alert(struct tls *tls, bool outgoing, int level, int description);

/* Tells what waits, in its order. On a fiber, and while no other fiber is in a handshake of the stream. */
void tls_tell(struct tls *tls);

void tls_told_release(struct tls_told *told);

#endif

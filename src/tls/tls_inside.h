/* TLS from the inside: what a context and a stream keep. */
#ifndef ZOC_TLS_TLS_INSIDE_H
#define ZOC_TLS_TLS_INSIDE_H

#include "stream/layer.h"
#include "tls/tls_library.h"
#include "tls/tls_outbox.h"
#include "tls/tls_told.h"

#include <zocalo/sync.h>
#include <zocalo/tls.h>

#define TLS_ALPN_MAX  16 /* protocols that are offered at most */
#define TLS_CHAIN_MAX 16 /* certificates that a peer may show */
#define TLS_HANDSHAKE_MAX \
    (256 * 1024)          /* bytes that a peer may send in a handshake: GnuTLS would keep 16 MiB of a message */
#define TLS_WORDS_MAX 600 /* bytes of the reasons why a certificate is refused, with their NUL */
#define TLS_PATIENCE_MAX \
    8 /* times that a peer may do what it was told not to: ask for a renegotiation, send warnings */

/* The certificates for one host. */
struct tls_shown {
    gnutls_certificate_credentials_t credentials;
    gnutls_x509_crt_t certificate; /* the first of them; NULL: a client shows none */
};

struct zoc_tls_context {
    unsigned owners; /* atomic */
    zoc_tls_role role;
    struct tls_shown *shown; /* of a server, by hosts; owned */
    size_t shown_count;      /* at least 1 */
    gnutls_priority_t priority;
    gnutls_x509_trust_list_t trust; /* who may vouch for the peer; NULL: nobody is asked */
    bool owns_trust;                /* it is not that of the system */
    gnutls_datum_t ticket_key;      /* of a server: sessions are resumed with tickets that it has sealed; owned */
    char *alpn;                     /* where `protocols` point into; owned */
    gnutls_datum_t protocols[TLS_ALPN_MAX];
    unsigned protocol_count;
    char *sni;             /* owned; NULL */
    char *wanted_pin;      /* owned; NULL */
    char *identity;        /* all that a resumed session must have in common with this context; owned */
    bool insecure;         /* nothing is asked of the peer */
    bool self_made;        /* the certificate was made here */
    bool slow;             /* signing takes a server so long that a worker thread does it */
    char pin[ZOC_TLS_PIN]; /* of the first certificate; "" */
};

enum tls_state {
    TLS_UNDONE, /* nobody is in the handshake; it may have begun */
    TLS_UNDER_WAY,
    TLS_AGREED,
    TLS_FAILED /* for good: see `failure` */
};

struct tls {
    struct layer layer; /* first */
    struct tls_outbox outbox;
    struct tls_told told;
    zoc_tls_context *context; /* shared */
    gnutls_session_t session;
    char *host;        /* that a client means, without a final dot; owned; NULL */
    char *session_key; /* of what can be resumed; owned; NULL */
    enum tls_state state;
    zoc_event settled; /* wakes who waits for the handshake of another */
    zoc_time begun;    /* the handshake; 0: it has not */
    int step;          /* what GnuTLS returned last in it */
    size_t shaken;     /* bytes that were received in it */
    zoc_bytes input;   /* was received and not looked at; lent by the stream below */
    size_t taken;      /* bytes before it that were lent with it, and that GnuTLS has taken */
    char head[8];      /* what the peer said first */
    uint8_t head_size;
    uint8_t patience;                 /* what of TLS_PATIENCE_MAX was used up */
    bool input_ended : 1;             /* the stream below did */
    bool ended : 1;                   /* close_notify came */
    bool verified : 1;                /* the peer's certificate is good */
    bool saved : 1;                   /* the session is kept for resumption */
    gnutls_alert_description_t alert; /* that tells the peer why its certificate is refused */
    char *refusal;                    /* why it is; owned; NULL */
    char *lent;                       /* the chunk that the last receive lent; NULL */
    int failure;                      /* that receiving and the handshake end with, or 0 */
    char *why;                        /* its words; owned */
};

/* tls.c */
extern const struct stream_operations tls_operations;

/* Releases what it keeps, but not the stream below. */
void tls_release(struct tls *tls);

/* As tls_agree, and waits until what the handshake left to be said is written. */
int tls_agree_and_flush(struct tls *tls);

/* Waits for more bytes of the peer, which lie in `input` then. Returns 0, also at the end, or as zoc_receive. */
int tls_receive_below(struct tls *tls);

/* Receiving and the handshake fail for good with the words so far, after the peer was told what it can be told.
 * Returns `error`. */
int tls_give_up(struct tls *tls, int error);

/* The same words again. Returns the failure, which there is. */
int tls_fail_again(const struct tls *tls);

/* Whether the peer may do once more what it should not. */
bool tls_is_patient(struct tls *tls);

/* tls_shown.c: reads what is shown, or makes it, on a worker thread. Returns 0, or a failure with words. */
int tls_shown_get(zoc_tls_context *context, const zoc_tls_options *options, const char *host);
void tls_shown_release(zoc_tls_context *context);

/* What is shown to a client that asked for that name: the first that is for it, or the first of all. */
const struct tls_shown *tls_shown_for(const zoc_tls_context *context, const char *host);

/* tls_context.c: words for a failure of GnuTLS that a file (NULL: none) is behind. Returns the failure for us. */
int tls_refuse_file(int error, const char *path);

/* tls_open.c: the nearest TLS in a stream; NULL. */
struct tls *tls_of(const zoc_stream *stream);

/* What the peer sent last in a handshake is acknowledged now, not with the next answer: a client that does not set
 * TCP_NODELAY waits for that before it says its first words (RFC 896, RFC 1122 section 4.2.3.2). */
void tls_acknowledge_at_once(struct tls *tls);

/* tls_session.c: the session of GnuTLS behind a stream. Returns 0, -ENOMEM, or -ZOC_ETLS with words. */
int tls_session_open(struct tls *tls);
void tls_session_close(struct tls *tls);

/* Whether the peer has to show a certificate that is looked at. */
bool tls_asks_for_certificate(const zoc_tls_context *context);

/* tls_handshake.c: does the handshake, or waits for who does. What it leaves in the outbox goes with what is written
 * next: the caller sees to that. Returns 0 or the failure, with words. */
int tls_agree(struct tls *tls);

/* Tells the peer of a failure of GnuTLS, and has words for it. Returns the failure that it is for us. */
void tls_send_alert(struct tls *tls, int error);
int tls_refuse(const struct tls *tls, int error);

/* Sends that alert. */
void tls_alert(struct tls *tls, gnutls_alert_level_t level, gnutls_alert_description_t description);

/* Notes for the observer that the peer's alert is behind that result of GnuTLS, if one is. */
void tls_hear_alert(struct tls *tls, int result);

/* tls_verify.c: called by GnuTLS in the handshake. Returns 0 when the peer's certificate is good; otherwise
 * tls->refusal says why. From a worker thread too. */
int tls_verify(gnutls_session_t session);

#endif

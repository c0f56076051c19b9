/* TLS 1.2 and 1.3 (RFC 5246, RFC 8446) as a layer over any stream of bytes, by GnuTLS, which is loaded when it is first
 * used.
 *
 * The layer is a stream like any other. Its handshake is done by the first call that receives or writes, or by
 * zoc_tls_handshake; it has ZOC_TLS_HANDSHAKE_TIME. Half-closing sends close_notify and then half-closes the stream
 * below. Closing a healthy stream whose end was not sent sends close_notify too, where that needs no wait; zoc_reset
 * does not. An end of the stream below without close_notify is a truncation, whoever ended first: receiving answers
 * -ZOC_ETRUNCATED. A write that was cut off poisons the stream for writing also when nothing of it has left.
 * Renegotiation (TLS 1.2) is refused; a server's connection ends with that. */
#ifndef ZOCALO_TLS_H
#define ZOCALO_TLS_H

#include <zocalo/endpoint.h>
#include <zocalo/stream.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ZOC_TLS_HANDSHAKE_TIME (10 * ZOC_SECOND) /* for a handshake at most; a shorter deadline counts */
#define ZOC_TLS_PIN            (7 + 64 + 1)      /* bytes of "sha256:" and 64 digits, with the NUL */
#define ZOC_TLS_NAME           256               /* bytes of a name with its NUL */

/* --- credentials --------------------------------------------------------------------------------- */

/* What one side shows and trusts: made once, used by any number of streams in any thread. */
typedef struct zoc_tls_context zoc_tls_context;

typedef enum zoc_tls_role { ZOC_TLS_CLIENT, ZOC_TLS_SERVER } zoc_tls_role;

/* Reads the files of the options (they are the caller's; nothing of them is kept), or finds what was read before: the
 * authorities of the system are loaded once in the life of the process. A server that is given no certificate makes one
 * for `host` (NULL or "": for localhost and the name of this machine), signed by itself with a P-256 key that is kept
 * in the state folder, so that its pin stays the same. A key file that others may read is warned about in the log.
 * Waits for a worker thread. Returns 0; -ENOENT, -EACCES and the like with words that name the file; -ZOC_ETLS with
 * words for a file that is no certificate or key, or a key that belongs to another certificate; -EINVAL; -ELIBACC;
 * -ENOMEM. */
int zoc_tls_context_new(const zoc_tls_options *options, zoc_tls_role role, const char *host,
                        zoc_tls_context **ret_context);

/* Another owner of it, who frees it as well. From any thread. Returns it. */
zoc_tls_context *zoc_tls_context_share(zoc_tls_context *context);
void zoc_tls_context_free(zoc_tls_context *context); /* NULL is fine */

/* Of a server's first certificate: the pin of its public key, "sha256:...". "" of a client without one. */
const char *zoc_tls_context_pin(const zoc_tls_context *context);

/* Whether the server's certificate was made here, and no authority vouches for it. */
bool zoc_tls_context_is_self_made(const zoc_tls_context *context);

/* --- streams -------------------------------------------------------------------------------------- */

/* Puts TLS over a stream of bytes, which it takes over on success only. The context is shared. Neither waits nor
 * begins the handshake. A client wants the name of the host that it means, for SNI and for the certificate (RFC 6125,
 * RFC 9525: the leftmost label alone may be a wildcard; digits are compared with the addresses of a certificate), and
 * a text that names where it connects, for resumption of an earlier session with the same text (RFC 8446 section 2.2,
 * RFC 5077), whose certificate is looked at again; NULL: none. What was received from the stream before and not
 * looked at is not part of TLS: the caller throws it away (STARTTLS). Over TCP, TCP_NODELAY is set. Return 0; -EINVAL
 * for a stream of messages; -ZOC_ETLS with words; -ENOMEM. */
int zoc_tls_client(zoc_stream *below, zoc_tls_context *context, const char *host, const char *session,
                   zoc_stream **ret_stream);
int zoc_tls_server(zoc_stream *below, zoc_tls_context *context, zoc_stream **ret_stream);

/* Does the handshake of a stream that has TLS in it, if it was not done; nothing on any other stream. Waits, also
 * after a soft stop, but for a client that has said nothing yet (ZOC_LAST_CALL). One that a cancel or a deadline cut
 * short goes on with the next call. Returns 0; -ZOC_ETLS with words: what the peer sent is not TLS, which alert it
 * sent ("the peer's alert: handshake failure"), ...; -ZOC_ECERTIFICATE with words: why its certificate is refused
 * (expired on ..., not valid before ..., issued for other names: ..., its issuer is not known, revoked, ...);
 * -ETIMEDOUT, -ECONNRESET, ... */
int zoc_tls_handshake(zoc_stream *stream);

/* What was agreed on. What the peer chose is escaped (zoc_escape), so that a terminal can show it. */
typedef struct zoc_tls_info {
    const char *version;           /* "TLS 1.3" */
    const char *cipher;            /* the name of RFC 8446 or IANA's registry: "TLS_AES_256_GCM_SHA384" */
    const char *group;             /* of the key exchange: "X25519"; "" */
    char alpn[ZOC_TLS_NAME];       /* "" when none was agreed on */
    char name[ZOC_TLS_NAME];       /* the server name that the client asked for; "" */
    bool resumed;                  /* an earlier session goes on, and the certificate is that of then */
    bool verified;                 /* the peer's certificate was checked and is good */
    char pin[ZOC_TLS_PIN];         /* of the peer's public key; "" when it showed no certificate */
    char subject[ZOC_TLS_NAME];    /* of the peer's certificate (RFC 4514), cut where it is longer; "" */
    char issuer[ZOC_TLS_NAME];     /* the same */
    int64_t not_before, not_after; /* of the peer's certificate, seconds since 1970; 0 */
} zoc_tls_info;

/* Of the nearest TLS in the stream, after the handshake. Strings of fixed names live for ever. Returns 0, or
 * -EOPNOTSUPP when there is none or the handshake was not done. */
int zoc_tls_get_info(const zoc_stream *stream, zoc_tls_info *ret_info);

#ifdef __cplusplus
}
#endif

#endif

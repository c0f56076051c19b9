/* Sessions that clients may resume (RFC 8446 section 2.2, RFC 5077), of the whole process: the newest of each key, and
 * at most TLS_SESSIONS_MAX. The one that was not used for the longest time goes first. From any thread. */
#ifndef ZOC_TLS_TLS_SESSIONS_H
#define ZOC_TLS_TLS_SESSIONS_H

#include <zocalo/bytes.h>

#define TLS_SESSIONS_MAX     64
#define TLS_SESSION_SIZE_MAX (16 * 1024) /* bytes; a larger one is not kept */

/* Keeps a copy, instead of an earlier one. What cannot be kept is not. */
void tls_sessions_put(const char *key, zoc_bytes session);

/* Takes it out: a ticket is used once (RFC 8446 appendix C.4). The caller frees its data; NULL when there is none. */
zoc_bytes tls_sessions_take(const char *key);

#endif

/* A certificate that a server makes for itself. Runs on worker threads. */
#ifndef ZOC_TLS_TLS_MADE_H
#define ZOC_TLS_TLS_MADE_H

#include "tls/tls_library.h"

#define TLS_MADE_YEARS 10            /* that it is valid */
#define TLS_KEY_NAME   "tls-key.pem" /* of its key, in the state folder */

/* Makes one for `host`, a name or an address; NULL, "" and the address of all interfaces: for localhost, its addresses
 * and the name of this machine. It is signed by itself with a P-256 key that is kept in the state folder, and made
 * there when it is missing: of processes that do so at once, all get the same. Where it cannot be kept, a warning in
 * the log says that it will not stay the same. The caller deinitialises both. Returns 0, or -ZOC_ETLS or a negative
 * errno with words. */
int tls_made(const char *host, gnutls_x509_privkey_t *ret_key, gnutls_x509_crt_t *ret_certificate);

#endif

/* Who may vouch for a peer. Runs on worker threads. */
#ifndef ZOC_TLS_TLS_TRUST_H
#define ZOC_TLS_TLS_TRUST_H

#include "tls/tls_library.h"

/* The authorities of the system, which are loaded once in the life of the process. Borrowed for ever. Returns 0, or
 * -ENOMEM with words. */
int tls_trust_system(gnutls_x509_trust_list_t *ret_trust);

/* Those of a PEM file; lists of revoked certificates (RFC 5280 section 5) in it are heeded too. The caller
 * deinitialises it. Returns 0, or a failure with words that name the file. */
int tls_trust_file(const char *path, gnutls_x509_trust_list_t *ret_trust);

#endif

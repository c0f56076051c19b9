/* Whether a certificate is for a host (RFC 9525 sections 6.3 to 6.5). */
#ifndef ZOC_TLS_TLS_NAMES_H
#define ZOC_TLS_TLS_NAMES_H

#include <stdbool.h>
#include <zocalo/bytes.h>

/* A name of DNS that a certificate has: the same, in either case, or "*." and the same but for the first label. What
 * follows the star has a dot of its own in it. Neither has a final dot. */
bool tls_name_matches(zoc_bytes presented, const char *host);

/* An address that a certificate has: 4 or 16 bytes. */
bool tls_ip_matches(zoc_bytes presented, const char *host);

/* Whether a host is digits, and no name. */
bool tls_is_ip(const char *host);

#endif

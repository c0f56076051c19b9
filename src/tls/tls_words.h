/* What TLS says in numbers, in words: alerts, failures, versions. */
#ifndef ZOC_TLS_TLS_WORDS_H
#define ZOC_TLS_TLS_WORDS_H

#include <stdbool.h>
#include <zocalo/bytes.h>

/* The name of an alert (RFC 8446 section 6.2 and the registry of IANA): "unknown ca"; NULL when it has none. */
const char *tls_alert_name(int alert);

/* Whether bytes can be the beginning of what a TLS peer says first (RFC 8446 section 5.1). */
bool tls_looks_right(zoc_bytes bytes);

/* What bytes look like that are no TLS: "HTTP"; NULL when nobody knows. */
const char *tls_looks_like(zoc_bytes bytes);

#endif

/* Contexts of clients that are kept, of the whole process: who dials the same again and again does not read the same
 * files each time. At most TLS_KEPT_MAX, of which the one that was not used for the longest time goes first. A file that
 * was changed or replaced is read anew. From any thread. */
#ifndef ZOC_TLS_TLS_KEPT_H
#define ZOC_TLS_TLS_KEPT_H

#include <zocalo/tls.h>

#define TLS_KEPT_MAX 8

/* A context for the options, which the caller frees: a kept one, or one that is made, and is kept from then on. Waits as
 * zoc_tls_context_new does, and returns the same. */
int tls_kept_context(const zoc_tls_options *options, zoc_tls_context **ret_context);

#endif

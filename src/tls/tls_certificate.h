/* What a certificate says of itself. */
#ifndef ZOC_TLS_TLS_CERTIFICATE_H
#define ZOC_TLS_TLS_CERTIFICATE_H

#include "tls/tls_library.h"

#include <stdbool.h>
#include <zocalo/bytes.h>
#include <zocalo/tls.h>

#define TLS_NAME_TEXT 80 /* bytes of one name that is shown, with its NUL; a longer one is cut */

/* A subject alternative name (RFC 5280 section 4.2.1.6). */
struct tls_name {
    bool is_dns, is_ip; /* neither: of another kind */
    zoc_bytes bytes;    /* in `data` */
    char data[ZOC_TLS_NAME];
};

/* Reads one from DER; it is deinitialised by the caller. Returns 0 or an error of GnuTLS. */
int tls_certificate_import(const gnutls_datum_t *der, gnutls_x509_crt_t *ret_certificate);

/* The name of that number from 0 on. One that is longer than a name of DNS can be is of no kind. Returns 0, or an error
 * of GnuTLS when there are no more. */
int tls_certificate_name(gnutls_x509_crt_t certificate, unsigned number, struct tls_name *ret_name);

/* As text, escaped. Returns `text`. */
char *tls_name_text(const struct tls_name *name, char text[TLS_NAME_TEXT]);

/* As RFC 4514 has it, escaped and cut. Each returns `text`. */
char *tls_certificate_subject(gnutls_x509_crt_t certificate, char *text, size_t size);
char *tls_certificate_issuer(gnutls_x509_crt_t certificate, char *text, size_t size);

/* "sha256:..." of its public key, and of a whole certificate in DER; "" when there is no memory. */
void tls_key_pin(gnutls_x509_crt_t certificate, char ret_pin[ZOC_TLS_PIN]);
void tls_certificate_pin(const gnutls_datum_t *der, char ret_pin[ZOC_TLS_PIN]);

#endif

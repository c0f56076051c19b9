#include "tls/tls_certificate.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

#define SHA256_SIZE 32

int tls_certificate_import(const gnutls_datum_t *der, gnutls_x509_crt_t *ret_certificate)
{
    gnutls_x509_crt_t certificate;
    int result = gnutls.gnutls_x509_crt_init(&certificate);

    if (result < 0)
        return result;
    result = gnutls.gnutls_x509_crt_import(certificate, der, GNUTLS_X509_FMT_DER);
    if (result < 0)
        gnutls.gnutls_x509_crt_deinit(certificate);
    else
        *ret_certificate = certificate;
    return result;
}

/* --- names ---------------------------------------------------------------------------------------- */

int tls_certificate_name(gnutls_x509_crt_t certificate, unsigned number, struct tls_name *ret_name)
{
    size_t size = sizeof ret_name->data;
    int kind = gnutls.gnutls_x509_crt_get_subject_alt_name(certificate, number, ret_name->data, &size, NULL);

    if (kind < 0 && kind != GNUTLS_E_SHORT_MEMORY_BUFFER)
        return kind;
    ret_name->is_dns = kind == GNUTLS_SAN_DNSNAME;
    ret_name->is_ip = kind == GNUTLS_SAN_IPADDRESS;
    ret_name->bytes = (zoc_bytes){ ret_name->data, kind < 0 ? 0 : size };
    return 0;
}

char *tls_name_text(const struct tls_name *name, char text[TLS_NAME_TEXT])
{
    int family = name->bytes.size == 4 ? AF_INET : AF_INET6;

    if (name->is_ip && (family == AF_INET || name->bytes.size == 16))
        return (char *)inet_ntop(family, name->bytes.data, text, TLS_NAME_TEXT);
    return zoc_escape(name->bytes, text, TLS_NAME_TEXT);
}

static char *write_name(int result, gnutls_datum_t *name, char *text, size_t size)
{
    zoc_bytes bytes = { result < 0 ? "" : (const char *)name->data, result < 0 ? 0 : name->size };

    zoc_escape(bytes, text, size);
    free(name->data);
    return text;
}

char *tls_certificate_subject(gnutls_x509_crt_t certificate, char *text, size_t size)
{
    gnutls_datum_t name = { 0 };

    return write_name(gnutls.gnutls_x509_crt_get_dn3(certificate, &name, 0), &name, text, size);
}

char *tls_certificate_issuer(gnutls_x509_crt_t certificate, char *text, size_t size)
{
    gnutls_datum_t name = { 0 };

    return write_name(gnutls.gnutls_x509_crt_get_issuer_dn3(certificate, &name, 0), &name, text, size);
}

/* --- pins ----------------------------------------------------------------------------------------- */

static void write_pin(int result, const unsigned char hash[SHA256_SIZE], char ret_pin[ZOC_TLS_PIN])
{
    int used = result < 0 ? 0 : sprintf(ret_pin, "sha256:");

    ret_pin[used] = '\0';
    for (int i = 0; i < SHA256_SIZE && result >= 0; i++)
        used += sprintf(ret_pin + used, "%02x", hash[i]);
}

void tls_key_pin(gnutls_x509_crt_t certificate, char ret_pin[ZOC_TLS_PIN])
{
    unsigned char hash[SHA256_SIZE];
    size_t size = sizeof hash;

    write_pin(gnutls.gnutls_x509_crt_get_key_id(certificate, GNUTLS_KEYID_USE_SHA256, hash, &size), hash, ret_pin);
}

void tls_certificate_pin(const gnutls_datum_t *der, char ret_pin[ZOC_TLS_PIN])
{
    unsigned char hash[SHA256_SIZE];
    size_t size = sizeof hash;

    write_pin(gnutls.gnutls_fingerprint(GNUTLS_DIG_SHA256, der, hash, &size), hash, ret_pin);
}

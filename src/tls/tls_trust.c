#include "tls/tls_trust.h"

#include "base/text.h"
#include "tls/tls_files.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <zocalo/error.h>

static int load_system(gnutls_x509_trust_list_t *ret_trust)
{
    gnutls_x509_trust_list_t trust;

    if (gnutls.gnutls_x509_trust_list_init(&trust, 0) < 0)
        return zoc_refuse(-ENOMEM, "%s", zoc_error_text(-ENOMEM));
    gnutls.gnutls_x509_trust_list_add_system_trust(trust, 0, 0); /* a system without any vouches for nobody */
    *ret_trust = trust;
    return 0;
}

int tls_trust_system(gnutls_x509_trust_list_t *ret_trust)
{
    static pthread_mutex_t loading = PTHREAD_MUTEX_INITIALIZER;
    static gnutls_x509_trust_list_t system;

    pthread_mutex_lock(&loading);
    int result = system ? 0 : load_system(&system);
    pthread_mutex_unlock(&loading);
    if (result == 0)
        *ret_trust = system;
    return result;
}

/* The authorities of the file have to be in the list before the lists that they signed. */
static int add_trust(gnutls_x509_trust_list_t trust, const char *path, const zoc_buffer *text)
{
    static const char crl[] = "-----BEGIN X509 CRL";
    gnutls_datum_t pem = { (unsigned char *)text->data, (unsigned)text->size };
    int count = gnutls.gnutls_x509_trust_list_add_trust_mem(trust, &pem, NULL, GNUTLS_X509_FMT_PEM, 0, 0);

    if (count <= 0)
        return zoc_refuse(-ZOC_ETLS, _("file '%s': there is no certificate in it"), path);
    if (!memmem(text->data, text->size, crl, sizeof crl - 1))
        return 0;
    count =
        gnutls.gnutls_x509_trust_list_add_trust_mem(trust, NULL, &pem, GNUTLS_X509_FMT_PEM, GNUTLS_TL_VERIFY_CRL, 0);
    if (count <= 0)
        return zoc_refuse(-ZOC_ETLS, _("file '%s': its list of revoked certificates cannot be used"), path);
    return 0;
}

int tls_trust_file(const char *path, gnutls_x509_trust_list_t *ret_trust)
{
    gnutls_x509_trust_list_t trust = NULL;
    zoc_buffer text = { 0 };
    mode_t mode;
    int result = tls_file_read(path, &text, &mode);

    if (result < 0)
        return result;
    if (gnutls.gnutls_x509_trust_list_init(&trust, 0) < 0)
        result = zoc_refuse(-ENOMEM, "%s", zoc_error_text(-ENOMEM));
    else
        result = add_trust(trust, path, &text);
    tls_file_forget(&text);
    if (result == 0)
        *ret_trust = trust;
    else if (trust)
        gnutls.gnutls_x509_trust_list_deinit(trust, 1);
    return result;
}

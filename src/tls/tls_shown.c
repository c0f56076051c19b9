#include "base/text.h"
#include "tls/tls_certificate.h"
#include "tls/tls_files.h"
#include "tls/tls_inside.h"
#include "tls/tls_made.h"
#include "tls/tls_names.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <zocalo/error.h>
#include <zocalo/log.h>

#define OTHERS 077 /* of a mode: everybody but the owner */

/* --- certificates from files ------------------------------------------------------------------------ */

static void warn_of_readers(const char *path, mode_t mode)
{
    char octal[8];

    if (!S_ISREG(mode) || !(mode & OTHERS))
        return;
    snprintf(octal, sizeof octal, "%04o", mode & 07777);
    zoc_log_record(ZOC_LOG_WARNING, "others than its owner may use a file with a private key",
                   (zoc_log_field[]){ { "file", .text = path }, { "mode", .text = octal } }, 2);
}

/* Returns 0 with the first certificate of a chain, which the caller deinitialises. */
static int import_first(const gnutls_datum_t *pem, const char *path, gnutls_x509_crt_t *ret_certificate)
{
    gnutls_x509_crt_t *chain = NULL;
    unsigned count = 0;
    int result = gnutls.gnutls_x509_crt_list_import2(&chain, &count, pem, GNUTLS_X509_FMT_PEM, 0);

    if (result == GNUTLS_E_NO_CERTIFICATE_FOUND || (result >= 0 && count == 0))
        return zoc_refuse(-ZOC_ETLS, _("file '%s': there is no certificate in it"), path);
    if (result < 0)
        return tls_refuse_file(result, path);
    for (unsigned i = 1; i < count; i++)
        gnutls.gnutls_x509_crt_deinit(chain[i]);
    *ret_certificate = chain[0];
    free(chain);
    return 0;
}

static int check_key(const gnutls_datum_t *pem, const char *path)
{
    gnutls_x509_privkey_t key;
    int result = gnutls.gnutls_x509_privkey_init(&key);

    if (result < 0)
        return tls_refuse_file(result, path);
    result = gnutls.gnutls_x509_privkey_import2(key, pem, GNUTLS_X509_FMT_PEM, NULL, 0);
    gnutls.gnutls_x509_privkey_deinit(key);
    if (result == GNUTLS_E_DECRYPTION_FAILED)
        return zoc_refuse(-ZOC_ETLS, _("file '%s': its key is encrypted"), path);
    if (result < 0)
        return zoc_refuse(-ZOC_ETLS, _("file '%s': there is no private key in it"), path);
    return 0;
}

/* Whether two certificates are for the same host: then GnuTLS chooses by what the peer can check. */
static bool is_for_same(gnutls_x509_crt_t one, gnutls_x509_crt_t other)
{
    struct tls_name name, other_name;

    return tls_certificate_name(one, 0, &name) == 0 && tls_certificate_name(other, 0, &other_name) == 0 &&
           name.is_dns && other_name.is_dns && name.bytes.size == other_name.bytes.size &&
           memcmp(name.data, other_name.data, name.bytes.size) == 0;
}

/* Where it goes: to another one for that host, or to a place of its own. Takes the certificate over. NULL when there is
 * no memory. */
static struct tls_shown *place(zoc_tls_context *context, gnutls_x509_crt_t certificate)
{
    struct tls_shown made = { .certificate = certificate };

    for (size_t i = 0; i < context->shown_count && certificate; i++) {
        if (!is_for_same(context->shown[i].certificate, certificate))
            continue;
        gnutls.gnutls_x509_crt_deinit(certificate);
        return &context->shown[i];
    }
    struct tls_shown *shown = realloc(context->shown, (context->shown_count + 1) * sizeof *shown);
    if (shown)
        context->shown = shown;
    if (shown && gnutls.gnutls_certificate_allocate_credentials(&made.credentials) == 0) {
        shown[context->shown_count] = made;
        return &shown[context->shown_count++];
    }
    if (certificate)
        gnutls.gnutls_x509_crt_deinit(certificate);
    return NULL;
}

/* Of the first certificate the pin is known from now on. */
static void note(zoc_tls_context *context, gnutls_x509_crt_t certificate)
{
    unsigned bits;

    if (!*context->pin)
        tls_key_pin(certificate, context->pin);
    context->slow |= gnutls.gnutls_x509_crt_get_pk_algorithm(certificate, &bits) == GNUTLS_PK_RSA;
}

static int use_pair(zoc_tls_context *context, const zoc_tls_files *files, const zoc_buffer *chain,
                    const zoc_buffer *secret)
{
    const char *key_path = files->key ? files->key : files->certificate;
    gnutls_datum_t certificate_pem = { (unsigned char *)chain->data, (unsigned)chain->size };
    gnutls_datum_t key_pem = { (unsigned char *)secret->data, (unsigned)secret->size };
    gnutls_x509_crt_t certificate = NULL;
    int result = import_first(&certificate_pem, files->certificate, &certificate);

    if (result < 0)
        return result;
    note(context, certificate);
    const struct tls_shown *shown = place(context, certificate);
    result = shown ? check_key(&key_pem, key_path) : -ENOMEM;
    if (result < 0)
        return result;
    result = gnutls.gnutls_certificate_set_x509_key_mem2(shown->credentials, &certificate_pem, &key_pem,
                                                         GNUTLS_X509_FMT_PEM, NULL, 0);
    if (result == GNUTLS_E_CERTIFICATE_KEY_MISMATCH)
        return zoc_refuse(-ZOC_ETLS, _("the key in '%s' does not belong to the certificate in '%s'"), key_path,
                          files->certificate);
    return result < 0 ? tls_refuse_file(result, files->certificate) : 0;
}

static int read_pair(zoc_tls_context *context, const zoc_tls_files *files)
{
    zoc_buffer chain = { 0 }, secret = { 0 };
    mode_t mode;
    int result = tls_file_read(files->certificate, &chain, &mode);

    if (result == 0 && files->key)
        result = tls_file_read(files->key, &secret, &mode);
    if (result == 0) {
        warn_of_readers(files->key ? files->key : files->certificate, mode);
        result = use_pair(context, files, &chain, files->key ? &secret : &chain);
    }
    tls_file_forget(&chain);
    tls_file_forget(&secret);
    return result;
}

static int use_made(zoc_tls_context *context, const char *host)
{
    gnutls_x509_privkey_t key = NULL;
    gnutls_x509_crt_t certificate = NULL;
    int result = tls_made(host, &key, &certificate);

    if (result < 0)
        return result;
    note(context, certificate);
    context->self_made = true;
    const struct tls_shown *shown = place(context, certificate);
    if (shown)
        result = gnutls.gnutls_certificate_set_x509_key(shown->credentials, &certificate, 1, key);
    gnutls.gnutls_x509_privkey_deinit(key);
    return !shown ? -ENOMEM : result < 0 ? tls_refuse_file(result, NULL) : 0;
}

int tls_shown_get(zoc_tls_context *context, const zoc_tls_options *options, const char *host)
{
    int result = 0;

    for (size_t i = 0; i < options->file_count && result == 0; i++)
        result = read_pair(context, &options->files[i]);
    if (result < 0 || options->file_count > 0)
        return result;
    if (context->role == ZOC_TLS_SERVER)
        return use_made(context, host);
    return place(context, NULL) ? 0 : -ENOMEM;
}

void tls_shown_release(zoc_tls_context *context)
{
    for (size_t i = 0; i < context->shown_count; i++) {
        gnutls.gnutls_certificate_free_credentials(context->shown[i].credentials);
        if (context->shown[i].certificate)
            gnutls.gnutls_x509_crt_deinit(context->shown[i].certificate);
    }
    free(context->shown);
}

/* --- which one -------------------------------------------------------------------------------------- */

static bool is_for(gnutls_x509_crt_t certificate, const char *host)
{
    struct tls_name name;

    for (unsigned i = 0; tls_certificate_name(certificate, i, &name) == 0; i++)
        if (name.is_dns && tls_name_matches(name.bytes, host))
            return true;
    return false;
}

const struct tls_shown *tls_shown_for(const zoc_tls_context *context, const char *host)
{
    for (size_t i = 0; i < context->shown_count; i++)
        if (is_for(context->shown[i].certificate, host))
            return &context->shown[i];
    return &context->shown[0];
}

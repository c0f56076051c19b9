#include "tls/tls_made.h"

#include "base/state_path.h"
#include "base/text.h"
#include "tls/tls_files.h"
#include "world/world.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zocalo/endpoint.h>
#include <zocalo/error.h>
#include <zocalo/log.h>

#define DAY             (24 * 60 * 60) /* seconds */
#define YEAR            (365 * DAY)
#define COMMON_NAME_MAX 64 /* bytes (RFC 5280 appendix A.1, ub-common-name) */

static int refuse(int error, const char *what)
{
    return zoc_refuse(error == GNUTLS_E_MEMORY_ERROR ? -ENOMEM : -ZOC_ETLS, "%s: %s", what,
                      gnutls.gnutls_strerror(error));
}

/* --- the key --------------------------------------------------------------------------------------- */

static int generate(gnutls_x509_privkey_t key)
{
    int result =
        gnutls.gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0);

    return result < 0 ? refuse(result, _("a key cannot be made")) : 0;
}

/* Returns 0, -ENOENT when there is none, or another failure with words. */
static int read_key(const char *path, gnutls_x509_privkey_t key)
{
    zoc_buffer text = { 0 };
    mode_t mode;
    int result = tls_file_read(path, &text, &mode);

    if (result < 0)
        return result;
    gnutls_datum_t pem = { (unsigned char *)text.data, (unsigned)text.size };
    result = gnutls.gnutls_x509_privkey_import2(key, &pem, GNUTLS_X509_FMT_PEM, NULL, 0);
    tls_file_forget(&text);
    return result < 0 ? refuse(result, path) : 0;
}

static int write_key(const char *path, gnutls_x509_privkey_t key)
{
    gnutls_datum_t pem = { 0 };
    int result = gnutls.gnutls_x509_privkey_export2_pkcs8(key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &pem);

    if (result < 0)
        return refuse(result, path);
    result = tls_file_write(path, (zoc_bytes){ (const char *)pem.data, pem.size });
    explicit_bzero(pem.data, pem.size);
    free(pem.data);
    return result;
}

/* Whoever has the lock looks again before it makes one. */
static int read_or_make_key(const char *path, const char *lock, gnutls_x509_privkey_t key)
{
    int result = read_key(path, key);

    if (result != -ENOENT)
        return result;
    int fd = tls_file_lock(lock);
    if (fd < 0)
        return fd;
    result = read_key(path, key);
    if (result == -ENOENT) {
        result = generate(key);
        if (result == 0)
            result = write_key(path, key);
    }
    zoc_world->close(fd);
    return result;
}

static int find_key(gnutls_x509_privkey_t key)
{
    char *path = NULL, *lock = NULL;
    int result = state_path(TLS_KEY_NAME, &path);

    if (result == 0)
        result = state_path(TLS_KEY_NAME ".lock", &lock);
    if (result < 0)
        zoc_refuse(result, _("there is no folder for it"));
    else
        result = read_or_make_key(path, lock, key);
    free(path);
    free(lock);
    return result;
}

static void warn_of_change(void)
{
    zoc_log(ZOC_LOG_WARNING, "the key of the TLS certificate cannot be kept, so its fingerprint will change: %s",
            zoc_why());
}

static int get_key(gnutls_x509_privkey_t *ret_key)
{
    gnutls_x509_privkey_t key;
    int result = gnutls.gnutls_x509_privkey_init(&key);

    if (result < 0)
        return refuse(result, _("a key cannot be made"));
    if (find_key(key) < 0) {
        warn_of_change();
        gnutls.gnutls_x509_privkey_deinit(key); /* it may have been made */
        result = gnutls.gnutls_x509_privkey_init(&key);
        result = result < 0 ? refuse(result, _("a key cannot be made")) : generate(key);
        if (result < 0)
            return result;
    }
    *ret_key = key;
    return 0;
}

/* --- the certificate ------------------------------------------------------------------------------- */

static int add_name(gnutls_x509_crt_t certificate, const char *name)
{
    zoc_address address;

    if (zoc_address_parse_ip(name, 0, &address) < 0)
        return gnutls.gnutls_x509_crt_set_subject_alt_name(certificate, GNUTLS_SAN_DNSNAME, name,
                                                           (unsigned)strlen(name), GNUTLS_FSAN_APPEND);
    bool ip4 = address.any.sa_family == AF_INET;
    const void *digits = ip4 ? (const void *)&address.ip4.sin_addr : (const void *)&address.ip6.sin6_addr;
    return gnutls.gnutls_x509_crt_set_subject_alt_name(certificate, GNUTLS_SAN_IPADDRESS, digits, ip4 ? 4 : 16,
                                                       GNUTLS_FSAN_APPEND);
}

/* Where it is not known for which name a client will come. */
static int add_usual_names(gnutls_x509_crt_t certificate)
{
    static const char *const names[] = { "localhost", "127.0.0.1", "::1" };
    char machine[ZOC_HOST_MAX + 1] = "";
    int result = 0;

    for (size_t i = 0; i < sizeof names / sizeof *names && result == 0; i++)
        result = add_name(certificate, names[i]);
    if (result < 0 || gethostname(machine, sizeof machine - 1) < 0 || !*machine || strcmp(machine, "localhost") == 0)
        return result;
    return add_name(certificate, machine);
}

static bool is_any(const char *host)
{
    return !host || !*host || strcmp(host, "0.0.0.0") == 0 || strcmp(host, "::") == 0;
}

static int name_it(gnutls_x509_crt_t certificate, const char *host)
{
    const char *name = is_any(host) ? "localhost" : host;
    const char *common = strlen(name) <= COMMON_NAME_MAX ? name : "zocalo";
    int result = gnutls.gnutls_x509_crt_set_dn_by_oid(certificate, GNUTLS_OID_X520_COMMON_NAME, 0, common,
                                                      (unsigned)strlen(common));

    if (result < 0)
        return result;
    return is_any(host) ? add_usual_names(certificate) : add_name(certificate, host);
}

static int number_it(gnutls_x509_crt_t certificate)
{
    unsigned char serial[16];

    zoc_world->random(serial, sizeof serial);
    serial[0] = (unsigned char)((serial[0] & 0x7f) | 0x40); /* positive, and of that length */
    return gnutls.gnutls_x509_crt_set_serial(certificate, serial, sizeof serial);
}

static int date_it(gnutls_x509_crt_t certificate)
{
    time_t now = (time_t)(zoc_world->wall() / ZOC_SECOND);
    int result = gnutls.gnutls_x509_crt_set_activation_time(certificate, now - DAY);

    return result < 0 ? result
                      : gnutls.gnutls_x509_crt_set_expiration_time(certificate, now + (time_t)TLS_MADE_YEARS * YEAR);
}

static int say_what_for(gnutls_x509_crt_t certificate)
{
    int result = gnutls.gnutls_x509_crt_set_basic_constraints(certificate, 0, -1);

    if (result == 0)
        result = gnutls.gnutls_x509_crt_set_key_usage(certificate, GNUTLS_KEY_DIGITAL_SIGNATURE);
    if (result == 0)
        result = gnutls.gnutls_x509_crt_set_key_purpose_oid(certificate, GNUTLS_KP_TLS_WWW_SERVER, 0);
    return result;
}

static int fill_in(gnutls_x509_crt_t certificate, gnutls_x509_privkey_t key, const char *host)
{
    int result = gnutls.gnutls_x509_crt_set_version(certificate, 3);

    if (result == 0)
        result = number_it(certificate);
    if (result == 0)
        result = date_it(certificate);
    if (result == 0)
        result = name_it(certificate, host);
    if (result == 0)
        result = say_what_for(certificate);
    if (result == 0)
        result = gnutls.gnutls_x509_crt_set_key(certificate, key);
    if (result == 0)
        result = gnutls.gnutls_x509_crt_sign2(certificate, certificate, key, GNUTLS_DIG_SHA256, 0);
    return result;
}

static int make_certificate(gnutls_x509_privkey_t key, const char *host, gnutls_x509_crt_t *ret_certificate)
{
    gnutls_x509_crt_t certificate;
    int result = gnutls.gnutls_x509_crt_init(&certificate);

    if (result < 0)
        return refuse(result, _("a certificate cannot be made"));
    result = fill_in(certificate, key, host);
    if (result < 0) {
        gnutls.gnutls_x509_crt_deinit(certificate);
        return refuse(result, _("a certificate cannot be made"));
    }
    *ret_certificate = certificate;
    return 0;
}

int tls_made(const char *host, gnutls_x509_privkey_t *ret_key, gnutls_x509_crt_t *ret_certificate)
{
    gnutls_x509_privkey_t key = NULL;
    int result = get_key(&key);

    if (result < 0)
        return result;
    result = make_certificate(key, host, ret_certificate);
    if (result < 0)
        gnutls.gnutls_x509_privkey_deinit(key);
    else
        *ret_key = key;
    return result;
}

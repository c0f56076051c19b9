#include "tls/tls_certificate.h"
#include "tls/tls_inside.h"
#include "tls/tls_names.h"

#include <errno.h>
#include <stdio.h>

static void tell_protocols(const struct tls *tls, zoc_tls_info *info)
{
    gnutls_group_t group = gnutls.gnutls_group_get(tls->session);
    const char *cipher = gnutls.gnutls_ciphersuite_get(tls->session);
    const char *name = group ? gnutls.gnutls_group_get_name(group) : NULL;
    bool newest = gnutls.gnutls_protocol_get_version(tls->session) == GNUTLS_TLS1_3;

    info->version = newest ? "TLS 1.3" : "TLS 1.2";
    info->cipher = cipher ? cipher : "";
    info->group = name ? name : "";
    info->resumed = gnutls.gnutls_session_is_resumed(tls->session) != 0;
    info->verified = tls->verified;
}

static void tell_alpn(const struct tls *tls, zoc_tls_info *info)
{
    gnutls_datum_t protocol = { 0 };

    if (gnutls.gnutls_alpn_get_selected_protocol(tls->session, &protocol) == 0)
        zoc_escape((zoc_bytes){ (const char *)protocol.data, protocol.size }, info->alpn, sizeof info->alpn);
}

/* A client knows what it asked for, which is never an address; a server is told. */
static void tell_name(const struct tls *tls, zoc_tls_info *info)
{
    const char *asked = tls->context->sni ? tls->context->sni : tls->host;
    char name[ZOC_TLS_NAME] = "";
    size_t size = sizeof name;
    unsigned type = GNUTLS_NAME_DNS;

    if (tls->context->role == ZOC_TLS_CLIENT)
        snprintf(info->name, sizeof info->name, "%s", asked && !tls_is_ip(asked) ? asked : "");
    else if (gnutls.gnutls_server_name_get(tls->session, name, &size, &type, 0) == 0)
        zoc_escape(zoc_bytes_of(name), info->name, sizeof info->name);
}

static void tell_peer(const struct tls *tls, zoc_tls_info *info)
{
    unsigned count = 0;
    const gnutls_datum_t *shown = gnutls.gnutls_certificate_get_peers(tls->session, &count);
    gnutls_x509_crt_t certificate;

    if (count == 0 || tls_certificate_import(&shown[0], &certificate) < 0)
        return;
    tls_key_pin(certificate, info->pin);
    tls_certificate_subject(certificate, info->subject, sizeof info->subject);
    tls_certificate_issuer(certificate, info->issuer, sizeof info->issuer);
    info->not_before = gnutls.gnutls_x509_crt_get_activation_time(certificate);
    info->not_after = gnutls.gnutls_x509_crt_get_expiration_time(certificate);
    gnutls.gnutls_x509_crt_deinit(certificate);
}

int zoc_tls_get_info(const zoc_stream *stream, zoc_tls_info *ret_info)
{
    const struct tls *tls = tls_of(stream);

    if (!tls || tls->state != TLS_AGREED)
        return -EOPNOTSUPP;
    *ret_info = (zoc_tls_info){ 0 };
    tell_protocols(tls, ret_info);
    tell_alpn(tls, ret_info);
    tell_name(tls, ret_info);
    tell_peer(tls, ret_info);
    return 0;
}

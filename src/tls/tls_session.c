#include "tls/tls_inside.h"
#include "tls/tls_names.h"
#include "tls/tls_sessions.h"

#include <errno.h>
#include <stdlib.h>
#include <zocalo/error.h>

/* --- bytes for GnuTLS ----------------------------------------------------------------------------- */

/* The end of the stream below is no input: whoever finds it says what it means. */
static ssize_t pull(gnutls_transport_ptr_t transport, void *data, size_t size)
{
    struct tls *tls = transport;
    size_t taken = tls->input.size < size ? tls->input.size : size;

    if (taken == 0) {
        gnutls.gnutls_transport_set_errno(tls->session, EAGAIN);
        return -1;
    }
    memcpy(data, tls->input.data, taken);
    tls->input.data += taken;
    tls->input.size -= taken;
    tls->taken += taken;
    return (ssize_t)taken;
}

static ssize_t push(gnutls_transport_ptr_t transport, const void *data, size_t size)
{
    struct tls *tls = transport;

    if (tls_outbox_put(&tls->outbox, data, size) == 0)
        return (ssize_t)size;
    gnutls.gnutls_transport_set_errno(tls->session, ENOMEM);
    return -1;
}

static int never_wait(gnutls_transport_ptr_t transport, unsigned milliseconds)
{
    const struct tls *tls = transport;

    (void)milliseconds;
    return tls->input.size > 0;
}

static void connect_to_layer(struct tls *tls)
{
    gnutls.gnutls_session_set_ptr(tls->session, tls);
    gnutls.gnutls_transport_set_ptr(tls->session, tls);
    gnutls.gnutls_transport_set_pull_function(tls->session, pull);
    gnutls.gnutls_transport_set_push_function(tls->session, push);
    gnutls.gnutls_transport_set_pull_timeout_function(tls->session, never_wait);
    gnutls.gnutls_handshake_set_timeout(tls->session, 0); /* the fiber's deadline does that */
    gnutls.gnutls_handshake_set_max_packet_length(tls->session, TLS_HANDSHAKE_MAX);
}

/* --- what it is to be ----------------------------------------------------------------------------- */

static int set_alpn(struct tls *tls)
{
    const zoc_tls_context *context = tls->context;
    unsigned flags = context->role == ZOC_TLS_SERVER ? GNUTLS_ALPN_SERVER_PRECEDENCE | GNUTLS_ALPN_MANDATORY : 0;

    if (context->protocol_count == 0)
        return 0;
    return gnutls.gnutls_alpn_set_protocols(tls->session, context->protocols, context->protocol_count, flags);
}

static int set_client(struct tls *tls)
{
    const char *name = tls->context->sni ? tls->context->sni : tls->host;
    int result = 0;

    if (name && *name && !tls_is_ip(name))
        result = gnutls.gnutls_server_name_set(tls->session, GNUTLS_NAME_DNS, name, strlen(name));
    if (result < 0 || !tls->session_key)
        return result;
    zoc_bytes session = tls_sessions_take(tls->session_key);
    if (session.data) /* one that cannot be read is none: there is a whole handshake then */
        gnutls.gnutls_session_set_data(tls->session, session.data, session.size);
    free((char *)session.data);
    return 0;
}

bool tls_asks_for_certificate(const zoc_tls_context *context)
{
    return !context->insecure && (context->trust || context->wanted_pin);
}

/* GnuTLS knows no wildcards here. */
static int choose_by_name(gnutls_session_t session)
{
    const struct tls *tls = gnutls.gnutls_session_get_ptr(session);
    char name[ZOC_TLS_NAME] = "";
    size_t size = sizeof name;
    unsigned type = GNUTLS_NAME_DNS;

    if (gnutls.gnutls_server_name_get(session, name, &size, &type, 0) < 0)
        return 0;
    return gnutls.gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE,
                                         tls_shown_for(tls->context, name)->credentials);
}

static int set_server(struct tls *tls)
{
    if (tls->context->shown_count > 1)
        gnutls.gnutls_handshake_set_post_client_hello_function(tls->session, choose_by_name);
    if (tls_asks_for_certificate(tls->context))
        gnutls.gnutls_certificate_server_set_request(tls->session, GNUTLS_CERT_REQUIRE);
    return gnutls.gnutls_session_ticket_enable_server(tls->session, &tls->context->ticket_key);
}

static int set_up(struct tls *tls)
{
    const zoc_tls_context *context = tls->context;
    int result = gnutls.gnutls_priority_set(tls->session, context->priority);

    if (result == 0)
        result = gnutls.gnutls_credentials_set(tls->session, GNUTLS_CRD_CERTIFICATE, context->shown[0].credentials);
    if (result == 0)
        result = set_alpn(tls);
    if (result == 0)
        result = context->role == ZOC_TLS_CLIENT ? set_client(tls) : set_server(tls);
    if (tls_asks_for_certificate(context))
        gnutls.gnutls_session_set_verify_function(tls->session, tls_verify);
    return result;
}

int tls_session_open(struct tls *tls)
{
    bool client = tls->context->role == ZOC_TLS_CLIENT;
    unsigned role = client ? GNUTLS_CLIENT | GNUTLS_FORCE_CLIENT_CERT : GNUTLS_SERVER;
    unsigned flags = GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL | GNUTLS_KEY_SHARE_TOP; /* keys of one group alone are made */
    int result = gnutls.gnutls_init(&tls->session, role | flags);

    if (result < 0) {
        tls->session = NULL;
        return -ENOMEM;
    }
    connect_to_layer(tls);
    result = set_up(tls);
    if (result == GNUTLS_E_MEMORY_ERROR)
        return -ENOMEM;
    return result < 0 ? zoc_refuse(-ZOC_ETLS, "%s", gnutls.gnutls_strerror(result)) : 0;
}

void tls_session_close(struct tls *tls)
{
    if (tls->session)
        gnutls.gnutls_deinit(tls->session);
    tls->session = NULL;
}

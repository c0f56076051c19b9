#include "base/text.h"
#include "stream/descriptor.h"
#include "tls/tls_inside.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <zocalo/error.h>

/* --- making one ------------------------------------------------------------------------------------ */

/* Of what is no TCP, it is refused. */
static void set_at_bottom(zoc_stream *stream, int option)
{
    while (stream->operations->below)
        stream = stream->operations->below(stream);
    const struct descriptor *descriptor = stream->operations->plain(stream, true);

    if (descriptor && descriptor->kind->socket)
        descriptor_set_option(descriptor->fd, IPPROTO_TCP, option, 1);
}

void tls_acknowledge_at_once(struct tls *tls)
{
    set_at_bottom(tls->layer.inner, TCP_QUICKACK);
}

/* Records are whole when they are written: none has to wait for the peer to acknowledge the last one (RFC 896), which
 * would be a ticket that nobody answers. */
static void send_at_once(zoc_stream *below)
{
    set_at_bottom(below, TCP_NODELAY);
}

static void lay_over(struct tls *tls, zoc_stream *below)
{
    zoc_stream *stream = &tls->layer.stream;

    stream_init(stream, &tls_operations);
    stream->timeout = below->timeout;
    stream->drains = below->drains;
    stream->served = below->served;
    tls->layer.inner = below;
}

/* Without the dot that ends a whole name (RFC 1034 section 3.1): no certificate has it. */
static int name_host(struct tls *tls, const char *host)
{
    size_t size = host ? strlen(host) : 0;

    if (size == 0)
        return 0;
    tls->host = strndup(host, host[size - 1] == '.' ? size - 1 : size);
    return tls->host ? 0 : -ENOMEM;
}

static int name_session(struct tls *tls, const char *session)
{
    if (!session)
        return 0;
    if (asprintf(&tls->session_key, "%s\n%s\n%s", session, tls->host ? tls->host : "", tls->context->identity) >= 0)
        return 0;
    tls->session_key = NULL;
    return -ENOMEM;
}

static int open_tls(zoc_stream *below, zoc_tls_context *context, const char *host, const char *session,
                    zoc_stream **ret_stream)
{
    if (below->messages)
        return zoc_refuse(-EINVAL, _("TLS needs a stream of bytes, not one of messages"));
    struct tls *tls = calloc(1, sizeof *tls);
    if (!tls)
        return -ENOMEM;
    tls->context = zoc_tls_context_share(context);
    int result = name_host(tls, host);
    if (result == 0)
        result = name_session(tls, session);
    if (result == 0)
        result = tls_session_open(tls);
    if (result < 0) {
        tls_release(tls);
        free(tls);
        return result;
    }
    lay_over(tls, below);
    send_at_once(below);
    *ret_stream = &tls->layer.stream;
    return 0;
}

int zoc_tls_client(zoc_stream *below, zoc_tls_context *context, const char *host, const char *session,
                   zoc_stream **ret_stream)
{
    return open_tls(below, context, host, session, ret_stream);
}

int zoc_tls_server(zoc_stream *below, zoc_tls_context *context, zoc_stream **ret_stream)
{
    return open_tls(below, context, NULL, NULL, ret_stream);
}

/* --- for whoever holds a stream --------------------------------------------------------------------- */

struct tls *tls_of(const zoc_stream *stream)
{
    while (stream && stream->operations != &tls_operations)
        stream = stream->operations->below ? stream->operations->below(stream) : NULL;
    return (struct tls *)stream;
}

int zoc_tls_handshake(zoc_stream *stream)
{
    struct tls *tls = tls_of(stream);
    int result = tls ? tls_agree_and_flush(tls) : 0;

    if (result < 0)
        stream_account_failure(&tls->layer.stream, result);
    return result;
}

/* Dialling with TLS: who is meant, and what is asked of the one who answers. */
#include "net/dial.h"
#include "stream/stream.h"
#include "tls/tls_kept.h"

#include <errno.h>
#include <stdlib.h>
#include <zocalo/error.h>

/* The certificate has to be for that name. */
static const char *name_of(const zoc_endpoint *endpoint)
{
    if (endpoint->options.tls.sni)
        return endpoint->options.tls.sni;
    return *endpoint->host ? endpoint->host : "localhost";
}

int dial_blame_files(int error)
{
    return error == -ZOC_ETLS ? zoc_refuse(-EINVAL, "%s", zoc_why()) : error;
}

int dial_tls_context(const zoc_endpoint *endpoint, zoc_tls_context **ret_context)
{
    return dial_blame_files(tls_kept_context(&endpoint->options.tls, ret_context));
}

/* A session goes on where host, port and every option are the same. */
static int put_over(const zoc_endpoint *endpoint, zoc_tls_context *context, zoc_stream *below, zoc_stream **ret_stream)
{
    char *session = zoc_endpoint_text(endpoint);

    if (!session)
        return -ENOMEM;
    int result = zoc_tls_client(below, context, name_of(endpoint), session, ret_stream);
    free(session);
    return result;
}

int dial_tls_over(const zoc_endpoint *endpoint, zoc_tls_context *context, zoc_observer *observer, zoc_stream *below,
                  zoc_stream **ret_stream)
{
    zoc_stream *stream = NULL;
    int result = put_over(endpoint, context, below, &stream);

    if (result < 0) {
        zoc_close(below);
        return result;
    }
    zoc_observe(stream, observer);
    result = zoc_tls_handshake(stream);
    if (result < 0) {
        zoc_close(stream);
        return result;
    }
    *ret_stream = stream;
    return 0;
}

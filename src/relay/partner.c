#include "relay/partner.h"

static int accept_admitted(struct partners *partners, zoc_stream **ret_stream)
{
    zoc_stream *stream;
    int result;

    while ((result = zoc_accept(partners->listener, &stream)) == 0) {
        if (access_admits(partners->access, zoc_stream_peer(stream))) {
            *ret_stream = stream;
            return 0;
        }
        zoc_reset(stream);
    }
    return result;
}

int partner_await(struct partners *partners, zoc_stream **ret_stream)
{
    int result = turn_take(&partners->accepting);

    if (result < 0)
        return result;
    result = accept_admitted(partners, ret_stream);
    turn_give(&partners->accepting);
    return result;
}

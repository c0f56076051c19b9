#include "relay/partner.h"

static int enter(struct partners *partners)
{
    int result = 0;

    while (partners->busy && result == 0) {
        zoc_event_clear(&partners->idle);
        result = zoc_event_wait(&partners->idle);
    }
    if (result == 0)
        partners->busy = true;
    return result;
}

static void leave(struct partners *partners)
{
    partners->busy = false;
    zoc_event_set(&partners->idle);
}

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
    int result = enter(partners);

    if (result < 0)
        return result;
    result = accept_admitted(partners, ret_stream);
    leave(partners);
    return result;
}

#include "stream/stream.h"

#include <zocalo/fiber.h>

static const char *const names[] = {
    [ZOC_RESOLVING] = "resolving",
    [ZOC_RESOLVED] = "resolved",
    [ZOC_CONNECTING] = "connecting",
    [ZOC_CONNECT_FAILED] = "connect_failed",
    [ZOC_CONNECTED] = "connected",
    [ZOC_TLS_MESSAGE] = "tls_message",
    [ZOC_TLS_AGREED] = "tls_agreed",
    [ZOC_LISTENING] = "listening",
    [ZOC_ACCEPTED] = "accepted",
    [ZOC_RECEIVED] = "received",
    [ZOC_SENT] = "sent",
    [ZOC_PEER_ENDED] = "peer_ended",
    [ZOC_WE_ENDED] = "we_ended",
    [ZOC_WE_RESET] = "we_reset",
    [ZOC_FAILED] = "failed",
    [ZOC_CLOSED] = "closed",
};

const char *zoc_notice_name(zoc_notice_kind kind)
{
    return names[kind];
}

void observer_tell(zoc_observer *observer, zoc_notice notice)
{
    if (!observer)
        return;
    notice.time = zoc_now();
    observer->tell(observer, &notice);
}

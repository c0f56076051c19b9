#include "meaning/protocol.h"

extern const struct protocol protocol_http, protocol_telnet, protocol_websocket;

/* clang-format off */
const struct protocol *const protocols[] = {
    &protocol_http,
    &protocol_telnet,
    &protocol_websocket,
    NULL,
};
/* clang-format on */

#include "meaning/protocol.h"

extern const struct protocol protocol_http, protocol_telnet, protocol_websocket, protocol_smtp, protocol_ftp,
    protocol_pop3, protocol_imap;

/* clang-format off */
const struct protocol *const protocols[] = {
    &protocol_http,
    &protocol_telnet,
    &protocol_websocket,
    &protocol_smtp,
    &protocol_ftp,
    &protocol_pop3,
    &protocol_imap,
    NULL,
};
/* clang-format on */

#include "meaning/protocol.h"

extern const struct protocol protocol_tls, protocol_http, protocol_telnet, protocol_websocket, protocol_smtp,
    protocol_ftp, protocol_pop3, protocol_imap, protocol_redis, protocol_irc, protocol_beanstalk;

/* clang-format off */
const struct protocol *const protocols[] = {
    &protocol_tls,
    &protocol_http,
    &protocol_telnet,
    &protocol_websocket,
    &protocol_smtp,
    &protocol_ftp,
    &protocol_pop3,
    &protocol_imap,
    &protocol_redis,
    &protocol_irc,
    &protocol_beanstalk,
    NULL,
};
/* clang-format on */

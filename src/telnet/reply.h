/* The parameters of our subnegotiations. */
#ifndef ZOC_TELNET_REPLY_H
#define ZOC_TELNET_REPLY_H

#include "telnet/telnet.h"

#define REPLY_MAX      (2 * TELNET_NAME_MAX + 8) /* bytes of parameters */
#define REPLY_WIRE_MAX (2 * REPLY_MAX + 5)       /* bytes of it all, when each has to be doubled */

/* NAWS (RFC 1073): width and height. Each returns what it put to `text`, which has REPLY_MAX bytes. */
zoc_bytes reply_size(unsigned columns, unsigned rows, char *text);

/* TERMINAL-TYPE IS (RFC 1091), and NEW-ENVIRON IS (RFC 1572) with the variable USER. Empty when the peer's parameters
 * are no SEND; without the variable when it asks for others only. */
zoc_bytes reply_type(zoc_bytes asked, const char *type, char *text);
zoc_bytes reply_user(zoc_bytes asked, const char *user, char *text);

/* The whole command as it goes over the wire, at most REPLY_WIRE_MAX bytes. Returns how many. */
size_t reply_wrap(const struct telnet_command *command, char *wire);

#endif

/* Echo (RFC 862): what comes goes back, as it is or behind some words. */
#ifndef ZOC_CLASSIC_ECHO_H
#define ZOC_CLASSIC_ECHO_H

#include "base/key.h"

#include <zocalo/net.h>

enum echo_mode {
    ECHO_RAW,  /* as it is */
    ECHO_LINE, /* each line behind "ECHO: "; the last one also when its line feed is missing */
    ECHO_STAMP /* what each receive gave, behind "[2026-11-21 13:45:00] Echo: ", in local time */
};

/* A line that is longer than this, its line feed included, comes back in pieces, the first of which alone has words. */
#define ECHO_LINE_MAX 65536 /* bytes */

struct echo_settings {
    unsigned mode; /* enum echo_mode */
};

extern const struct key echo_keys[];

/* Whether words come before what goes back. */
bool echo_lengthens(const void *settings);

/* A zoc_handler. Both take a struct echo_settings. */
void echo_converse(zoc_stream *peer, void *settings);

/* As answer_datagrams. Lines are not looked for: the words stand before each datagram. */
int echo_datagrams(zoc_datagrams *socket, void *settings);

#endif

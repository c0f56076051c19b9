/* Hello: a greeting, and the end. */
#ifndef ZOC_CLASSIC_HELLO_H
#define ZOC_CLASSIC_HELLO_H

#include "base/key.h"

#include <zocalo/net.h>

enum hello_mode {
    HELLO_GREET, /* at once: the text with CR LF */
    HELLO_ASK    /* once something has come, or the peer's end: the text alone */
};

struct hello_settings {
    unsigned mode; /* enum hello_mode */
    char *text;    /* NULL: "Hola Mundo", or "Hola desde el servidor" to who asks */
};

extern const struct key hello_keys[];

/* A zoc_handler; takes a struct hello_settings. What comes beside is left to zoc_finish. */
void hello_converse(zoc_stream *peer, void *settings);

#endif

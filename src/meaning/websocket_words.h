/* WebSocket's words: opcodes of frames, and codes of close frames. */
#ifndef ZOC_MEANING_WEBSOCKET_WORDS_H
#define ZOC_MEANING_WEBSOCKET_WORDS_H

#include "meaning/meaning.h"

enum websocket_opcode {
    WEBSOCKET_CONTINUATION = 0,
    WEBSOCKET_TEXT = 1,
    WEBSOCKET_CLOSE = 8, /* from here on: control frames */
};

#define WEBSOCKET_OPCODES 16
#define WEBSOCKET_TABLES  2

extern const struct meaning websocket_opcodes[WEBSOCKET_OPCODES]; /* by number */
extern const struct meanings websocket_tables[WEBSOCKET_TABLES];

/* What a code of a close frame means, or the range that it is in. Never NULL. */
const struct meaning *websocket_find_code(unsigned code);

#endif

/* What comes from a telnet peer, taken apart: text and commands. No I/O. */
#ifndef ZOC_TELNET_DECODE_H
#define ZOC_TELNET_DECODE_H

#include "telnet/command.h"

enum decode_state {
    DECODE_TEXT,
    DECODE_IAC,           /* 255 came */
    DECODE_OPTION,        /* and WILL, WONT, DO or DONT */
    DECODE_SB,            /* or SB */
    DECODE_PARAMETERS,    /* and its option */
    DECODE_PARAMETERS_IAC /* and 255 among its parameters */
};

/* Zeroed at the beginning. */
struct decoder {
    enum decode_state state;
    bool plain;    /* everything is text until IAC and WILL, WONT, DO, DONT or SB comes, which clears this */
    bool binary;   /* the NUL after a CR is text too */
    bool after_cr; /* the last byte so far was a CR */
    unsigned char command, option;
    size_t size; /* of parameters */
    char parameters[TELNET_PARAMETERS_MAX];
};

enum decoded {
    DECODED_ALL,     /* there is nothing more in these bytes */
    DECODED_TEXT,    /* *ret_text */
    DECODED_COMMAND, /* *ret_command, whose parameters lie in the decoder until the next call */
    DECODED_TOO_LONG /* a subnegotiation of more than TELNET_PARAMETERS_MAX bytes; what follows of it would be text */
};

/* Takes bytes away from the front of *bytes, up to the end of the next piece of text or the next command. The text lies
 * in those bytes (or in static storage) and is not empty. */
enum decoded decode_bytes(struct decoder *decoder, zoc_bytes *bytes, zoc_bytes *ret_text,
                          struct telnet_command *ret_command);

/* Text that was kept back, when nothing more comes; may be empty. Of a command that was cut off nothing remains. */
zoc_bytes decode_end(struct decoder *decoder);

#endif

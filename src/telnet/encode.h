/* Text for a telnet peer, as it goes over the wire: 255 is doubled, and lines end as RFC 854 wants it. No I/O. */
#ifndef ZOC_TELNET_ENCODE_H
#define ZOC_TELNET_ENCODE_H

#include <stdbool.h>
#include <zocalo/bytes.h>

/* Zeroed at the beginning. */
struct encoder {
    bool binary;   /* CR and LF are bytes like others */
    bool after_cr; /* the last byte so far was a CR */
};

#define ENCODE_BYTE_MAX 2 /* bytes that one byte of text becomes at most */

/* Takes bytes away from the front of *text, as many as there is room for at `wire` in their new form. A CR that is the
 * last byte of *text becomes CR NUL. Returns how many bytes were put to `wire`. */
size_t encode_text(struct encoder *encoder, zoc_bytes *text, char *wire, size_t room);

#endif

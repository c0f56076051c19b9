/* The character generator (RFC 864): lines of printing characters, without end. */
#ifndef ZOC_CLASSIC_CHARGEN_H
#define ZOC_CLASSIC_CHARGEN_H

#include <zocalo/net.h>

#define CHARGEN_LINE         72  /* characters of a line; CR LF come after them */
#define CHARGEN_CYCLE        95  /* lines, after which the first one comes again: as many as there are characters */
#define CHARGEN_DATAGRAM_MAX 512 /* characters */

#define CHARGEN_LAST_LINES   (200 * ZOC_MILLISECOND) /* to whom does not read, after a soft stop */

/* Appends the first lines. Returns 0 or -ENOMEM. */
int chargen_append(zoc_buffer *text, unsigned lines);

/* A zoc_handler. Neither looks at its state. Sends lines until nobody can receive them, nothing came for the stream's
 * timeout, or it is stopped: then at the end of a line, or in the middle of one when CHARGEN_LAST_LINES is not enough.
 * What comes is thrown away, and the peer's end is nothing. */
void chargen_converse(zoc_stream *peer, void *state);

/* As answer_datagrams: by chance from 0 to CHARGEN_DATAGRAM_MAX characters. */
int chargen_datagrams(zoc_datagrams *socket, void *state);

#endif

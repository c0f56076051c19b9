/* A dump of a conversation: what went and what came, byte by byte, with offsets and times.
 *
 *     > 00000000  0.000153  47 45 54 20 2f 20 48 54  54 50 2f 31 2e 30 0d 0a  GET / HTTP/1.0\r\n
 *     < 00000000  0.000871  48 6f 6c 61 0a                                    Hola\n
 */
#ifndef ZOC_TALK_HEXDUMP_H
#define ZOC_TALK_HEXDUMP_H

#include <stdbool.h>
#include <stdint.h>
#include <zocalo/stream.h>
#include <zocalo/sync.h>

#define HEXDUMP_ROW 16 /* bytes of the conversation in a line */

struct hexdump {
    zoc_stream *output;
    zoc_time start;      /* times are since then */
    uint64_t offsets[2]; /* of the next byte that is sent, and that is received */
    bool busy;           /* a fiber writes its lines */
    zoc_event idle;      /* it no longer does */
};

/* The dump of a conversation that begins now. */
struct hexdump hexdump_to(zoc_stream *output);

/* Appends the line of at most HEXDUMP_ROW bytes. Returns 0 or as zoc_buffer_append. */
int hexdump_line(zoc_buffer *text, bool received, uint64_t offset, zoc_duration since, zoc_bytes row);

/* Writes the lines of these bytes; a message of no bytes is a line too. Waits, for the other direction as well. Returns 0
 * or a negative errno. */
int hexdump_show(struct hexdump *dump, bool received, zoc_bytes bytes);

#endif

/* The lines of a transcript: one JSON object for each event. zocalo-replay(1), FORMAT, says what they mean. */
#ifndef ZOC_TRANSCRIPT_FORM_H
#define ZOC_TRANSCRIPT_FORM_H

#include <stdbool.h>
#include <stdint.h>
#include <zocalo/stream.h>

#define TRANSCRIPT_VERSION   1
#define TRANSCRIPT_PIECE_MAX ZOC_CHUNK_MAX /* bytes of the conversation in a line */
#define TRANSCRIPT_LINE_MAX  (512 * 1024)  /* bytes of a line with its newline: each byte of a piece may take six */

struct form_event {
    const char *event;
    zoc_duration time;   /* since the transcript began */
    unsigned connection; /* 0: none */
    const char *from;    /* NULL: nobody; and so for the other texts */
    const char *client, *server, *name, *error;
    const char *version, *cipher, *alpn; /* of TLS */
    const zoc_bytes *data;               /* at most TRANSCRIPT_PIECE_MAX of them; NULL: none */
    bool datagram;                       /* they are one */
};

/* Each appends a line. Returns 0 or as zoc_buffer_append, with less than a line appended. */
int form_header(zoc_buffer *text, int64_t wall, const char *by);
int form_event(zoc_buffer *text, const struct form_event *event);

/* Takes what goes into one line from the front of *rest: TRANSCRIPT_PIECE_MAX bytes at most, and not a part of a character
 * where that can be. */
zoc_bytes form_piece(zoc_bytes *rest);

#endif

/* Lines as the protocols of the internet want them: ended by CR LF (RFC 5198 section 2). */
#ifndef ZOC_TALK_CRLF_H
#define ZOC_TALK_CRLF_H

#include <stdbool.h>
#include <zocalo/bytes.h>

/* Zeroed at the beginning of the text. */
struct crlf {
    bool after_cr; /* the last byte so far was a CR */
};

/* Appends the next bytes of the text, with a CR before each LF that has none. Returns 0 or as zoc_buffer_append. */
int crlf_append(struct crlf *crlf, zoc_bytes bytes, zoc_buffer *text);

#endif

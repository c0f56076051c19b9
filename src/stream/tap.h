/* Who sees the bytes that a pump passes on. */
#ifndef ZOC_STREAM_TAP_H
#define ZOC_STREAM_TAP_H

#include <zocalo/stream.h>

/* Both may wait, and hold the bytes up meanwhile. */
struct tap {
    /* The bytes are only lent. Returns 0 or a negative errno, which ends the pump. */
    int (*see)(struct tap *tap, zoc_bytes bytes);
    /* The same for the first bytes of a pipe, which have to stay in it: tee(2) gets at them. Returns how many of `size`
     * it saw, at least one, or a negative errno. NULL: it sees copies alone, and nothing is spliced. */
    ssize_t (*see_pipe)(struct tap *tap, int pipe, size_t size);
};

/* What passes is seen to its end, though a soft stop lets nothing more be received. NULL: nobody sees it. Return as these
 * two. */
int tap_see(struct tap *tap, zoc_bytes bytes);
ssize_t tap_see_pipe(struct tap *tap, int pipe, size_t size);

/* As zoc_pump_one_way, past a tap; NULL: nobody sees the bytes. What was copied is seen once it was written, what is
 * spliced before. */
int pump_tapped(zoc_stream *source, zoc_stream *sink, struct tap *tap, uint64_t *bytes, uint64_t *spliced);

#endif

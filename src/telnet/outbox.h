/* Commands that wait to be written between the text, and who may write: one fiber at a time, as below every layer.
 *
 * Who puts something here never waits. It is written by the fiber that has text to write, before its next bytes, or by
 * a fiber of the outbox when nobody is writing. */
#ifndef ZOC_TELNET_OUTBOX_H
#define ZOC_TELNET_OUTBOX_H

#include "stream/layer.h"
#include "telnet/telnet.h"

#include <zocalo/fiber.h>
#include <zocalo/sync.h>

/* Zeroed, but for the stream. */
struct outbox {
    zoc_stream *stream;    /* the layer; what it lies over is written to */
    zoc_group senders;     /* at most one */
    zoc_event freed, room; /* wake whom `taken` and `waiting` hold up */
    bool taken;            /* a fiber writes */
    bool shuts;            /* the half-close comes after what waits */
    int failure;           /* why nothing can be written any more, or 0 */
    size_t waiting, going; /* bytes */
    char waiting_bytes[TELNET_OUTBOX_MAX], going_bytes[TELNET_OUTBOX_MAX];
};

/* Returns 0; -ENOBUFS when there is not so much room; -EPIPE after outbox_shut. What cannot be written any more is
 * dropped. */
int outbox_put(struct outbox *outbox, zoc_bytes bytes);

/* Sees to it that what waits is written. Does not wait. Returns 0, -ENOMEM or -EAGAIN. */
int outbox_send(struct outbox *outbox);

/* Waits until `size` bytes can be put, or need not be. A soft stop is not heeded. Returns 0, -ECANCELED or
 * -ETIMEDOUT. */
int outbox_await_room(struct outbox *outbox, size_t size);

/* The caller writes from now on, after whoever does. Waits. Returns 0, the failure, -ECANCELED or -ETIMEDOUT. */
int outbox_take(struct outbox *outbox);
int outbox_flush(struct outbox *outbox); /* only who writes: writes all that waits. Returns 0 or as zoc_write */
void outbox_give(struct outbox *outbox);

/* Half-closes what the layer lies over, after what waits. Does not wait. Returns 0 or as zoc_shut. */
int outbox_shut(struct outbox *outbox);

/* What waits is lost. */
void outbox_close(struct outbox *outbox);

#endif

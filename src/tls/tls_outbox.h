/* Records that were made and not written yet, and who may write: one fiber at a time, as below every layer.
 *
 * GnuTLS puts records here and never waits. A fiber that has the turn makes records in a chunk and writes that at once;
 * what is put meanwhile (answers, alerts) waits for the next who writes. A record that could not be written whole
 * breaks the outbox for good: the peer could make nothing of what follows. */
#ifndef ZOC_TLS_TLS_OUTBOX_H
#define ZOC_TLS_TLS_OUTBOX_H

#include "stream/stream.h"

#include <zocalo/sync.h>

#define TLS_WAITING_MAX 4096 /* bytes of answers that may wait for a peer that does not read */

/* Zeroed, it is empty. */
struct tls_outbox {
    zoc_buffer waiting; /* records, in their order */
    char *chunk;        /* where records go before them, while a writer makes some; NULL */
    size_t filled;      /* bytes of it */
    zoc_event freed;    /* wakes whom `taken` holds up */
    bool taken;         /* a fiber has the turn */
    bool broken;        /* nothing is written any more */
};

/* Puts a record. Does not wait; from a worker thread too, while no other has the outbox. Returns 0 or -ENOMEM. */
int tls_outbox_put(struct tls_outbox *outbox, const void *data, size_t size);

/* The caller has the turn, after whoever has it. Waits. Returns 0; -EPIPE when it is broken; -ECANCELED (not by a soft
 * stop) or -ETIMEDOUT. */
int tls_outbox_take(struct tls_outbox *outbox);
void tls_outbox_give(struct tls_outbox *outbox);

/* With the turn: opens a chunk, what waits first in it; and writes what was put into it since. Returns 0, -ENOMEM or as
 * zoc_write. */
int tls_outbox_open(struct tls_outbox *outbox, zoc_stream *below);
size_t tls_outbox_room(const struct tls_outbox *outbox); /* bytes of the chunk */
int tls_outbox_write(struct tls_outbox *outbox, zoc_stream *below);

/* With the turn: writes what waits. Returns 0 or as zoc_write. */
int tls_outbox_flush(struct tls_outbox *outbox, zoc_stream *below);

/* Writes what waits as far as it goes without waiting, when nobody has the turn. Over another layer it is not known how
 * far that is: then the first does nothing, and the last, after which nothing is written, risks that one is cut. */
void tls_outbox_offer(struct tls_outbox *outbox, zoc_stream *below);
void tls_outbox_offer_last(struct tls_outbox *outbox, zoc_stream *below);

void tls_outbox_release(struct tls_outbox *outbox);

#endif

/* Between fibers: events, bounded channels. Between threads: inboxes. From the system: signals.
 *
 * Events and channels belong to one loop: all their users run on it. They live wherever their owner
 * puts them, zeroed or initialised, and must not go away while somebody waits on them. */
#ifndef ZOCALO_SYNC_H
#define ZOCALO_SYNC_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct zoc_fiber;

/* Fibers that wait, in the order in which they came. Private. */
typedef struct zoc_queue {
    struct zoc_fiber *first, *last;
} zoc_queue;

/* --- event: something is so, or is not yet. Zeroed, it is not. --------------------------------- */

typedef struct zoc_event {
    bool is_set;
    zoc_queue waiters;
} zoc_event;

void zoc_event_set(zoc_event *event); /* and wakes all that wait */
void zoc_event_clear(zoc_event *event);

/* Waits until it is set. Returns 0, -ECANCELED (also by a soft stop) or -ETIMEDOUT. */
int zoc_event_wait(zoc_event *event);

/* --- channel: a bounded queue of pointers between fibers --------------------------------------- */

typedef struct zoc_channel {
    void **items;
    size_t capacity, first, count;
    bool closed;
    zoc_queue senders, receivers;
} zoc_channel;

/* Room for `capacity` items, at least 1. Returns 0 or -ENOMEM. */
int zoc_channel_init(zoc_channel *channel, size_t capacity);
void zoc_channel_release(zoc_channel *channel); /* items that are still in it are the caller's loss */

/* Waits while it is full. Returns 0, -EPIPE when it is closed, -ECANCELED or -ETIMEDOUT; the item stays
 * the caller's on failure. */
int zoc_channel_send(zoc_channel *channel, void *item);

/* Waits while it is empty. Returns 1 with an item, 0 when it is closed and empty, -ECANCELED (also by a soft
 * stop) or -ETIMEDOUT. */
int zoc_channel_receive(zoc_channel *channel, void **ret_item);

/* No more items come; those in it can still be received. */
void zoc_channel_close(zoc_channel *channel);

/* --- inbox: a bounded queue of pointers from any thread to the fibers of one loop --------------- */

typedef struct zoc_inbox zoc_inbox;

/* Belongs to the loop of the calling fiber. Returns 0 or -ENOMEM. */
int zoc_inbox_new(size_t capacity, zoc_inbox **ret_inbox);

/* Not while another thread may still send. NULL is fine. */
void zoc_inbox_free(zoc_inbox *inbox);

/* From any thread; does not wait. Returns 0, -EAGAIN when it is full, -EPIPE when it was closed. */
int zoc_inbox_send(zoc_inbox *inbox, void *item);

/* Waits, on a fiber of its loop. Returns as zoc_channel_receive. */
int zoc_inbox_receive(zoc_inbox *inbox, void **ret_item);

/* From any thread: no more items come. */
void zoc_inbox_close(zoc_inbox *inbox);

/* --- signals (signalfd(2)) ---------------------------------------------------------------------- */

typedef struct zoc_signals zoc_signals;

/* From now on the signals of the list, which ends with 0, come here and nowhere else: they are blocked for
 * this thread and those that it starts. Open it before other threads run. Returns 0 or a negative errno. */
int zoc_signals_open(const int *signals, zoc_signals **ret_signals);

/* Waits for the next one. Returns its number, -ECANCELED (also by a soft stop) or -ETIMEDOUT. */
int zoc_signals_wait(zoc_signals *signals);

/* Gives the previous mask back. NULL is fine. */
void zoc_signals_close(zoc_signals *signals);

#ifdef __cplusplus
}
#endif

#endif

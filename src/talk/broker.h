/* A broker: what one says everyone else hears, unchanged. Clients come and go at any time. */
#ifndef ZOC_TALK_BROKER_H
#define ZOC_TALK_BROKER_H

#include <zocalo/stream.h>

/* What waits for a client to read is bounded. Who would exceed it is dropped. */
#define BROKER_QUEUE_MAX (256 * 1024) /* bytes, the records of what waits included */

/* While somebody has more than half of that, nobody's next words are read, so that who reads fast enough is not dropped for
 * a burst; but only for so long: then that client is late, and nobody waits for it until it has less than half. */
#define BROKER_PATIENCE (200 * ZOC_MILLISECOND)

struct broker;

struct broker_options {
    /* Gets what a client says instead of the others: they hear only broker_say. Called by many clients, in a fiber of each; it
     * may wait. A negative result ends that client. NULL: everyone else hears it. */
    int (*hear)(void *state, zoc_bytes words);
    /* Told of a client that is dropped. Does not wait. NULL: nobody is told. */
    void (*tell_dropped)(void *state, zoc_stream *peer);
    void *state;
    /* What is said is sent one by one, for peers to whom each write is a packet (SOCK_SEQPACKET). */
    bool one_by_one;
};

/* Belongs to the loop of its maker, and so do its clients. Returns 0 or -ENOMEM. */
int broker_new(const struct broker_options *options, struct broker **ret_broker);

/* No client is left. NULL is fine. */
void broker_free(struct broker *broker);

/* Runs a client until it ends, is dropped, or this fiber is stopped; what waits for it then is still sent, for
 * ZOC_FAREWELL_TIME at most. A zoc_handler whose state is the broker. Waits. The stream stays the caller's. */
void broker_converse(zoc_stream *peer, void *broker);

/* Says it to every client. Waits for BROKER_PATIENCE at most. Returns 0; -ENOMEM or -ECANCELED: nobody will hear
 * it. */
int broker_say(struct broker *broker, zoc_bytes words);

/* How many clients there are. */
size_t broker_count(const struct broker *broker);

/* The most that waits for any client, in bytes as BROKER_QUEUE_MAX counts them. */
size_t broker_longest(const struct broker *broker);

#endif

/* One program and many clients: it hears all of them, and they hear it, but not one another. */
#ifndef ZOC_TALK_GATHER_H
#define ZOC_TALK_GATHER_H

#include "talk/broker.h"

#include <zocalo/fiber.h>

#define GATHER_WAITING 4 /* pieces of what clients said that wait to be written to the program's side */

struct gather;

/* `local` is the program's side: standard input and output, or what stands for them; it stays the caller's. What waits for a
 * client is bounded as in a broker, and what clients say waits for `local` to take it. Returns 0 or -ENOMEM. */
int gather_new(zoc_stream *local, const struct broker_options *options, struct gather **ret_gather);

/* Nothing runs in it. NULL is fine. */
void gather_free(struct gather *gather);

/* Runs a client. A zoc_handler whose state is the gather. */
void gather_converse(zoc_stream *peer, void *gather);

/* Joins `local` with the clients that come while work(arg) runs, which is cancelled when output fails. The end of input is not
 * passed on: clients may still come and speak. Waits. Returns what work returned; -EPIPE when nobody reads the output any
 * more, or why input or output failed, with words. */
int gather_run(struct gather *gather, zoc_fn *work, void *arg);

#endif

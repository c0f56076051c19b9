/* Gates from the inside: what serving asks of them. */
#ifndef ZOC_NET_GATE_H
#define ZOC_NET_GATE_H

#include "fiber/loop.h"

#include <zocalo/net.h>

/* A listener whose connections go through a gate: in the frame or record of who serves it. */
struct gate_listener {
    zoc_listener *listener;
    struct gate_listener *next;
};

/* All on the gate's loop. A NULL gate is always open. */
void gate_join(zoc_gate *gate, struct gate_listener *member);
void gate_part(zoc_gate *gate, struct gate_listener *member);

/* Waits for room, or until the listener ends. Returns 0, -ESHUTDOWN when the gate is shut, -ECANCELED (also by a soft
 * stop) or -ETIMEDOUT. */
int gate_wait(zoc_gate *gate, const zoc_listener *listener);

/* The same, and takes the room. */
int gate_enter(zoc_gate *gate, const zoc_listener *listener);

/* Wakes those who wait: a listener has ended. */
void gate_look_again(zoc_gate *gate);

/* From any thread: gives the room back. message->deliver is called on the gate's loop and does it, with gate_left. */
void gate_leave(zoc_gate *gate, struct message *message);
void gate_left(zoc_gate *gate);

#endif

#include "net/gate.h"

#include "net/listener.h"

#include <errno.h>
#include <stdlib.h>

struct zoc_gate {
    struct loop *loop;
    unsigned owners;
    unsigned at_once, in_all; /* bounds; 0: none */
    unsigned inside, taken;
    bool shut;
    zoc_event room; /* somebody left, or the gate was shut */
    struct gate_listener *listeners;
};

int zoc_gate_new(unsigned at_once, unsigned in_all, zoc_gate **ret_gate)
{
    zoc_gate *gate = calloc(1, sizeof *gate);

    if (!gate)
        return -ENOMEM;
    *gate = (zoc_gate){ .loop = loop_here, .owners = 1, .at_once = at_once, .in_all = in_all };
    *ret_gate = gate;
    return 0;
}

zoc_gate *zoc_gate_share(zoc_gate *gate)
{
    gate->owners++;
    return gate;
}

void zoc_gate_change(zoc_gate *gate, unsigned at_once, unsigned in_all)
{
    gate->at_once = at_once;
    gate->in_all = in_all;
    gate->taken = 0;
    gate->shut = false;
    zoc_event_set(&gate->room);
}

void zoc_gate_free(zoc_gate *gate)
{
    if (gate && --gate->owners == 0)
        free(gate);
}

void gate_join(zoc_gate *gate, struct gate_listener *member)
{
    if (!gate)
        return;
    member->listener->gate = gate;
    member->next = gate->listeners;
    gate->listeners = member;
}

void gate_part(zoc_gate *gate, struct gate_listener *member)
{
    struct gate_listener **at = gate ? &gate->listeners : NULL;

    while (at && *at && *at != member)
        at = &(*at)->next;
    if (at && *at)
        *at = member->next;
    member->listener->gate = NULL;
}

static void shut(zoc_gate *gate)
{
    gate->shut = true;
    for (struct gate_listener *member = gate->listeners; member; member = member->next)
        listener_leave(member->listener);
    zoc_event_set(&gate->room);
}

/* When a listener ends, those who wait at the gate are let in: nobody who got that far is turned away. */
static bool is_closed(const zoc_gate *gate, const zoc_listener *listener)
{
    bool full = gate->at_once > 0 && gate->inside >= gate->at_once;

    return full && !gate->shut && listener->watch.fd >= 0 && !listener->ending;
}

void gate_look_again(zoc_gate *gate)
{
    if (gate)
        zoc_event_set(&gate->room);
}

int gate_wait(zoc_gate *gate, const zoc_listener *listener)
{
    int result = 0;

    while (gate && is_closed(gate, listener) && result == 0) {
        zoc_event_clear(&gate->room);
        result = zoc_event_wait(&gate->room);
    }
    return result == 0 && gate && gate->shut ? -ESHUTDOWN : result;
}

int gate_enter(zoc_gate *gate, const zoc_listener *listener)
{
    int result = gate_wait(gate, listener);

    if (result < 0 || !gate)
        return result;
    gate->inside++;
    if (++gate->taken == gate->in_all)
        shut(gate);
    return 0;
}

void gate_left(zoc_gate *gate)
{
    gate->inside--;
    zoc_event_set(&gate->room);
}

void gate_leave(zoc_gate *gate, struct message *message)
{
    if (gate->loop == loop_here)
        message->deliver(message);
    else
        loop_post(gate->loop, message);
}

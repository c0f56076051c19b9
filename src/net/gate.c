#include "net/gate.h"

#include "net/listener.h"

#include <errno.h>
#include <stdlib.h>

struct zoc_gate {
    struct loop *loop;
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
    *gate = (zoc_gate){ .loop = loop_here, .at_once = at_once, .in_all = in_all };
    *ret_gate = gate;
    return 0;
}

void zoc_gate_free(zoc_gate *gate)
{
    free(gate);
}

void gate_join(zoc_gate *gate, struct gate_listener *member)
{
    if (!gate)
        return;
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
}

static void shut(zoc_gate *gate)
{
    gate->shut = true;
    for (struct gate_listener *member = gate->listeners; member; member = member->next)
        listener_leave(member->listener);
    zoc_event_set(&gate->room);
}

static bool is_full(const zoc_gate *gate)
{
    return gate->at_once > 0 && gate->inside >= gate->at_once;
}

int gate_wait(zoc_gate *gate)
{
    int result = 0;

    while (gate && !gate->shut && is_full(gate) && result == 0) {
        zoc_event_clear(&gate->room);
        result = zoc_event_wait(&gate->room);
    }
    return result == 0 && gate && gate->shut ? -ESHUTDOWN : result;
}

int gate_enter(zoc_gate *gate)
{
    int result = gate_wait(gate);

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

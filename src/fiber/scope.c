/* Scopes of deadlines and shields, and the time. */
#include "fiber/fiber.h"
#include "fiber/loop.h"

zoc_time zoc_now(void)
{
    return zoc_world->monotonic();
}

zoc_time zoc_deadline(void)
{
    return loop_here->current->deadline;
}

static zoc_time after(zoc_duration duration)
{
    zoc_time now = zoc_now();

    return duration < ZOC_NEVER - now ? now + duration : ZOC_NEVER;
}

zoc_scope zoc_scope_within(zoc_duration duration)
{
    struct zoc_fiber *self = loop_here->current;
    zoc_scope previous = { self->deadline, self->shield };
    zoc_time deadline = after(duration);

    if (deadline < self->deadline)
        self->deadline = deadline;
    return previous;
}

zoc_scope zoc_scope_shield(zoc_duration duration)
{
    struct zoc_fiber *self = loop_here->current;
    zoc_scope previous = { self->deadline, self->shield };

    self->deadline = after(duration);
    self->shield |= HEED_STOP | HEED_CANCEL;
    return previous;
}

zoc_scope zoc_scope_finish(void)
{
    struct zoc_fiber *self = loop_here->current;
    zoc_scope previous = { self->deadline, self->shield };

    self->shield |= HEED_STOP;
    return previous;
}

void zoc_scope_leave(zoc_scope *scope)
{
    loop_here->current->deadline = scope->deadline;
    loop_here->current->shield = scope->shield;
}

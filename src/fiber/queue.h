/* Queues of fibers, linked through the fibers themselves: a fiber stands in one queue at most. */
#ifndef ZOC_FIBER_QUEUE_H
#define ZOC_FIBER_QUEUE_H

#include "fiber/fiber.h"

static inline void queue_push(zoc_queue *queue, struct zoc_fiber *fiber)
{
    fiber->next = NULL;
    fiber->previous = queue->last;
    if (queue->last)
        queue->last->next = fiber;
    else
        queue->first = fiber;
    queue->last = fiber;
}

static inline void queue_push_first(zoc_queue *queue, struct zoc_fiber *fiber)
{
    fiber->previous = NULL;
    fiber->next = queue->first;
    if (queue->first)
        queue->first->previous = fiber;
    else
        queue->last = fiber;
    queue->first = fiber;
}

static inline void queue_remove(zoc_queue *queue, struct zoc_fiber *fiber)
{
    if (fiber->previous)
        fiber->previous->next = fiber->next;
    else
        queue->first = fiber->next;
    if (fiber->next)
        fiber->next->previous = fiber->previous;
    else
        queue->last = fiber->previous;
}

static inline struct zoc_fiber *queue_pop(zoc_queue *queue)
{
    struct zoc_fiber *fiber = queue->first;

    if (fiber) {
        queue->first = fiber->next;
        if (fiber->next)
            fiber->next->previous = NULL;
        else
            queue->last = NULL;
    }
    return fiber;
}

#endif

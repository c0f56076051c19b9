#include "fiber/fiber.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

int zoc_channel_init(zoc_channel *channel, size_t capacity)
{
    assert(capacity > 0);
    void **items = calloc(capacity, sizeof *items);

    if (!items)
        return -ENOMEM;
    *channel = (zoc_channel){ .items = items, .capacity = capacity };
    return 0;
}

void zoc_channel_release(zoc_channel *channel)
{
    assert(!channel->senders.first && !channel->receivers.first);
    free(channel->items);
    *channel = (zoc_channel){ .closed = true };
}

static void wake_first(zoc_queue *queue)
{
    if (queue->first)
        fiber_wake(queue->first);
}

int zoc_channel_send(zoc_channel *channel, void *item)
{
    struct fiber_wait wait = {
        .what = "room in channel", .heeds = HEED_HARD, .until = ZOC_NEVER, .queue = &channel->senders
    };
    int result = fiber_begin(HEED_HARD);

    while (result == 0 && !channel->closed && channel->count == channel->capacity)
        result = fiber_park(&wait);
    if (result < 0) {
        if (channel->count < channel->capacity)
            wake_first(&channel->senders); /* this fiber was woken for the room, and does not take it */
        return result;
    }
    if (channel->closed)
        return -EPIPE;
    channel->items[(channel->first + channel->count++) % channel->capacity] = item;
    wake_first(&channel->receivers);
    return 0;
}

int zoc_channel_receive(zoc_channel *channel, void **ret_item)
{
    struct fiber_wait wait = {
        .what = "item in channel", .heeds = HEED_ALL, .until = ZOC_NEVER, .queue = &channel->receivers
    };
    int result = fiber_begin(HEED_HARD); /* a soft stop lets what is in the channel be received first */

    while (result == 0 && !channel->closed && channel->count == 0)
        result = fiber_park(&wait);
    if (result < 0) {
        if (channel->count > 0)
            wake_first(&channel->receivers);
        return result;
    }
    if (channel->count == 0)
        return 0;
    *ret_item = channel->items[channel->first];
    channel->first = (channel->first + 1) % channel->capacity;
    channel->count--;
    wake_first(&channel->senders);
    return 1;
}

void zoc_channel_close(zoc_channel *channel)
{
    channel->closed = true;
    fiber_wake_all(&channel->senders);
    fiber_wake_all(&channel->receivers);
}

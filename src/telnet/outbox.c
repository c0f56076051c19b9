#include "telnet/outbox.h"

#include <errno.h>
#include <string.h>

/* Nothing more can be put, or nothing of it would be written. */
static bool is_over(const struct outbox *outbox)
{
    return outbox->failure || outbox->shuts || outbox->stream->we_ended;
}

static size_t room(const struct outbox *outbox)
{
    return sizeof outbox->waiting_bytes - outbox->waiting;
}

int outbox_put(struct outbox *outbox, zoc_bytes bytes)
{
    if (outbox->failure)
        return 0;
    if (is_over(outbox))
        return -EPIPE;
    if (bytes.size > room(outbox))
        return -ENOBUFS;
    memcpy(outbox->waiting_bytes + outbox->waiting, bytes.data, bytes.size);
    outbox->waiting += bytes.size;
    return 0;
}

int outbox_await_room(struct outbox *outbox, size_t size)
{
    int result = 0;

    while (result == 0 && room(outbox) < size && !is_over(outbox)) {
        zoc_event_clear(&outbox->room);
        ZOC_FINISH
            result = zoc_event_wait(&outbox->room);
    }
    return result;
}

/* --- writing -------------------------------------------------------------------------------------- */

static bool is_empty(const struct outbox *outbox)
{
    return outbox->waiting == 0 && outbox->going == 0;
}

/* What waits lies elsewhere while it is written: more may come to wait. */
static void begin_to_go(struct outbox *outbox)
{
    memcpy(outbox->going_bytes, outbox->waiting_bytes, outbox->waiting);
    outbox->going = outbox->waiting;
    outbox->waiting = 0;
    zoc_event_set(&outbox->room);
}

int outbox_flush(struct outbox *outbox)
{
    while (!is_empty(outbox)) {
        if (outbox->going == 0)
            begin_to_go(outbox);
        ssize_t written = zoc_write(layer_inner(outbox->stream), outbox->going_bytes, outbox->going);
        if (written < 0)
            return (int)written;
        outbox->going = 0;
    }
    return 0;
}

static int send_all(void *arg)
{
    struct outbox *outbox = arg;

    outbox->failure = outbox_flush(outbox);
    outbox_give(outbox);
    return 0;
}

/* The fiber lives as long as it takes, whatever the deadline of who starts it. */
int outbox_send(struct outbox *outbox)
{
    int result = 0;

    if (outbox->taken || outbox->failure || is_empty(outbox))
        return 0;
    ZOC_SHIELD(ZOC_NEVER)
        result = zoc_go_named(&outbox->senders, "telnet commands", send_all, outbox);
    outbox->taken = result == 0;
    return result;
}

int outbox_take(struct outbox *outbox)
{
    int result = 0;

    while (result == 0 && outbox->taken) {
        zoc_event_clear(&outbox->freed);
        ZOC_FINISH
            result = zoc_event_wait(&outbox->freed);
    }
    if (result == 0)
        result = outbox->failure;
    outbox->taken |= result == 0;
    return result;
}

void outbox_give(struct outbox *outbox)
{
    outbox->taken = false;
    zoc_event_set(&outbox->freed);
    zoc_event_set(&outbox->room);
    int result = outbox_send(outbox);
    if (result < 0)
        outbox->failure = result;
    if (outbox->shuts && !outbox->taken)
        zoc_shut(layer_inner(outbox->stream));
}

/* --- the end -------------------------------------------------------------------------------------- */

int outbox_shut(struct outbox *outbox)
{
    outbox->shuts = true;
    zoc_event_set(&outbox->room);
    return outbox->taken ? 0 : layer_shut(outbox->stream);
}

void outbox_close(struct outbox *outbox)
{
    zoc_group_end(&outbox->senders);
}

#include "fiber/fiber.h"
#include "fiber/loop.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

struct zoc_inbox {
    struct message notice; /* first: told to the loop when there is something, at most once at a time */
    struct loop *loop;
    zoc_event filled;     /* on the loop */
    pthread_mutex_t lock; /* for what follows */
    bool noticed;         /* `notice` is on its way */
    bool closed;
    bool orphaned; /* freed while `notice` was on its way: its delivery frees it */
    size_t capacity, first, count;
    void *items[];
};

int zoc_inbox_new(size_t capacity, zoc_inbox **ret_inbox)
{
    assert(capacity > 0);
    zoc_inbox *inbox = calloc(1, sizeof *inbox + capacity * sizeof inbox->items[0]);

    if (!inbox)
        return -ENOMEM;
    inbox->loop = loop_here;
    inbox->capacity = capacity;
    pthread_mutex_init(&inbox->lock, NULL);
    *ret_inbox = inbox;
    return 0;
}

static void destroy(zoc_inbox *inbox)
{
    pthread_mutex_destroy(&inbox->lock);
    free(inbox);
}

void zoc_inbox_free(zoc_inbox *inbox)
{
    if (!inbox)
        return;
    pthread_mutex_lock(&inbox->lock);
    bool noticed = inbox->noticed;
    inbox->orphaned = true;
    pthread_mutex_unlock(&inbox->lock);
    if (!noticed)
        destroy(inbox);
}

static void deliver_notice(struct message *message)
{
    zoc_inbox *inbox = (zoc_inbox *)message;

    pthread_mutex_lock(&inbox->lock);
    inbox->noticed = false;
    bool orphaned = inbox->orphaned;
    pthread_mutex_unlock(&inbox->lock);
    if (orphaned)
        destroy(inbox);
    else
        zoc_event_set(&inbox->filled);
}

/* With the lock held. Returns whether the caller has to post the notice. */
static bool take_notice(zoc_inbox *inbox)
{
    bool needed = !inbox->noticed;

    inbox->noticed = true;
    return needed;
}

static void post_notice(zoc_inbox *inbox)
{
    inbox->notice.deliver = deliver_notice;
    loop_post(inbox->loop, &inbox->notice);
}

int zoc_inbox_send(zoc_inbox *inbox, void *item)
{
    int result = 0;
    bool post = false;

    pthread_mutex_lock(&inbox->lock);
    if (inbox->closed) {
        result = -EPIPE;
    } else if (inbox->count == inbox->capacity) {
        result = -EAGAIN;
    } else {
        inbox->items[(inbox->first + inbox->count++) % inbox->capacity] = item;
        post = take_notice(inbox);
    }
    if (post)
        post_notice(inbox); /* under the lock: the inbox cannot be freed before it is posted */
    pthread_mutex_unlock(&inbox->lock);
    return result;
}

void zoc_inbox_close(zoc_inbox *inbox)
{
    pthread_mutex_lock(&inbox->lock);
    inbox->closed = true;
    if (take_notice(inbox))
        post_notice(inbox);
    pthread_mutex_unlock(&inbox->lock);
}

/* 1 with an item, 0 when closed and empty, -EAGAIN when empty. */
static int take(zoc_inbox *inbox, void **ret_item)
{
    int result = 1;

    pthread_mutex_lock(&inbox->lock);
    if (inbox->count > 0) {
        *ret_item = inbox->items[inbox->first];
        inbox->first = (inbox->first + 1) % inbox->capacity;
        inbox->count--;
    } else {
        result = inbox->closed ? 0 : -EAGAIN;
        zoc_event_clear(&inbox->filled); /* a notice that comes after this sets it again */
    }
    pthread_mutex_unlock(&inbox->lock);
    return result;
}

int zoc_inbox_receive(zoc_inbox *inbox, void **ret_item)
{
    int result = fiber_begin(HEED_HARD);

    assert(inbox->loop == loop_here);
    while (result == 0) {
        result = take(inbox, ret_item);
        if (result != -EAGAIN)
            return result;
        result = zoc_event_wait(&inbox->filled);
    }
    return result;
}

#include "talk/broker.h"

#include "fiber/loop.h"
#include "talk/saying.h"

#include <errno.h>
#include <stdlib.h>
#include <zocalo/fiber.h>
#include <zocalo/sync.h>

#define CALLS_MAX   16 /* clients that are called before others may speak */
#define QUEUE_CROWD (BROKER_QUEUE_MAX / 2)

/* With what waits at a client that is not late, one more always fits. */
_Static_assert(QUEUE_CROWD + ZOC_CHUNK_MAX + 64 <= BROKER_QUEUE_MAX, "a chunk fits behind half a queue");

struct client {
    struct broker *broker;
    struct client *next, *previous;
    zoc_stream *peer;
    zoc_buffer queue; /* of struct saying *: what it has not been sent */
    size_t load;      /* bytes that the queue stands for */
    zoc_event filled; /* there is something in the queue, or it is leaving */
    struct client *next_due, *previous_due;
    bool due;     /* something is in its queue, and it was not called yet */
    bool present; /* in the list: it hears what is said */
    bool leaving; /* nothing more comes into its queue */
    bool crowded; /* more than half is waiting, and others wait for it */
    bool late;    /* more than half is waiting, and nobody waits for it any more */
    zoc_group speaking, hearing;
};

struct broker {
    struct broker_options options;
    struct client *first;
    struct client *first_due, *last_due; /* in the order in which they will be called */
    bool calls;                          /* its caller runs */
    zoc_group caller;                    /* of those who are due */
    size_t count;
    size_t crowded; /* clients */
    zoc_event calm; /* none is */
};

/* --- who waits for whom --------------------------------------------------------------------------- */

static void stop_crowding(struct client *client)
{
    struct broker *broker = client->broker;

    if (!client->crowded)
        return;
    client->crowded = false;
    if (--broker->crowded == 0)
        zoc_event_set(&broker->calm);
}

static void weigh(struct client *client)
{
    if (client->load <= QUEUE_CROWD) {
        client->late = false;
        stop_crowding(client);
    } else if (client->present && !client->crowded && !client->late) {
        client->crowded = true;
        client->broker->crowded++;
    }
}

static void call_late(struct broker *broker)
{
    for (struct client *client = broker->first; client; client = client->next) {
        client->late |= client->crowded && !client->due; /* who was not even called had no time to read */
        stop_crowding(client);
    }
}

/* Nothing is said meanwhile, so those that crowd have done so all the time when it is over. */
static int wait_calm(struct broker *broker)
{
    int result = 0;

    while (broker->crowded > 0 && result == 0) {
        zoc_event_clear(&broker->calm);
        ZOC_WITHIN(BROKER_PATIENCE)
            ZOC_FINISH
                result = zoc_event_wait(&broker->calm);
    }
    if (result != -ETIMEDOUT)
        return result;
    call_late(broker);
    return 0;
}

/* --- who is to be called -------------------------------------------------------------------------- */

static void set_due(struct client *client)
{
    struct broker *broker = client->broker;

    client->due = true;
    client->next_due = NULL;
    client->previous_due = broker->last_due;
    *(broker->last_due ? &broker->last_due->next_due : &broker->first_due) = client;
    broker->last_due = client;
}

static void call(struct client *client)
{
    struct broker *broker = client->broker;

    if (client->due) {
        *(client->previous_due ? &client->previous_due->next_due : &broker->first_due) = client->next_due;
        *(client->next_due ? &client->next_due->previous_due : &broker->last_due) = client->previous_due;
        client->due = false;
    }
    zoc_event_set(&client->filled);
}

/* A write to each client is what costs, and takes long where there are many. So a few are called at a time, and whoever speaks
 * meanwhile is heard by the rest with the same write. When it is cut off, it calls all the rest at once. */
static int run_caller(void *arg)
{
    struct broker *broker = arg;
    int result = 0;

    while (broker->first_due) {
        for (int i = 0; i < CALLS_MAX && broker->first_due; i++)
            call(broker->first_due);
        loop_poll_soon();
        if (result == 0)
            result = zoc_yield();
    }
    broker->calls = false;
    return 0;
}

static void call_due(struct broker *broker)
{
    if (broker->calls || !broker->first_due)
        return;
    broker->calls = true;
    if (zoc_go(&broker->caller, run_caller, broker) < 0)
        run_caller(broker);
}

/* --- who is there --------------------------------------------------------------------------------- */

static void enter(struct client *client)
{
    struct broker *broker = client->broker;

    client->next = broker->first;
    if (client->next)
        client->next->previous = client;
    broker->first = client;
    broker->count++;
    client->present = true;
}

static void leave(struct client *client)
{
    struct broker *broker = client->broker;

    if (!client->present)
        return;
    *(client->previous ? &client->previous->next : &broker->first) = client->next;
    if (client->next)
        client->next->previous = client->previous;
    broker->count--;
    client->present = false;
    stop_crowding(client);
}

static void drop(struct client *client)
{
    const struct broker_options *options = &client->broker->options;

    leave(client);
    if (options->tell_dropped)
        options->tell_dropped(options->state, client->peer);
    zoc_group_cancel(&client->speaking);
    zoc_group_cancel(&client->hearing);
}

/* --- speaking ------------------------------------------------------------------------------------- */

static void enqueue(struct client *client, struct saying *saying)
{
    size_t load = client->load + saying_load(saying);

    if (load > BROKER_QUEUE_MAX || zoc_buffer_append(&client->queue, &saying, sizeof saying) < 0) {
        drop(client);
        return;
    }
    saying->holders++;
    client->load = load;
    weigh(client);
    if (!client->due && !client->filled.is_set)
        set_due(client);
}

/* To all but one. */
static int say(struct broker *broker, const struct client *but, zoc_bytes words)
{
    struct client *next;

    int result = wait_calm(broker);
    if (result < 0 || !broker->first || words.size == 0)
        return result;
    struct saying *saying = saying_new(words);
    if (!saying)
        return -ENOMEM;
    for (struct client *client = broker->first; client; client = next) {
        next = client->next;
        if (client != but)
            enqueue(client, saying);
    }
    saying_release(saying);
    call_due(broker);
    return 0;
}

int broker_say(struct broker *broker, zoc_bytes words)
{
    return say(broker, NULL, words);
}

static int run_speaking(void *arg)
{
    struct client *client = arg;
    const struct broker_options *options = &client->broker->options;
    zoc_bytes words;
    ssize_t result;

    while ((result = zoc_receive(client->peer, &words)) >= 0) {
        if (result == 0 && !words.data)
            break;
        result = options->hear ? options->hear(options->state, words) : say(client->broker, client, words);
        if (result < 0)
            break;
    }
    return 0;
}

/* --- hearing -------------------------------------------------------------------------------------- */

static void forget(struct client *client, size_t count)
{
    struct saying **sayings = (struct saying **)client->queue.data;

    for (size_t i = 0; i < count; i++) {
        client->load -= saying_load(sayings[i]);
        saying_release(sayings[i]);
    }
    zoc_buffer_consume(&client->queue, count * sizeof *sayings);
    weigh(client);
}

/* What is sent stays in the queue until it is. */
static int send_some(struct client *client)
{
    struct saying *const *sayings = (struct saying *const *)client->queue.data;
    size_t waiting = client->broker->options.one_by_one ? 1 : client->queue.size / sizeof *sayings;
    size_t count = sayings_together(sayings, waiting);
    ssize_t result = sayings_write(client->peer, sayings, count);

    if (result < 0)
        return (int)result;
    forget(client, count);
    return 0;
}

static int wait_filled(struct client *client)
{
    zoc_event_clear(&client->filled);
    return zoc_event_wait(&client->filled);
}

/* A soft stop ends the speaking first, and what waits is still sent. */
static int run_hearing(void *arg)
{
    struct client *client = arg;
    int result = 0;

    ZOC_FINISH
        while (result == 0 && (client->queue.size > 0 || !client->leaving))
            result = client->queue.size > 0 ? send_some(client) : wait_filled(client);
    if (result < 0)
        zoc_group_cancel(&client->speaking);
    return 0;
}

/* --- a client ------------------------------------------------------------------------------------- */

static void say_goodbye(struct client *client)
{
    leave(client);
    client->leaving = true;
    call(client);
    ZOC_WITHIN(ZOC_FAREWELL_TIME)
        zoc_group_wait(&client->hearing);
}

void broker_converse(zoc_stream *peer, void *broker)
{
    struct client client = { .broker = broker, .peer = peer };

    enter(&client);
    if (zoc_go(&client.hearing, run_hearing, &client) == 0 && zoc_go(&client.speaking, run_speaking, &client) == 0)
        zoc_group_wait(&client.speaking);
    say_goodbye(&client);
    forget(&client, client.queue.size / sizeof(struct saying *));
    zoc_buffer_release(&client.queue);
}

/* --- the broker ----------------------------------------------------------------------------------- */

int broker_new(const struct broker_options *options, struct broker **ret_broker)
{
    struct broker *broker = calloc(1, sizeof *broker);

    if (!broker)
        return -ENOMEM;
    broker->options = *options;
    *ret_broker = broker;
    return 0;
}

void broker_free(struct broker *broker)
{
    if (broker)
        zoc_group_wait(&broker->caller);
    free(broker);
}

size_t broker_count(const struct broker *broker)
{
    return broker->count;
}

size_t broker_longest(const struct broker *broker)
{
    size_t longest = 0;

    for (const struct client *client = broker->first; client; client = client->next)
        longest = client->load > longest ? client->load : longest;
    return longest;
}

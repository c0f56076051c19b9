/* A fiber of its own writes to the program's side: a client that is dropped cuts no write off in the middle. */
#include "talk/gather.h"

#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zocalo/error.h>
#include <zocalo/sync.h>

struct words {
    size_t size;
    char data[];
};

struct gather {
    zoc_stream *local;
    struct broker_options options; /* as its maker gave them */
    struct broker *broker;
    zoc_channel said; /* struct words * of the clients */
    zoc_fn *work;
    void *arg;
    zoc_group working;
    int result;       /* of the work */
    int local_result; /* of input or output */
};

/* --- what clients say ----------------------------------------------------------------------------- */

static int keep(void *state, zoc_bytes bytes)
{
    struct gather *gather = state;
    struct words *words = malloc(sizeof *words + bytes.size);

    if (!words)
        return -ENOMEM;
    words->size = bytes.size;
    memcpy(words->data, bytes.data, bytes.size);
    int result = zoc_channel_send(&gather->said, words);
    if (result < 0)
        free(words);
    return result;
}

static void tell_dropped(void *state, zoc_stream *peer)
{
    const struct broker_options *options = &((struct gather *)state)->options;

    if (options->tell_dropped)
        options->tell_dropped(options->state, peer);
}

static int give_up(struct gather *gather, const char *what, ssize_t error)
{
    if (error == -ECANCELED)
        return 0;
    gather->local_result = (int)error;
    zoc_group_cancel(&gather->working);
    return zoc_fail((int)error, "%s", what);
}

static int run_writing(void *arg)
{
    struct gather *gather = arg;
    ssize_t result = 0;
    void *item;

    while (result >= 0 && zoc_channel_receive(&gather->said, &item) > 0) {
        struct words *words = item;
        result = zoc_write(gather->local, words->data, words->size);
        free(words);
    }
    return result < 0 ? give_up(gather, _("standard output"), result) : 0;
}

static void release_words(struct gather *gather)
{
    void *item;

    zoc_channel_close(&gather->said);
    ZOC_SHIELD(ZOC_SECOND) /* nothing is waited for */
        while (gather->said.count > 0 && zoc_channel_receive(&gather->said, &item) > 0)
            free(item);
    zoc_channel_release(&gather->said);
}

/* --- what the program says ------------------------------------------------------------------------ */

static int run_reading(void *arg)
{
    struct gather *gather = arg;
    zoc_bytes chunk;
    ssize_t result;

    do {
        result = zoc_receive(gather->local, &chunk);
        if (result == 0)
            return 0;
        if (result > 0)
            result = broker_say(gather->broker, chunk);
    } while (result >= 0);
    return give_up(gather, _("standard input"), result);
}

/* --- both ----------------------------------------------------------------------------------------- */

static int run_work(void *arg)
{
    struct gather *gather = arg;

    gather->result = gather->work(gather->arg);
    return gather->result;
}

/* When the work has ended, what clients said is still written. */
int gather_run(struct gather *gather, zoc_fn *work, void *arg)
{
    ZOC_GROUP(writing);
    ZOC_GROUP(reading);

    gather->work = work;
    gather->arg = arg;
    int result = zoc_go(&writing, run_writing, gather);
    if (result == 0)
        result = zoc_go(&reading, run_reading, gather);
    if (result == 0)
        result = zoc_go(&gather->working, run_work, gather);
    int worked = zoc_group_wait(&gather->working);
    zoc_group_end(&reading);
    zoc_channel_close(&gather->said);
    int written = zoc_group_wait(&writing);
    if (result < 0 || gather->local_result == 0)
        return result < 0 ? result : worked;
    return written < 0 ? written : zoc_fail(gather->local_result, _("standard input"));
}

int gather_new(zoc_stream *local, const struct broker_options *options, struct gather **ret_gather)
{
    struct gather *gather = calloc(1, sizeof *gather);
    const struct broker_options hearing = {
        .hear = keep, .tell_dropped = tell_dropped, .state = gather, .one_by_one = options->one_by_one
    };

    if (!gather)
        return -ENOMEM;
    gather->local = local;
    gather->options = *options;
    int result = zoc_channel_init(&gather->said, GATHER_WAITING);
    if (result == 0)
        result = broker_new(&hearing, &gather->broker);
    if (result < 0) {
        gather_free(gather);
        return result;
    }
    *ret_gather = gather;
    return 0;
}

void gather_free(struct gather *gather)
{
    if (!gather)
        return;
    broker_free(gather->broker);
    release_words(gather);
    free(gather);
}

void gather_converse(zoc_stream *peer, void *gather)
{
    broker_converse(peer, ((struct gather *)gather)->broker);
}

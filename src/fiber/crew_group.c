#include "fiber/crew.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

enum order_kind { ORDER_STOP, ORDER_CANCEL, ORDER_WAIT, ORDERS };

struct part;

/* Something that loop 0 has another loop do. */
struct order {
    struct message message; /* first */
    struct part *part;
    bool given;
};

/* A crew group in one loop: a fiber owns an ordinary group, and waits for it when it is told so. */
struct part {
    struct message done; /* to loop 0: every fiber of the part has ended */
    zoc_crew_group *whole;
    struct loop *loop;
    zoc_group group;
    zoc_event told; /* to wait for the group */
    struct order orders[ORDERS];
    unsigned pending; /* starts that are on their way; atomic */
    int failure;      /* of the group, or why the part could not be made */
    char *why;        /* the words behind it; owned; NULL */
};

struct zoc_crew_group {
    unsigned references; /* the owner's, and one for each order that is on its way; atomic */
    unsigned size;
    unsigned done;      /* parts that have ended */
    zoc_event all_done; /* on loop 0 */
    struct part parts[];
};

struct start {
    struct message message; /* first */
    struct part *part;
    const char *name;
    zoc_fn *fn;
    void *arg;
    void (*discard)(void *);
};

static void post(struct part *part, struct message *message)
{
    if (part->loop == loop_here)
        message->deliver(message);
    else
        loop_post(part->loop, message);
}

static void unreference(zoc_crew_group *group)
{
    if (__atomic_sub_fetch(&group->references, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    for (unsigned i = 0; i < group->size; i++)
        free(group->parts[i].why);
    free(group);
}

static void deliver_stop(struct message *message)
{
    struct part *part = ((struct order *)message)->part;

    zoc_group_stop(&part->group);
    unreference(part->whole);
}

static void deliver_cancel(struct message *message)
{
    struct part *part = ((struct order *)message)->part;

    zoc_group_cancel(&part->group);
    unreference(part->whole);
}

static void deliver_wait(struct message *message)
{
    struct part *part = ((struct order *)message)->part;

    zoc_event_set(&part->told);
    unreference(part->whole);
}

static void deliver_done(struct message *message)
{
    struct part *part = (struct part *)message;
    zoc_crew_group *group = part->whole;

    if (++group->done == group->size)
        zoc_event_set(&group->all_done);
}

static void give(zoc_crew_group *group, enum order_kind kind)
{
    for (unsigned i = 0; i < group->size; i++) {
        struct order *order = &group->parts[i].orders[kind];
        if (!order->given) {
            order->given = true;
            __atomic_fetch_add(&group->references, 1, __ATOMIC_RELAXED);
            post(&group->parts[i], &order->message);
        }
    }
}

/* --- in the part's loop -------------------------------------------------------------------------- */

static int run_part(void *arg)
{
    struct part *part = arg;

    ZOC_SHIELD(ZOC_NEVER) { /* the deadline of whoever made the group is not that of the group */
        zoc_event_wait(&part->told);
        part->failure = zoc_group_wait(&part->group);
        if (part->failure < 0)
            part->why = base_words_take(base_words_slot());
    }
    loop_post(part->whole->parts[0].loop, &part->done); /* the whole may be gone after this */
    return 0;
}

static void deliver_open(struct message *message)
{
    struct start *start = (struct start *)message;
    struct part *part = start->part;
    struct member *member = start->arg;
    int result = zoc_go_named(&member->parts, "part of a crew's group", run_part, part);

    free(start);
    if (result == 0)
        return;
    part->failure = result;
    loop_post(part->whole->parts[0].loop, &part->done);
}

static void deliver_start(struct message *message)
{
    struct start *start = (struct start *)message;
    int result = start->part->failure;

    if (result == 0)
        result = zoc_go_named(&start->part->group, start->name, start->fn, start->arg);
    __atomic_fetch_sub(&start->part->pending, 1, __ATOMIC_RELAXED);
    if (result < 0)
        start->discard(start->arg);
    free(start);
}

/* --- in loop 0 ----------------------------------------------------------------------------------- */

static int post_start(struct part *part, struct start start)
{
    struct start *copy = malloc(sizeof *copy);

    if (!copy)
        return -ENOMEM;
    *copy = start;
    copy->part = part;
    post(part, &copy->message);
    return 0;
}

static void (*const deliver_order[ORDERS])(struct message *) = {
    [ORDER_STOP] = deliver_stop,
    [ORDER_CANCEL] = deliver_cancel,
    [ORDER_WAIT] = deliver_wait,
};

static void open_part(zoc_crew_group *group, struct part *part, struct member *member)
{
    part->whole = group;
    part->loop = member->loop;
    part->done.deliver = deliver_done;
    for (int kind = 0; kind < ORDERS; kind++)
        part->orders[kind] = (struct order){ .message.deliver = deliver_order[kind], .part = part };
    part->failure = post_start(part, (struct start){ .message.deliver = deliver_open, .arg = member });
    if (part->failure < 0)
        loop_post(group->parts[0].loop, &part->done);
}

/* A crew of this loop alone, for who has none: its one member lives with the loop. */
static struct member *lone_member(void)
{
    static _Thread_local struct member member;

    member.loop = loop_here;
    return &member;
}

int zoc_crew_group_new(zoc_crew *crew, zoc_crew_group **ret_group)
{
    unsigned size = zoc_crew_size(crew);
    zoc_crew_group *group = calloc(1, sizeof *group + size * sizeof group->parts[0]);

    if (!group)
        return -ENOMEM;
    group->references = 1;
    group->size = size;
    for (unsigned i = 0; i < size; i++)
        open_part(group, &group->parts[i], crew ? &crew->members[i] : lone_member());
    *ret_group = group;
    return 0;
}

int zoc_crew_go_named(zoc_crew_group *group, unsigned loop, const char *name, zoc_fn *fn, void *arg,
                      void (*discard)(void *arg))
{
    struct part *part = &group->parts[loop];

    assert(loop < group->size && !part->orders[ORDER_WAIT].given);
    if (part->loop == loop_here && part->failure < 0)
        return part->failure;
    if (part->loop == loop_here)
        return zoc_go_named(&part->group, name, fn, arg);
    if (__atomic_fetch_add(&part->pending, 1, __ATOMIC_RELAXED) >= ZOC_CREW_BACKLOG) {
        __atomic_fetch_sub(&part->pending, 1, __ATOMIC_RELAXED);
        return -EAGAIN;
    }
    int result = post_start(
        part,
        (struct start){ .message.deliver = deliver_start, .name = name, .fn = fn, .arg = arg, .discard = discard });
    if (result < 0)
        __atomic_fetch_sub(&part->pending, 1, __ATOMIC_RELAXED);
    return result;
}

void zoc_crew_group_stop(zoc_crew_group *group)
{
    give(group, ORDER_STOP);
}

void zoc_crew_group_cancel(zoc_crew_group *group)
{
    give(group, ORDER_CANCEL);
}

static int wait_all_done(zoc_crew_group *group, unsigned heeds)
{
    struct fiber_wait wait = {
        .what = "end of a crew's group", .heeds = heeds, .until = ZOC_NEVER, .queue = &group->all_done.waiters
    };
    int result = 0;

    while (!group->all_done.is_set && result == 0)
        result = fiber_park(&wait);
    return group->all_done.is_set ? 0 : result;
}

/* Of the first loop that has one; its words become the waiter's. */
static int first_failure(zoc_crew_group *group)
{
    for (struct part *part = group->parts; part < group->parts + group->size; part++)
        if (part->failure < 0) {
            if (part->why)
                base_words_give(base_words_slot(), part->failure, part->why);
            part->why = NULL;
            return part->failure;
        }
    return 0;
}

int zoc_crew_group_wait(zoc_crew_group *group)
{
    unsigned heeds = HEED_ALL;
    int cut = 0;

    give(group, ORDER_WAIT);
    for (;;) {
        int result = wait_all_done(group, heeds);
        if (result == 0)
            break;
        if (result == -ECANCELED && heeds & HEED_STOP && zoc_stopped() == ZOC_STOPPING) {
            zoc_crew_group_stop(group);
            heeds &= ~(unsigned)HEED_STOP;
        } else {
            zoc_crew_group_cancel(group);
            heeds = 0;
            cut = result;
        }
    }
    return cut < 0 ? cut : first_failure(group);
}

void zoc_crew_group_free(zoc_crew_group *group)
{
    if (!group)
        return;
    if (!group->all_done.is_set) {
        zoc_crew_group_cancel(group);
        give(group, ORDER_WAIT);
        wait_all_done(group, 0);
    }
    unreference(group);
}

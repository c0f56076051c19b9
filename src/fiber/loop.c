#include "fiber/loop.h"

#include "base/error.h"
#include "fiber/queue.h"
#include "fiber/sanitize.h"

#include <assert.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>

_Thread_local struct loop *loop_here __attribute__((tls_model("initial-exec")));

unsigned (*loop_shuffles)(void);

/* --- switching ----------------------------------------------------------------------------------- */

static void switch_fiber(struct loop *loop, struct zoc_fiber *to, bool ends)
{
    struct zoc_fiber *from = loop->current;

    loop->current = to;
    to->budget = ZOC_BUDGET;
    sanitize_before_switch(from, to, ends);
    switch_to(&from->context, to->context);
    sanitize_after_switch(from, NULL);
}

void loop_ready_last(struct zoc_fiber *fiber)
{
    queue_push(&loop_here->ready, fiber);
}

void loop_ready(struct zoc_fiber *fiber)
{
    if (loop_shuffles && loop_shuffles())
        queue_push_first(&loop_here->ready, fiber);
    else
        loop_ready_last(fiber);
}

/* From fiber to fiber, without a stop at the loop, as long as it need not poll. */
void loop_switch_away(void)
{
    struct loop *loop = loop_here;
    struct zoc_fiber *next = loop->turns > 0 ? queue_pop(&loop->ready) : NULL;

    if (!next) {
        switch_fiber(loop, &loop->root, false);
        return;
    }
    loop->turns--;
    if (next == loop->current)
        next->budget = ZOC_BUDGET;
    else
        switch_fiber(loop, next, false);
}

void loop_end_fiber(struct zoc_fiber *fiber)
{
    struct loop *loop = loop_here;

    loop->dead = fiber;
    switch_fiber(loop, &loop->root, true);
    abort(); /* nobody switches to the dead */
}

void loop_poll_soon(void)
{
    loop_here->turns = 0;
}

static void run_ready(struct loop *loop)
{
    struct zoc_fiber *next;

    while (loop->turns > 0 && (next = queue_pop(&loop->ready))) {
        loop->turns--;
        switch_fiber(loop, next, false);
        if (loop->dead) {
            fiber_reap(loop->dead);
            loop->dead = NULL;
        }
    }
}

/* --- messages ------------------------------------------------------------------------------------ */

/* What the message brings may let the loop end before it was woken: it waits for those that are still in here. */
void loop_post(struct loop *loop, struct message *message)
{
    __atomic_fetch_add(&loop->posting, 1, __ATOMIC_RELAXED);
    struct message *newest = __atomic_load_n(&loop->mail, __ATOMIC_RELAXED);

    do
        message->next = newest;
    while (!__atomic_compare_exchange_n(&loop->mail, &newest, message, true, __ATOMIC_RELEASE, __ATOMIC_RELAXED));
    if (!newest) /* who follows before the loop has looked need not wake it again */
        zoc_world->poller_wake(loop->poller);
    __atomic_fetch_sub(&loop->posting, 1, __ATOMIC_RELEASE);
}

static void deliver_mail(struct loop *loop)
{
    struct message *newest = __atomic_exchange_n(&loop->mail, NULL, __ATOMIC_ACQUIRE);
    struct message *oldest = NULL;

    while (newest) {
        struct message *next = newest->next;
        newest->next = oldest;
        oldest = newest;
        newest = next;
    }
    while (oldest) {
        struct message *next = oldest->next;
        oldest->deliver(oldest);
        oldest = next;
    }
}

/* No fiber is left, but what the last ones posted may own something. */
static void deliver_last_mail(struct loop *loop)
{
    while (__atomic_load_n(&loop->posting, __ATOMIC_ACQUIRE))
        sched_yield();
    deliver_mail(loop);
}

/* --- polling ------------------------------------------------------------------------------------- */

static void poll_world(struct loop *loop)
{
    bool busy = loop->ready.first || __atomic_load_n(&loop->mail, __ATOMIC_RELAXED);
    int count = zoc_world->poller_wait(loop->poller, loop->events, LOOP_EVENTS, busy ? 0 : timers_next(&loop->timers));

    loop->now = zoc_now();
    for (int i = 0; i < count; i++)
        watch_dispatch(loop, &loop->events[i]);
    if (__atomic_load_n(&loop->mail, __ATOMIC_RELAXED))
        deliver_mail(loop);
    timers_fire(&loop->timers, loop->now);
    loop->turns = LOOP_TURNS;
}

/* --- a loop's life ------------------------------------------------------------------------------- */

static struct base_words *words_of_fiber(void)
{
    return loop_here ? &loop_here->current->words : base_words_of_thread();
}

/* Before main, and so before any thread could read it. */
__attribute__((constructor)) static void keep_words_in_fibers(void)
{
    base_words_slot = words_of_fiber;
}

void loop_at_end(struct loop_end *end)
{
    end->next = loop_here->ends;
    loop_here->ends = end;
}

static int open_loop(struct loop **ret_loop)
{
    struct loop *loop = calloc(1, sizeof *loop);

    if (!loop)
        return -ENOMEM;
    int result = zoc_world->poller_open(&loop->poller);
    if (result < 0) {
        free(loop);
        return result;
    }
    loop->current = &loop->root;
    loop->root.deadline = ZOC_NEVER;
    loop->root.name = "loop";
    loop->now = zoc_now();
    sanitize_fiber_made(&loop->root);
    *ret_loop = loop;
    return 0;
}

static void close_loop(struct loop *loop)
{
    deliver_last_mail(loop);
    while (loop->ends) {
        struct loop_end *end = loop->ends;
        loop->ends = end->next;
        end->release();
    }
    base_words_release(&loop->root.words);
    zoc_world->poller_close(loop->poller);
    stacks_release(&loop->stacks);
    timers_release(&loop->timers);
    free(loop->slots);
    free(loop);
}

struct first {
    zoc_fn *fn;
    void *arg;
    int result;
};

static int run_first(void *arg)
{
    struct first *first = arg;

    first->result = first->fn(first->arg);
    return first->result;
}

/* A write to who reads no more is an error like others: splice(2) and pipes know no MSG_NOSIGNAL. */
static void ignore_broken_pipes(void)
{
    struct sigaction action;

    if (sigaction(SIGPIPE, NULL, &action) == 0 && action.sa_handler == SIG_DFL) {
        action.sa_handler = SIG_IGN;
        sigaction(SIGPIPE, &action, NULL);
    }
}

int zoc_run(zoc_fn *fn, void *arg)
{
    struct loop *loop;
    zoc_group group = { 0 };
    struct first first = { .fn = fn, .arg = arg };

    assert(!loop_here); /* one loop for each thread */
    int result = open_loop(&loop);
    if (result < 0)
        return result;

    ignore_broken_pipes();
    loop_here = loop;
    result = zoc_go_named(&group, "main", run_first, &first);
    while (group.count > 0) {
        run_ready(loop);
        if (group.count > 0)
            poll_world(loop);
    }
    assert(loop->alive == 0);
    char *why = result < 0 ? base_words_take(&loop->root.words) : group.why;
    close_loop(loop);
    loop_here = NULL;
    if (why) /* the words outlive the fiber and the loop that they come from */
        base_words_give(base_words_of_thread(), result < 0 ? result : first.result, why);
    return result < 0 ? result : first.result;
}

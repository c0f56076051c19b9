/* Readiness, as epoll(7) tells it; and the place where virtual time goes by. */
#include "fiber/fiber.h"
#include "sim/inside.h"

#define STEP_MAX 3000 /* nanoseconds that go by between two polls */

static struct {
    struct file *watched[SIM_FILES_MAX]; /* by descriptor */
    int highest;
    bool woken, open;
} poller;

int poller_open(void **ret_poller)
{
    if (poller.open)
        sim_fail("a second loop: the simulated world has one");
    poller.open = true;
    poller.highest = 0;
    *ret_poller = &poller;
    return 0;
}

void poller_close(void *unused)
{
    (void)unused;
    poller.open = poller.woken = false;
}

void poller_wake(void *unused)
{
    (void)unused;
    poller.woken = true;
}

static const unsigned interests[] = {
    [WORLD_EDGE] = WORLD_READABLE | WORLD_ENDED,
    [WORLD_EDGE_BOTH] = WORLD_READABLE | WORLD_WRITABLE | WORLD_ENDED,
    [WORLD_ONESHOT] = WORLD_READABLE | WORLD_ENDED,
};

static unsigned ready_of(const struct file *file)
{
    return file->kind->ready(file) & interests[file->how];
}

void file_changed(struct file *file)
{
    if (file->watched && file->armed)
        file->pending = true;
}

int poller_watch(void *unused, int fd, enum world_watch how, uint64_t token)
{
    struct file *file = file_find(fd);

    (void)unused;
    if (!file)
        return -EBADF;
    file->watched = file->armed = true;
    file->how = how;
    file->token = token;
    file->pending = ready_of(file) != 0;
    poller.watched[fd] = file;
    if (fd > poller.highest)
        poller.highest = fd;
    return 0;
}

void poller_forget(struct file *file)
{
    if (file->watched)
        poller.watched[file->fd] = NULL;
    file->watched = file->pending = false;
}

int poller_unwatch(void *unused, int fd)
{
    struct file *file = file_find(fd);

    (void)unused;
    if (!file || !file->watched)
        return -ENOENT;
    poller_forget(file);
    return 0;
}

/* An event without anything behind it can come at any time (epoll(7) promises less than people think). */
static unsigned news_of(struct file *file)
{
    unsigned ready = file->pending ? ready_of(file) : 0;

    if (!ready && file->armed && fault_strikes(FAULT_READY_EARLY))
        ready = WORLD_READABLE | (file->how == WORLD_EDGE_BOTH ? WORLD_WRITABLE : 0);
    file->pending = false;
    if (ready && file->how == WORLD_ONESHOT)
        file->armed = false;
    return ready;
}

/* In any order: it begins somewhere, and goes up or down. */
static int collect(struct world_ready *ret_ready, int max)
{
    int span = poller.highest + 1, count = 0;
    int start = (int)chance_below(&world_chance, (uint64_t)span),
        step = chance_once_in(&world_chance, 2) ? 1 : span - 1;

    for (int i = 0; i < span && count < max; i++) {
        struct file *file = poller.watched[(start + i * step) % span];
        unsigned ready = file ? news_of(file) : 0;
        if (!ready)
            continue;
        note("ready", file->fd, ready);
        ret_ready[count++] = (struct world_ready){ .token = file->token, .ready = ready };
    }
    return count;
}

static void let_time_go_by(int64_t until)
{
    if (until > now)
        now = until;
    if (now > SIM_TIME_MAX)
        sim_fail("a day of virtual time is over, and it has not ended");
}

void sim_compute(zoc_duration duration)
{
    note("compute", 0, duration);
    let_time_go_by(now + duration);
}

/* The next thing that is to happen by then, if there is one. */
static bool happens(int64_t until)
{
    struct event *event = agenda_first();

    if (!event || event->at > until)
        return false;
    let_time_go_by(event->at);
    agenda_remove(event);
    event->happen(event);
    return true;
}

static void happen_all(int64_t until)
{
    while (happens(until))
        ;
}

int poller_wait(void *unused, struct world_ready *ret_ready, int max, int64_t deadline)
{
    int count = 0;

    (void)unused;
    let_time_go_by(now + (int64_t)chance_below(&world_chance, STEP_MAX));
    happen_all(now);
    while ((count = collect(ret_ready, max)) == 0 && !poller.woken && deadline > now) {
        if (happens(deadline)) {
            happen_all(now);
            continue;
        }
        if (deadline == NEVER)
            sim_fail("nothing is left to happen, and fibers wait");
        let_time_go_by(deadline);
    }
    poller.woken = false;
    return count;
}

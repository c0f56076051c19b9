/* Offloaded work: each on a thread of its own, but never two at a time. Whose turn it is the agenda says, so that it is
 * the same with every run. */
#include "sim/inside.h"

#include <pthread.h>
#include <semaphore.h>

struct work {
    struct event event; /* first: it begins, or goes on */
    void (*work)(void *);
    void *arg;
    pthread_t thread;
    sem_t turn; /* its own */
    sem_t back; /* that of whoever runs the agenda */
    bool begun, done;
};

static _Thread_local struct work *this_work;
static size_t alive, running, most_running;

size_t work_alive(void)
{
    return alive;
}

static void wait_turn(sem_t *turn)
{
    while (sem_wait(turn) < 0 && errno == EINTR)
        ;
}

static void *run(void *arg)
{
    struct work *work = this_work = arg;

    work->work(work->arg);
    work->done = true;
    sem_post(&work->back);
    return NULL;
}

size_t sim_work_most(void)
{
    return most_running;
}

static void begin(struct work *work)
{
    if (++running > most_running)
        most_running = running;
    if (pthread_create(&work->thread, NULL, run, work) != 0)
        sim_fail("no thread for work");
    work->begun = true;
}

static void happen_turn(struct event *event)
{
    struct work *work = (struct work *)event;

    note(work->begun ? "work goes on" : "work begins", 0, 0);
    if (work->begun)
        sem_post(&work->turn);
    else
        begin(work);
    wait_turn(&work->back);
    if (!work->done)
        return;
    pthread_join(work->thread, NULL);
    running--;
    sem_destroy(&work->turn);
    sem_destroy(&work->back);
    free(work);
    alive--;
}

void sim_work(zoc_duration duration)
{
    struct work *work = this_work;

    agenda_add(&work->event, now + duration);
    sem_post(&work->back);
    wait_turn(&work->turn);
}

int work_begin(void (*fn)(void *), void *arg)
{
    if (fault_strikes(FAULT_OFFLOAD_NONE))
        return -EAGAIN;
    struct work *work = must_have(calloc(1, sizeof *work));
    int64_t delay = (int64_t)chance_between(&world_chance, 1000, 100000);

    if (fault_strikes(FAULT_OFFLOAD_SLOW))
        delay = (int64_t)chance_between(&world_chance, ZOC_MILLISECOND, 60 * ZOC_SECOND);
    *work = (struct work){ .event.happen = happen_turn, .work = fn, .arg = arg };
    sem_init(&work->turn, 0, 0);
    sem_init(&work->back, 0, 0);
    alive++;
    agenda_add(&work->event, now + delay);
    return 0;
}

#include "fiber/fiber.h"
#include "fiber/loop.h"

#include <errno.h>
#include <stdlib.h>

/* Who is done with a job first leaves it to the other: the worker and the fiber decide by one exchange each. */
enum job_state {
    JOB_QUEUED, /* no worker has begun it */
    JOB_RUNNING,
    JOB_DONE,     /* its message is on the way to the loop */
    JOB_DROPPED,  /* the fiber gave up before it began: the worker frees the job */
    JOB_ABANDONED /* the fiber gave up while it ran: the worker releases the argument and frees the job */
};

struct job {
    struct message done; /* first */
    int (*work)(void *);
    void *arg;
    void (*release)(void *); /* NULL: the work is waited for once it runs */
    int result;
    enum job_state state; /* atomic */
    struct loop *loop;
    zoc_event finished; /* on the loop */
};

static bool advance(struct job *job, enum job_state from, enum job_state to)
{
    return __atomic_compare_exchange_n(&job->state, &from, to, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

static void deliver_done(struct message *message)
{
    struct job *job = (struct job *)message;

    zoc_event_set(&job->finished);
}

static void run_job(void *arg)
{
    struct job *job = arg;

    if (!advance(job, JOB_QUEUED, JOB_RUNNING)) {
        free(job);
        return;
    }
    job->result = job->work(job->arg);
    if (advance(job, JOB_RUNNING, JOB_DONE)) {
        loop_post(job->loop, &job->done);
        return;
    }
    job->release(job->arg);
    free(job);
}

/* Waits for the job with what `heeds` names. */
static int wait_finished(struct job *job, unsigned heeds)
{
    struct fiber_wait wait = {
        .what = "offloaded work", .heeds = heeds, .until = ZOC_NEVER, .queue = &job->finished.waiters
    };
    int result = 0;

    while (result == 0 && !job->finished.is_set)
        result = fiber_park(&wait);
    return job->finished.is_set ? 0 : result;
}

/* After -ECANCELED or -ETIMEDOUT the argument of abandonable work is never the caller's, however far the work came. */
static int let_go(int result, void *arg, void (*release)(void *))
{
    if (release)
        release(arg);
    return result;
}

static int offload(int (*work)(void *), void *arg, void (*release)(void *), unsigned heeds)
{
    struct job *job = malloc(sizeof *job);

    if (!job)
        return -EAGAIN;
    *job =
        (struct job){ .done.deliver = deliver_done, .work = work, .arg = arg, .release = release, .loop = loop_here };
    int result = fiber_cut_off(heeds);
    if (result < 0) {
        free(job);
        return let_go(result, arg, release);
    }
    result = zoc_world->offload(run_job, job);
    if (result < 0) {
        free(job);
        return result;
    }

    result = wait_finished(job, heeds);
    if (result < 0) {
        if (advance(job, JOB_QUEUED, JOB_DROPPED))
            return let_go(result, arg, release);
        if (release && advance(job, JOB_RUNNING, JOB_ABANDONED))
            return result;
        wait_finished(job, 0);
    }
    result = job->result;
    free(job);
    return result == -ECANCELED || result == -ETIMEDOUT ? let_go(result, arg, release) : result;
}

int zoc_offload(int (*work)(void *), void *arg)
{
    return offload(work, arg, NULL, HEED_HARD);
}

/* Such work waits for something new to do, as a read of a terminal does, and so heeds a soft stop. */
int zoc_offload_abandonable(int (*work)(void *), void *arg, void (*release)(void *))
{
    return offload(work, arg, release, HEED_ALL);
}

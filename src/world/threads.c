#include "world/kernel.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

struct job {
    void (*work)(void *);
    void *arg;
    struct job *next;
};

/* Workers share one queue. They are started when work comes and none is idle, and stay until the process ends. */
static struct {
    pthread_mutex_t lock;
    pthread_cond_t more;
    struct job *first, **last;
    unsigned threads;
    unsigned idle;    /* of them, those that wait for work */
    unsigned waiting; /* jobs in the queue */
} workers = { .lock = PTHREAD_MUTEX_INITIALIZER, .more = PTHREAD_COND_INITIALIZER, .last = &workers.first };

struct thread {
    pthread_t id;
    void (*body)(void *);
    void *arg;
};

static void *worker(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&workers.lock);
    for (;;) {
        while (!workers.first) {
            workers.idle++;
            pthread_cond_wait(&workers.more, &workers.lock);
            workers.idle--;
        }
        struct job *job = workers.first;
        workers.first = job->next;
        if (!workers.first)
            workers.last = &workers.first;
        workers.waiting--;
        pthread_mutex_unlock(&workers.lock);

        job->work(job->arg);
        free(job);
        pthread_mutex_lock(&workers.lock);
    }
    return NULL;
}

/* Threads take no signals: those are for whoever opened them. */
static int create(pthread_t *ret_id, const pthread_attr_t *attributes, void *(*start)(void *), void *arg)
{
    sigset_t all, previous;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &previous);
    int error = pthread_create(ret_id, attributes, start, arg);
    pthread_sigmask(SIG_SETMASK, &previous, NULL);
    return -error;
}

static int start_worker(void)
{
    pthread_t id;
    pthread_attr_t attributes;

    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    int result = create(&id, &attributes, worker, NULL);
    pthread_attr_destroy(&attributes);
    if (result == 0)
        workers.threads++;
    return result;
}

int threads_offload(void (*work)(void *), void *arg)
{
    struct job *job = malloc(sizeof *job);
    int result = 0;

    if (!job)
        return -EAGAIN;
    *job = (struct job){ .work = work, .arg = arg };

    pthread_mutex_lock(&workers.lock);
    if (workers.waiting >= workers.idle && workers.threads < THREADS_WORKERS_MAX)
        result = start_worker();
    if (result < 0 && workers.threads > 0)
        result = 0; /* those that there are will come to it */
    if (result == 0) {
        *workers.last = job;
        workers.last = &job->next;
        workers.waiting++;
        pthread_cond_signal(&workers.more);
    }
    pthread_mutex_unlock(&workers.lock);
    if (result < 0)
        free(job);
    return result < 0 ? -EAGAIN : 0;
}

static void *run_body(void *arg)
{
    struct thread *thread = arg;

    thread->body(thread->arg);
    return NULL;
}

int threads_start(void (*body)(void *), void *arg, void **ret_thread)
{
    struct thread *thread = malloc(sizeof *thread);

    if (!thread)
        return -ENOMEM;
    *thread = (struct thread){ .body = body, .arg = arg };
    int result = create(&thread->id, NULL, run_body, thread);
    if (result < 0) {
        free(thread);
        return result;
    }
    *ret_thread = thread;
    return 0;
}

void threads_join(void *arg)
{
    struct thread *thread = arg;

    pthread_join(thread->id, NULL);
    free(thread);
}

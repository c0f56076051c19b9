#include "base/log_queue.h"

#include "base/log_line.h"
#include "world/world.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>
#include <zocalo/bytes.h>
#include <zocalo/units.h>

#define PIECE_MAX  ((size_t)64 * 1024)    /* bytes of one write: each makes room for new lines */
#define RETRY_WAIT (10 * ZOC_MILLISECOND) /* after -EAGAIN: somebody made standard error non-blocking */
#define FLUSH_WAIT (1 * ZOC_SECOND)

enum writer { WRITER_NONE, WRITER_THREAD, WRITER_INLINE };

/* Lines are put into `filling`; the writer swaps it with its own `batch`, and writes that without the lock. */
static struct {
    pthread_mutex_t lock;
    pthread_cond_t filled;  /* the writer waits for it: lines came, or it shall end */
    pthread_cond_t written; /* flushers wait for it: `settled` has grown */
    enum writer writer;
    void *thread; /* of WRITER_THREAD */
    bool ending;
    bool broken; /* the last write failed */
    zoc_buffer filling;
    zoc_buffer batch;      /* touched by the writer alone */
    uint64_t accepted;     /* bytes of all lines that were taken */
    uint64_t settled;      /* of them, bytes that were written or discarded: the others wait */
    uint64_t dropped;      /* lines */
    uint64_t untold;       /* of them, those that no notice tells about yet */
    zoc_log_format format; /* of notices */
    char notice[ZOC_LOG_LINE_MAX];
} queue = { .lock = PTHREAD_MUTEX_INITIALIZER,
            .filled = PTHREAD_COND_INITIALIZER,
            .written = PTHREAD_COND_INITIALIZER };

static void drop(uint64_t lines)
{
    queue.dropped += lines;
    queue.untold += lines;
}

static bool has_room(size_t size)
{
    return queue.accepted - queue.settled + size <= ZOC_LOG_QUEUE_MAX;
}

static bool accept_line(const char *line, size_t size)
{
    if (!has_room(size) || zoc_buffer_append(&queue.filling, line, size) < 0)
        return false;
    queue.accepted += size;
    return true;
}

/* Puts a notice about dropped lines where they are missing, when there is room for it and for `next` bytes more. Not
 * while writing fails: notices would only be dropped, and call for further notices. */
static void tell_drops(size_t next)
{
    zoc_log_field count = { .key = "count", .number = (int64_t)queue.untold };
    struct base_log_record record = {
        .level = ZOC_LOG_WARNING, .message = "log lines were dropped", .fields = &count, .count = 1
    };

    if (queue.untold == 0 || queue.broken)
        return;
    record.wall = zoc_world->wall();
    size_t size = base_log_line(queue.format, &record, queue.notice);
    if (has_room(size + next) && accept_line(queue.notice, size))
        queue.untold = 0;
}

static ssize_t write_piece(void)
{
    size_t size = queue.batch.size < PIECE_MAX ? queue.batch.size : PIECE_MAX;
    struct iovec piece = { queue.batch.data, size };

    return zoc_world->writev(2, &piece, 1);
}

static uint64_t lines_in(const zoc_buffer *buffer)
{
    uint64_t lines = 0;

    for (size_t i = 0; i < buffer->size; i++)
        lines += buffer->data[i] == '\n';
    return lines;
}

/* Accounts for a write of the batch: what cannot be written is dropped as a whole, so that nobody tries for ever. */
static void settle(ssize_t result)
{
    size_t size = result > 0 ? (size_t)result : queue.batch.size;

    queue.broken = result <= 0;
    if (queue.broken)
        drop(lines_in(&queue.batch));
    zoc_buffer_consume(&queue.batch, size);
    queue.settled += size;
    pthread_cond_broadcast(&queue.written);
}

static void swap_buffers(void)
{
    zoc_buffer filled = queue.filling;

    queue.filling = queue.batch;
    queue.batch = filled;
}

/* The time is real even where the world's is not: only a real thread is ever waited for. */
static int wait_written_until(zoc_time deadline)
{
    struct timespec time = { .tv_sec = deadline / ZOC_SECOND, .tv_nsec = deadline % ZOC_SECOND };

    return pthread_cond_clockwait(&queue.written, &queue.lock, CLOCK_MONOTONIC, &time);
}

/* Sleeps with the lock given back: nobody but the writer itself signals `written`. */
static void pause_writer(void)
{
    wait_written_until(zoc_world->monotonic() + RETRY_WAIT);
}

/* Returns false when there is nothing more to write, ever. */
static bool next_batch(void)
{
    for (;;) {
        tell_drops(0);
        if (queue.filling.size > 0) {
            swap_buffers();
            return true;
        }
        if (queue.ending)
            return false;
        pthread_cond_wait(&queue.filled, &queue.lock);
    }
}

static void write_batch(void)
{
    while (queue.batch.size > 0) {
        pthread_mutex_unlock(&queue.lock);
        ssize_t result = write_piece();
        pthread_mutex_lock(&queue.lock);
        if (result == -EAGAIN && !queue.ending)
            pause_writer();
        else
            settle(result);
    }
}

static void writer_body(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&queue.lock);
    while (next_batch())
        write_batch();
    pthread_mutex_unlock(&queue.lock);
}

static void start_writer(void)
{
    int result = zoc_world->thread_start(writer_body, NULL, &queue.thread);

    queue.writer = result < 0 ? WRITER_INLINE : WRITER_THREAD;
}

static void write_inline(void)
{
    swap_buffers();
    while (queue.batch.size > 0)
        settle(write_piece());
}

void base_log_put(zoc_log_format format, const char *line, size_t size)
{
    pthread_mutex_lock(&queue.lock);
    if (queue.writer == WRITER_NONE)
        start_writer();
    queue.format = format;
    tell_drops(size);
    if (!accept_line(line, size))
        drop(1);
    if (queue.writer == WRITER_INLINE)
        write_inline();
    else
        pthread_cond_signal(&queue.filled);
    pthread_mutex_unlock(&queue.lock);
}

void base_log_stop(void)
{
    pthread_mutex_lock(&queue.lock);
    bool has_thread = queue.writer == WRITER_THREAD;
    queue.ending = true;
    pthread_cond_signal(&queue.filled);
    pthread_mutex_unlock(&queue.lock);
    if (has_thread)
        zoc_world->thread_join(queue.thread);

    pthread_mutex_lock(&queue.lock);
    zoc_buffer_release(&queue.filling);
    zoc_buffer_release(&queue.batch);
    queue.writer = WRITER_NONE;
    queue.ending = false;
    pthread_mutex_unlock(&queue.lock);
}

void zoc_log_flush(void)
{
    pthread_mutex_lock(&queue.lock);
    uint64_t target = queue.accepted;
    zoc_time deadline = zoc_world->monotonic() + FLUSH_WAIT;

    while (queue.settled < target && wait_written_until(deadline) != ETIMEDOUT)
        ;
    pthread_mutex_unlock(&queue.lock);
}

uint64_t zoc_log_dropped(void)
{
    pthread_mutex_lock(&queue.lock);
    uint64_t dropped = queue.dropped;
    pthread_mutex_unlock(&queue.lock);
    return dropped;
}

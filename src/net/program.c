#include "net/program.h"

#include "stream/descriptor.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <zocalo/error.h>

#define SHELL "/bin/sh"

/* --- the start ------------------------------------------------------------------------------------ */

struct start {
    char *const *argv;
    int input, output;
    struct world_child child;
};

static int start_there(void *arg)
{
    struct start *start = arg;

    return zoc_world->spawn(start->argv, start->input, start->output, &start->child);
}

int program_start(struct program *program, const char *command, int input, int output)
{
    char *const argv[] = { SHELL, "-c", (char *)command, NULL };
    struct start start = { .argv = argv, .input = input, .output = output };
    int result = zoc_offload(start_there, &start);

    if (result < 0)
        return zoc_fail(result, "run " SHELL);
    program->child = start.child;
    return 0;
}

/* --- the end -------------------------------------------------------------------------------------- */

/* Whether it has ended by now. */
static bool has_ended(struct program *program)
{
    int result = program->ended ? 0 : zoc_world->child_wait(&program->child, 0, &program->status);

    program->ended = result != -EAGAIN;
    if (result < 0)
        program->status = PROGRAM_STATUS_UNKNOWN;
    return program->ended;
}

int program_await_end(struct program *program, zoc_duration patience)
{
    struct fiber_wait wait = { .what = "the end of a program", .heeds = HEED_HARD, .until = zoc_now() + patience };
    struct watch watch;

    if (has_ended(program))
        return 0;
    int result = watch_open(&watch, program->child.fd, WORLD_ONESHOT);
    if (result < 0)
        return result;
    while (result == 0 && !has_ended(program))
        result = watch_readable(&watch, &wait);
    watch_close(&watch, true);
    return result == -ETIMEDOUT && zoc_deadline() > wait.until ? 0 : result;
}

/* --- farewells ------------------------------------------------------------------------------------- */

/* Programs that were told to end and have not been reaped yet, of all loops. */
static struct {
    pthread_mutex_t lock;
    pthread_cond_t none;
    unsigned count;
} leaving = { .lock = PTHREAD_MUTEX_INITIALIZER, .none = PTHREAD_COND_INITIALIZER };

static _Thread_local struct {
    bool ends_with_loop;
    struct loop_end end;
} here;

static void count_leaving(int more)
{
    pthread_mutex_lock(&leaving.lock);
    leaving.count += (unsigned)more;
    if (leaving.count == 0)
        pthread_cond_broadcast(&leaving.none);
    pthread_mutex_unlock(&leaving.lock);
}

/* Nothing outlives its loop: the process may end next, and who does not heed SIGTERM would stay behind. */
static void await_leaving(void)
{
    pthread_mutex_lock(&leaving.lock);
    while (leaving.count > 0)
        pthread_cond_wait(&leaving.none, &leaving.lock);
    pthread_mutex_unlock(&leaving.lock);
    here.ends_with_loop = false;
}

static void see_off(const struct world_child *child, zoc_duration grace)
{
    int status;

    if (zoc_world->child_wait(child, grace, &status) == -EAGAIN) {
        zoc_world->child_signal(child, SIGKILL);
        zoc_world->child_wait(child, PROGRAM_GRACE, &status);
    }
}

static void see_off_there(void *arg)
{
    struct world_child *child = arg;

    see_off(child, PROGRAM_GRACE);
    zoc_world->close(child->fd);
    free(child);
    count_leaving(-1);
}

/* Leaves the child to a worker. */
static bool hand_over(const struct world_child *child)
{
    struct world_child *copy = malloc(sizeof *copy);

    if (!copy)
        return false;
    *copy = *child;
    count_leaving(1);
    if (zoc_world->offload(see_off_there, copy) == 0)
        return true;
    count_leaving(-1);
    free(copy);
    return false;
}

static void end(const struct world_child *child)
{
    if (!here.ends_with_loop) {
        here.end.release = await_leaving;
        here.ends_with_loop = true;
        loop_at_end(&here.end);
    }
    zoc_world->child_signal(child, SIGTERM);
    if (hand_over(child))
        return;
    see_off(child, 0); /* no thread is to be had for a kinder end */
    descriptor_close_fd(child->fd);
}

void program_release(struct program *program)
{
    if (program->child.pid == 0)
        return;
    if (has_ended(program))
        descriptor_close_fd(program->child.fd);
    else
        end(&program->child);
    *program = (struct program){ 0 };
}

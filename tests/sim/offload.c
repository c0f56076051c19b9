/* Work on other threads, while the fibers that wait for it are cancelled, stopped or late: its result arrives, or its
 * argument is released, exactly once, and nobody is held up. */
#include "worlds.h"

#include <errno.h>
#include <stdlib.h>

#define FIBERS_MAX 5
#define TASKS_MAX  4   /* of each fiber */
#define STEPS_MAX  3   /* of each task */
#define SHEET_SIZE 200 /* bytes that a task fills */

#define WORK_MAX   (60 * ZOC_SECOND) /* of a step */
#define SHIELD     (5 * ZOC_SECOND)
#define PROMPT     (20 * ZOC_MILLISECOND) /* what is cut off returns within this, of virtual time: some naps */
#define AFTERWARDS ZOC_HOUR               /* all work has ended by then */

/* What is known of a task. It outlives its argument, and the loop. */
struct task {
    uint64_t number;
    zoc_duration steps[STEPS_MAX];
    int gives; /* the result of the work */
    bool abandonable, shielded;
    bool begun, ended, left; /* the fiber no longer owns the argument */
    unsigned released;
};

struct sheet {
    struct task *task;
    unsigned char data[SHEET_SIZE];
};

static struct office {
    struct task tasks[FIBERS_MAX * TASKS_MAX];
    unsigned count;
    zoc_time stopped_at, cancelled_at; /* ZOC_NEVER: not yet */
} office;

/* --- the work ------------------------------------------------------------------------------------- */

static int work(void *arg)
{
    struct sheet *sheet = arg;
    struct task *task = sheet->task;

    sim_expect(!task->begun && !task->left);
    task->begun = true;
    for (int i = 0; i < STEPS_MAX; i++) {
        sim_work(task->steps[i]);
        sim_expect(task->released == 0);
        fill_pattern(sheet->data, SHEET_SIZE, task->number, (uint64_t)i);
    }
    task->ended = true;
    return task->gives;
}

static void release(void *arg)
{
    struct sheet *sheet = arg;

    sim_expect(sheet->task->begun == sheet->task->ended);
    sim_expect(sheet->task->released == 0);
    sheet->task->released++;
    free(sheet);
}

/* --- who has it done ------------------------------------------------------------------------------ */

static zoc_time least(zoc_time one, zoc_time other)
{
    return one < other ? one : other;
}

/* When the task's fiber hears that it is to stop. */
static zoc_time stop_time(const struct task *task)
{
    if (task->shielded)
        return ZOC_NEVER;
    return task->abandonable ? least(office.stopped_at, office.cancelled_at) : office.cancelled_at;
}

/* Work that did not begin, or was abandoned: there is a reason, and nobody was held up. */
static void expect_cut(const struct task *task, int result, zoc_time begun_at, zoc_time deadline)
{
    zoc_time stop_at = stop_time(task), cut_at = least(stop_at, deadline);

    sim_expect(result == -ECANCELED || result == -ETIMEDOUT);
    sim_expect((result == -ECANCELED ? stop_at : deadline) <= zoc_now());
    sim_expect(zoc_now() <= (cut_at < begun_at ? begun_at : cut_at) + PROMPT);
}

static void expect_result(const struct sheet *sheet, int result)
{
    sim_expect(sheet->task->ended && result == sheet->task->gives);
    expect_pattern(sheet->data, SHEET_SIZE, sheet->task->number, STEPS_MAX - 1);
}

static bool found_no_worker(int result, uint64_t before)
{
    return result == -EAGAIN && fault_count(FAULT_OFFLOAD_NONE) > before;
}

/* The argument lives in this frame: work that has begun has ended. */
static void have_waited_for(struct task *task)
{
    struct sheet sheet = { .task = task };
    uint64_t none = fault_count(FAULT_OFFLOAD_NONE);
    zoc_time begun_at = zoc_now(), deadline = zoc_deadline();
    int result = zoc_offload(work, &sheet);

    task->left = true;
    if (task->begun) {
        expect_result(&sheet, result);
    } else if (!found_no_worker(result, none)) {
        expect_cut(task, result, begun_at, deadline);
    }
}

static void have_abandonable(struct task *task)
{
    struct sheet *sheet = malloc(sizeof *sheet);
    uint64_t none = fault_count(FAULT_OFFLOAD_NONE);
    zoc_time begun_at = zoc_now(), deadline = zoc_deadline();

    if (!sheet)
        abort();
    sheet->task = task;
    int result = zoc_offload_abandonable(work, sheet, release);
    task->left = result == -ECANCELED || result == -ETIMEDOUT;
    if (task->left) {
        if (task->ended)
            sim_expect(result == task->gives);
        else
            expect_cut(task, result, begun_at, deadline);
        sim_expect(task->released == (task->begun && !task->ended ? 0 : 1));
    } else {
        if (!found_no_worker(result, none))
            expect_result(sheet, result);
        sim_expect(task->released == 0);
        free(sheet);
    }
}

static void have_done(struct task *task)
{
    if (task->abandonable)
        have_abandonable(task);
    else
        have_waited_for(task);
}

static struct task *draw_task(void)
{
    static const int results[] = { 0, 1, 65536, -EIO, -EAGAIN, -ECANCELED, -ETIMEDOUT };
    struct task *task = &office.tasks[office.count];

    *task = (struct task){ .number = office.count++,
                           .gives = results[draw(0, sizeof results / sizeof *results - 1)],
                           .abandonable = one_in(2),
                           .shielded = one_in(6) };
    for (int i = 0; i < STEPS_MAX; i++)
        task->steps[i] = draw_time(0, WORK_MAX);
    return task;
}

static int keep_busy(void *unused)
{
    uint64_t tasks = draw(1, TASKS_MAX);

    (void)unused;
    for (uint64_t i = 0; i < tasks; i++) {
        struct task *task = draw_task();
        zoc_duration limit = one_in(2) ? draw_time(0, 3 * WORK_MAX) : ZOC_NEVER;
        if (task->shielded)
            ZOC_SHIELD(SHIELD)
                have_done(task);
        else
            ZOC_WITHIN(limit)
                have_done(task);
    }
    return 0;
}

/* --- the run -------------------------------------------------------------------------------------- */

static void interrupt_sometime(zoc_group *group)
{
    if (one_in(2)) {
        zoc_sleep(draw_time(0, 3 * WORK_MAX));
        office.stopped_at = zoc_now();
        zoc_group_stop(group);
    }
    if (one_in(2)) {
        zoc_sleep(draw_time(0, 3 * WORK_MAX));
        office.cancelled_at = zoc_now();
        zoc_group_cancel(group);
    }
}

/* What was abandoned is released when it ends; and what began once ends. */
static void expect_all_settled(void)
{
    for (const struct task *task = office.tasks; task < office.tasks + office.count; task++) {
        sim_expect(task->begun == task->ended);
        sim_expect(task->released == (task->abandonable && task->left));
    }
}

int run_offload(void *unused)
{
    ZOC_GROUP(group);

    (void)unused;
    office = (struct office){ .stopped_at = ZOC_NEVER, .cancelled_at = ZOC_NEVER };
    for (uint64_t i = draw(1, FIBERS_MAX); i > 0; i--)
        zoc_go(&group, keep_busy, NULL);
    interrupt_sometime(&group);
    zoc_group_wait(&group);
    sim_expect(zoc_fibers_alive() == 1);
    if (one_in(4))
        return 0; /* some work ends when the loop is gone */
    zoc_sleep(AFTERWARDS);
    expect_all_settled();
    return 0;
}

#include "fiber/testing.h"
#include "world/world.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <zocalo/sync.h>

/* --- a gate: where a worker stays until the test lets it go on ---------------------------------------- */

struct gate {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool open;
    int arrived;  /* how many came to it */
    int released; /* how often the argument was released */
};

static void gate_init(struct gate *gate)
{
    *gate = (struct gate){ 0 };
    pthread_mutex_init(&gate->lock, NULL);
    pthread_cond_init(&gate->changed, NULL);
}

static void gate_destroy(struct gate *gate)
{
    pthread_cond_destroy(&gate->changed);
    pthread_mutex_destroy(&gate->lock);
}

static void gate_count(struct gate *gate, int *counter)
{
    pthread_mutex_lock(&gate->lock);
    ++*counter;
    pthread_cond_broadcast(&gate->changed);
    pthread_mutex_unlock(&gate->lock);
}

static int pass(void *arg)
{
    struct gate *gate = arg;

    gate_count(gate, &gate->arrived);
    pthread_mutex_lock(&gate->lock);
    while (!gate->open)
        pthread_cond_wait(&gate->changed, &gate->lock);
    pthread_mutex_unlock(&gate->lock);
    return 7;
}

static void release(void *arg)
{
    struct gate *gate = arg;

    gate_count(gate, &gate->released);
}

/* Blocks the loop's thread: the worker gets there by itself. */
static void wait_until(struct gate *gate, const int *counter, int value)
{
    pthread_mutex_lock(&gate->lock);
    while (*counter < value)
        pthread_cond_wait(&gate->changed, &gate->lock);
    pthread_mutex_unlock(&gate->lock);
}

static int read_counter(struct gate *gate, const int *counter)
{
    pthread_mutex_lock(&gate->lock);
    int value = *counter;
    pthread_mutex_unlock(&gate->lock);
    return value;
}

static void open_gate(struct gate *gate)
{
    pthread_mutex_lock(&gate->lock);
    gate->open = true;
    pthread_cond_broadcast(&gate->changed);
    pthread_mutex_unlock(&gate->lock);
}

/* --- a world whose workers begin when the test wants ---------------------------------------------------- */

static void (*queued_work)(void *);
static void *queued_arg;

static int queue_only(void (*work)(void *), void *arg)
{
    queued_work = work;
    queued_arg = arg;
    return 0;
}

static int no_worker(void (*work)(void *), void *arg)
{
    (void)work, (void)arg;
    return -EAGAIN;
}

static struct zoc_world strange;

static void use_world(int (*offload)(void (*work)(void *), void *arg))
{
    strange = zoc_world_kernel;
    strange.offload = offload;
    zoc_world = &strange;
}

static int use_kernel(void **state)
{
    (void)state;
    zoc_world = &zoc_world_kernel;
    return 0;
}

/* --- fibers that offload ---------------------------------------------------------------------------------- */

struct call {
    struct gate *gate;
    int result; /* 1: not yet */
};

static int offload_pass(void *arg)
{
    struct call *call = arg;

    call->result = 1;
    call->result = zoc_offload(pass, call->gate);
    return 0;
}

static int offload_pass_abandonable(void *arg)
{
    struct call *call = arg;

    call->result = 1;
    call->result = zoc_offload_abandonable(pass, call->gate, release);
    return 0;
}

static int double_it(void *number)
{
    assert_false(zoc_on_fiber());
    return *(int *)number *= 2;
}

static void work_runs_elsewhere_and_returns_its_result(void)
{
    int number = 21;

    assert_int_equal(zoc_offload(double_it, &number), 42);
    assert_int_equal(number, 42);
    number = -EIO;
    assert_int_equal(zoc_offload(double_it, &number), -2 * EIO);
}

static void others_run_while_a_fiber_waits_for_work(void)
{
    struct gate gate;
    struct call call = { .gate = &gate };
    ZOC_GROUP(group);

    gate_init(&gate);
    zoc_go(&group, offload_pass, &call);
    testing_settle();
    wait_until(&gate, &gate.arrived, 1);
    assert_int_equal(call.result, 1);
    open_gate(&gate);
    zoc_group_wait(&group);
    assert_int_equal(call.result, 7);
    gate_destroy(&gate);
}

static void work_that_began_is_waited_for(void)
{
    struct gate gate;
    struct call call = { .gate = &gate };
    ZOC_GROUP(group);

    gate_init(&gate);
    zoc_go(&group, offload_pass, &call);
    testing_settle();
    wait_until(&gate, &gate.arrived, 1);
    zoc_group_cancel(&group);
    testing_settle();
    assert_int_equal(call.result, 1);
    open_gate(&gate);
    zoc_group_wait(&group);
    assert_int_equal(call.result, 7);
    gate_destroy(&gate);
}

static void work_that_did_not_begin_is_dropped_by_a_cancel(void)
{
    struct gate gate;
    struct call call = { .gate = &gate };
    ZOC_GROUP(group);

    gate_init(&gate);
    use_world(queue_only);
    zoc_go(&group, offload_pass, &call);
    testing_settle();
    zoc_group_cancel(&group);
    zoc_group_wait(&group);
    assert_int_equal(call.result, -ECANCELED);
    queued_work(queued_arg);
    assert_int_equal(gate.arrived, 0);
    gate_destroy(&gate);
}

static void work_that_did_not_begin_is_dropped_by_a_deadline(void)
{
    struct gate gate;

    gate_init(&gate);
    use_world(queue_only);
    ZOC_WITHIN(ZOC_MILLISECOND)
        assert_int_equal(zoc_offload(pass, &gate), -ETIMEDOUT);
    queued_work(queued_arg);
    assert_int_equal(gate.arrived, 0);
    gate_destroy(&gate);
}

static void a_late_fiber_offloads_nothing(void)
{
    use_world(queue_only);
    queued_work = NULL;
    ZOC_WITHIN(-ZOC_SECOND)
        assert_int_equal(zoc_offload(pass, NULL), -ETIMEDOUT);
    assert_null(queued_work);
}

static void no_thread_is_an_error(void)
{
    use_world(no_worker);
    assert_int_equal(zoc_offload(pass, NULL), -EAGAIN);
    assert_int_equal(zoc_offload_abandonable(pass, NULL, release), -EAGAIN);
}

static void a_soft_stop_lets_work_finish(void)
{
    struct gate gate;
    struct call call = { .gate = &gate };
    ZOC_GROUP(group);

    gate_init(&gate);
    use_world(queue_only);
    zoc_go(&group, offload_pass, &call);
    testing_settle();
    zoc_group_stop(&group);
    testing_settle();
    assert_int_equal(call.result, 1);
    open_gate(&gate);
    queued_work(queued_arg);
    zoc_group_wait(&group);
    assert_int_equal(call.result, 7);
    gate_destroy(&gate);
}

/* --- work that may never end ------------------------------------------------------------------------------- */

static void abandoned_work_is_released_by_its_worker(void)
{
    struct gate gate;
    struct call call = { .gate = &gate };
    ZOC_GROUP(group);

    gate_init(&gate);
    zoc_go(&group, offload_pass_abandonable, &call);
    testing_settle();
    wait_until(&gate, &gate.arrived, 1);
    zoc_group_cancel(&group);
    zoc_group_wait(&group);
    assert_int_equal(call.result, -ECANCELED);
    assert_int_equal(read_counter(&gate, &gate.released), 0);
    open_gate(&gate);
    wait_until(&gate, &gate.released, 1);
    gate_destroy(&gate);
}

static void abandonable_work_that_ends_leaves_its_argument(void)
{
    struct gate gate;

    gate_init(&gate);
    gate.open = true;
    assert_int_equal(zoc_offload_abandonable(pass, &gate, release), 7);
    assert_int_equal(gate.released, 0);
    gate_destroy(&gate);
}

static void a_dropped_argument_is_released_once(void)
{
    struct gate gate;

    gate_init(&gate);
    use_world(queue_only);
    ZOC_WITHIN(ZOC_MILLISECOND)
        assert_int_equal(zoc_offload_abandonable(pass, &gate, release), -ETIMEDOUT);
    queued_work(queued_arg);
    assert_int_equal(gate.released, 1);
    assert_int_equal(gate.arrived, 0);
    gate_destroy(&gate);
}

static void an_argument_that_came_too_late_is_released_once(void)
{
    struct gate gate;

    gate_init(&gate);
    ZOC_WITHIN(-ZOC_SECOND)
        assert_int_equal(zoc_offload_abandonable(pass, &gate, release), -ETIMEDOUT);
    assert_int_equal(gate.released, 1);
    gate_destroy(&gate);
}

static void a_soft_stop_abandons_it(void)
{
    struct gate gate;
    struct call call = { .gate = &gate };
    ZOC_GROUP(group);

    gate_init(&gate);
    zoc_go(&group, offload_pass_abandonable, &call);
    testing_settle();
    wait_until(&gate, &gate.arrived, 1);
    zoc_group_stop(&group);
    zoc_group_wait(&group);
    assert_int_equal(call.result, -ECANCELED);
    open_gate(&gate);
    wait_until(&gate, &gate.released, 1);
    gate_destroy(&gate);
}

static int offload_many(void *sum)
{
    for (int i = 1; i <= 20; i++) {
        int number = i;
        *(int *)sum += zoc_offload(double_it, &number);
    }
    return 0;
}

static void much_work_at_a_time_is_done(void)
{
    int sum = 0;
    ZOC_GROUP(group);

    for (int i = 0; i < 100; i++)
        zoc_go(&group, offload_many, &sum);
    zoc_group_wait(&group);
    assert_int_equal(sum, 100 * 2 * 210);
}

#define IN_A_WORLD(test)                                          \
    {                                                             \
#test, testing_on_fiber, NULL, use_kernel, (void *)(test) \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_FIBER(work_runs_elsewhere_and_returns_its_result),
        ON_FIBER(others_run_while_a_fiber_waits_for_work),
        ON_FIBER(work_that_began_is_waited_for),
        IN_A_WORLD(work_that_did_not_begin_is_dropped_by_a_cancel),
        IN_A_WORLD(work_that_did_not_begin_is_dropped_by_a_deadline),
        IN_A_WORLD(a_late_fiber_offloads_nothing),
        IN_A_WORLD(no_thread_is_an_error),
        IN_A_WORLD(a_soft_stop_lets_work_finish),
        ON_FIBER(abandoned_work_is_released_by_its_worker),
        ON_FIBER(abandonable_work_that_ends_leaves_its_argument),
        IN_A_WORLD(a_dropped_argument_is_released_once),
        ON_FIBER(an_argument_that_came_too_late_is_released_once),
        ON_FIBER(a_soft_stop_abandons_it),
        ON_FIBER(much_work_at_a_time_is_done),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

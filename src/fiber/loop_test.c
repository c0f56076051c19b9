#include "fiber/loop.h"
#include "fiber/testing.h"

#include <errno.h>
#include <sched.h>

static bool delivered;

static void deliver(struct message *message)
{
    (void)message;
    assert_false(zoc_on_fiber());
    delivered = true;
}

struct poster {
    struct message message;
    struct loop *loop;
};

static void post(void *arg)
{
    struct poster *poster = arg;

    loop_post(poster->loop, &poster->message);
}

static void a_message_from_another_thread_wakes_the_loop(void)
{
    struct poster poster = { .message.deliver = deliver, .loop = loop_here };
    void *thread;

    delivered = false;
    assert_int_equal(zoc_world->thread_start(post, &poster, &thread), 0);
    while (!delivered)
        assert_int_equal(zoc_sleep(ZOC_MILLISECOND), 0);
    zoc_world->thread_join(thread);
}

static int order[8], order_count;

struct numbered {
    struct message message;
    int number;
};

static void deliver_number(struct message *message)
{
    order[order_count++] = ((struct numbered *)message)->number;
}

static void messages_are_delivered_in_the_order_of_their_posting(void)
{
    struct numbered numbered[3];

    order_count = 0;
    for (int i = 0; i < 3; i++) {
        numbered[i] = (struct numbered){ .message.deliver = deliver_number, .number = i };
        loop_post(loop_here, &numbered[i].message);
    }
    assert_int_equal(zoc_sleep(0), 0);
    assert_int_equal(order_count, 3);
    for (int i = 0; i < 3; i++)
        assert_int_equal(order[i], i);
}

/* --- the end ---------------------------------------------------------------------------------------- */

static struct numbered last_message = { .message.deliver = deliver_number, .number = 7 };

static int post_and_end(void *unused)
{
    (void)unused;
    loop_post(loop_here, &last_message.message);
    return 0;
}

static void a_message_is_delivered_although_the_loop_ends(void **state)
{
    (void)state;
    order_count = 0;
    assert_int_equal(zoc_run(post_and_end, NULL), 0);
    assert_int_equal(order_count, 1);
}

static void release_first(void)
{
    order[order_count++] = 1;
}

static void release_second(void)
{
    assert_non_null(loop_here);
    order[order_count++] = 2;
}

static int keep_something(void *unused)
{
    static struct loop_end first = { .release = release_first }, second = { .release = release_second };

    (void)unused;
    loop_at_end(&first);
    loop_at_end(&second);
    return 0;
}

static void what_was_kept_for_a_loop_is_released_last_first(void **state)
{
    (void)state;
    order_count = 0;
    assert_int_equal(zoc_run(keep_something, NULL), 0);
    assert_int_equal(order_count, 2);
    assert_int_equal(order[0], 2);
    assert_int_equal(order[1], 1);
    assert_null(loop_here);
}

/* --- a wake-up that comes late ------------------------------------------------------------------------ */

#define PATIENCE 20000 /* how often the processor is given away before a wake-up that waits for the end goes on */

static bool waking, woken, poller_closed, closed_too_early;

/* The thread that posts is preempted between the post and the wake-up. */
static void wake_late(void *poller)
{
    __atomic_store_n(&waking, true, __ATOMIC_RELEASE);
    for (int i = 0; i < PATIENCE && !__atomic_load_n(&poller_closed, __ATOMIC_ACQUIRE); i++)
        sched_yield();
    if (!__atomic_load_n(&poller_closed, __ATOMIC_ACQUIRE))
        zoc_world_kernel.poller_wake(poller);
    __atomic_store_n(&woken, true, __ATOMIC_RELEASE);
}

static void close_noticed(void *poller)
{
    closed_too_early = !__atomic_load_n(&woken, __ATOMIC_ACQUIRE);
    zoc_world_kernel.poller_close(poller);
    __atomic_store_n(&poller_closed, true, __ATOMIC_RELEASE);
}

static int no_work(void *unused)
{
    (void)unused;
    return 0;
}

static int offload_no_work(void *unused)
{
    return zoc_offload(no_work, unused);
}

static int stay_awake(void *unused)
{
    (void)unused;
    while (!__atomic_load_n(&waking, __ATOMIC_ACQUIRE))
        zoc_yield();
    return 0;
}

static int end_before_the_wake_up(void *unused)
{
    ZOC_GROUP(group);

    zoc_go(&group, offload_no_work, unused);
    zoc_go(&group, stay_awake, NULL);
    return zoc_group_wait(&group);
}

static void a_loop_does_not_end_before_a_wake_up_that_is_under_way(void **state)
{
    struct zoc_world late = zoc_world_kernel;

    (void)state;
    late.poller_wake = wake_late;
    late.poller_close = close_noticed;
    zoc_world = &late;
    assert_int_equal(zoc_run(end_before_the_wake_up, NULL), 0);
    zoc_world = &zoc_world_kernel;
    assert_true(poller_closed);
    assert_false(closed_too_early);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_FIBER(a_message_from_another_thread_wakes_the_loop),
        ON_FIBER(messages_are_delivered_in_the_order_of_their_posting),
        cmocka_unit_test(a_message_is_delivered_although_the_loop_ends),
        cmocka_unit_test(what_was_kept_for_a_loop_is_released_last_first),
        cmocka_unit_test(a_loop_does_not_end_before_a_wake_up_that_is_under_way),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

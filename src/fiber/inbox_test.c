#include "fiber/testing.h"
#include "world/world.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <zocalo/sync.h>

#define SENDERS 4
#define MANY    2000 /* items of each sender */

struct item {
    int sender, number;
};

struct sender {
    zoc_inbox *inbox;
    struct item items[MANY];
};

static void send_many(void *arg)
{
    struct sender *sender = arg;

    for (int i = 0; i < MANY; i++)
        while (zoc_inbox_send(sender->inbox, &sender->items[i]) == -EAGAIN)
            sched_yield();
}

static struct sender *sender_new(zoc_inbox *inbox, int number)
{
    struct sender *sender = malloc(sizeof *sender);

    assert_non_null(sender);
    sender->inbox = inbox;
    for (int i = 0; i < MANY; i++)
        sender->items[i] = (struct item){ number, i };
    return sender;
}

static void items_of_each_thread_come_in_its_order(void)
{
    zoc_inbox *inbox;
    struct sender *senders[SENDERS];
    void *threads[SENDERS];
    int expected[SENDERS] = { 0 };

    assert_int_equal(zoc_inbox_new(16, &inbox), 0);
    for (int i = 0; i < SENDERS; i++) {
        senders[i] = sender_new(inbox, i);
        assert_int_equal(zoc_world->thread_start(send_many, senders[i], &threads[i]), 0);
    }
    for (int i = 0; i < SENDERS * MANY; i++) {
        void *received;
        assert_int_equal(zoc_inbox_receive(inbox, &received), 1);
        const struct item *item = received;
        assert_int_equal(item->number, expected[item->sender]++);
    }
    for (int i = 0; i < SENDERS; i++) {
        zoc_world->thread_join(threads[i]);
        free(senders[i]);
    }
    zoc_inbox_free(inbox);
}

static void an_inbox_takes_its_capacity_and_not_one_more(void)
{
    zoc_inbox *inbox;
    int items[3];
    void *item;

    assert_int_equal(zoc_inbox_new(2, &inbox), 0);
    assert_int_equal(zoc_inbox_send(inbox, &items[0]), 0);
    assert_int_equal(zoc_inbox_send(inbox, &items[1]), 0);
    assert_int_equal(zoc_inbox_send(inbox, &items[2]), -EAGAIN);
    assert_int_equal(zoc_inbox_receive(inbox, &item), 1);
    assert_ptr_equal(item, &items[0]);
    assert_int_equal(zoc_inbox_send(inbox, &items[2]), 0);
    for (int i = 1; i < 3; i++) {
        assert_int_equal(zoc_inbox_receive(inbox, &item), 1);
        assert_ptr_equal(item, &items[i]);
    }
    zoc_inbox_free(inbox);
}

static void what_is_in_a_closed_inbox_can_still_be_received(void)
{
    zoc_inbox *inbox;
    int sent;
    void *item;

    assert_int_equal(zoc_inbox_new(2, &inbox), 0);
    assert_int_equal(zoc_inbox_send(inbox, &sent), 0);
    zoc_inbox_close(inbox);
    assert_int_equal(zoc_inbox_send(inbox, &sent), -EPIPE);
    assert_int_equal(zoc_inbox_receive(inbox, &item), 1);
    assert_ptr_equal(item, &sent);
    assert_int_equal(zoc_inbox_receive(inbox, &item), 0);
    assert_int_equal(zoc_inbox_receive(inbox, &item), 0);
    zoc_inbox_free(inbox);
}

struct receiver {
    zoc_inbox *inbox;
    int result; /* 2: not yet */
};

static int receive_one(void *arg)
{
    struct receiver *receiver = arg;
    void *item;

    receiver->result = 2;
    receiver->result = zoc_inbox_receive(receiver->inbox, &item);
    return 0;
}

static void close_it(void *inbox)
{
    zoc_inbox_close(inbox);
}

static void a_close_by_another_thread_wakes_all_receivers(void)
{
    struct receiver receivers[2];
    void *thread;
    zoc_inbox *inbox;
    ZOC_GROUP(group);

    assert_int_equal(zoc_inbox_new(1, &inbox), 0);
    for (int i = 0; i < 2; i++) {
        receivers[i].inbox = inbox;
        zoc_go(&group, receive_one, &receivers[i]);
    }
    testing_settle();
    assert_int_equal(zoc_world->thread_start(close_it, inbox, &thread), 0);
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_int_equal(receivers[0].result, 0);
    assert_int_equal(receivers[1].result, 0);
    zoc_world->thread_join(thread);
    zoc_inbox_free(inbox);
}

static void a_stop_ends_the_wait_for_an_item(void)
{
    struct receiver receiver;
    ZOC_GROUP(group);

    assert_int_equal(zoc_inbox_new(1, &receiver.inbox), 0);
    zoc_go(&group, receive_one, &receiver);
    testing_settle();
    assert_int_equal(receiver.result, 2);
    zoc_group_stop(&group);
    zoc_group_wait(&group);
    assert_int_equal(receiver.result, -ECANCELED);
    zoc_inbox_free(receiver.inbox);
}

static void a_deadline_ends_the_wait_for_an_item(void)
{
    zoc_inbox *inbox;
    void *item;

    assert_int_equal(zoc_inbox_new(1, &inbox), 0);
    ZOC_WITHIN(ZOC_MILLISECOND)
        assert_int_equal(zoc_inbox_receive(inbox, &item), -ETIMEDOUT);
    zoc_inbox_free(inbox);
}

static void a_soft_stop_lets_what_is_there_be_received(void)
{
    struct receiver receiver;
    int item;
    ZOC_GROUP(group);

    assert_int_equal(zoc_inbox_new(1, &receiver.inbox), 0);
    assert_int_equal(zoc_inbox_send(receiver.inbox, &item), 0);
    zoc_group_stop(&group);
    zoc_go(&group, receive_one, &receiver);
    zoc_group_wait(&group);
    assert_int_equal(receiver.result, 1);
    zoc_inbox_free(receiver.inbox);
}

/* Its notice is still on the way to the loop. */
static void an_inbox_may_be_freed_right_after_a_send(void)
{
    zoc_inbox *inbox;
    int item;

    assert_int_equal(zoc_inbox_new(1, &inbox), 0);
    assert_int_equal(zoc_inbox_send(inbox, &item), 0);
    zoc_inbox_free(inbox);
    testing_settle();
    assert_int_equal(zoc_sleep(ZOC_MICROSECOND), 0);
}

/* As above, but no poll comes any more: AddressSanitizer and Valgrind see what is lost. */
static void an_inbox_may_be_freed_right_before_its_loop_ends(void)
{
    zoc_inbox *inbox;

    assert_int_equal(zoc_inbox_new(1, &inbox), 0);
    zoc_inbox_close(inbox);
    zoc_inbox_free(inbox);
}

static void freeing_nothing_is_fine(void)
{
    zoc_inbox_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_FIBER(items_of_each_thread_come_in_its_order),
        ON_FIBER(an_inbox_takes_its_capacity_and_not_one_more),
        ON_FIBER(what_is_in_a_closed_inbox_can_still_be_received),
        ON_FIBER(a_close_by_another_thread_wakes_all_receivers),
        ON_FIBER(a_stop_ends_the_wait_for_an_item),
        ON_FIBER(a_deadline_ends_the_wait_for_an_item),
        ON_FIBER(a_soft_stop_lets_what_is_there_be_received),
        ON_FIBER(an_inbox_may_be_freed_right_after_a_send),
        ON_FIBER(an_inbox_may_be_freed_right_before_its_loop_ends),
        ON_FIBER(freeing_nothing_is_fine),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

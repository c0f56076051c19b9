#include "fiber/testing.h"

#include <errno.h>
#include <zocalo/sync.h>

static int items[8]; /* their addresses are sent */

/* One call on a channel, by a fiber of its own. */
struct call {
    zoc_channel *channel;
    int number; /* of the item to send, or that was received; -1: none */
    int result; /* 2: not yet */
};

static int send_item(void *arg)
{
    struct call *call = arg;

    call->result = 2;
    call->result = zoc_channel_send(call->channel, &items[call->number]);
    return 0;
}

static int receive_item(void *arg)
{
    struct call *call = arg;
    void *item = NULL;

    call->result = 2;
    call->number = -1;
    call->result = zoc_channel_receive(call->channel, &item);
    if (item)
        call->number = (int)((int *)item - items);
    return 0;
}

static void assert_received(zoc_channel *channel, int number)
{
    void *item;

    assert_int_equal(zoc_channel_receive(channel, &item), 1);
    assert_ptr_equal(item, &items[number]);
}

static void items_come_out_in_the_order_in_which_they_went_in(void)
{
    zoc_channel channel;

    assert_int_equal(zoc_channel_init(&channel, 3), 0);
    for (int round = 0; round < 5; round++) { /* around the end of its room */
        assert_int_equal(zoc_channel_send(&channel, &items[0]), 0);
        assert_int_equal(zoc_channel_send(&channel, &items[1]), 0);
        assert_received(&channel, 0);
        assert_received(&channel, 1);
    }
    zoc_channel_release(&channel);
}

static void a_channel_takes_its_capacity_and_not_one_more(void)
{
    zoc_channel channel;

    assert_int_equal(zoc_channel_init(&channel, 3), 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(zoc_channel_send(&channel, &items[i]), 0);
    ZOC_WITHIN(ZOC_MILLISECOND)
        assert_int_equal(zoc_channel_send(&channel, &items[3]), -ETIMEDOUT);
    for (int i = 0; i < 3; i++)
        assert_received(&channel, i);
    ZOC_WITHIN(ZOC_MILLISECOND) {
        void *item = items;
        assert_int_equal(zoc_channel_receive(&channel, &item), -ETIMEDOUT);
        assert_ptr_equal(item, items);
    }
    zoc_channel_release(&channel);
}

static void a_sender_goes_on_when_there_is_room(void)
{
    zoc_channel channel;
    struct call call = { .channel = &channel, .number = 1 };
    ZOC_GROUP(group);

    zoc_channel_init(&channel, 1);
    zoc_channel_send(&channel, &items[0]);
    zoc_go(&group, send_item, &call);
    testing_settle();
    assert_int_equal(call.result, 2);
    assert_received(&channel, 0);
    assert_received(&channel, 1);
    zoc_group_wait(&group);
    assert_int_equal(call.result, 0);
    zoc_channel_release(&channel);
}

static void receivers_are_served_in_the_order_in_which_they_came(void)
{
    zoc_channel channel;
    struct call calls[3];
    ZOC_GROUP(group);

    zoc_channel_init(&channel, 3);
    for (int i = 0; i < 3; i++) {
        calls[i] = (struct call){ .channel = &channel };
        zoc_go(&group, receive_item, &calls[i]);
    }
    testing_settle();
    for (int i = 0; i < 3; i++)
        zoc_channel_send(&channel, &items[i]);
    zoc_group_wait(&group);
    for (int i = 0; i < 3; i++)
        assert_int_equal(calls[i].number, i);
    zoc_channel_release(&channel);
}

/* --- cutting off ---------------------------------------------------------------------------------------- */

static void a_cancelled_receiver_leaves_the_item_to_the_next(void)
{
    zoc_channel channel;
    struct call leaving = { .channel = &channel }, staying = { .channel = &channel };
    ZOC_GROUP(leavers);
    ZOC_GROUP(stayers);

    zoc_channel_init(&channel, 1);
    zoc_go(&leavers, receive_item, &leaving);
    zoc_go(&stayers, receive_item, &staying);
    testing_settle();
    zoc_group_cancel(&leavers);
    zoc_channel_send(&channel, &items[0]);
    zoc_group_wait(&stayers);
    zoc_group_wait(&leavers);
    assert_int_equal(leaving.result, -ECANCELED);
    assert_int_equal(staying.result, 1);
    assert_int_equal(staying.number, 0);
    zoc_channel_release(&channel);
}

/* The first in the line is woken for the item, somebody who never waited takes it, and then comes the cancel. */
static void no_item_stays_while_somebody_waits(void)
{
    zoc_channel channel;
    struct call leaving = { .channel = &channel }, staying = { .channel = &channel };
    ZOC_GROUP(leavers);
    ZOC_GROUP(stayers);

    zoc_channel_init(&channel, 2);
    zoc_go(&leavers, receive_item, &leaving);
    zoc_go(&stayers, receive_item, &staying);
    testing_settle();
    zoc_channel_send(&channel, &items[0]);
    assert_received(&channel, 0);
    zoc_group_cancel(&leavers);
    zoc_channel_send(&channel, &items[1]);
    assert_int_equal(zoc_group_wait(&leavers), 0);
    testing_settle();
    assert_true(leaving.result == 1 || staying.result == 1);
    assert_int_equal(channel.count, 0);
    zoc_group_end(&stayers);
    zoc_channel_release(&channel);
}

static void a_cancelled_sender_leaves_the_room_to_the_next(void)
{
    zoc_channel channel;
    struct call leaving = { .channel = &channel, .number = 1 }, staying = { .channel = &channel, .number = 2 };
    ZOC_GROUP(leavers);
    ZOC_GROUP(stayers);

    zoc_channel_init(&channel, 1);
    zoc_channel_send(&channel, &items[0]);
    zoc_go(&leavers, send_item, &leaving);
    zoc_go(&stayers, send_item, &staying);
    testing_settle();
    zoc_group_cancel(&leavers);
    assert_received(&channel, 0);
    zoc_group_wait(&stayers);
    zoc_group_wait(&leavers);
    assert_int_equal(leaving.result, -ECANCELED);
    assert_int_equal(staying.result, 0);
    assert_received(&channel, 2);
    zoc_channel_release(&channel);
}

static void a_soft_stop_ends_the_wait_for_an_item_and_not_for_room(void)
{
    zoc_channel full, empty;
    struct call sender = { .channel = &full, .number = 1 }, receiver = { .channel = &empty };
    ZOC_GROUP(group);

    zoc_channel_init(&full, 1);
    zoc_channel_init(&empty, 1);
    zoc_channel_send(&full, &items[0]);
    zoc_go(&group, send_item, &sender);
    zoc_go(&group, receive_item, &receiver);
    testing_settle();
    zoc_group_stop(&group);
    testing_settle();
    assert_int_equal(receiver.result, -ECANCELED);
    assert_int_equal(sender.result, 2);
    assert_received(&full, 0);
    zoc_group_wait(&group);
    assert_int_equal(sender.result, 0);
    zoc_channel_release(&full);
    zoc_channel_release(&empty);
}

static void a_soft_stop_lets_what_is_there_be_received(void)
{
    zoc_channel channel;
    struct call call = { .channel = &channel };
    ZOC_GROUP(group);

    zoc_channel_init(&channel, 1);
    zoc_channel_send(&channel, &items[5]);
    zoc_group_stop(&group);
    zoc_go(&group, receive_item, &call);
    zoc_group_wait(&group);
    assert_int_equal(call.result, 1);
    assert_int_equal(call.number, 5);
    zoc_channel_release(&channel);
}

/* --- closing -------------------------------------------------------------------------------------------- */

static void what_is_in_a_closed_channel_can_still_be_received(void)
{
    zoc_channel channel;
    void *item = items;

    zoc_channel_init(&channel, 2);
    zoc_channel_send(&channel, &items[0]);
    zoc_channel_close(&channel);
    zoc_channel_close(&channel);
    assert_int_equal(zoc_channel_send(&channel, &items[1]), -EPIPE);
    assert_received(&channel, 0);
    assert_int_equal(zoc_channel_receive(&channel, &item), 0);
    assert_ptr_equal(item, items);
    zoc_channel_release(&channel);
}

static void closing_wakes_all(void)
{
    zoc_channel full, empty;
    struct call senders[2] = { { .channel = &full }, { .channel = &full } };
    struct call receivers[2] = { { .channel = &empty }, { .channel = &empty } };
    ZOC_GROUP(group);

    zoc_channel_init(&full, 1);
    zoc_channel_init(&empty, 1);
    zoc_channel_send(&full, &items[0]);
    for (int i = 0; i < 2; i++) {
        zoc_go(&group, send_item, &senders[i]);
        zoc_go(&group, receive_item, &receivers[i]);
    }
    testing_settle();
    zoc_channel_close(&full);
    zoc_channel_close(&empty);
    zoc_group_wait(&group);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(senders[i].result, -EPIPE);
        assert_int_equal(receivers[i].result, 0);
    }
    zoc_channel_release(&full);
    zoc_channel_release(&empty);
}

/* --- many ----------------------------------------------------------------------------------------------- */

#define MANY 1000

static int send_many(void *channel)
{
    for (int i = 0; i < MANY; i++)
        assert_int_equal(zoc_channel_send(channel, &items[i % 8]), 0);
    return 0;
}

struct counter {
    zoc_channel *channel;
    int *received;
};

static int receive_all(void *arg)
{
    struct counter *counter = arg;
    void *item;

    while (zoc_channel_receive(counter->channel, &item) == 1)
        ++*counter->received;
    return 0;
}

static void nothing_is_lost_between_many(void)
{
    zoc_channel channel;
    int received = 0;
    struct counter counter = { &channel, &received };
    ZOC_GROUP(senders);
    ZOC_GROUP(receivers);

    zoc_channel_init(&channel, 3);
    for (int i = 0; i < 4; i++) {
        zoc_go(&senders, send_many, &channel);
        zoc_go(&receivers, receive_all, &counter);
    }
    zoc_group_wait(&senders);
    zoc_channel_close(&channel);
    zoc_group_wait(&receivers);
    assert_int_equal(received, 4 * MANY);
    zoc_channel_release(&channel);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_FIBER(items_come_out_in_the_order_in_which_they_went_in),
        ON_FIBER(a_channel_takes_its_capacity_and_not_one_more),
        ON_FIBER(a_sender_goes_on_when_there_is_room),
        ON_FIBER(receivers_are_served_in_the_order_in_which_they_came),
        ON_FIBER(a_cancelled_receiver_leaves_the_item_to_the_next),
        ON_FIBER(no_item_stays_while_somebody_waits),
        ON_FIBER(a_cancelled_sender_leaves_the_room_to_the_next),
        ON_FIBER(a_soft_stop_ends_the_wait_for_an_item_and_not_for_room),
        ON_FIBER(a_soft_stop_lets_what_is_there_be_received),
        ON_FIBER(what_is_in_a_closed_channel_can_still_be_received),
        ON_FIBER(closing_wakes_all),
        ON_FIBER(nothing_is_lost_between_many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "classic/discard.h"

#include "classic/testing.h"

static void everything_is_received_and_nothing_said(void)
{
    static char much[1 << 20];
    ZOC_GROUP(group);
    struct testing_talk talk = { .handler = discard_converse };
    zoc_stream *client = testing_talk(&group, &talk);

    assert_int_equal(zoc_write(client, much, sizeof much), sizeof much);
    zoc_shut(client);
    testing_expect_end(client);
    zoc_finish(client);
    assert_int_equal(zoc_group_wait(&group), 0);
}

static int discard_until_stopped(void *peer)
{
    discard_converse(peer, NULL);
    assert_int_equal(zoc_stream_account(peer).received, ZOC_CHUNK_MAX);
    return 0;
}

static void a_soft_stop_ends_it_although_there_is_more(void)
{
    static char much[ZOC_CHUNK_MAX + 1];
    ZOC_GROUP(group);
    zoc_stream *client, *served;

    assert_int_equal(zoc_stream_pair(&client, &served), 0);
    assert_int_equal(zoc_write(client, much, sizeof much), sizeof much);
    assert_int_equal(zoc_go(&group, discard_until_stopped, served), 0);
    zoc_group_stop(&group);
    assert_int_equal(zoc_group_wait(&group), 0);
    zoc_close(client);
    zoc_close(served);
}

static void datagrams_are_not_answered(void)
{
    ZOC_GROUP(group);
    struct testing_answering answering = { .serve = discard_datagrams };
    zoc_bytes answer;

    testing_answering_begin(&group, &answering);
    assert_int_equal(zoc_write(answering.client, "hello", 5), 5);
    assert_int_equal(zoc_write(answering.client, "", 0), 0);
    ZOC_WITHIN(5 * ZOC_MILLISECOND)
        assert_int_equal(zoc_receive(answering.client, &answer), -ETIMEDOUT);
    testing_answering_end(&group, &answering);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_NET(everything_is_received_and_nothing_said),
        ON_NET(a_soft_stop_ends_it_although_there_is_more),
        ON_NET(datagrams_are_not_answered),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "classic/answer.h"

#include "classic/testing.h"

/* The question twice, but nothing to "silence". */
static zoc_bytes twice(zoc_bytes datagram, zoc_buffer *room, const void *settings)
{
    const unsigned *made = settings;

    ++*(unsigned *)made;
    assert_int_equal(room->size, 0);
    if (datagram.size == 7 && memcmp(datagram.data, "silence", 7) == 0)
        return (zoc_bytes){ 0 };
    zoc_buffer_append(room, datagram.data, datagram.size);
    zoc_buffer_append(room, datagram.data, datagram.size);
    return (zoc_bytes){ room->data ? room->data : "", room->size };
}

static int serve(zoc_datagrams *socket, void *settings)
{
    return answer_datagrams(socket, twice, settings);
}

static void each_datagram_gets_an_answer_of_its_own(void)
{
    ZOC_GROUP(group);
    unsigned made = 0;
    struct testing_answering answering = { .serve = serve, .settings = &made };

    testing_answering_begin(&group, &answering);
    testing_expect_datagram(&answering, "one", zoc_bytes_of("oneone"));
    testing_expect_datagram(&answering, "", zoc_bytes_of(""));
    testing_expect_datagram(&answering, "two", zoc_bytes_of("twotwo"));
    testing_answering_end(&group, &answering);
    assert_int_equal(made, 3);
}

static void nothing_is_sent_where_there_is_no_answer(void)
{
    ZOC_GROUP(group);
    unsigned made = 0;
    struct testing_answering answering = { .serve = serve, .settings = &made };

    testing_answering_begin(&group, &answering);
    assert_int_equal(zoc_write(answering.client, "silence", 7), 7);
    testing_expect_datagram(&answering, "one", zoc_bytes_of("oneone"));
    assert_int_equal(made, 2);
    testing_answering_end(&group, &answering);
}

static void an_answer_that_is_too_long_for_a_datagram_is_left_out(void)
{
    static char much[40000];
    ZOC_GROUP(group);
    unsigned made = 0;
    struct testing_answering answering = { .serve = serve, .settings = &made };

    testing_answering_begin(&group, &answering);
    assert_int_equal(zoc_write(answering.client, much, sizeof much), sizeof much);
    testing_expect_datagram(&answering, "one", zoc_bytes_of("oneone"));
    assert_int_equal(made, 2);
    testing_answering_end(&group, &answering);
}

static void a_cancel_is_no_soft_stop(void)
{
    ZOC_GROUP(group);
    unsigned made = 0;
    struct testing_answering answering = { .serve = serve, .settings = &made };

    testing_answering_begin(&group, &answering);
    testing_settle();
    zoc_group_end(&group);
    assert_int_equal(answering.result, -ECANCELED);
    zoc_close(answering.client);
    zoc_datagrams_close(answering.socket);
}

static void converse(zoc_stream *peer, void *settings)
{
    answer_connection(peer, twice, settings);
}

static void a_connection_gets_the_answer_to_nothing(void)
{
    unsigned made = 0;

    testing_expect_answer(converse, &made, "hello", "");
    assert_int_equal(made, 1);
}

static void ports_that_answer_by_themselves_are_not_answered(void **state)
{
    static const uint16_t answering[] = { 7, 13, 17, 19, 37, 10013, 10017, 10019, 10037 };

    (void)state;
    for (size_t i = 0; i < sizeof answering / sizeof *answering; i++)
        assert_true(answer_would_not_end(answering[i], 50007));
    assert_true(answer_would_not_end(50007, 50007));
    assert_false(answer_would_not_end(50008, 50007));
    assert_false(answer_would_not_end(50007, 10019)); /* echo does not answer 10019 */
    assert_false(answer_would_not_end(10009, 10019)); /* nor does discard, anybody */
    assert_false(answer_would_not_end(0, 0));         /* Unix sockets */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_NET(each_datagram_gets_an_answer_of_its_own),
        ON_NET(nothing_is_sent_where_there_is_no_answer),
        ON_NET(an_answer_that_is_too_long_for_a_datagram_is_left_out),
        ON_NET(a_cancel_is_no_soft_stop),
        ON_NET(a_connection_gets_the_answer_to_nothing),
        cmocka_unit_test(ports_that_answer_by_themselves_are_not_answered),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

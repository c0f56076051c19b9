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
    return answer_datagrams(socket, twice, settings, 0);
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

/* Has the socket of one service send that of the other what one who lies about who he is would. */
static void send_as(struct testing_answering *liar, struct testing_answering *to)
{
    zoc_correspondent correspondent = { 0 };
    uint16_t port = zoc_datagrams_endpoint(to->socket)->port;

    assert_int_equal(zoc_address_parse_ip("127.0.0.1", port, &correspondent.peer), 0);
    assert_int_equal(zoc_datagrams_send(liar->socket, "one", 3, &correspondent), 3);
}

static void services_of_one_process_do_not_answer_each_other(void)
{
    ZOC_GROUP(group);
    unsigned made = 0, made_too = 0;
    struct testing_answering one = { .serve = serve, .settings = &made };
    struct testing_answering other = { .serve = serve, .settings = &made_too };

    testing_answering_begin(&group, &one);
    testing_answering_begin(&group, &other);
    send_as(&other, &one);
    testing_expect_datagram(&one, "two", zoc_bytes_of("twotwo"));
    testing_expect_datagram(&other, "two", zoc_bytes_of("twotwo"));
    assert_int_equal(made, 1);
    assert_int_equal(made_too, 1);
    testing_answering_end(&group, &one);
    testing_answering_end(&group, &other);
}

static uint16_t port_of(const zoc_stream *stream)
{
    zoc_address local;

    assert_int_equal(zoc_stream_local(stream, &local), 0);
    return zoc_address_port(&local);
}

static uint16_t unanswered;

static int serve_but_one(zoc_datagrams *socket, void *settings)
{
    return answer_datagrams(socket, twice, settings, unanswered);
}

static void a_port_that_is_named_is_not_answered(void)
{
    ZOC_GROUP(group);
    unsigned made = 0;
    struct testing_answering answering = { .serve = serve_but_one, .settings = &made };

    testing_answering_begin(&group, &answering);
    unanswered = port_of(answering.client);
    assert_int_equal(zoc_write(answering.client, "one", 3), 3);
    testing_settle_io();
    assert_int_equal(made, 0);
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
        ON_NET(services_of_one_process_do_not_answer_each_other),
        ON_NET(a_port_that_is_named_is_not_answered),
        ON_NET(a_cancel_is_no_soft_stop),
        ON_NET(a_connection_gets_the_answer_to_nothing),
        cmocka_unit_test(ports_that_answer_by_themselves_are_not_answered),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

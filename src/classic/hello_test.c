#include "classic/hello.h"

#include "classic/testing.h"

static struct hello_settings greet = { .mode = HELLO_GREET }, ask = { .mode = HELLO_ASK };

static void the_greeting_comes_without_being_asked_for(void)
{
    ZOC_GROUP(group);
    struct testing_talk talk = { .handler = hello_converse, .settings = &greet };
    zoc_stream *client = testing_talk(&group, &talk);

    testing_expect(client, "Hola Mundo\r\n");
    testing_expect_end(client);
    zoc_finish(client);
    assert_int_equal(zoc_group_wait(&group), 0);
}

static void what_the_client_said_meanwhile_destroys_nothing(void)
{
    ZOC_GROUP(group);
    struct testing_talk talk = { .handler = hello_converse, .settings = &greet };
    int client;
    char greeting[32];

    talk.served = testing_tcp_stream(&client);
    assert_int_equal(write(client, "Hola servidor", 13), 13);
    assert_int_equal(zoc_go(&group, testing_handle, &talk), 0);
    testing_settle();
    assert_int_equal(write(client, "and more", 8), 8);
    assert_int_equal(recv(client, greeting, sizeof greeting, 0), 12);
    assert_memory_equal(greeting, "Hola Mundo\r\n", 12);
    assert_int_equal(recv(client, greeting, sizeof greeting, 0), 0);
    close(client);
    assert_int_equal(zoc_group_wait(&group), 0);
}

static void who_asks_is_answered_after_the_question(void)
{
    ZOC_GROUP(group);
    struct testing_talk talk = { .handler = hello_converse, .settings = &ask };
    zoc_stream *client = testing_talk(&group, &talk);
    zoc_bytes chunk;

    ZOC_WITHIN(ZOC_MILLISECOND)
        assert_int_equal(zoc_receive(client, &chunk), -ETIMEDOUT);
    assert_int_equal(zoc_write(client, "?", 1), 1);
    testing_expect(client, "Hola desde el servidor");
    testing_expect_end(client);
    zoc_finish(client);
    assert_int_equal(zoc_group_wait(&group), 0);
}

static void who_ends_without_a_question_is_answered_all_the_same(void)
{
    testing_expect_answer(hello_converse, &ask, "", "Hola desde el servidor");
}

static void the_text_may_be_another_one(void)
{
    struct hello_settings other = { .mode = HELLO_GREET, .text = "¡Adiós!" };

    testing_expect_answer(hello_converse, &other, "", "¡Adiós!\r\n");
    other.mode = HELLO_ASK;
    testing_expect_answer(hello_converse, &other, "", "¡Adiós!");
    other.text = "";
    testing_expect_answer(hello_converse, &other, "", "");
}

static void who_never_asks_is_left_at_a_stop_and_at_a_timeout(void)
{
    for (int stops = 0; stops < 2; stops++) {
        ZOC_GROUP(group);
        struct testing_talk talk = { .handler = hello_converse, .settings = &ask };
        zoc_stream *client = testing_talk(&group, &talk);
        if (stops)
            zoc_group_stop(&group);
        else
            zoc_set_timeout(talk.served, ZOC_MILLISECOND);
        testing_expect_end(client);
        zoc_finish(client);
        assert_int_equal(zoc_group_wait(&group), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_NET(the_greeting_comes_without_being_asked_for),
        ON_NET(what_the_client_said_meanwhile_destroys_nothing),
        ON_NET(who_asks_is_answered_after_the_question),
        ON_NET(who_ends_without_a_question_is_answered_all_the_same),
        ON_NET(the_text_may_be_another_one),
        ON_NET(who_never_asks_is_left_at_a_stop_and_at_a_timeout),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

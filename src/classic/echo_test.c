#include "classic/echo.h"

#include "classic/testing.h"

#define NOON      1795262700 /* 2026-11-21 12:05:00 UTC */
#define LATER     "[2026-11-21 17:35:00] Echo: "
#define LONG_LINE (3 * ECHO_LINE_MAX + 5)

static struct echo_settings raw = { ECHO_RAW }, line = { ECHO_LINE }, stamp = { ECHO_STAMP };

/* --- streams -------------------------------------------------------------------------------------- */

static void raw_is_the_default_and_changes_nothing(void)
{
    struct echo_settings zeroed = { 0 };

    assert_int_equal(zeroed.mode, ECHO_RAW);
    testing_expect_answer(echo_converse, &raw, "", "");
    testing_expect_answer(echo_converse, &raw, "one\r\ntwo", "one\r\ntwo");
}

static void each_line_comes_back_behind_its_words_with_its_own_ending(void)
{
    testing_expect_answer(echo_converse, &line, "one\r\n\ntwo\nthree\r\r\n",
                          "ECHO: one\r\nECHO: \nECHO: two\nECHO: three\r\r\n");
}

static void a_last_line_without_an_ending_is_answered_too(void)
{
    testing_expect_answer(echo_converse, &line, "", "");
    testing_expect_answer(echo_converse, &line, "one", "ECHO: one");
    testing_expect_answer(echo_converse, &line, "one\ntwo", "ECHO: one\nECHO: two");
}

static void a_line_that_comes_in_parts_is_answered_whole(void)
{
    ZOC_GROUP(group);
    struct testing_talk talk = { .handler = echo_converse, .settings = &line };
    zoc_stream *client = testing_talk(&group, &talk);

    assert_int_equal(zoc_write(client, "on", 2), 2);
    testing_settle();
    assert_int_equal(zoc_write(client, "e\ntw", 4), 4);
    testing_expect(client, "ECHO: one\n");
    assert_int_equal(zoc_write(client, "o\n", 2), 2);
    testing_expect(client, "ECHO: two\n");
    zoc_finish(client);
    assert_int_equal(zoc_group_wait(&group), 0);
}

/* The line without its ending, so that it also is a text. */
static void expect_long(size_t size)
{
    char *text = malloc(size + 7), *expected = malloc(size + 20);

    assert_true(text && expected);
    memset(text, 'x', size);
    strcpy(text + size, "\nshort");
    sprintf(expected, "ECHO: %.*s\nECHO: short", (int)size, text);
    testing_expect_answer(echo_converse, &line, text, expected);
    free(text);
    free(expected);
}

static int write_long(void *arg)
{
    static char text[LONG_LINE + 7];

    memset(text, 'x', LONG_LINE);
    strcpy(text + LONG_LINE, "\nshort");
    assert_int_equal(zoc_write(arg, text, LONG_LINE + 6), LONG_LINE + 6);
    return zoc_shut(arg);
}

static void a_long_line_has_its_words_once(void)
{
    expect_long(ECHO_LINE_MAX - 1);
    expect_long(ECHO_LINE_MAX);
    expect_long(ECHO_LINE_MAX + 1);
}

static void a_line_has_no_limit(void)
{
    ZOC_GROUP(group);
    struct testing_talk talk = { .handler = echo_converse, .settings = &line };
    zoc_stream *client = testing_talk(&group, &talk);

    assert_int_equal(zoc_go(&group, write_long, client), 0);
    zoc_buffer answer = testing_rest(client);
    assert_int_equal(answer.size, 6 + LONG_LINE + 1 + 6 + 5);
    assert_memory_equal(answer.data, "ECHO: x", 7);
    assert_string_equal(answer.data + 6 + LONG_LINE, "\nECHO: short");
    assert_int_equal(strspn(answer.data + 6, "x"), LONG_LINE);
    zoc_buffer_release(&answer);
    zoc_finish(client);
    assert_int_equal(zoc_group_wait(&group), 0);
}

static void what_comes_at_once_gets_one_stamp(void)
{
    ZOC_GROUP(group);
    struct testing_talk talk = { .handler = echo_converse, .settings = &stamp };
    zoc_stream *client = testing_talk(&group, &talk);

    assert_int_equal(zoc_write(client, "a\nb", 3), 3);
    testing_expect(client, LATER "a\nb");
    assert_int_equal(zoc_write(client, "c", 1), 1);
    testing_expect(client, LATER "c");
    zoc_shut(client);
    testing_expect_end(client);
    zoc_finish(client);
    assert_int_equal(zoc_group_wait(&group), 0);
}

static void a_soft_stop_ends_every_mode(void)
{
    struct echo_settings *all[] = { &raw, &line, &stamp };

    for (int i = 0; i < 3; i++) {
        ZOC_GROUP(group);
        struct testing_talk talk = { .handler = echo_converse, .settings = all[i] };
        zoc_stream *client = testing_talk(&group, &talk);
        testing_settle();
        zoc_group_stop(&group);
        testing_expect_end(client);
        zoc_finish(client);
        assert_int_equal(zoc_group_wait(&group), 0);
    }
}

/* --- datagrams ------------------------------------------------------------------------------------ */

static void expect_datagram(struct echo_settings *settings, const char *question, const char *expected)
{
    ZOC_GROUP(group);
    struct testing_answering answering = { .serve = echo_datagrams, .settings = settings };

    testing_answering_begin(&group, &answering);
    testing_expect_datagram(&answering, question, zoc_bytes_of(expected));
    testing_answering_end(&group, &answering);
}

static void the_words_stand_before_each_datagram(void)
{
    expect_datagram(&raw, "a\nb", "a\nb");
    expect_datagram(&raw, "", "");
    expect_datagram(&line, "a\nb", "ECHO: a\nb");
    expect_datagram(&line, "", "ECHO: ");
    expect_datagram(&stamp, "a\nb", LATER "a\nb");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_NET(raw_is_the_default_and_changes_nothing),
        ON_NET(each_line_comes_back_behind_its_words_with_its_own_ending),
        ON_NET(a_last_line_without_an_ending_is_answered_too),
        ON_NET(a_line_that_comes_in_parts_is_answered_whole),
        ON_NET(a_long_line_has_its_words_once),
        ON_NET(a_line_has_no_limit),
        ON_NET(what_comes_at_once_gets_one_stamp),
        ON_NET(a_soft_stop_ends_every_mode),
        ON_NET(the_words_stand_before_each_datagram),
    };

    setenv("TZ", "IST-5:30", 1);
    testing_foresee(NOON);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

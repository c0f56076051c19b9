#include "classic/qotd.h"

#include "classic/testing.h"

static void our_quotes_fit(void **state)
{
    (void)state;
    assert_non_null(qotd_quote(0));
    for (unsigned i = 0; qotd_quote(i); i++) {
        assert_in_range(strlen(qotd_quote(i)), 1, QOTD_MAX - 2);
        assert_null(strpbrk(qotd_quote(i), "\r\n"));
    }
}

static unsigned count_quotes(void)
{
    unsigned count = 0;

    while (qotd_quote(count))
        count++;
    return count;
}

static void expect_quote(struct qotd_settings *settings, const char *quote)
{
    char line[QOTD_MAX + 1];

    snprintf(line, sizeof line, "%s\r\n", quote);
    testing_expect_answer(qotd_converse, settings, "a quote, please", line);
}

static void chance_chooses_among_all(void)
{
    struct qotd_settings settings = { 0 };
    unsigned count = count_quotes();

    testing_chance = 0;
    for (unsigned i = 0; i <= count; i++)
        expect_quote(&settings, qotd_quote(i % count));
}

static void a_text_of_ones_own_takes_their_place(void)
{
    struct qotd_settings settings = { .text = "100% nuestro" };
    ZOC_GROUP(group);
    struct testing_answering answering = { .serve = qotd_datagrams, .settings = &settings };

    expect_quote(&settings, "100% nuestro");
    testing_answering_begin(&group, &answering);
    testing_expect_datagram(&answering, "", zoc_bytes_of("100% nuestro\r\n"));
    testing_answering_end(&group, &answering);
}

static void a_text_that_is_too_long_is_refused(void **state)
{
    struct qotd_settings settings = { 0 };
    char text[QOTD_MAX] = "";

    (void)state;
    memset(text, 'x', QOTD_MAX - 2);
    assert_int_equal(key_read(qotd_keys, text, &settings), 0);
    assert_string_equal(settings.text, text);
    text[QOTD_MAX - 2] = 'x';
    assert_int_equal(key_read(qotd_keys, text, &settings), -EINVAL);
    assert_non_null(strstr(zoc_why(), "' is not a text of at most 510 bytes"));
    assert_int_equal(strlen(settings.text), QOTD_MAX - 2);
    keys_release(qotd_keys, &settings);
    assert_null(settings.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(our_quotes_fit),
        ON_NET(chance_chooses_among_all),
        ON_NET(a_text_of_ones_own_takes_their_place),
        cmocka_unit_test(a_text_that_is_too_long_is_refused),
    };

    testing_foresee(0);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "classic/daytime.h"

#include "base/local_time.h"
#include "classic/testing.h"

#include <locale.h>

#define NOON 1795262700 /* 2026-11-21 12:05:00 UTC */
#define LINE "Saturday, November 21, 2026 17:35:00-IST\r\n"

static void expect_line(struct tm local, const char *expected)
{
    zoc_buffer text = { 0 };

    assert_int_equal(daytime_append(&text, &local), 0);
    assert_int_equal(text.size, strlen(expected));
    assert_memory_equal(text.data, expected, text.size);
    zoc_buffer_release(&text);
}

static void a_line_has_the_form_of_the_rfc(void **state)
{
    (void)state;
    expect_line((struct tm){ .tm_wday = 2,
                             .tm_mon = 1,
                             .tm_mday = 22,
                             .tm_year = 82,
                             .tm_hour = 17,
                             .tm_min = 37,
                             .tm_sec = 43,
                             .tm_zone = "PST" },
                "Tuesday, February 22, 1982 17:37:43-PST\r\n");
    expect_line((struct tm){ .tm_wday = 0, .tm_mon = 0, .tm_mday = 1, .tm_year = 200, .tm_zone = "UTC" },
                "Sunday, January 1, 2100 00:00:00-UTC\r\n");
}

static void local_time_knows_its_zone(void **state)
{
    struct tm local = base_local_time(INT64_C(951868799) * 1000000000 + 999999999); /* 2000-02-29 23:59:59 UTC */

    (void)state;
    expect_line(local, "Wednesday, March 1, 2000 05:29:59-IST\r\n");
}

static void streams_and_datagrams_are_told_the_same(void)
{
    ZOC_GROUP(group);
    struct testing_answering answering = { .serve = daytime_datagrams };

    testing_expect_answer(daytime_converse, NULL, "what time is it?", LINE);
    testing_answering_begin(&group, &answering);
    testing_expect_datagram(&answering, "", zoc_bytes_of(LINE));
    testing_answering_end(&group, &answering);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_has_the_form_of_the_rfc),
        cmocka_unit_test(local_time_knows_its_zone),
        ON_NET(streams_and_datagrams_are_told_the_same),
    };

    setlocale(LC_ALL, ""); /* names stay English */
    setenv("TZ", "IST-5:30", 1);
    testing_foresee(NOON);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "classic/time.h"

#include "classic/testing.h"

#define SECOND INT64_C(1000000000)

static void seconds_are_counted_from_1900(void **state)
{
    (void)state;
    assert_int_equal(time_since_1900(0), 2208988800);                           /* RFC 868: 1 January 1970 */
    assert_int_equal(time_since_1900(INT64_C(220838400) * SECOND), 2429827200); /* 31 December 1976 */
    assert_int_equal(time_since_1900(999999999), 2208988800);
}

static void they_begin_again_in_2036(void **state)
{
    int64_t last = INT64_C(2085978495) * SECOND; /* 2036-02-07 06:28:15 UTC */

    (void)state;
    assert_int_equal(time_since_1900(last), UINT32_MAX);
    assert_int_equal(time_since_1900(last + SECOND - 1), UINT32_MAX);
    assert_int_equal(time_since_1900(last + SECOND), 0);
    assert_int_equal(time_since_1900((INT64_C(1) << 32) * SECOND), 2208988800);
}

static void streams_and_datagrams_are_told_four_bytes(void)
{
    ZOC_GROUP(group);
    struct testing_answering answering = { .serve = time_datagrams };

    zoc_buffer told = testing_ask(time_converse, NULL, "");
    assert_int_equal(told.size, 4);
    assert_memory_equal(told.data, "\x83\xaa\x7e\x81", 4);
    zoc_buffer_release(&told);
    testing_answering_begin(&group, &answering);
    testing_expect_datagram(&answering, "", zoc_bytes_of("\x83\xaa\x7e\x81"));
    testing_answering_end(&group, &answering);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seconds_are_counted_from_1900),
        cmocka_unit_test(they_begin_again_in_2036),
        ON_NET(streams_and_datagrams_are_told_four_bytes),
    };

    testing_foresee(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

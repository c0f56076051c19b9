#include <zocalo/units.h>

#include <errno.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void assert_duration(const char *text, zoc_duration expected)
{
    zoc_duration duration = -1;

    assert_int_equal(zoc_duration_parse(text, &duration), 0);
    assert_int_equal(duration, expected);
}

static void assert_no_duration(const char *text, int error)
{
    zoc_duration duration = -1;

    assert_int_equal(zoc_duration_parse(text, &duration), error);
    assert_int_equal(duration, -1);
}

static void assert_size(const char *text, uint64_t expected)
{
    uint64_t bytes = 77;

    assert_int_equal(zoc_size_parse(text, &bytes), 0);
    assert_true(bytes == expected);
}

static void assert_no_size(const char *text, int error)
{
    uint64_t bytes = 77;

    assert_int_equal(zoc_size_parse(text, &bytes), error);
    assert_int_equal(bytes, 77);
}

static void durations_have_units(void **state)
{
    (void)state;
    assert_duration("0", 0);
    assert_duration("0s", 0);
    assert_duration("7ns", 7);
    assert_duration("10us", 10 * ZOC_MICROSECOND);
    assert_duration("500ms", 500 * ZOC_MILLISECOND);
    assert_duration("30s", 30 * ZOC_SECOND);
    assert_duration("5m", 5 * ZOC_MINUTE);
    assert_duration("2h", 2 * ZOC_HOUR);
    assert_duration("007s", 7 * ZOC_SECOND);
}

static void fractions_are_exact_and_cut_at_the_nanosecond(void **state)
{
    (void)state;
    assert_duration("1.5s", 1500 * ZOC_MILLISECOND);
    assert_duration("0.1s", 100 * ZOC_MILLISECOND);
    assert_duration("0.000000001s", 1);
    assert_duration("0.0000000019s", 1);
    assert_duration("0.99999999999999999999999999999999s", ZOC_SECOND - 1);
    assert_duration("1.5h", 90 * ZOC_MINUTE);
    assert_duration("0.3333h", 1199880 * ZOC_MILLISECOND);
    assert_duration("0.50m", 30 * ZOC_SECOND);
}

static void what_is_no_duration_is_refused(void **state)
{
    static const char *const texts[] = {
        "",     "5",    "1.5",  "s",   "5x",    "5 s",    " 5s",  "5s ", "\t5s",
        "-5s",  "+5s",  "-0",   "1.s", ".5s",   "1.5.5s", "1,5s", "5S",  "5MS",
        "1e3s", "0x5s", "5sec", "5ss", "1.5ns", "infs",   "nan",  "0 ",  "99999999999999999999x",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_no_duration(texts[i], -EINVAL);
}

static void durations_end_where_their_type_does(void **state)
{
    (void)state;
    assert_duration("9223372036854775807ns", INT64_MAX);
    assert_no_duration("9223372036854775808ns", -ERANGE);
    assert_no_duration("18446744073709551616ns", -ERANGE);
    assert_duration("9223372036.854775807s", INT64_MAX);
    assert_no_duration("9223372036.854775808s", -ERANGE);
    assert_duration("2562047h", 2562047 * ZOC_HOUR);
    assert_no_duration("2562048h", -ERANGE);
    assert_no_duration("99999999999999999999999999s", -ERANGE);
}

static void assert_duration_text(zoc_duration duration, const char *expected)
{
    char text[ZOC_UNIT_TEXT];

    assert_ptr_equal(zoc_duration_format(duration, text, sizeof text), text);
    assert_string_equal(text, expected);
}

static void durations_are_written_in_their_largest_unit(void **state)
{
    (void)state;
    assert_duration_text(0, "0");
    assert_duration_text(7, "7ns");
    assert_duration_text(1500 * ZOC_MILLISECOND, "1.5s");
    assert_duration_text(500 * ZOC_MILLISECOND, "500ms");
    assert_duration_text(30 * ZOC_SECOND, "30s");
    assert_duration_text(60 * ZOC_SECOND, "1m");
    assert_duration_text(90 * ZOC_SECOND, "1.5m");
    assert_duration_text(100 * ZOC_SECOND, "100s");
    assert_duration_text(52100, "52.1us");
    assert_duration_text(5 * ZOC_MINUTE, "5m");
    assert_duration_text(2 * ZOC_HOUR, "2h");
    assert_duration_text(ZOC_HOUR + ZOC_SECOND, "3601s");
    assert_duration_text(23519999, "23.519ms");
    assert_duration_text(999999999, "999.999ms");
    assert_duration_text(-1500 * ZOC_MILLISECOND, "-1.5s");
    assert_duration_text(INT64_MAX, "9223372036.854s");
    assert_duration_text(INT64_MIN, "-9223372036.854s");
}

static void what_a_duration_is_written_as_reads_as_that_duration(void **state)
{
    static const zoc_duration durations[] = {
        1,
        999,
        1000,
        1001,
        10 * ZOC_MICROSECOND,
        1500 * ZOC_MICROSECOND,
        999 * ZOC_MILLISECOND,
        63 * ZOC_SECOND,
        5400 * ZOC_SECOND,
        86399 * ZOC_SECOND,
        86400 * ZOC_SECOND,
        2562047 * ZOC_HOUR,
    };
    char text[ZOC_UNIT_TEXT];

    (void)state;
    for (size_t i = 0; i < sizeof durations / sizeof *durations; i++)
        assert_duration(zoc_duration_format(durations[i], text, sizeof text), durations[i]);
}

static void sizes_are_powers_of_1024(void **state)
{
    (void)state;
    assert_size("0", 0);
    assert_size("1500", 1500);
    assert_size("64K", 65536);
    assert_size("64k", 65536);
    assert_size("10M", 10485760);
    assert_size("1g", 1073741824);
    assert_size("1.5M", 1572864);
    assert_size("0.3K", 307);
}

static void what_is_no_size_is_refused(void **state)
{
    static const char *const texts[] = { "",
                                         "K",
                                         "-1",
                                         "+1",
                                         " 1",
                                         "1 ",
                                         "1 K",
                                         "1KB",
                                         "1B",
                                         "1.5",
                                         "1.K",
                                         ".5K",
                                         "1,5K",
                                         "0x10",
                                         "1e3",
                                         "1KK",
                                         "1T",
                                         "１",
                                         "99999999999999999999x" };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_no_size(texts[i], -EINVAL);
}

static void sizes_end_where_their_type_does(void **state)
{
    (void)state;
    assert_size("18446744073709551615", UINT64_MAX);
    assert_no_size("18446744073709551616", -ERANGE);
    assert_size("17179869183G", 17179869183ULL << 30);
    assert_no_size("17179869184G", -ERANGE);
    assert_size("17179869183.99999999999999999999G", UINT64_MAX);
}

static void assert_size_text(uint64_t bytes, const char *expected)
{
    char text[ZOC_UNIT_TEXT];

    assert_ptr_equal(zoc_size_format(bytes, text, sizeof text), text);
    assert_string_equal(text, expected);
}

static void sizes_are_written_in_their_largest_unit(void **state)
{
    (void)state;
    assert_size_text(0, "0");
    assert_size_text(512, "512");
    assert_size_text(1023, "1023");
    assert_size_text(1024, "1K");
    assert_size_text(65536, "64K");
    assert_size_text(1572864, "1.5M");
    assert_size_text(1048575, "1023.9K");
    assert_size_text(1ULL << 30, "1G");
    assert_size_text(UINT64_MAX, "17179869183.9G");
}

static void a_text_that_is_too_short_is_ended_with_a_nul(void **state)
{
    char text[4];

    (void)state;
    assert_string_equal(zoc_duration_format(500 * ZOC_MILLISECOND, text, sizeof text), "500");
    assert_string_equal(zoc_size_format(1572864, text, sizeof text), "1.5");
}

static int use_the_locale(void **state)
{
    (void)state;
    setlocale(LC_ALL, "de_DE.UTF-8"); /* a decimal comma, where that locale is installed */
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(durations_have_units),
        cmocka_unit_test(fractions_are_exact_and_cut_at_the_nanosecond),
        cmocka_unit_test(what_is_no_duration_is_refused),
        cmocka_unit_test(durations_end_where_their_type_does),
        cmocka_unit_test(durations_are_written_in_their_largest_unit),
        cmocka_unit_test(what_a_duration_is_written_as_reads_as_that_duration),
        cmocka_unit_test(sizes_are_powers_of_1024),
        cmocka_unit_test(what_is_no_size_is_refused),
        cmocka_unit_test(sizes_end_where_their_type_does),
        cmocka_unit_test(sizes_are_written_in_their_largest_unit),
        cmocka_unit_test(a_text_that_is_too_short_is_ended_with_a_nul),
    };

    return cmocka_run_group_tests(tests, use_the_locale, NULL);
}

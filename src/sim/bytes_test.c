#include "sim/inside.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define MUCH 5000

static void expect(struct bytes *bytes, const char *text)
{
    char data[32];
    size_t size = strlen(text);

    assert_in_range(size, 1, bytes->size);
    bytes_pop(bytes, data, size);
    assert_memory_equal(data, text, size);
}

static void bytes_come_out_as_they_went_in(void **state)
{
    struct bytes bytes = { 0 };

    (void)state;
    bytes_push(&bytes, "hello ", 6);
    bytes_push(&bytes, "world", 5);
    assert_int_equal(bytes.size, 11);
    expect(&bytes, "hel");
    expect(&bytes, "lo wor");
    bytes_push(&bytes, "!", 1);
    expect(&bytes, "ld!");
    assert_int_equal(bytes.size, 0);
    bytes_release(&bytes);
}

static void no_more_is_taken_than_there_is(void **state)
{
    struct bytes bytes = { 0 };
    char data[8] = "-------";

    (void)state;
    bytes_pop(&bytes, data, 4);
    assert_string_equal(data, "-------");
    bytes_push(&bytes, "abc", 3);
    bytes_pop(&bytes, data, sizeof data);
    assert_string_equal(data, "abc----");
    assert_int_equal(bytes.size, 0);
    bytes_release(&bytes);
}

static void bytes_can_be_thrown_away(void **state)
{
    struct bytes bytes = { 0 };

    (void)state;
    bytes_push(&bytes, "abcdef", 6);
    bytes_pop(&bytes, NULL, 4);
    expect(&bytes, "ef");
    bytes_release(&bytes);
}

static void nothing_is_pushed_without_memory(void **state)
{
    struct bytes bytes = { 0 };

    (void)state;
    bytes_push(&bytes, NULL, 0);
    assert_null(bytes.data);
    bytes_release(&bytes);
    assert_null(bytes.data);
}

static void what_is_in_it_survives_growth(void **state)
{
    struct bytes bytes = { 0 };
    int pushed = 0, popped = 0;

    (void)state;
    while (popped < MUCH) {
        for (int i = 0; i < 7 && pushed < MUCH; i++, pushed++)
            bytes_push(&bytes, &(char){ (char)(pushed % 251) }, 1);
        for (int i = 0; i < 3; i++, popped++) {
            char byte = 0;
            if (popped == MUCH)
                break;
            bytes_pop(&bytes, &byte, 1);
            assert_int_equal(byte, (char)(popped % 251));
        }
        assert_int_equal(bytes.size, pushed - popped);
        assert_true(bytes.start + bytes.size <= bytes.room);
    }
    bytes_release(&bytes);
    assert_int_equal(bytes.room, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_come_out_as_they_went_in), cmocka_unit_test(no_more_is_taken_than_there_is),
        cmocka_unit_test(bytes_can_be_thrown_away),       cmocka_unit_test(nothing_is_pushed_without_memory),
        cmocka_unit_test(what_is_in_it_survives_growth),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

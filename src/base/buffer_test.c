#include <zocalo/bytes.h>

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void assert_holds(const zoc_buffer *buffer, const char *text)
{
    assert_int_equal(buffer->size, strlen(text));
    assert_memory_equal(buffer->data, text, buffer->size);
    assert_true(buffer->size <= buffer->capacity);
}

static void a_zeroed_buffer_is_empty_and_usable(void **state)
{
    zoc_buffer buffer = { 0 };
    char *space = NULL;

    (void)state;
    zoc_buffer_consume(&buffer, 5);
    assert_int_equal(buffer.size, 0);
    assert_int_equal(zoc_buffer_append(&buffer, NULL, 0), 0);
    assert_null(buffer.data);
    assert_int_equal(zoc_buffer_reserve(&buffer, 0, &space), 0);
    assert_non_null(space);
    assert_int_equal(zoc_buffer_append(&buffer, "abc", 3), 0);
    assert_holds(&buffer, "abc");
    zoc_buffer_release(&buffer);
}

static void what_is_consumed_goes_from_the_front(void **state)
{
    zoc_buffer buffer = { 0 };

    (void)state;
    zoc_buffer_append(&buffer, "hello world", 11);
    zoc_buffer_consume(&buffer, 6);
    assert_holds(&buffer, "world");
    zoc_buffer_append(&buffer, "!", 1);
    assert_holds(&buffer, "world!");
    zoc_buffer_consume(&buffer, 100);
    assert_int_equal(buffer.size, 0);
    assert_ptr_equal(buffer.data, buffer.block);
    zoc_buffer_release(&buffer);
}

static void bytes_keep_their_order_through_growth_and_consumption(void **state)
{
    zoc_buffer buffer = { 0 };
    unsigned char in = 0, out = 0;

    (void)state;
    for (unsigned round = 0; round < 2000; round++) {
        char *space;
        size_t size = round * 7 % 301;

        assert_int_equal(zoc_buffer_reserve(&buffer, size, &space), 0);
        for (size_t i = 0; i < size; i++)
            space[i] = (char)in++;
        zoc_buffer_commit(&buffer, size);

        size_t taken = round * 13 % 293 < buffer.size ? round * 13 % 293 : buffer.size;
        for (size_t i = 0; i < taken; i++)
            assert_int_equal((unsigned char)buffer.data[i], out++);
        zoc_buffer_consume(&buffer, taken);
    }
    assert_int_equal((unsigned char)(in - out), buffer.size % 256);
    zoc_buffer_release(&buffer);
}

static void a_queue_of_steady_size_stops_growing(void **state)
{
    zoc_buffer buffer = { 0 };
    char chunk[100] = { 0 };

    (void)state;
    for (unsigned i = 0; i < 10; i++)
        zoc_buffer_append(&buffer, chunk, sizeof chunk);
    for (unsigned i = 0; i < 10000; i++) {
        assert_int_equal(zoc_buffer_append(&buffer, chunk, sizeof chunk), 0);
        zoc_buffer_consume(&buffer, sizeof chunk);
    }
    assert_int_equal(buffer.size, 1000);
    assert_true((size_t)(buffer.data - buffer.block) + buffer.capacity <= 4096);
    zoc_buffer_release(&buffer);
}

static void the_limit_is_exact_and_nothing_is_appended_beyond(void **state)
{
    zoc_buffer buffer = { .size_max = 8 };
    char *space = NULL;

    (void)state;
    assert_int_equal(zoc_buffer_append(&buffer, "12345678", 8), 0);
    assert_int_equal(zoc_buffer_append(&buffer, "9", 1), -EMSGSIZE);
    assert_holds(&buffer, "12345678");
    assert_int_equal(zoc_buffer_reserve(&buffer, 1, &space), -EMSGSIZE);
    assert_null(space);
    zoc_buffer_consume(&buffer, 1);
    assert_int_equal(zoc_buffer_append(&buffer, "9", 1), 0);
    assert_holds(&buffer, "23456789");
    zoc_buffer_release(&buffer);
    assert_int_equal(buffer.size_max, 8);
    assert_int_equal(buffer.size, 0);
}

static void more_than_memory_can_hold_is_refused(void **state)
{
    zoc_buffer buffer = { 0 };
    char *space = NULL;

    (void)state;
    zoc_buffer_append(&buffer, "abc", 3);
    assert_int_equal(zoc_buffer_reserve(&buffer, SIZE_MAX, &space), -ENOMEM);
    assert_int_equal(zoc_buffer_reserve(&buffer, SIZE_MAX - 2, &space), -ENOMEM);
    assert_int_equal(zoc_buffer_reserve(&buffer, PTRDIFF_MAX, &space), -ENOMEM);
    assert_null(space);
    assert_holds(&buffer, "abc");
    zoc_buffer_release(&buffer);
}

static void formatted_text_is_appended_without_its_nul(void **state)
{
    zoc_buffer buffer = { 0 };

    (void)state;
    assert_int_equal(zoc_buffer_printf(&buffer, "%s", ""), 0);
    assert_int_equal(zoc_buffer_printf(&buffer, "%d-%s", 42, "x"), 0);
    assert_holds(&buffer, "42-x");
    for (unsigned i = 0; i < 100; i++)
        assert_int_equal(zoc_buffer_printf(&buffer, "%s", "0123456789"), 0);
    assert_int_equal(buffer.size, 1004);
    assert_memory_equal(buffer.data + 994, "0123456789", 10);
    zoc_buffer_release(&buffer);
}

static void the_nul_of_formatted_text_does_not_count_against_the_limit(void **state)
{
    zoc_buffer buffer = { .size_max = 100 };

    (void)state;
    assert_int_equal(zoc_buffer_printf(&buffer, "%0100d", 7), 0);
    assert_int_equal(buffer.size, 100);
    assert_int_equal(zoc_buffer_printf(&buffer, "x"), -EMSGSIZE);
    assert_int_equal(buffer.size, 100);
    zoc_buffer_consume(&buffer, 100);
    assert_int_equal(zoc_buffer_printf(&buffer, "%0101d", 7), -EMSGSIZE);
    assert_int_equal(buffer.size, 0);
    zoc_buffer_release(&buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_zeroed_buffer_is_empty_and_usable),
        cmocka_unit_test(what_is_consumed_goes_from_the_front),
        cmocka_unit_test(bytes_keep_their_order_through_growth_and_consumption),
        cmocka_unit_test(a_queue_of_steady_size_stops_growing),
        cmocka_unit_test(the_limit_is_exact_and_nothing_is_appended_beyond),
        cmocka_unit_test(more_than_memory_can_hold_is_refused),
        cmocka_unit_test(formatted_text_is_appended_without_its_nul),
        cmocka_unit_test(the_nul_of_formatted_text_does_not_count_against_the_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "relay/transit.h"

#include <cmocka.h>

static zoc_bytes number(int *value)
{
    return (zoc_bytes){ (char *)value, sizeof *value };
}

static void add(struct transit *transit, zoc_time through_at, int value)
{
    assert_int_equal(transit_add(transit, through_at, number(&value)), 0);
}

static void expect(struct transit *transit, int value)
{
    assert_int_equal(transit_front(transit).size, sizeof value);
    assert_memory_equal(transit_front(transit).data, &value, sizeof value);
    transit_leave(transit, sizeof value);
}

static void they_stand_in_the_order_in_which_they_are_through(void **state)
{
    struct transit transit = { 0 };

    (void)state;
    add(&transit, 20, 2);
    add(&transit, 10, 0);
    add(&transit, 30, 4);
    add(&transit, 10, 1);
    add(&transit, 20, 3);
    for (int i = 0; i < 5; i++)
        expect(&transit, i);
    assert_null(transit.first);
    assert_null(transit.last);
    assert_int_equal(transit.held, 0);
}

static void a_piece_leaves_in_bits(void **state)
{
    struct transit transit = { 0 };

    (void)state;
    assert_int_equal(transit_add(&transit, 1, zoc_bytes_of("abcdef")), 0);
    transit_leave(&transit, 2);
    assert_memory_equal(transit_front(&transit).data, "cdef", 4);
    assert_int_equal(transit_front(&transit).size, 4);
    transit_leave(&transit, 4);
    assert_null(transit.first);
    assert_int_equal(transit.held, 0);
}

static void a_datagram_of_no_bytes_has_its_place(void **state)
{
    struct transit transit = { 0 };

    (void)state;
    add(&transit, 1, 1);
    assert_int_equal(transit_add(&transit, 1, (zoc_bytes){ 0 }), 0);
    add(&transit, 1, 2);
    expect(&transit, 1);
    assert_int_equal(transit_front(&transit).size, 0);
    transit_leave(&transit, 0);
    expect(&transit, 2);
    assert_null(transit.first);
}

/* Pieces of `size` bytes until there is no room. */
static size_t fill(struct transit *transit, size_t size)
{
    static char data[ZOC_CHUNK_MAX];
    size_t count = 0;

    for (; transit_has_room(transit); count++) {
        assert_int_equal(transit_add(transit, 1, (zoc_bytes){ data, size }), 0);
        assert_true(transit->held <= TRANSIT_MAX);
    }
    return count;
}

static void it_holds_so_much_and_small_pieces_count_with_what_is_kept_of_them(void **state)
{
    struct transit large = { 0 }, small = { 0 };

    (void)state;
    assert_int_equal(fill(&large, ZOC_CHUNK_MAX), TRANSIT_MAX / (ZOC_CHUNK_MAX + sizeof(struct piece)));
    assert_in_range(fill(&small, 0), 1, TRANSIT_MAX / sizeof(struct piece));
    transit_leave(&large, ZOC_CHUNK_MAX);
    assert_true(transit_has_room(&large));
    transit_release(&large);
    transit_release(&small);
    assert_int_equal(large.held, 0);
    assert_int_equal(small.held, 0);
}

static void what_is_left_is_released(void **state)
{
    struct transit transit = { 0 };

    (void)state;
    add(&transit, 1, 1);
    add(&transit, 2, 2);
    transit_leave(&transit, 1);
    transit_release(&transit);
    transit_release(&transit);
    assert_null(transit.first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_stand_in_the_order_in_which_they_are_through),
        cmocka_unit_test(a_piece_leaves_in_bits),
        cmocka_unit_test(a_datagram_of_no_bytes_has_its_place),
        cmocka_unit_test(it_holds_so_much_and_small_pieces_count_with_what_is_kept_of_them),
        cmocka_unit_test(what_is_left_is_released),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

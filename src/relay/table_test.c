#include "relay/table.h"

#include "fiber/testing.h"

#define MAX 8

static zoc_correspondent from(const char *digits, uint16_t port)
{
    zoc_correspondent who = { 0 };

    assert_int_equal(zoc_address_parse_ip(digits, port, &who.peer), 0);
    return who;
}

static zoc_datagrams *socket_number(uintptr_t number)
{
    return (zoc_datagrams *)number; /* never looked into */
}

static struct session_entry entry_of(const char *digits, uint16_t port)
{
    return (struct session_entry){ .socket = socket_number(1), .who = from(digits, port) };
}

static void each_is_found_by_who_sends(void **state)
{
    struct session_table table;
    struct session_entry entries[] = { entry_of("10.0.0.1", 1), entry_of("10.0.0.1", 2), entry_of("fd00::1", 1) };

    (void)state;
    assert_int_equal(table_init(&table, MAX), 0);
    for (size_t i = 0; i < 3; i++) {
        assert_null(table_find(&table, socket_number(1), &entries[i].who));
        table_add(&table, &entries[i], 0);
    }
    for (size_t i = 0; i < 3; i++)
        assert_ptr_equal(table_find(&table, socket_number(1), &entries[i].who), &entries[i]);
    table_release(&table);
}

static void the_same_peer_at_another_socket_or_address_is_another(void **state)
{
    struct session_table table;
    struct session_entry entry = entry_of("10.0.0.1", 1);
    zoc_correspondent elsewhere = entry.who;

    (void)state;
    assert_int_equal(zoc_address_parse_ip("10.0.0.9", 53, &elsewhere.local), 0);
    assert_int_equal(table_init(&table, MAX), 0);
    table_add(&table, &entry, 0);
    assert_null(table_find(&table, socket_number(2), &entry.who));
    assert_null(table_find(&table, socket_number(1), &elsewhere));
    table_release(&table);
}

static void peers_without_a_name_are_one(void **state)
{
    struct session_table table;
    struct session_entry entry = { .socket = socket_number(1) };

    (void)state;
    assert_int_equal(table_init(&table, MAX), 0);
    table_add(&table, &entry, 0);
    assert_ptr_equal(table_find(&table, socket_number(1), &(zoc_correspondent){ 0 }), &entry);
    table_release(&table);
}

static void expect_order(const struct session_table *table, const struct session_entry *const *order, size_t count)
{
    const struct session_entry *entry = table->oldest;

    for (size_t i = 0; i < count; i++, entry = entry->younger)
        assert_ptr_equal(entry, order[i]);
    assert_null(entry);
    entry = table->youngest;
    for (size_t i = count; i-- > 0; entry = entry->older)
        assert_ptr_equal(entry, order[i]);
    assert_null(entry);
    assert_int_equal(table->count, count);
}

static void the_one_that_was_idle_longest_is_first(void **state)
{
    struct session_table table;
    struct session_entry a = entry_of("10.0.0.1", 1), b = entry_of("10.0.0.1", 2), c = entry_of("10.0.0.1", 3);
    const struct session_entry *const none[] = { NULL };

    (void)state;
    assert_int_equal(table_init(&table, MAX), 0);
    expect_order(&table, none, 0);
    table_add(&table, &a, 1);
    table_add(&table, &b, 2);
    table_add(&table, &c, 3);
    expect_order(&table, (const struct session_entry *[]){ &a, &b, &c }, 3);
    table_touch(&table, &a, 4);
    expect_order(&table, (const struct session_entry *[]){ &b, &c, &a }, 3);
    assert_int_equal(a.used, 4);
    table_touch(&table, &a, 5);
    table_touch(&table, &c, 6);
    expect_order(&table, (const struct session_entry *[]){ &b, &a, &c }, 3);
    table_remove(&table, &a);
    expect_order(&table, (const struct session_entry *[]){ &b, &c }, 2);
    table_remove(&table, &c);
    table_remove(&table, &b);
    expect_order(&table, none, 0);
    table_release(&table);
}

static void many_come_and_go_in_few_buckets(void **state)
{
    enum { MANY = 1000 };
    static struct session_entry entries[MANY];
    struct session_table table;

    (void)state;
    assert_int_equal(table_init(&table, MANY), 0);
    table.mask = 3;
    for (unsigned i = 0; i < MANY; i++) {
        entries[i] = entry_of("10.0.0.1", (uint16_t)(i + 1));
        table_add(&table, &entries[i], i);
    }
    for (unsigned i = 0; i < MANY; i += 2)
        table_remove(&table, &entries[i]);
    for (unsigned i = 0; i < MANY; i++)
        assert_ptr_equal(table_find(&table, socket_number(1), &entries[i].who), i % 2 ? &entries[i] : NULL);
    assert_int_equal(table.count, MANY / 2);
    table_release(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_found_by_who_sends),
        cmocka_unit_test(the_same_peer_at_another_socket_or_address_is_another),
        cmocka_unit_test(peers_without_a_name_are_one),
        cmocka_unit_test(the_one_that_was_idle_longest_is_first),
        cmocka_unit_test(many_come_and_go_in_few_buckets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

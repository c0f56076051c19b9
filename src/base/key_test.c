#include "base/key.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <zocalo/error.h>
#include <zocalo/units.h>

#include <cmocka.h>

struct settings {
    zoc_duration idle;
    unsigned clients;
    unsigned mode;
    char *text;
};

static const struct key keys[] = {
    { "idle", &key_duration, offsetof(struct settings, idle), NULL },
    { "clients", &key_count, offsetof(struct settings, clients), NULL },
    { "mode", &key_choice, offsetof(struct settings, mode), (const char *const[]){ "raw", "line", "stamp", NULL } },
    { "text", &key_text, offsetof(struct settings, text), NULL },
    { 0 },
};

static const struct key *find(const char *name)
{
    const struct key *key = key_find(keys, name, strlen(name));

    assert_non_null(key);
    return key;
}

static void expect_refusal(const char *name, const char *value, const char *words)
{
    struct settings settings = { .idle = 7, .clients = 7, .mode = 7 };

    assert_int_equal(key_read(find(name), value, &settings), -EINVAL);
    assert_string_equal(zoc_why(), words);
    assert_int_equal(settings.idle, 7);
    assert_int_equal(settings.clients, 7);
    assert_int_equal(settings.mode, 7);
}

static void keys_are_found_by_their_whole_name(void **state)
{
    (void)state;
    assert_ptr_equal(key_find(keys, "mode=line", 4), &keys[2]);
    assert_null(key_find(keys, "mod", 3));
    assert_null(key_find(keys, "modes", 5));
    assert_null(key_find(keys, "", 0));
    assert_null(key_find(NULL, "mode", 4));
}

static void each_kind_is_read_into_its_field(void **state)
{
    struct settings settings = { 0 };

    (void)state;
    assert_int_equal(key_read(find("idle"), "1.5s", &settings), 0);
    assert_int_equal(key_read(find("clients"), "20", &settings), 0);
    assert_int_equal(key_read(find("mode"), "stamp", &settings), 0);
    assert_int_equal(key_read(find("text"), "hola", &settings), 0);
    assert_int_equal(settings.idle, 1500 * ZOC_MILLISECOND);
    assert_int_equal(settings.clients, 20);
    assert_int_equal(settings.mode, 2);
    assert_string_equal(settings.text, "hola");
    keys_release(keys, &settings);
    assert_null(settings.text);
}

static void the_last_value_counts_and_the_first_is_freed(void **state)
{
    struct settings settings = { 0 };

    (void)state;
    assert_int_equal(key_read(find("mode"), "line", &settings), 0);
    assert_int_equal(key_read(find("mode"), "raw", &settings), 0);
    assert_int_equal(settings.mode, 0);
    assert_int_equal(key_read(find("text"), "one", &settings), 0);
    assert_int_equal(key_read(find("text"), "", &settings), 0);
    assert_string_equal(settings.text, "");
    keys_release(keys, &settings);
}

static void durations_are_refused_with_words(void **state)
{
    (void)state;
    expect_refusal("idle", "soon", "'soon' is not a duration such as 30s");
    expect_refusal("idle", "", "'' is not a duration such as 30s");
    expect_refusal("idle", "-1s", "'-1s' is not a duration such as 30s");
    expect_refusal("idle", "9999999999h", "'9999999999h' is not a duration such as 30s");
}

static void counts_have_limits(void **state)
{
    struct settings settings = { 0 };
    static const char *const wrong[] = { "0", "1000001", "", "-1", "+1", " 1", "1 ", "0x10", "18446744073709551617" };
    char words[80];

    (void)state;
    assert_int_equal(key_read(find("clients"), "1", &settings), 0);
    assert_int_equal(settings.clients, 1);
    assert_int_equal(key_read(find("clients"), "1000000", &settings), 0);
    assert_int_equal(settings.clients, KEY_COUNT_MAX);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        snprintf(words, sizeof words, "'%s' is not a number from 1 to 1000000", wrong[i]);
        expect_refusal("clients", wrong[i], words);
    }
}

static void choices_are_listed_when_none_is_meant(void **state)
{
    (void)state;
    expect_refusal("mode", "lines", "'lines' is not one of raw, line, stamp");
    expect_refusal("mode", "", "'' is not one of raw, line, stamp");
    expect_refusal("mode", "a\nb", "'a\\nb' is not one of raw, line, stamp");
}

static void keys_are_shown_with_what_stands_after_them(void **state)
{
    zoc_buffer text = { 0 };

    (void)state;
    for (const struct key *key = keys; key->name; key++) {
        assert_int_equal(key_show(key, &text), 0);
        assert_int_equal(zoc_buffer_append(&text, " ", key[1].name ? 1 : 0), 0);
    }
    assert_int_equal(zoc_buffer_append(&text, "", 1), 0);
    assert_string_equal(text.data, "idle=DURATION clients=N mode=raw|line|stamp text=TEXT");
    zoc_buffer_release(&text);
}

static void where_there_are_no_keys_there_is_nothing_to_release(void **state)
{
    struct settings settings = { 0 };

    (void)state;
    keys_release(NULL, &settings);
    keys_release(keys, &settings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_found_by_their_whole_name),
        cmocka_unit_test(each_kind_is_read_into_its_field),
        cmocka_unit_test(the_last_value_counts_and_the_first_is_freed),
        cmocka_unit_test(durations_are_refused_with_words),
        cmocka_unit_test(counts_have_limits),
        cmocka_unit_test(choices_are_listed_when_none_is_meant),
        cmocka_unit_test(keys_are_shown_with_what_stands_after_them),
        cmocka_unit_test(where_there_are_no_keys_there_is_nothing_to_release),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

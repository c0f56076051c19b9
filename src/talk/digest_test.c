#include "talk/digest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void assert_sum(struct digest *digest, const char *expected)
{
    char *text = NULL;
    size_t size;
    FILE *file = open_memstream(&text, &size);

    digest_end(digest, "sent", file);
    fclose(file);
    assert_memory_equal(text, "sha256 ", 7);
    assert_memory_equal(text + 7, expected, 64);
    assert_string_equal(text + 71, "  sent\n");
    free(text);
}

static int see(struct digest *digest, const char *data, size_t size)
{
    return digest->tap.see(&digest->tap, (zoc_bytes){ data, size });
}

/* The example of FIPS 180-2, appendix B.2, in two parts. */
static int sum_parts(void *arg)
{
    struct digest digest;

    (void)arg;
    assert_int_equal(digest_begin(&digest), 0);
    assert_int_equal(see(&digest, "abcdbcdecdefdefgefghfghi", 24), 0);
    assert_int_equal(see(&digest, "ghijhijkijkljklmklmnlmnomnopnopq", 32), 0);
    assert_sum(&digest, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    return 0;
}

static void parts_add_up_to_the_sum_of_the_whole(void **state)
{
    (void)state;
    assert_int_equal(zoc_run(sum_parts, NULL), 0);
}

#define MILLION 1000000

/* Appendix B.3: a million letters; here in parts that are smaller, as large and larger than what a thread gets at once. */
static int sum_million(void *arg)
{
    static const size_t parts[] = { 1, DIGEST_SMALL - 1, DIGEST_SMALL, 7, DIGEST_BLOCK, 2 * DIGEST_BLOCK + 5, 100 };
    struct digest digest;
    char *letters = malloc(MILLION);
    size_t done = 0;

    (void)arg;
    assert_int_equal(digest_begin(&digest), 0);
    memset(letters, 'a', MILLION);
    for (size_t i = 0; done < MILLION; i = (i + 1) % (sizeof parts / sizeof *parts)) {
        size_t size = parts[i] < MILLION - done ? parts[i] : MILLION - done;
        assert_int_equal(see(&digest, letters, size), 0);
        done += size;
    }
    assert_sum(&digest, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    free(letters);
    return 0;
}

static void much_is_summed_by_another_thread_in_order(void **state)
{
    (void)state;
    assert_int_equal(zoc_run(sum_million, NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_add_up_to_the_sum_of_the_whole),
        cmocka_unit_test(much_is_summed_by_another_thread_in_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

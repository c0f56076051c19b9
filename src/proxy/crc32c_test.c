#include "proxy/crc32c.h"

#include <cmocka.h>

static void what_others_compute_is_computed(void **state)
{
    static const char zeros[32];
    char ones[32];

    (void)state;
    memset(ones, 0xff, sizeof ones);
    assert_int_equal(crc32c(0, zoc_bytes_of("123456789")), 0xe3069283);
    assert_int_equal(crc32c(0, (zoc_bytes){ zeros, sizeof zeros }), 0x8a9136aa); /* RFC 3720 appendix B.4 */
    assert_int_equal(crc32c(0, (zoc_bytes){ ones, sizeof ones }), 0x62a8ab43);
    assert_int_equal(crc32c(0, (zoc_bytes){ 0 }), 0);
}

static void pieces_sum_up_to_the_whole(void **state)
{
    const char text[] = "123456789";

    (void)state;
    for (size_t split = 0; split <= 9; split++) {
        uint32_t sum = crc32c(0, (zoc_bytes){ text, split });
        assert_int_equal(crc32c(sum, (zoc_bytes){ text + split, 9 - split }), 0xe3069283);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_others_compute_is_computed),
        cmocka_unit_test(pieces_sum_up_to_the_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

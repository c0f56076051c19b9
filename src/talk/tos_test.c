#include "talk/tos.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* As netinet/ip.h of the BSDs, and tcpdump, have them. */
static void words_have_their_numbers(void **state)
{
    static const struct {
        const char *word;
        int tos;
    } cases[] = {
        { "lowdelay", 0x10 },   { "throughput", 0x08 }, { "reliability", 0x04 },
        { "lowcost", 0x02 },    { "critical", 0xa0 },   { "inetcontrol", 0xc0 },
        { "netcontrol", 0xe0 }, { "ef", 0xb8 },         { "EF", 0xb8 },
        { "cs0", 0x00 },        { "cs1", 0x20 },        { "cs7", 0xe0 },
        { "af11", 0x28 },       { "af13", 0x38 },       { "af22", 0x50 },
        { "af31", 0x68 },       { "af43", 0x98 },       { "0", 0 },
        { "255", 255 },         { "0x10", 16 },         { "0xff", 255 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int tos = -1;
        assert_int_equal(tos_read(cases[i].word, &tos), 0);
        assert_int_equal(tos, cases[i].tos);
    }
}

static void everything_else_is_refused(void **state)
{
    static const char *const cases[] = { "",   "af", "af14", "cs8", "256", "0x100",    "0x",
                                         "-1", "+1", " 1",   "1 ",  "ff",  "lowdelays" };
    int tos = -1;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(tos_read(cases[i], &tos), -EINVAL);
    assert_int_equal(tos, -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_have_their_numbers),
        cmocka_unit_test(everything_else_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

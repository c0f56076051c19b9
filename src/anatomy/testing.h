/* What the unit tests of this room share: facts of connections as they were captured. */
#ifndef ZOC_ANATOMY_TESTING_H
#define ZOC_ANATOMY_TESTING_H

#include "anatomy/facts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static inline zoc_address testing_address(const char *digits, uint16_t port)
{
    zoc_address address;

    assert_int_equal(zoc_address_parse_ip(digits, port, &address), 0);
    return address;
}

/* What Linux offers, and agrees on with itself. */
static inline struct facts testing_facts(enum carrier carrier, const char *digits)
{
    return (struct facts){
        .carrier = carrier,
        .client = testing_address(digits, 40000),
        .server = testing_address(digits, 7),
        .way = { .name = "lo", .index = 1, .link = LOOK_LINK_LOOPBACK, .mtu = 65536 },
        .offer = { .timestamps = true, .sack = true, .window_scale = true, .syn_retries = 6, .syn_linear = 4 },
        .tcp = { .timestamps = true,
                 .sack = true,
                 .window_scale = true,
                 .mss = 65495,
                 .scale = 10,
                 .peer_scale = 10,
                 .segment = 32768 },
        .ttl = 64,
        .dont_fragment = true,
    };
}

#endif

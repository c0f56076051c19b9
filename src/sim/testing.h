/* What the unit tests of the simulated world share: tests that run in it, and two hosts that are connected. */
#ifndef ZOC_SIM_TESTING_H
#define ZOC_SIM_TESTING_H

#include "fiber/testing.h"
#include "sim/sim.h"
#include "world/world.h"

#include <errno.h>
#include <string.h>
#include <zocalo/zocalo.h>

#define TESTING_SEEDS 20 /* of each test: what it says holds in every schedule */

static inline void testing_in_world(void **state)
{
    for (uint64_t seed = 1; seed <= TESTING_SEEDS; seed++) {
        sim_begin(seed, NULL);
        sim_windows(SIM_WINDOW_MAX, SIM_WINDOW_MAX);
        assert_int_equal(zoc_run(testing_body, *state), 0);
        sim_end();
    }
}

/* As ON_FIBER, in simulated worlds in which nothing goes wrong but what the test forces, and in which nothing may be
 * left at the end. */
#define IN_WORLD(test)                                      \
    {                                                       \
#test, testing_in_world, NULL, NULL, (void *)(test) \
    }

/* --- two hosts ------------------------------------------------------------------------------------ */

#define CLIENT         1 /* host */
#define SERVER         2
#define SERVER_ADDRESS "tcp://10.0.0.2:7"

struct testing_pair {
    zoc_stream *client, *server;
};

static inline zoc_listener *testing_listen(void)
{
    zoc_listener *listener;

    assert_int_equal(zoc_listen(SERVER_ADDRESS, NULL, &listener), 0);
    return listener;
}

static inline zoc_stream *testing_dial(void)
{
    zoc_stream *stream;

    assert_int_equal(zoc_dial(SERVER_ADDRESS, NULL, &stream), 0);
    return stream;
}

static inline struct testing_pair testing_connect(void)
{
    zoc_listener *listener = testing_listen();
    struct testing_pair pair = { .client = testing_dial() };

    assert_int_equal(zoc_accept(listener, &pair.server), 0);
    zoc_listener_close(listener);
    return pair;
}

static inline void testing_close(struct testing_pair pair)
{
    zoc_close(pair.client);
    zoc_close(pair.server);
}

/* --- bytes ---------------------------------------------------------------------------------------- */

static inline void testing_write(zoc_stream *stream, const char *text)
{
    assert_int_equal(zoc_write(stream, text, strlen(text)), strlen(text));
}

static inline void testing_expect(zoc_stream *stream, const char *text)
{
    for (size_t left = strlen(text); left > 0;) {
        zoc_bytes chunk;
        ssize_t received = zoc_receive(stream, &chunk);
        assert_in_range(received, 1, left);
        assert_memory_equal(chunk.data, text, chunk.size);
        text += chunk.size;
        left -= chunk.size;
    }
}

/* Receiving ends so: with 0, or an error. */
static inline void testing_expect_end(zoc_stream *stream, int end)
{
    zoc_bytes chunk;

    assert_int_equal(zoc_receive(stream, &chunk), end);
}

#endif

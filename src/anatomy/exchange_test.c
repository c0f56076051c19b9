#include "anatomy/report.h"

#include "anatomy/sequence.h"
#include "sim/testing.h"

#include <stdlib.h>

static struct exchange exchange; /* too large for the stack */
static struct sequence sequence;

static void serve_echo(zoc_stream *peer, void *state)
{
    zoc_bytes chunk;

    (void)state;
    while (zoc_receive(peer, &chunk) > 0)
        if (zoc_write(peer, chunk.data, chunk.size) < 0)
            break;
}

static int serve(void *listener)
{
    return zoc_serve(listener, serve_echo, NULL);
}

/* The exchange with an echo that listens there. */
static int exchange_with_echo(const char *where, zoc_duration wait)
{
    zoc_listener *listener;

    assert_int_equal(zoc_listen(where, NULL, &listener), 0);
    exchange =
        (struct exchange){ .endpoint = zoc_listener_endpoint(listener), .say = zoc_bytes_of("hola\r\n"), .wait = wait };
    ZOC_GROUP(group);
    assert_int_equal(zoc_go(&group, serve, listener), 0);
    int result = exchange_run(&exchange);
    zoc_group_cancel(&group);
    zoc_group_wait(&group);
    sequence_build(&sequence, &exchange.facts, exchange.moments, exchange.moment_count);
    exchange.endpoint = NULL;
    zoc_listener_close(listener);
    return result;
}

static void the_kernel_counts_as_many_segments_as_are_told(void)
{
    assert_int_equal(exchange_with_echo("tcp://127.0.0.1:0", 10 * ZOC_SECOND), 0);
    assert_true(anatomy_connected(&exchange));
    assert_int_equal(exchange.said, 6);
    assert_int_equal(exchange.heard, 6);
    assert_string_equal(exchange.facts.way.name, "lo");
    assert_true(sequence.counted);
    assert_int_equal(sequence.drawn_by[SIDE_CLIENT], sequence.counted_by[SIDE_CLIENT]);
    assert_int_equal(sequence.drawn_by[SIDE_SERVER], sequence.counted_by[SIDE_SERVER]);
}

static void every_end_of_an_echo_is_seen(void)
{
    assert_int_equal(exchange_with_echo("tcp://127.0.0.1:0", 10 * ZOC_SECOND), 0);
    const struct segment *last = &sequence.segments[sequence.count - 1];
    assert_int_equal(last->states[SIDE_CLIENT], STATE_TIME_WAIT);
    assert_int_equal(exchange.moments[exchange.moment_count - 1].kind, MOMENT_OVER);
}

static void a_unix_socket_has_messages_alone(void)
{
    assert_int_equal(exchange_with_echo("unix:@zocalo-exchange-test", 10 * ZOC_SECOND), 0);
    assert_int_equal(exchange.facts.carrier, CARRIER_UNIX);
    assert_int_equal(sequence.count, 2);
    assert_int_equal(sequence.segments[0].flags, 0);
}

static void a_port_where_nobody_listens_is_a_syn_and_a_reset(void)
{
    zoc_listener *listener;
    zoc_endpoint *endpoint;

    assert_int_equal(zoc_listen("tcp://127.0.0.1:0", NULL, &listener), 0);
    char *where = zoc_endpoint_text(zoc_listener_endpoint(listener));
    zoc_listener_close(listener);
    assert_int_equal(zoc_endpoint_parse(where, &endpoint), 0);
    exchange = (struct exchange){ .endpoint = endpoint, .wait = ZOC_SECOND };
    assert_int_equal(exchange_run(&exchange), -ECONNREFUSED);
    assert_false(anatomy_connected(&exchange));
    sequence_build(&sequence, &exchange.facts, exchange.moments, exchange.moment_count);
    assert_int_equal(sequence.count, 2);
    zoc_endpoint_free(endpoint);
    free(where);
}

static void what_has_no_peer_is_refused(void)
{
    static const char *const wrong[] = { "listen:tcp://127.0.0.1:0", "file:/dev/null", "-", "exec:cat" };

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        zoc_endpoint *endpoint;
        assert_int_equal(zoc_endpoint_parse(wrong[i], &endpoint), 0);
        exchange = (struct exchange){ .endpoint = endpoint, .wait = ZOC_SECOND };
        assert_int_equal(exchange_run(&exchange), -EINVAL);
        zoc_endpoint_free(endpoint);
    }
}

/* The simulated world counts no segments and stamps none: all of it is inferred, or seen by the program. */
static void in_a_world_that_tells_nothing_nothing_is_measured(void)
{
    assert_int_equal(exchange_with_echo(SERVER_ADDRESS, 10 * ZOC_SECOND), 0);
    assert_false(sequence.counted);
    assert_true(sequence.count >= 7);
    for (unsigned i = 0; i < sequence.count; i++)
        assert_int_not_equal(sequence.segments[i].certainty, CERTAIN_MEASURED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_FIBER(the_kernel_counts_as_many_segments_as_are_told),
        ON_FIBER(every_end_of_an_echo_is_seen),
        ON_FIBER(a_unix_socket_has_messages_alone),
        ON_FIBER(a_port_where_nobody_listens_is_a_syn_and_a_reset),
        ON_FIBER(what_has_no_peer_is_refused),
        IN_WORLD(in_a_world_that_tells_nothing_nothing_is_measured),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

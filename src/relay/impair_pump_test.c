/* In the simulated world, where time costs nothing. */
#include "relay/impair.h"

#include "relay/transit.h"
#include "relay/wire.h"
#include "sim/testing.h"

#include <stdlib.h>

#define LONG 300000 /* bytes */

/* What two hosts say to each other goes through a relay between: near.client - near.server, far.client - far.server. */
struct line {
    struct testing_pair near, far;
    struct impaired_pump forth;
    int result; /* 1 while it runs */
    zoc_group group;
};

static int run_forth(void *arg)
{
    struct line *line = arg;

    line->result = impair_pump(&line->forth);
    return 0;
}

static void begin(struct line *line, const struct impairment *impairment)
{
    *line = (struct line){ .near = testing_connect(), .far = testing_connect(), .result = 1 };
    line->forth = (struct impaired_pump){ .impaired = { .impairment = impairment, .connection = 1 },
                                          .source = line->near.server,
                                          .sink = line->far.client };
    assert_int_equal(zoc_go(&line->group, run_forth, line), 0);
}

static void end(struct line *line)
{
    zoc_group_end(&line->group);
    testing_close(line->near);
    testing_close(line->far);
}

static unsigned char byte_at(size_t at)
{
    return (unsigned char)(at * 0x9e3779b97f4a7c15 >> 56);
}

struct speech {
    zoc_stream *stream;
    size_t size;
};

static int speak(void *arg)
{
    struct speech *speech = arg;
    unsigned char *data = malloc(speech->size);

    for (size_t i = 0; i < speech->size; i++)
        data[i] = byte_at(i);
    zoc_write(speech->stream, data, speech->size);
    free(data);
    return zoc_shut(speech->stream);
}

/* Hears out whoever speaks; returns how much it was, with why it ended. */
static size_t hear(zoc_stream *stream, ssize_t *ret_end)
{
    zoc_bytes chunk;
    size_t total = 0;

    for (; (*ret_end = zoc_receive(stream, &chunk)) > 0; total += chunk.size)
        for (size_t i = 0; i < chunk.size; i++)
            assert_int_equal((unsigned char)chunk.data[i], byte_at(total + i));
    return total;
}

/* LONG bytes and their end go through, whole and in order; returns how long that took. */
static zoc_duration carry(const struct impairment *impairment)
{
    ZOC_GROUP(speaker);
    struct line line;
    ssize_t ending;

    begin(&line, impairment);
    zoc_time begun_at = zoc_now();
    struct speech speech = { line.near.client, LONG };
    zoc_go(&speaker, speak, &speech);
    assert_int_equal(hear(line.far.server, &ending), LONG);
    assert_int_equal(ending, 0);
    assert_int_equal(zoc_group_wait(&speaker), 0);
    assert_int_equal(zoc_group_wait(&line.group), 0);
    assert_int_equal(line.result, 0);
    assert_int_equal(line.forth.passed, LONG);
    assert_false(line.forth.impaired.cut);
    zoc_duration taken = zoc_now() - begun_at;
    end(&line);
    return taken;
}

/* --- what arrives --------------------------------------------------------------------------------- */

static void a_stream_arrives_whole_and_in_order_whatever_is_done_to_it(void)
{
    static const struct impairment all = { .rate = 100000,
                                           .delay = ZOC_SECOND,
                                           .jitter = ZOC_SECOND,
                                           .loss = LOSS_ALL,
                                           .stall = ZOC_SECOND,
                                           .stall_after = 7777,
                                           .cut_after = LONG + 1 };

    carry(&(struct impairment){ 0 });
    carry(&(struct impairment){ .jitter = ZOC_SECOND, .seed = 7 });
    carry(&all);
}

static void a_rate_takes_its_time(void)
{
    assert_true(carry(&(struct impairment){ .rate = 10000 }) >= 30 * ZOC_SECOND - WIRE_BURST);
}

static void a_delay_is_of_each_byte_and_of_the_end(void)
{
    struct line line;
    zoc_duration hour = 60 * ZOC_MINUTE;

    begin(&line, &(struct impairment){ .delay = hour });
    zoc_time begun_at = zoc_now();
    testing_write(line.near.client, "late");
    testing_expect(line.far.server, "late");
    assert_in_range(zoc_now() - begun_at, hour, hour + ZOC_MINUTE);
    zoc_time ended_at = zoc_now();
    zoc_shut(line.near.client);
    testing_expect_end(line.far.server, 0);
    assert_in_range(zoc_now() - ended_at, hour, hour + ZOC_MINUTE);
    end(&line);
}

static void a_stall_is_of_what_comes_after_so_many_bytes(void)
{
    struct line line;

    begin(&line, &(struct impairment){ .stall = ZOC_HOUR, .stall_after = 5 });
    zoc_time begun_at = zoc_now();
    testing_write(line.near.client, "firstthen");
    testing_expect(line.far.server, "first");
    assert_true(zoc_now() - begun_at < ZOC_MINUTE);
    testing_expect(line.far.server, "then");
    assert_true(zoc_now() - begun_at >= ZOC_HOUR);
    end(&line);
}

/* --- how it ends ---------------------------------------------------------------------------------- */

static void a_cut_comes_after_exactly_so_many_bytes_have_arrived(void)
{
    ZOC_GROUP(speaker);
    struct line line;
    ssize_t ending;

    begin(&line, &(struct impairment){ .cut_after = 100000 });
    struct speech speech = { line.near.client, LONG };
    zoc_go(&speaker, speak, &speech);
    assert_int_equal(zoc_group_wait(&line.group), 0);
    assert_int_equal(line.result, -ECONNRESET);
    assert_true(line.forth.impaired.cut);
    assert_false(line.forth.sink_failed);
    zoc_reset(line.far.client);
    line.far.client = NULL;
    assert_int_equal(hear(line.far.server, &ending), 100000);
    assert_int_equal(ending, -ECONNRESET);
    zoc_group_cancel(&speaker);
    zoc_group_wait(&speaker);
    end(&line);
}

static void a_reset_of_the_source_is_told_after_what_came_before_it(void)
{
    struct line line;

    begin(&line, &(struct impairment){ .delay = ZOC_HOUR });
    testing_write(line.near.client, "last words");
    zoc_sleep(10 * ZOC_MINUTE);
    zoc_reset(line.near.client);
    line.near.client = NULL;
    testing_expect(line.far.server, "last words");
    assert_int_equal(zoc_group_wait(&line.group), 0);
    assert_int_equal(line.result, -ECONNRESET);
    assert_false(line.forth.sink_failed);
    assert_false(line.forth.impaired.cut);
    end(&line);
}

static void a_sink_that_is_gone_ends_it_at_once(void)
{
    struct line line;

    begin(&line, &(struct impairment){ .delay = ZOC_SECOND });
    zoc_reset(line.far.server);
    line.far.server = NULL;
    zoc_sleep(ZOC_MINUTE);
    testing_write(line.near.client, "to nobody");
    assert_int_equal(zoc_group_wait(&line.group), 0);
    assert_true(line.result == -ECONNRESET || line.result == -EPIPE);
    assert_true(line.forth.sink_failed);
    end(&line);
}

static void after_a_soft_stop_what_has_come_still_arrives(void)
{
    struct line line;

    begin(&line, &(struct impairment){ .delay = ZOC_HOUR });
    testing_write(line.near.client, "last words");
    zoc_sleep(10 * ZOC_MINUTE);
    zoc_group_stop(&line.group);
    testing_expect(line.far.server, "last words");
    assert_int_equal(zoc_group_wait(&line.group), 0);
    assert_int_equal(line.result, -ECANCELED);
    end(&line);
}

static void a_cancel_ends_it_at_once(void)
{
    struct line line;

    begin(&line, &(struct impairment){ .delay = ZOC_HOUR });
    testing_write(line.near.client, "never arrives");
    zoc_sleep(10 * ZOC_MINUTE);
    zoc_time cancelled_at = zoc_now();
    zoc_group_cancel(&line.group);
    assert_int_equal(zoc_group_wait(&line.group), 0);
    assert_int_equal(line.result, -ECANCELED);
    assert_true(zoc_now() - cancelled_at < ZOC_MINUTE);
    end(&line);
}

/* --- bounds --------------------------------------------------------------------------------------- */

static void no_more_is_on_its_way_than_is_kept(void)
{
    ZOC_GROUP(speaker);
    struct line line;
    struct speech speech;

    begin(&line, &(struct impairment){ .delay = ZOC_HOUR });
    speech = (struct speech){ line.near.client, 4 * TRANSIT_MAX };
    zoc_go(&speaker, speak, &speech);
    zoc_sleep(10 * ZOC_MINUTE);
    uint64_t taken = zoc_stream_account(line.near.server).received;
    assert_in_range(taken, TRANSIT_MAX / 2, TRANSIT_MAX);
    zoc_sleep(10 * ZOC_MINUTE);
    assert_int_equal(zoc_stream_account(line.near.server).received, taken);
    zoc_group_end(&speaker);
    end(&line);
}

/* --- datagrams ------------------------------------------------------------------------------------ */

#define LETTERS 60 /* fewer than a queue holds */

static zoc_datagrams *open_datagrams(const char *text, zoc_endpoint **ret_endpoint)
{
    zoc_datagrams *socket;

    assert_int_equal(zoc_endpoint_parse(text, ret_endpoint), 0);
    assert_int_equal(zoc_datagrams_open(*ret_endpoint, &socket), 0);
    return socket;
}

/* Which of LETTERS datagrams arrive, in which order: by their numbers. Returns how many. */
static unsigned mail(const struct impairment *impairment, uint64_t connection, unsigned char *ret_arrived)
{
    ZOC_GROUP(group);
    zoc_endpoint *endpoint;
    zoc_datagrams *server = open_datagrams("udp://10.0.0.2:9", &endpoint);
    zoc_stream *pair[2], *sink;
    zoc_correspondent from;
    zoc_bytes letter;
    unsigned count = 0;
    struct line line = { .result = 1 };

    assert_int_equal(zoc_stream_pair(&pair[0], &pair[1]), 0);
    assert_int_equal(zoc_dial_endpoint(endpoint, NULL, &sink), 0);
    line.forth = (struct impaired_pump){ .impaired = { .impairment = impairment, .connection = connection },
                                         .source = pair[1],
                                         .sink = sink };
    zoc_go(&group, run_forth, &line);
    for (unsigned char i = 0; i < LETTERS; i++) {
        assert_int_equal(zoc_write(pair[0], &i, 1), 1);
        zoc_sleep(ZOC_SECOND);
    }
    zoc_sleep(10 * ZOC_MINUTE);
    ZOC_WITHIN(ZOC_SECOND)
        for (; zoc_datagrams_receive(server, &letter, &from) == 1; count++)
            ret_arrived[count] = (unsigned char)letter.data[0];
    zoc_group_end(&group);
    zoc_close(pair[0]);
    zoc_close(pair[1]);
    zoc_close(sink);
    zoc_datagrams_close(server);
    zoc_endpoint_free(endpoint);
    return count;
}

static void the_same_seed_loses_the_same_datagrams(void)
{
    static const struct impairment lossy = { .loss = LOSS_ALL / 2, .seed = 7 };
    unsigned char once[LETTERS], again[LETTERS], elsewhere[LETTERS];
    unsigned count = mail(&lossy, 1, once);

    assert_in_range(count, LETTERS / 6, LETTERS * 5 / 6);
    assert_int_equal(mail(&lossy, 1, again), count);
    assert_memory_equal(again, once, count);
    unsigned other = mail(&lossy, 2, elsewhere);
    assert_true(other != count || memcmp(elsewhere, once, count) != 0);
}

static void all_datagrams_are_lost_or_none(void)
{
    unsigned char arrived[LETTERS];

    assert_int_equal(mail(&(struct impairment){ .loss = LOSS_ALL }, 1, arrived), 0);
    assert_int_equal(mail(&(struct impairment){ .delay = 1 }, 1, arrived), LETTERS);
}

static void datagrams_overtake_one_another(void)
{
    unsigned char arrived[LETTERS];
    unsigned overtook = 0;

    assert_int_equal(mail(&(struct impairment){ .jitter = 20 * ZOC_SECOND }, 1, arrived), LETTERS);
    for (unsigned i = 1; i < LETTERS; i++)
        overtook += arrived[i] < arrived[i - 1];
    assert_true(overtook > 0);
}

/* From datagrams to datagrams. */
static void a_datagram_keeps_its_bounds_also_when_it_is_empty(void)
{
    ZOC_GROUP(group);
    zoc_endpoint *near_endpoint, *far_endpoint;
    zoc_datagrams *near = open_datagrams("udp://10.0.0.2:9", &near_endpoint);
    zoc_datagrams *far = open_datagrams("udp://10.0.0.3:9", &far_endpoint);
    static const struct impairment slow = { .rate = 1, .delay = ZOC_SECOND };
    struct line line = { .forth.impaired.impairment = &slow };
    static const char *const letters[] = { "one", "", "three" };
    zoc_correspondent peer, from;
    zoc_bytes letter;

    assert_int_equal(zoc_dial_endpoint(near_endpoint, NULL, &line.forth.source), 0);
    assert_int_equal(zoc_dial_endpoint(far_endpoint, NULL, &line.forth.sink), 0);
    zoc_go(&group, run_forth, &line);
    testing_write(line.forth.source, "hello");
    assert_int_equal(zoc_datagrams_receive(near, &letter, &peer), 5);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(zoc_datagrams_send(near, letters[i], strlen(letters[i]), &peer), strlen(letters[i]));
        zoc_sleep(ZOC_MINUTE);
    }
    for (int i = 0; i < 3; i++) {
        assert_int_equal(zoc_datagrams_receive(far, &letter, &from), strlen(letters[i]));
        assert_memory_equal(letter.data, letters[i], letter.size);
    }
    zoc_group_end(&group);
    assert_int_equal(line.forth.passed, 8);
    zoc_close(line.forth.source);
    zoc_close(line.forth.sink);
    zoc_datagrams_close(near);
    zoc_datagrams_close(far);
    zoc_endpoint_free(near_endpoint);
    zoc_endpoint_free(far_endpoint);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(a_stream_arrives_whole_and_in_order_whatever_is_done_to_it),
        IN_WORLD(a_rate_takes_its_time),
        IN_WORLD(a_delay_is_of_each_byte_and_of_the_end),
        IN_WORLD(a_stall_is_of_what_comes_after_so_many_bytes),
        IN_WORLD(a_cut_comes_after_exactly_so_many_bytes_have_arrived),
        IN_WORLD(a_reset_of_the_source_is_told_after_what_came_before_it),
        IN_WORLD(a_sink_that_is_gone_ends_it_at_once),
        IN_WORLD(after_a_soft_stop_what_has_come_still_arrives),
        IN_WORLD(a_cancel_ends_it_at_once),
        IN_WORLD(no_more_is_on_its_way_than_is_kept),
        IN_WORLD(the_same_seed_loses_the_same_datagrams),
        IN_WORLD(all_datagrams_are_lost_or_none),
        IN_WORLD(datagrams_overtake_one_another),
        IN_WORLD(a_datagram_keeps_its_bounds_also_when_it_is_empty),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

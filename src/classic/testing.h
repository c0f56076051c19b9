/* What the unit tests of these services share: a conversation with one, and datagrams to one. */
#ifndef ZOC_CLASSIC_TESTING_H
#define ZOC_CLASSIC_TESTING_H

#include "stream/testing.h"

/* --- streams -------------------------------------------------------------------------------------- */

struct testing_talk {
    zoc_handler *handler;
    void *settings;
    zoc_stream *served;
};

static inline int testing_handle(void *arg)
{
    struct testing_talk *talk = arg;

    talk->handler(talk->served, talk->settings);
    zoc_finish(talk->served);
    return 0;
}

/* Begins a conversation in the group, and returns the client's end of it. */
static inline zoc_stream *testing_talk(zoc_group *group, struct testing_talk *talk)
{
    zoc_stream *client;

    assert_int_equal(zoc_stream_pair(&client, &talk->served), 0);
    assert_int_equal(zoc_go(group, testing_handle, talk), 0);
    return client;
}

/* Everything until the end. Ends with a NUL that is not counted. */
static inline zoc_buffer testing_rest(zoc_stream *stream)
{
    zoc_buffer all = { 0 };
    zoc_bytes chunk;

    while (zoc_receive(stream, &chunk) > 0)
        assert_int_equal(zoc_buffer_append(&all, chunk.data, chunk.size), 0);
    assert_int_equal(zoc_buffer_append(&all, "", 1), 0);
    all.size--;
    return all;
}

/* What the service says to `input` and the end of it. To be released. */
static inline zoc_buffer testing_ask(zoc_handler *handler, void *settings, const char *input)
{
    ZOC_GROUP(group);
    struct testing_talk talk = { .handler = handler, .settings = settings };
    zoc_stream *client = testing_talk(&group, &talk);

    assert_int_equal(zoc_write(client, input, strlen(input)), strlen(input));
    assert_int_equal(zoc_shut(client), 0);
    zoc_buffer answer = testing_rest(client);
    zoc_close(client);
    assert_int_equal(zoc_group_wait(&group), 0);
    return answer;
}

static inline void testing_expect_answer(zoc_handler *handler, void *settings, const char *input, const char *expected)
{
    zoc_buffer answer = testing_ask(handler, settings, input);

    assert_string_equal(answer.data, expected);
    zoc_buffer_release(&answer);
}

/* --- datagrams ------------------------------------------------------------------------------------ */

struct testing_answering {
    int (*serve)(zoc_datagrams *socket, void *settings);
    void *settings;
    zoc_datagrams *socket;
    zoc_stream *client;
    int result; /* of serve */
};

static inline int testing_serve(void *arg)
{
    struct testing_answering *answering = arg;

    answering->result = answering->serve(answering->socket, answering->settings);
    return 0;
}

static inline void testing_answering_begin(zoc_group *group, struct testing_answering *answering)
{
    zoc_endpoint *endpoint;
    char text[64];

    assert_int_equal(zoc_endpoint_parse("udp://127.0.0.1:0", &endpoint), 0);
    assert_int_equal(zoc_datagrams_open(endpoint, &answering->socket), 0);
    zoc_endpoint_free(endpoint);
    snprintf(text, sizeof text, "udp://127.0.0.1:%u", zoc_datagrams_endpoint(answering->socket)->port);
    assert_int_equal(zoc_dial(text, NULL, &answering->client), 0);
    answering->result = 1;
    assert_int_equal(zoc_go(group, testing_serve, answering), 0);
}

static inline void testing_expect_datagram(struct testing_answering *answering, const char *question,
                                           zoc_bytes expected)
{
    zoc_bytes answer;

    assert_int_equal(zoc_write(answering->client, question, strlen(question)), strlen(question));
    assert_int_equal(zoc_receive(answering->client, &answer), expected.size);
    assert_non_null(answer.data);
    assert_memory_equal(answer.data, expected.data, expected.size);
}

/* A soft stop; after it the service has nothing to complain of. */
static inline void testing_answering_end(zoc_group *group, struct testing_answering *answering)
{
    zoc_group_stop(group);
    assert_int_equal(zoc_group_wait(group), 0);
    assert_int_equal(answering->result, 0);
    zoc_close(answering->client);
    zoc_datagrams_close(answering->socket);
}

/* --- the world ------------------------------------------------------------------------------------ */

static struct zoc_world testing_world;
static int64_t testing_wall_time; /* nanoseconds since 1970 */
static uint32_t testing_chance;   /* what chance gives next; each time one more */

static inline int64_t testing_wall(void)
{
    return testing_wall_time;
}

static inline void testing_random(void *data, size_t size)
{
    memset(data, 0, size);
    memcpy(data, &testing_chance, size < sizeof testing_chance ? size : sizeof testing_chance);
    testing_chance++;
}

/* From now on the clock on the wall stands still, and chance is foreseen. Before the first loop. */
static inline void testing_foresee(int64_t seconds)
{
    testing_wall_time = seconds * 1000000000;
    testing_world = *zoc_world;
    testing_world.wall = testing_wall;
    testing_world.random = testing_random;
    zoc_world = &testing_world;
}

#endif

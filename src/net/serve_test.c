#include "net/testing.h"

#define CONNECTIONS 60

struct service {
    zoc_crew *crew;
    zoc_listener *listener;
    int returned;
    unsigned served[3]; /* by loop; atomic */
    unsigned ended;     /* conversations; atomic */
};

static void echo(zoc_stream *peer, void *state)
{
    struct service *service = state;
    zoc_bytes chunk;

    __atomic_fetch_add(&service->served[zoc_crew_loop()], 1, __ATOMIC_RELAXED);
    while (zoc_receive(peer, &chunk) > 0)
        if (zoc_write(peer, chunk.data, chunk.size) < 0)
            break;
    __atomic_fetch_add(&service->ended, 1, __ATOMIC_RELAXED);
}

static int serve(void *arg)
{
    struct service *service = arg;

    service->returned = zoc_serve_crew(service->listener, service->crew, echo, service);
    return 0;
}

static void open_service(struct service *service, unsigned loops)
{
    *service = (struct service){ .returned = 1 };
    if (loops > 1)
        assert_int_equal(zoc_crew_new(loops, &service->crew), 0);
    assert_int_equal(zoc_listen("127.0.0.1:0", NULL, &service->listener), 0);
}

static void close_service(struct service *service)
{
    zoc_listener_close(service->listener);
    zoc_crew_free(service->crew);
}

static zoc_stream *call(struct service *service)
{
    char endpoint[64];
    zoc_stream *stream;

    snprintf(endpoint, sizeof endpoint, "127.0.0.1:%u", zoc_listener_endpoint(service->listener)->port);
    assert_int_equal(zoc_dial(endpoint, NULL, &stream), 0);
    return stream;
}

static void ask(zoc_stream *stream)
{
    assert_int_equal(zoc_write(stream, "hello", 5), 5);
    testing_expect(stream, "hello");
}

static void talk_to_many(struct service *service)
{
    ZOC_GROUP(group);
    zoc_stream *streams[CONNECTIONS];

    zoc_go(&group, serve, service);
    for (int i = 0; i < CONNECTIONS; i++) {
        streams[i] = call(service);
        ask(streams[i]);
    }
    for (int i = 0; i < CONNECTIONS; i++)
        ask(streams[i]);
    for (int i = 0; i < CONNECTIONS; i++)
        zoc_finish(streams[i]);
    zoc_group_stop(&group);
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_int_equal(service->returned, 0);
    assert_int_equal(service->ended, CONNECTIONS);
}

static void one_loop_serves_many(void)
{
    struct service service;

    open_service(&service, 1);
    talk_to_many(&service);
    assert_int_equal(service.served[0], CONNECTIONS);
    close_service(&service);
}

static void a_crew_shares_the_connections_evenly(void)
{
    struct service service;

    open_service(&service, 3);
    talk_to_many(&service);
    for (int i = 0; i < 3; i++)
        assert_int_equal(service.served[i], CONNECTIONS / 3);
    close_service(&service);
}

static void a_soft_stop_serves_the_backlog_and_ends_idle_conversations(void)
{
    ZOC_GROUP(group);
    struct service service;

    open_service(&service, 1);
    zoc_go(&group, serve, &service);
    zoc_stream *idle = call(&service);
    ask(idle);
    int waiting = testing_connect(zoc_listener_endpoint(service.listener)->port); /* in the backlog */
    assert_int_equal(write(waiting, "late", 4), 4);
    zoc_group_stop(&group);
    testing_expect_end(idle);
    zoc_finish(idle);
    char data[8];
    testing_settle();
    shutdown(waiting, SHUT_WR);
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_int_equal(read(waiting, data, sizeof data), 4);
    assert_int_equal(read(waiting, data, sizeof data), 0);
    close(waiting);
    assert_int_equal(service.returned, 0);
    assert_int_equal(service.ended, 2);
    close_service(&service);
}

static void a_deadline_ends_them_hard(void)
{
    struct service service;

    for (unsigned loops = 1; loops <= 3; loops += 2) {
        ZOC_GROUP(group);
        open_service(&service, loops);
        ZOC_WITHIN(50 * ZOC_MILLISECOND) {
            zoc_go(&group, serve, &service);
        }
        zoc_stream *stream = call(&service);
        ask(stream);
        assert_int_equal(zoc_group_wait(&group), 0);
        assert_int_equal(service.returned, -ETIMEDOUT);
        assert_int_equal(service.ended, 1);
        testing_expect_end(stream);
        zoc_close(stream);
        close_service(&service);
    }
}

static void a_cancel_ends_them_hard(void)
{
    struct service service;

    for (unsigned loops = 1; loops <= 3; loops += 2) {
        ZOC_GROUP(group);
        open_service(&service, loops);
        zoc_go(&group, serve, &service);
        zoc_stream *stream = call(&service);
        ask(stream);
        zoc_group_cancel(&group);
        assert_int_equal(zoc_group_wait(&group), 0);
        assert_int_equal(service.returned, -ECANCELED);
        assert_int_equal(service.ended, 1);
        zoc_close(stream);
        close_service(&service);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_NET(one_loop_serves_many),
        ON_NET(a_crew_shares_the_connections_evenly),
        ON_NET(a_soft_stop_serves_the_backlog_and_ends_idle_conversations),
        ON_NET(a_deadline_ends_them_hard),
        ON_NET(a_cancel_ends_them_hard),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

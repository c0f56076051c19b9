#include "stream/testing.h"

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

    service->returned = zoc_serve_with(service->listener, &(zoc_serve_options){ .crew = service->crew }, echo, service);
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

/* --- a crowd -------------------------------------------------------------------------------------- */

/* The kernel's world, with what some tests make of it. */
static struct zoc_world world;
static int crowd; /* newcomers that are still to come, one whenever one is accepted */

static int accept_in_a_crowd(int fd, struct sockaddr *ret_address, socklen_t *size)
{
    struct sockaddr_in address;
    socklen_t address_size = sizeof address;

    if (crowd > 0) {
        crowd--;
        int newcomer = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &address_size), 0);
        (void)!connect(newcomer, (struct sockaddr *)&address, sizeof address);
        close(newcomer);
    }
    return zoc_world_kernel.accept(fd, ret_address, size);
}

static void a_stop_is_seen_where_the_backlog_is_never_empty(void)
{
    ZOC_GROUP(group);
    struct service service;

    open_service(&service, 1);
    zoc_go(&group, serve, &service);
    crowd = 20000;
    close(testing_connect(zoc_listener_endpoint(service.listener)->port));
    while (service.ended < 20)
        assert_int_equal(zoc_yield(), 0);
    zoc_group_stop(&group);
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_int_not_equal(crowd, 0);
    assert_int_equal(service.returned, 0);
    assert_int_equal(service.ended, service.served[0]);
    crowd = 0;
    close_service(&service);
}

/* --- ending and handing over ---------------------------------------------------------------------- */

static void a_listener_that_ends_serves_those_who_came_to_their_end(void)
{
    for (unsigned loops = 1; loops <= 3; loops += 2) {
        ZOC_GROUP(group);
        struct service service;

        open_service(&service, loops);
        zoc_go(&group, serve, &service);
        zoc_stream *stream = call(&service);
        ask(stream);
        zoc_stream *waiting = call(&service); /* in the backlog */
        zoc_listener_end(service.listener);
        testing_settle();
        ask(waiting);
        ask(stream);
        assert_int_equal(service.returned, 1);
        zoc_finish(stream);
        zoc_finish(waiting);
        assert_int_equal(zoc_group_wait(&group), 0); /* nobody stops it */
        assert_int_equal(service.returned, 0);
        assert_int_equal(service.ended, 2);
        close_service(&service);
    }
}

static void who_serves_a_handed_over_listener_ends_with_its_connections(void)
{
    for (unsigned loops = 1; loops <= 3; loops += 2) {
        ZOC_GROUP(group);
        struct service old, new;

        open_service(&old, loops);
        open_service(&new, 1);
        zoc_listener_close(new.listener);
        zoc_go(&group, serve, &old);
        zoc_stream *early = call(&old);
        ask(early);
        assert_int_equal(zoc_listener_hand_over(old.listener, &new.listener), 0);
        zoc_go(&group, serve, &new);
        zoc_stream *late = call(&new);
        ask(late);
        ask(early);
        assert_int_equal(old.returned, 1);
        zoc_finish(early);
        while (old.returned == 1)
            assert_int_equal(zoc_yield(), 0);
        assert_int_equal(old.returned, 0);
        assert_int_equal(old.ended, 1);
        zoc_finish(late);
        zoc_group_stop(&group);
        assert_int_equal(zoc_group_wait(&group), 0);
        assert_int_equal(new.ended, 1);
        close_service(&old);
        close_service(&new);
    }
}

/* --- the last call -------------------------------------------------------------------------------- */

static int64_t still; /* the time in this world; 0: it goes on */

static int64_t monotonic(void)
{
    return still ? still : zoc_world_kernel.monotonic();
}

/* A connection that has been served so long without a word when a stop comes. */
static int call_and_stop(struct service *service, zoc_group *group, zoc_duration age)
{
    open_service(service, 1);
    zoc_go(group, serve, service);
    still = zoc_world_kernel.monotonic();
    int peer = testing_connect(zoc_listener_endpoint(service->listener)->port);
    while (service->served[0] == 0)
        assert_int_equal(zoc_yield(), 0);
    still += age;
    zoc_group_stop(group);
    testing_settle_io();
    return peer;
}

static void hang_up(struct service *service, zoc_group *group, int peer)
{
    close(peer);
    still = 0;
    assert_int_equal(zoc_group_wait(group), 0);
    assert_int_equal(service->returned, 0);
    assert_int_equal(service->ended, 1);
    close_service(service);
}

static void a_new_connection_is_given_a_last_call(void)
{
    ZOC_GROUP(group);
    struct service service;
    int peer = call_and_stop(&service, &group, 0);
    char data[8];

    assert_int_equal(service.ended, 0);
    assert_int_equal(write(peer, "late", 4), 4);
    while (recv(peer, data, sizeof data, MSG_DONTWAIT) != 4)
        assert_int_equal(zoc_yield(), 0);
    testing_settle_io();
    assert_int_equal(service.ended, 1);
    hang_up(&service, &group, peer);
}

static void an_event_that_nothing_is_behind_ends_no_last_call(void)
{
    ZOC_GROUP(group);
    struct service service;
    int peer = call_and_stop(&service, &group, 0);

    testing_raise_alarm();
    assert_int_equal(service.ended, 0);
    hang_up(&service, &group, peer);
}

static void a_last_call_has_an_end(void)
{
    ZOC_GROUP(group);
    struct service service;
    int peer = call_and_stop(&service, &group, ZOC_LAST_CALL - 1);

    assert_int_equal(service.ended, 0);
    still++;
    testing_settle_io();
    assert_int_equal(service.ended, 1);
    hang_up(&service, &group, peer);
}

static void an_old_idle_one_is_given_none(void)
{
    ZOC_GROUP(group);
    struct service service;
    int peer = call_and_stop(&service, &group, ZOC_LAST_CALL);

    assert_int_equal(service.ended, 1);
    hang_up(&service, &group, peer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_NET(one_loop_serves_many),
        ON_NET(a_crew_shares_the_connections_evenly),
        ON_NET(a_soft_stop_serves_the_backlog_and_ends_idle_conversations),
        ON_NET(a_deadline_ends_them_hard),
        ON_NET(a_cancel_ends_them_hard),
        ON_NET(a_stop_is_seen_where_the_backlog_is_never_empty),
        ON_NET(a_listener_that_ends_serves_those_who_came_to_their_end),
        ON_NET(who_serves_a_handed_over_listener_ends_with_its_connections),
        ON_NET(a_new_connection_is_given_a_last_call),
        ON_NET(an_event_that_nothing_is_behind_ends_no_last_call),
        ON_NET(a_last_call_has_an_end),
        ON_NET(an_old_idle_one_is_given_none),
    };

    world = zoc_world_kernel;
    world.accept = accept_in_a_crowd;
    world.monotonic = monotonic;
    testing_prepare_alarm(&world);
    zoc_world = &world;
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "net/listener.h"
#include "stream/testing.h"

#define CLIENTS 24

/* Echo at up to two endpoints, through one gate. */
struct service {
    zoc_crew *crew;
    zoc_gate *gate;
    zoc_listener *listeners[2];
    int returned[2];       /* 1: not yet */
    unsigned inside, peak; /* conversations at once; atomic */
    unsigned served;       /* atomic */
};

struct door {
    struct service *service;
    int number;
};

/* --- the service ---------------------------------------------------------------------------------- */

static void note_peak(struct service *service, unsigned inside)
{
    unsigned peak = __atomic_load_n(&service->peak, __ATOMIC_RELAXED);

    while (peak < inside &&
           !__atomic_compare_exchange_n(&service->peak, &peak, inside, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
        ;
}

static void echo(zoc_stream *peer, void *state)
{
    struct service *service = state;
    zoc_bytes chunk;

    note_peak(service, __atomic_add_fetch(&service->inside, 1, __ATOMIC_RELAXED));
    while (zoc_receive(peer, &chunk) > 0)
        if (zoc_write(peer, chunk.data, chunk.size) < 0)
            break;
    __atomic_fetch_add(&service->served, 1, __ATOMIC_RELAXED);
    __atomic_fetch_sub(&service->inside, 1, __ATOMIC_RELAXED);
}

static int serve(void *arg)
{
    struct door *door = arg;
    struct service *service = door->service;
    const zoc_serve_options options = { .crew = service->crew, .gate = service->gate };

    service->returned[door->number] = zoc_serve_with(service->listeners[door->number], &options, echo, service);
    return 0;
}

static void open_service(struct service *service, unsigned loops, unsigned at_once, unsigned in_all)
{
    *service = (struct service){ .returned = { 1, 1 } };
    if (loops > 1)
        assert_int_equal(zoc_crew_new(loops, &service->crew), 0);
    assert_int_equal(zoc_gate_new(at_once, in_all, &service->gate), 0);
    for (int i = 0; i < 2; i++)
        assert_int_equal(zoc_listen("127.0.0.1:0", NULL, &service->listeners[i]), 0);
}

/* Serves at the first endpoint, or at both. */
static void start(zoc_group *group, struct service *service, struct door doors[2], int count)
{
    for (int i = 0; i < count; i++) {
        doors[i] = (struct door){ service, i };
        assert_int_equal(zoc_go(group, serve, &doors[i]), 0);
    }
}

static void close_service(struct service *service)
{
    for (int i = 0; i < 2; i++)
        zoc_listener_close(service->listeners[i]);
    zoc_gate_free(service->gate);
    zoc_crew_free(service->crew);
}

/* --- its clients ---------------------------------------------------------------------------------- */

static int call(const struct service *service, int door)
{
    int fd = testing_connect(zoc_listener_endpoint(service->listeners[door])->port);

    assert_int_equal(send(fd, "hello", 5, 0), 5);
    return fd;
}

static bool has_answer(int fd)
{
    char data[8];
    ssize_t size = recv(fd, data, sizeof data, MSG_DONTWAIT);

    assert_true(size == 5 || (size < 0 && errno == EAGAIN));
    return size == 5;
}

static void wait_answer(int fd)
{
    while (!has_answer(fd))
        assert_int_equal(zoc_yield(), 0);
}

static void assert_waits(int fd)
{
    testing_settle_io();
    assert_false(has_answer(fd));
}

/* --- a bound on those at once --------------------------------------------------------------------- */

static void a_connection_beyond_the_bound_is_served_when_one_ends(void)
{
    ZOC_GROUP(group);
    struct service service;
    struct door doors[2];

    open_service(&service, 1, 2, 0);
    start(&group, &service, doors, 1);
    int one = call(&service, 0), two = call(&service, 0), three = call(&service, 0);
    wait_answer(one);
    wait_answer(two);
    assert_waits(three);
    close(one);
    wait_answer(three);
    close(two);
    close(three);
    zoc_group_stop(&group);
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_int_equal(service.served, 3);
    assert_int_equal(service.peak, 2);
    close_service(&service);
}

static int ask_once(void *arg)
{
    struct door *door = arg;
    char endpoint[64];
    zoc_stream *stream;

    snprintf(endpoint, sizeof endpoint, "127.0.0.1:%u",
             zoc_listener_endpoint(door->service->listeners[door->number])->port);
    assert_int_equal(zoc_dial(endpoint, NULL, &stream), 0);
    assert_int_equal(zoc_write(stream, "hello", 5), 5);
    testing_expect(stream, "hello");
    zoc_finish(stream);
    return 0;
}

static void a_crew_keeps_the_bound_and_serves_all(void)
{
    ZOC_GROUP(group);
    ZOC_GROUP(clients);
    struct service service;
    struct door doors[2];

    open_service(&service, 3, 4, 0);
    start(&group, &service, doors, 2);
    for (int i = 0; i < CLIENTS; i++)
        assert_int_equal(zoc_go(&clients, ask_once, &doors[i % 2]), 0);
    assert_int_equal(zoc_group_wait(&clients), 0);
    zoc_group_stop(&group);
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_int_equal(service.served, CLIENTS);
    assert_in_range(service.peak, 1, 4);
    close_service(&service);
}

static void the_gate_bounds_several_listeners_together(void)
{
    ZOC_GROUP(group);
    struct service service;
    struct door doors[2];

    open_service(&service, 1, 2, 0);
    start(&group, &service, doors, 2);
    int here = call(&service, 0), there = call(&service, 1);
    wait_answer(here);
    wait_answer(there);
    int waits_here = call(&service, 0), waits_there = call(&service, 1);
    assert_waits(waits_here);
    assert_waits(waits_there);
    close(here);
    bool answered_here = false, answered_there = false;
    while (!answered_here && !answered_there) {
        assert_int_equal(zoc_yield(), 0);
        answered_here = has_answer(waits_here);
        answered_there = has_answer(waits_there);
    }
    assert_waits(answered_here ? waits_there : waits_here);
    close(there);
    close(waits_here);
    close(waits_there);
    zoc_group_stop(&group);
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_int_equal(service.served, 4);
    assert_int_equal(service.peak, 2);
    close_service(&service);
}

static void a_stop_lets_those_who_wait_at_a_full_gate_in(void)
{
    ZOC_GROUP(group);
    struct service service;
    struct door doors[2];
    int waiting[4];

    open_service(&service, 1, 1, 0);
    start(&group, &service, doors, 2);
    int first = call(&service, 0);
    wait_answer(first);
    for (int i = 0; i < 4; i++)
        waiting[i] = call(&service, i % 2);
    testing_settle();
    zoc_group_stop(&group);
    for (int i = 0; i < 4; i++)
        shutdown(waiting[i], SHUT_WR);
    close(first);
    assert_int_equal(zoc_group_wait(&group), 0);
    for (int i = 0; i < 4; i++) {
        wait_answer(waiting[i]);
        close(waiting[i]);
    }
    assert_int_equal(service.returned[0], 0);
    assert_int_equal(service.returned[1], 0);
    assert_int_equal(service.served, 5);
    close_service(&service);
}

static void a_cancel_ends_the_wait_at_a_full_gate(void)
{
    ZOC_GROUP(group);
    struct service service;
    struct door doors[2];

    open_service(&service, 1, 1, 0);
    start(&group, &service, doors, 2);
    int inside = call(&service, 0);
    wait_answer(inside);
    int waits_here = call(&service, 0), waits_there = call(&service, 1);
    assert_waits(waits_there);
    zoc_group_cancel(&group);
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_int_equal(service.returned[0], -ECANCELED);
    assert_int_equal(service.returned[1], -ECANCELED);
    assert_int_equal(service.served, 1);
    close(inside);
    close(waits_here);
    close(waits_there);
    close_service(&service);
}

/* The new one has a gate of its own, as after a reload. */
static void who_came_in_while_it_was_full_is_served_when_the_listener_is_handed_over(void)
{
    ZOC_GROUP(group);
    struct service old, new;
    struct door old_doors[2], new_doors[2];

    open_service(&old, 1, 1, 0);
    open_service(&new, 1, 0, 0);
    start(&group, &old, old_doors, 2);
    testing_settle(); /* both wait for a connection by now */
    int inside = call(&old, 0);
    wait_answer(inside);
    int waits = call(&old, 1), in_backlog = call(&old, 1); /* the first of them was accepted, and waits for room */
    assert_waits(waits);
    zoc_listener_close(new.listeners[0]);
    assert_int_equal(zoc_listener_hand_over(old.listeners[1], &new.listeners[0]), 0);
    start(&group, &new, new_doors, 1);
    wait_answer(in_backlog);
    wait_answer(waits); /* it is let in: the listener that took it has ended */
    close(inside);
    close(waits);
    while (old.returned[1] == 1)
        assert_int_equal(zoc_yield(), 0);
    assert_int_equal(old.returned[1], 0);
    close(in_backlog);
    zoc_group_stop(&group);
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_int_equal(old.served, 2);
    assert_int_equal(new.served, 1);
    close_service(&old);
    close_service(&new);
}

/* --- a bound on those in all ---------------------------------------------------------------------- */

static void assert_refused(uint16_t port)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                   .sin_port = htons(port) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), -1);
    assert_int_equal(errno, ECONNREFUSED);
    close(fd);
}

static void a_shut_gate_ends_all_its_listeners(void)
{
    for (unsigned loops = 1; loops <= 3; loops += 2) {
        ZOC_GROUP(group);
        struct service service;
        struct door doors[2];
        char data[8];

        open_service(&service, loops, 0, 2);
        start(&group, &service, doors, 2);
        int one = call(&service, 0), other = call(&service, 1);
        while (service.listeners[0]->watch.fd >= 0)
            assert_int_equal(zoc_yield(), 0);
        assert_refused(zoc_listener_endpoint(service.listeners[0])->port);
        assert_refused(zoc_listener_endpoint(service.listeners[1])->port);
        assert_int_equal(service.returned[0], 1); /* those that were taken go on */
        wait_answer(one);
        wait_answer(other);
        assert_int_equal(send(one, "again", 5, 0), 5);
        close(other);
        shutdown(one, SHUT_WR);
        assert_int_equal(zoc_group_wait(&group), 0);
        assert_int_equal(recv(one, data, sizeof data, 0), 5);
        assert_int_equal(recv(one, data, sizeof data, 0), 0);
        close(one);
        assert_int_equal(service.returned[0], 0);
        assert_int_equal(service.returned[1], 0);
        assert_int_equal(service.served, 2);
        close_service(&service);
    }
}

static void so_many_in_all_are_served_one_after_the_other(void)
{
    ZOC_GROUP(group);
    ZOC_GROUP(clients);
    struct service service;
    struct door doors[2];

    open_service(&service, 3, 1, 3);
    start(&group, &service, doors, 2);
    for (int i = 0; i < 3; i++)
        assert_int_equal(zoc_go(&clients, ask_once, &doors[0]), 0);
    assert_int_equal(zoc_group_wait(&clients), 0);
    assert_int_equal(zoc_group_wait(&group), 0); /* nobody stops it */
    assert_int_equal(service.served, 3);
    assert_int_equal(service.peak, 1);
    close_service(&service);
}

static void a_gate_without_bounds_holds_nobody_up(void)
{
    ZOC_GROUP(group);
    ZOC_GROUP(clients);
    struct service service;
    struct door doors[2];

    open_service(&service, 1, 0, 0);
    start(&group, &service, doors, 2);
    for (int i = 0; i < CLIENTS; i++)
        assert_int_equal(zoc_go(&clients, ask_once, &doors[i % 2]), 0);
    assert_int_equal(zoc_group_wait(&clients), 0);
    zoc_group_stop(&group);
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_int_equal(service.served, CLIENTS);
    close_service(&service);
    zoc_gate_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_NET(a_connection_beyond_the_bound_is_served_when_one_ends),
        ON_NET(a_crew_keeps_the_bound_and_serves_all),
        ON_NET(the_gate_bounds_several_listeners_together),
        ON_NET(a_stop_lets_those_who_wait_at_a_full_gate_in),
        ON_NET(a_cancel_ends_the_wait_at_a_full_gate),
        ON_NET(who_came_in_while_it_was_full_is_served_when_the_listener_is_handed_over),
        ON_NET(a_shut_gate_ends_all_its_listeners),
        ON_NET(so_many_in_all_are_served_one_after_the_other),
        ON_NET(a_gate_without_bounds_holds_nobody_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

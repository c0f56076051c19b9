#include "stream/testing.h"

#include <fcntl.h>

#define BULK (testing_tool() ? UINT64_C(4) << 20 : UINT64_C(64) << 20)

struct flow {
    zoc_stream *stream;
    uint64_t size;
};

static int send_flow(void *arg)
{
    struct flow *flow = arg;
    char *data = malloc(ZOC_CHUNK_MAX);

    for (uint64_t done = 0; done < flow->size; done += ZOC_CHUNK_MAX) {
        testing_fill(data, ZOC_CHUNK_MAX, done);
        assert_int_equal(zoc_write(flow->stream, data, ZOC_CHUNK_MAX), ZOC_CHUNK_MAX);
    }
    free(data);
    return zoc_shut(flow->stream);
}

static int check_flow(void *arg)
{
    struct flow *flow = arg;
    uint64_t total = 0;
    zoc_bytes chunk;

    while (zoc_receive(flow->stream, &chunk) > 0) {
        assert_true(testing_is_filled(chunk.data, chunk.size, total));
        total += chunk.size;
    }
    assert_int_equal(total, flow->size);
    return 0;
}

/* Two connections: near[0] - near[1] and far[0] - far[1]. The pump joins near[1] and far[0]. */
struct joint {
    zoc_stream *near[2], *far[2];
    zoc_pump_result result;
    int returned;
};

static void tcp_streams(zoc_stream *ret_streams[2])
{
    int fds[2];

    testing_tcp_pair(fds);
    for (int i = 0; i < 2; i++) {
        fcntl(fds[i], F_SETFL, O_NONBLOCK);
        ret_streams[i] = testing_stream_of(fds[i], true, true);
    }
}

static void open_joint(struct joint *joint)
{
    *joint = (struct joint){ .returned = 1 };
    tcp_streams(joint->near);
    tcp_streams(joint->far);
}

static void close_joint(struct joint *joint)
{
    for (int i = 0; i < 2; i++) {
        zoc_close(joint->near[i]);
        zoc_close(joint->far[i]);
    }
}

static int run_joint(void *arg)
{
    struct joint *joint = arg;

    joint->returned = zoc_pump(joint->near[1], joint->far[0], &joint->result);
    return 0;
}

static void each_half_close_is_passed_on_by_itself(void)
{
    ZOC_GROUP(group);
    struct joint joint;

    open_joint(&joint);
    zoc_go(&group, run_joint, &joint);
    assert_int_equal(zoc_write(joint.near[0], "question", 8), 8);
    zoc_shut(joint.near[0]);
    testing_expect(joint.far[1], "question");
    testing_expect_end(joint.far[1]);
    assert_int_equal(joint.returned, 1);
    assert_int_equal(zoc_write(joint.far[1], "answer!", 7), 7);
    zoc_shut(joint.far[1]);
    testing_expect(joint.near[0], "answer!");
    testing_expect_end(joint.near[0]);
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_int_equal(joint.returned, 0);
    assert_int_equal(joint.result.forth, 8);
    assert_int_equal(joint.result.back, 7);
    close_joint(&joint);
}

static void send_both_ways(struct joint *joint, uint64_t size)
{
    ZOC_GROUP(group);
    struct flow out = { joint->near[0], size }, in = { joint->far[1], size };

    zoc_go(&group, run_joint, joint);
    zoc_go(&group, send_flow, &out);
    zoc_go(&group, check_flow, &in);
    zoc_go(&group, send_flow, &in);
    zoc_go(&group, check_flow, &out);
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_int_equal(joint->returned, 0);
    assert_int_equal(joint->result.forth, size);
    assert_int_equal(joint->result.back, size);
    assert_int_equal(zoc_stream_account(joint->near[1]).received, size);
    assert_int_equal(zoc_stream_account(joint->near[1]).sent, size);
}

static void bulk_traffic_is_spliced_and_arrives_whole(void)
{
    struct joint joint;

    open_joint(&joint);
    send_both_ways(&joint, BULK);
    assert_true(joint.result.spliced > 0);
    close_joint(&joint);
}

static void observed_streams_are_copied(void)
{
    struct joint joint;
    static struct recorder recorder = { .observer.tell = testing_record };

    open_joint(&joint);
    zoc_observe(joint.far[0], &recorder.observer);
    send_both_ways(&joint, UINT64_C(4) << 20);
    assert_int_equal(joint.result.spliced, 0);
    close_joint(&joint);
}

static int pump_there(void *arg)
{
    struct joint *joint = arg;

    joint->returned = zoc_pump_one_way(joint->near[0], joint->far[0], &joint->result.forth, &joint->result.spliced);
    return 0;
}

static void a_socket_that_blocks_is_not_spliced(void)
{
    ZOC_GROUP(group);
    struct joint joint = { .returned = 1 };
    int near[2], far[2];

    testing_tcp_pair(near);
    testing_tcp_pair(far);
    for (int i = 0; i < 2; i++) {
        joint.near[i] = testing_stream_of(near[i], true, true);
        joint.far[i] = testing_stream_of(far[i], true, true);
    }
    struct flow out = { joint.near[1], 1 << 20 }, in = { joint.far[1], 1 << 20 };
    zoc_go(&group, pump_there, &joint);
    zoc_go(&group, send_flow, &out);
    zoc_go(&group, check_flow, &in);
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_int_equal(joint.returned, 0);
    assert_int_equal(joint.result.spliced, 0);
    close_joint(&joint);
}

static void a_pipe_is_joined_with_a_socket(void)
{
    ZOC_GROUP(group);
    struct joint joint = { .returned = 1 };
    int fds[2];

    assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
    joint.near[0] = testing_stream_of(fds[0], true, false);
    joint.near[1] = testing_stream_of(fds[1], false, true);
    tcp_streams(joint.far);
    struct flow out = { joint.near[1], 8 << 20 }, in = { joint.far[1], 8 << 20 };
    zoc_go(&group, pump_there, &joint);
    zoc_go(&group, send_flow, &out);
    zoc_go(&group, check_flow, &in);
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_int_equal(joint.returned, 0);
    assert_int_equal(joint.result.forth, 8 << 20);
    close_joint(&joint);
}

static void a_failure_in_one_direction_ends_the_other(void)
{
    ZOC_GROUP(group);
    struct linger at_once = { .l_onoff = 1 };
    struct joint joint = { .returned = 1 };
    int peer;

    tcp_streams(joint.near);
    joint.far[0] = testing_tcp_stream(&peer);
    zoc_go(&group, run_joint, &joint);
    testing_settle();
    setsockopt(peer, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close(peer);
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_int_equal(joint.returned, -ECONNRESET);
    assert_int_equal(joint.result.back_error, -ECONNRESET);
    assert_int_equal(joint.result.forth_error, -ECANCELED);
    close_joint(&joint);
}

static void messages_keep_their_boundaries(void)
{
    ZOC_GROUP(group);
    struct joint joint = { .returned = 1 };
    int near[2], far[2];
    char data[16];

    assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, near), 0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, far), 0);
    joint.near[0] = testing_stream_of(near[1], true, true);
    joint.far[0] = testing_stream_of(far[0], true, true);
    assert_true(zoc_stream_has_messages(joint.near[0]));
    zoc_go(&group, pump_there, &joint);
    assert_int_equal(send(near[0], "one", 3, 0), 3);
    assert_int_equal(send(near[0], "", 0, 0), 0);
    assert_int_equal(send(near[0], "three", 5, 0), 5);
    testing_settle();
    assert_int_equal(recv(far[1], data, sizeof data, MSG_DONTWAIT), 3);
    assert_int_equal(recv(far[1], data, sizeof data, MSG_DONTWAIT), 0);
    assert_int_equal(recv(far[1], data, sizeof data, MSG_DONTWAIT), 5);
    zoc_group_cancel(&group);
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_int_equal(joint.returned, -ECANCELED);
    close_joint(&joint);
    close(near[0]);
    close(far[1]);
}

static void a_soft_stop_ends_an_idle_pump_after_what_has_come(void)
{
    ZOC_GROUP(group);
    struct joint joint;

    open_joint(&joint);
    zoc_go(&group, run_joint, &joint);
    testing_settle();
    assert_int_equal(zoc_write(joint.near[0], "last words", 10), 10);
    zoc_group_stop(&group);
    assert_int_equal(zoc_group_wait(&group), 0);
    testing_expect(joint.far[1], "last words");
    assert_int_equal(joint.result.forth, 10);
    assert_int_equal(joint.result.forth_error, -ECANCELED);
    close_joint(&joint);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_NET(each_half_close_is_passed_on_by_itself),
        ON_NET(bulk_traffic_is_spliced_and_arrives_whole),
        ON_NET(observed_streams_are_copied),
        ON_NET(a_socket_that_blocks_is_not_spliced),
        ON_NET(a_pipe_is_joined_with_a_socket),
        ON_NET(a_failure_in_one_direction_ends_the_other),
        ON_NET(messages_keep_their_boundaries),
        ON_NET(a_soft_stop_ends_an_idle_pump_after_what_has_come),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

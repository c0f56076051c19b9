#include "proxy/header.h"
#include "stream/testing.h"

#include <fcntl.h>

#define LINE "PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\r\n"
#define BULK (UINT64_C(4) << 20)

static void tcp_streams(zoc_stream *ret_streams[2])
{
    int fds[2], room = 1 << 20;

    testing_tcp_pair(fds);
    for (int i = 0; i < 2; i++) {
        setsockopt(fds[i], SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
        fcntl(fds[i], F_SETFL, O_NONBLOCK);
        ret_streams[i] = testing_stream_of(fds[i], true, true);
    }
}

static int say_all(void *arg)
{
    zoc_stream *stream = arg;
    char *data = malloc(ZOC_CHUNK_MAX);

    assert_int_equal(zoc_write(stream, LINE, sizeof LINE - 1), sizeof LINE - 1);
    for (uint64_t done = 0; done < BULK; done += ZOC_CHUNK_MAX) {
        testing_fill(data, ZOC_CHUNK_MAX, done);
        assert_int_equal(zoc_write(stream, data, ZOC_CHUNK_MAX), ZOC_CHUNK_MAX);
    }
    free(data);
    return zoc_shut(stream);
}

static int hear_all(void *arg)
{
    uint64_t total = 0;
    zoc_bytes chunk;

    while (zoc_receive(arg, &chunk) > 0) {
        assert_true(testing_is_filled(chunk.data, chunk.size, total));
        total += chunk.size;
    }
    assert_int_equal(total, BULK);
    return 0;
}

static void what_follows_a_header_is_spliced(void)
{
    ZOC_GROUP(group);
    zoc_stream *near[2], *far[2];
    struct proxy_header header;
    uint64_t passed = 0, spliced = 0;

    tcp_streams(near);
    tcp_streams(far);
    zoc_go(&group, say_all, near[0]);
    testing_settle(); /* so much has come that it is seen to be bulk */
    zoc_go(&group, hear_all, far[1]);
    assert_int_equal(proxy_header_receive(near[1], &header), 0);
    assert_int_equal(zoc_pump_one_way(near[1], far[0], &passed, &spliced), 0);
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_int_equal(passed, BULK);
    assert_true(spliced > 0);
    for (int i = 0; i < 2; i++) {
        zoc_close(near[i]);
        zoc_close(far[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_NET(what_follows_a_header_is_spliced),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "net/tls_testing.h"

#define MUCH (1024 * 1024)

/* --- bytes ----------------------------------------------------------------------------------------- */

struct delivery {
    zoc_stream *stream;
    size_t size;
};

static int write_and_shut(void *arg)
{
    struct delivery *delivery = arg;
    char *data = malloc(delivery->size + 1);

    testing_fill(data, delivery->size, 0);
    assert_int_equal(zoc_write(delivery->stream, data, delivery->size), delivery->size);
    free(data);
    return zoc_shut(delivery->stream);
}

static void expect_delivery(zoc_stream *stream, size_t size)
{
    zoc_bytes chunk;
    size_t total = 0;
    ssize_t received;

    while ((received = zoc_receive(stream, &chunk)) > 0) {
        assert_in_range(received, 1, ZOC_CHUNK_MAX);
        assert_true(testing_is_filled(chunk.data, chunk.size, total));
        total += chunk.size;
    }
    assert_int_equal(received, 0);
    assert_int_equal(total, size);
}

static void deliver(size_t size)
{
    struct testing_pair pair;
    ZOC_GROUP(group);

    testing_open_pair(&pair);
    struct delivery forth = { pair.client, size }, back = { pair.server, size };
    zoc_go(&group, write_and_shut, &forth);
    expect_delivery(pair.server, size);
    assert_int_equal(zoc_group_wait(&group), 0);
    zoc_go(&group, write_and_shut, &back);
    expect_delivery(pair.client, size);
    assert_int_equal(zoc_group_wait(&group), 0);
    assert_int_equal(zoc_stream_account(pair.client).sent, size);
    assert_int_equal(zoc_stream_account(pair.client).received, size);
    testing_close_pair(&pair);
}

static void bytes_of_any_number_arrive_both_ways(void)
{
    static const size_t sizes[] = { 0, 1, 16383, 16384, 16385, 65535, 65536, 65537, MUCH };

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        deliver(sizes[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_NET(bytes_of_any_number_arrive_both_ways),
    };

    return cmocka_run_group_tests(tests, testing_make_folder, testing_remove_folder);
}
